"use strict";
(() => {
  const [live, said, pause] = ["live", "live-said", "live-pause"].map((id) => document.getElementById(id));
  let isPaused = false;
  let shown = document.getElementById("main").textContent;
  const look = async () => {
    // A selection, and a page that nobody sees, stay as they are.
    if (isPaused || document.hidden || String(getSelection())) return;
    try {
      const answer = await fetch("/", { cache: "no-store" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [old, fresh] = [document.getElementById("main"), page.getElementById("main")];
      if (shown !== fresh.textContent) {
        shown = fresh.textContent;
        old.replaceWith(document.adoptNode(fresh));
        copies();
      }
      said.textContent = "Up to date";
    } catch {
      said.textContent = "The server does not answer";
    }
  };
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.textContent = isPaused ? "Continue" : "Pause";
    said.textContent = isPaused ? "Paused" : "Up to date";
  });
  // Copies: the clipboard where the browser gives it to a page, a selection where it does not.
  const copy = async (code, button) => {
    try { await navigator.clipboard.writeText(code.textContent); } catch { getSelection().selectAllChildren(code); }
    button.textContent = "copied";
    setTimeout(() => { button.textContent = "copy"; }, 1200);
  };
  const copies = () => {
    for (const code of document.querySelectorAll("pre > code")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "copy";
      button.addEventListener("click", () => copy(code, button));
      code.parentElement.previousElementSibling.append(" ", button);
    }
  };
  copies();
  live.hidden = false;
  setInterval(look, 1500);
})();
