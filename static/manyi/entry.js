// What is typed while a customer speaks outlives a slip: a closed login, a reload, a lost connection.
// It is kept in this tab alone until it is saved, and only for the one who typed it.
(function () {
  "use strict";

  const START = "manyi.draft.";
  const LONGEST = 12 * 3600 * 1000;
  let store;
  try {
    store = window.sessionStorage;
  } catch (closed) {
    return;
  }

  const saved = document.querySelector("[data-draft-saved]");
  if (saved) {
    const keys = saved.dataset.draftSaved.split(" ");
    drop(function (name) { return name.startsWith(START) && keys.includes((read(name) || {}).key); });
  }

  const form = document.querySelector("form[data-draft]");
  if (!form) {
    return;
  }
  const name = START + form.dataset.draft + "." + form.dataset.draftOf;
  drop(function (other) { return other.startsWith(START) && !other.endsWith("." + form.dataset.draftOf); });

  const draft = read(name);
  if (draft && form.dataset.draftBound === undefined) {
    putBack(draft);
  }

  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.querySelector("[data-draft-drop]").addEventListener("click", function () {
    store.removeItem(name);
    window.location.replace(form.action);
  });

  // Enter in a line goes on to the next one: a call must not be saved half told.
  if (form.dataset.enterNext !== undefined) {
    form.addEventListener("keydown", function (event) {
      const isLine = event.target.matches("input:not([type=checkbox], [type=file])");
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || !isLine) {
        return;
      }
      event.preventDefault();
      const open = Array.from(form.querySelectorAll("input:not([type=hidden]), select, textarea, summary, button"))
        .filter(function (one) { return one.offsetParent && !(one.type === "radio" && one.name === event.target.name); });
      const next = open.find(function (one) {
        return event.target.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
      });
      if (next) { next.focus(); }
    });
  }

  function fields() {
    return Array.from(form.elements).filter(function (one) {
      return one.name && one.name !== "csrfmiddlewaretoken" && one.type !== "file" && one.type !== "submit";
    });
  }

  function keep() {
    const said = {};
    fields().forEach(function (one) {
      if (one.type === "radio" || one.type === "checkbox") {
        if (one.checked) { said[one.name] = one.value; }
      } else {
        said[one.name] = one.value;
      }
    });
    try {
      store.setItem(name, JSON.stringify({ at: Date.now(), said: said }));
    } catch (full) {
      store.removeItem(name);
    }
  }

  function read(name) {
    try {
      const found = JSON.parse(store.getItem(name) || "null");
      return found && found.said && found.said.text && Date.now() - found.at < LONGEST ? found.said : null;
    } catch (broken) {
      return null;
    }
  }

  // The key comes back too: what was saved although the answer got lost is not saved twice.
  function putBack(said) {
    fields().forEach(function (one) {
      if (one.type === "radio" || one.type === "checkbox") {
        one.checked = said[one.name] === one.value;
      } else if (one.name in said) {
        one.value = said[one.name];
      }
    });
    form.querySelector("[data-draft-note]").hidden = false;
    const text = form.elements.text;
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }

  function drop(isWanted) {
    Object.keys(store).filter(isWanted).forEach(function (one) { store.removeItem(one); });
  }
})();
