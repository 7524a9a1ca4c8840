// Queues: count and sum of what is picked; j/k to move, x to pick. Everything works without this file.
(function () {
  "use strict";

  const form = document.querySelector("[data-batch]");
  if (!form) {
    return;
  }
  const boxes = Array.from(form.querySelectorAll("input[name=case]"));
  const bar = form.querySelector("[data-bar]");
  const count = form.querySelector("[data-count]");
  const sum = form.querySelector("[data-sum]");

  function total(picked, name) {
    return picked.reduce(function (all, box) { return all + Number(box.dataset[name]); }, 0);
  }

  function show() {
    if (!bar) {
      return;
    }
    const picked = boxes.filter(function (box) { return box.checked; });
    const points = total(picked, "points");
    const fen = total(picked, "fen");
    const parts = [];
    if (points) { parts.push((points > 0 ? "+" : "−") + Math.abs(points) + " " + sum.dataset.points); }
    if (fen) { parts.push((fen / 100).toLocaleString("en-US") + " " + sum.dataset.yuan); }
    count.textContent = picked.length ? bar.dataset.picked.replace("#", picked.length) : bar.dataset.none;
    sum.textContent = picked.length ? parts.join(sum.dataset.joiner) : "";
    bar.classList.toggle("is-on", picked.length > 0);
    boxes.forEach(function (box) {
      box.closest("tr").classList.toggle("is-picked", box.checked);
      box.disabled = picked.length > 0 && box.dataset.kind !== picked[0].dataset.kind;
    });
  }

  const all = form.querySelector("[data-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", function () {
      const first = boxes.find(function (box) { return box.checked; }) || boxes[0];
      boxes.forEach(function (box) { box.checked = box.dataset.kind === first.dataset.kind; });
      show();
    });
  }

  form.addEventListener("change", show);
  form.addEventListener("reset", function () { window.setTimeout(show); });

  show();
})();

(function () {
  "use strict";

  const list = document.querySelector("[data-batch], [data-keys]");
  if (!list) {
    return;
  }
  const links = Array.from(list.querySelectorAll("a.row-link"));
  document.addEventListener("keydown", function (event) {
    if (event.target.closest("input:not([type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey) {
      return;
    }
    const row = document.activeElement.closest("tr, li");
    const place = links.findIndex(function (link) { return row && row.contains(link); });
    if (event.key === "j" && links[place + 1]) { links[place + 1].focus(); }
    if (event.key === "k" && links[place - 1]) { links[place - 1].focus(); }
    if (event.key === "x" && row) {
      const box = row.querySelector("input[name=case]");
      if (box) { box.click(); }
    }
  });
})();
