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

  form.addEventListener("change", function (event) {
    const card = event.target.closest("fieldset");
    const chosen = card && card.querySelector("[data-chosen]");
    if (chosen) {
      chosen.textContent = event.target.dataset.word || "";
    }
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

  // coming back by the browser's own button shows the page as it was left: let it be sent again
  window.addEventListener("pageshow", function () {
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
