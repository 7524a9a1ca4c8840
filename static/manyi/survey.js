// Saves while the customer answers, and says so. Every page works without it.
(function () {
  "use strict";

  const form = document.querySelector("form[data-survey]");
  if (!form) {
    return;
  }
  const saved = form.querySelector("[data-saved]");
  const mayAutosave = form.getAttribute("action").startsWith("/s/");
  let timer = 0;

  function autosave() {
    const body = new URLSearchParams(new FormData(form));
    body.set("go", "save");
    fetch(form.getAttribute("action"), { method: "POST", body: body, credentials: "omit", keepalive: true })
      .then(function (answer) {
        if (answer.status === 204) {
          const now = new Date();
          saved.textContent = saved.dataset.text + " " + now.toTimeString().slice(0, 5);
        }
      })
      .catch(function () {
        // offline for a moment: the next step saves by itself
      });
  }

  // the word of what was tapped, under the scale
  function showWord(input) {
    const card = input.closest("fieldset");
    const chosen = card && card.querySelector("[data-chosen]");
    if (chosen) {
      chosen.textContent = input.dataset.word || "";
    }
  }

  form.addEventListener("change", function (event) {
    showWord(event.target);
    if (mayAutosave) {
      clearTimeout(timer);
      timer = setTimeout(autosave, 800);
    }
  });

  form.addEventListener("submit", function (event) {
    clearTimeout(timer);
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (event.submitter) {
      event.submitter.setAttribute("aria-disabled", "true");
    }
  });

  // On a slow line something is tapped before this script runs, and coming back by the browser's own button shows
  // the page as it was left: say what is chosen, and let it be sent again.
  window.addEventListener("pageshow", function () {
    form.querySelectorAll("input:checked").forEach(showWord);
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled=true]").forEach(function (button) {
      button.removeAttribute("aria-disabled");
    });
  });

  const errors = document.getElementById("errors");
  if (errors) {
    errors.focus();
  }
})();
