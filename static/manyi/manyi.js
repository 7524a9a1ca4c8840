// Small conveniences; every page works without them.
(function () {
  "use strict";

  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing) {
      const search = document.getElementById("search");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    }
  });

  // Sign-in of the demo: fill in instead of typing.
  document.querySelectorAll("[data-fill-login]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      document.getElementById("id_login").value = button.dataset.fillLogin;
      const password = document.getElementById("id_password");
      password.value = button.dataset.fillPassword;
      password.focus();
    });
  });

  // Drop a file anywhere on the field; the browser takes it, this only shows where.
  document.querySelectorAll("[data-drop]").forEach(function (zone) {
    const input = zone.querySelector("input[type=file]");
    ["dragenter", "dragover"].forEach(function (name) {
      zone.addEventListener(name, function (event) {
        event.preventDefault();
        zone.classList.add("is-over");
      });
    });
    zone.addEventListener("dragleave", function () {
      zone.classList.remove("is-over");
    });
    zone.addEventListener("drop", function (event) {
      event.preventDefault();
      zone.classList.remove("is-over");
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
      }
    });
  });

  // A part that was swapped in and says no takes the focus, so that it is heard.
  document.addEventListener("htmx:afterSwap", function (event) {
    const alert = event.target.querySelector && event.target.querySelector("[role=alert]");
    if (alert) {
      alert.setAttribute("tabindex", "-1");
      alert.focus();
    }
  });

  const company = document.getElementById("company");
  if (company) {
    company.addEventListener("change", function () {
      company.form.submit();
    });
  }
})();
