// Convenience on the customers' pages; every one of them works without it.
(function () {
  "use strict";

  const errors = document.getElementById("errors");
  if (errors) {
    errors.focus();
  }

  // one tap sends once; the server would make one case of two all the same
  document.querySelectorAll("form[data-once]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      if (event.submitter) {
        event.submitter.setAttribute("aria-disabled", "true");
      }
    });
  });

  // coming back by the browser's own button shows the page as it was left: let it be sent again
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-once]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled=true]").forEach(function (button) {
        button.removeAttribute("aria-disabled");
      });
    });
  });

  const copy = document.querySelector("[data-copy-all]");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", function () {
      const words = Array.from(document.querySelectorAll("[data-copy]"), function (one) {
        return one.textContent.trim();
      });
      navigator.clipboard.writeText(words.join(" ")).then(function () {
        copy.textContent = copy.dataset.done;
      });
    });
  }
})();
