"use strict";
(() => {
  const [live, said, pause] = ["live", "live-said", "live-pause"].map((id) => document.getElementById(id));
  let isPaused = false;
  const look = async () => {
    // A selection, and a page that nobody sees, stay as they are.
    if (isPaused || document.hidden || String(getSelection())) return;
    try {
      const answer = await fetch("/", { cache: "no-store" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [old, fresh] = [document.getElementById("main"), page.getElementById("main")];
      if (old.textContent !== fresh.textContent) old.replaceWith(document.adoptNode(fresh));
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
  live.hidden = false;
  setInterval(look, 1500);
})();
