"use strict";
(() => {
  const box = document.getElementById("filter");
  const input = document.getElementById("filter-text");
  const said = document.getElementById("filter-said");
  const entries = [...document.querySelectorAll("[data-entry]")];
  const texts = new Map();
  const text = (entry) => {
    if (!texts.has(entry)) texts.set(entry, entry.textContent.toLowerCase());
    return texts.get(entry);
  };
  const opened = new Set();
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of entries) {
      const fits = words.every((word) => text(entry).includes(word));
      entry.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const list of document.querySelectorAll("details.list")) {
      const found = words.length > 0 && list.querySelector("[data-entry]:not([hidden])") !== null;
      if (found && !list.open) { list.open = true; opened.add(list); }
      if (!found && opened.has(list)) { list.open = false; opened.delete(list); }
    }
    said.value = words.length === 0 ? "" : `${shown} of ${entries.length} entries`;
  };
  let waiting = 0;
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 80); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); }
    if (event.key === "Escape" && document.activeElement === input) { input.value = ""; filter(); }
  });
  const openTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target === null) return;
    for (let at = target; at !== null; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", openTarget);
  box.hidden = false;
  if (location.hash) openTarget();
})();
