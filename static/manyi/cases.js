// Small conveniences for cases; every page works without them.
(function () {
  "use strict";

  // Ctrl + Enter saves while one is still typing.
  document.querySelectorAll("form[data-quick-save]").forEach(function (form) {
    form.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
    });
    window.addEventListener("pageshow", function () {
      delete form.dataset.sent;
    });
  });

  // What was not done is heard first.
  const errors = document.querySelector("[data-errors]");
  if (errors) {
    errors.focus();
  }

  // j and k walk through the list.
  const table = document.querySelector("[data-rows]");
  if (!table) {
    return;
  }
  const links = Array.from(table.querySelectorAll("a.row-link"));
  document.addEventListener("keydown", function (event) {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const row = document.activeElement.closest("tr");
    const place = links.findIndex(function (link) { return row && row.contains(link); });
    if (event.key === "j" && links[place + 1]) { links[place + 1].focus(); }
    if (event.key === "k" && links[place - 1]) { links[place - 1].focus(); }
  });
})();
