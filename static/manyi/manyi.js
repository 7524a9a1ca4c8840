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

  const company = document.getElementById("company");
  if (company) {
    company.addEventListener("change", function () {
      company.form.submit();
    });
  }
})();
