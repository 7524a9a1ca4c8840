// Convenience on the customers' pages; every one of them works without it.
(function () {
  "use strict";

  const errors = document.getElementById("errors");
  if (errors) {
    errors.focus();
  }

  // files that are too many or too large are named when they are chosen, not after minutes of sending
  document.querySelectorAll("[data-files]").forEach(function (box) {
    const input = box.querySelector("input[type=file]");
    const MB = 1024 * 1024;
    function wrong() {
      const sizes = Array.from(input.files, function (one) { return one.size; });
      const sum = sizes.reduce(function (all, one) { return all + one; }, 0);
      return sizes.length > Number(box.dataset.most) ? "count"
        : Math.max(0, ...sizes) > box.dataset.each * MB ? "each"
          : sum > box.dataset.together * MB ? "together" : "";
    }
    function show() {
      const name = wrong();
      box.querySelectorAll("[data-wrong]").forEach(function (one) { one.hidden = one.dataset.wrong !== name; });
      return name;
    }
    input.addEventListener("change", show);
    input.form.addEventListener("submit", function (event) {
      if (show()) {
        event.preventDefault();
        event.stopImmediatePropagation();
        input.focus();
      }
    });
  });

  function showSending(form, isUnderWay) {
    form.querySelectorAll("[data-sending]").forEach(function (one) { one.hidden = !isUnderWay; });
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
      showSending(form, true);
    });
  });

  // coming back by the browser's own button shows the page as it was left: let it be sent again
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-once]").forEach(function (form) {
      delete form.dataset.sent;
      showSending(form, false);
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
