"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const T = data.texts;
  const CHUNK = 40;
  const byId = (id) => document.getElementById(id);

  // What is written comes from outside, so nothing but text nodes is made of it.
  const el = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") made.addEventListener("click", value);
      else if (value !== false && value !== undefined) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  const count = (number, noun) => `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
  const tag = (tone, mark, word) => el("span", { class: `tag ${tone}` }, `${mark} ${word}`);
  const verdictTag = (at) => { const [word, tone, mark] = data.verdicts[at]; return tag(tone, mark, word); };

  // A column holds differences.
  const summed = (steps) => {
    const all = new Uint32Array(steps.length);
    let at = 0;
    for (let place = 0; place < steps.length; place += 1) all[place] = at += steps[place];
    return all;
  };

  // Every case of every run, flat: which run, which vector, which result.
  const total = data.runs.reduce((sum, run) => sum + run.results.length, 0);
  const [runOf, vectorOf, resultOf] = [new Uint16Array(total), new Uint32Array(total), new Uint32Array(total)];
  const startOf = [];
  let filled = 0;
  data.runs.forEach((run, number) => {
    startOf.push(filled);
    let at = filled;
    for (let range = 0; range < run.vectors.length; range += 2)
      for (let step = 0; step < run.vectors[range + 1]; step += 1) vectorOf[at++] = run.vectors[range] + step;
    resultOf.set(summed(run.results), filled);
    runOf.fill(number, filled, at);
    filled = at;
  });
  const several = data.runs.length > 1;
  const [ids, kinds, requests, dues, lines] = data.vectors.map(summed);
  const suiteOf = (vector) => T[data.kinds[kinds[vector]][0]];
  const vectorId = (vector) => `${suiteOf(vector)}/${T[ids[vector]]}`;
  const addressOf = (item) => data.runs[runOf[item]].prefix + vectorId(vectorOf[item]);

  // Copies: the clipboard where the browser gives it to a page, a selection where it does not.
  const copy = async (text, button) => {
    try { await navigator.clipboard.writeText(text); } catch {
      const field = el("textarea", { class: "away" });
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    const before = button.textContent;
    button.textContent = "copied";
    setTimeout(() => { button.textContent = before; }, 1200);
  };
  const copyButton = (text, word) => {
    const button = el("button", { type: "button", class: "copy", onclick: () => copy(text, button) }, word);
    return button;
  };
  // An escape would be copied as it is shown, which is not what came.
  const copyToken = (text, word) => (text.includes("\\") ? null : copyButton(text, word));

  // Two tokens above one another, in blocks that wrap together.
  const BLOCK = 16;
  const grid = (due, came) => {
    let [one, other] = [[...due], [...came]];
    const lengths = [one.length, other.length];
    if (one.length !== other.length) {
      let head = 0;
      while (head < Math.min(one.length, other.length) && one[head] === other[head]) head += 1;
      let tail = 0;
      while (tail < Math.min(one.length, other.length) - head && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
      const gap = (text, size) => [...text.slice(0, text.length - tail), ...Array(size - text.length).fill(null), ...text.slice(text.length - tail)];
      const size = Math.max(one.length, other.length);
      [one, other] = [gap(one, size), gap(other, size)];
    }
    const line = (text, against, from) => {
      const made = el("span", {});
      for (let at = from; at < Math.min(from + BLOCK, text.length); ) {
        const differs = text[at] !== against[at];
        const start = at;
        while (at < Math.min(from + BLOCK, text.length) && (text[at] !== against[at]) === differs) at += 1;
        const words = text.slice(start, at).map((c) => c ?? "·").join("");
        made.append(differs ? el("mark", text[start] === null ? { class: "gap" } : {}, words) : words);
      }
      return made;
    };
    const said = `expected ${due}, actual ${came}`;
    const blocks = el("div", { class: "grid", role: "img", "aria-label": said }, el("span", { class: "block names" }, el("span", {}, "expected"), el("span", {}, "actual")));
    for (let at = 0; at < one.length; at += BLOCK)
      blocks.append(el("span", { class: "block" }, line(one, other, at), line(other, one, at)));
    const words = lengths[0] === lengths[1] ? `both ${count(lengths[0], "character")}` : `${count(lengths[0], "character")} expected, ${grouped(lengths[1])} came`;
    const under = el("p", { class: "under" }, el("span", { class: "quiet small" }, words));
    under.append(...[copyToken(due, "copy expected"), copyToken(came, "copy actual")].filter(Boolean));
    return el("div", { class: "compared" }, blocks, under);
  };

  // One case in full.
  const againOf = (item) => {
    const id = vectorId(vectorOf[item]);
    return /^[\w\-./:=,@%+]+$/.test(id) ? data.runs[runOf[item]].again + id : null;
  };
  const detail = (item) => {
    const vector = vectorOf[item];
    const [, level, shows, note, path, points] = data.kinds[kinds[vector]];
    const line = lines[vector];
    const [, , standing, [actual, tokens, more, sent], causes] = data.results[resultOf[item]];
    const list = el("dl", {});
    const add = (label, ...what) => list.append(el("dt", {}, label), el("dd", {}, ...what));
    add("standing", T[standing] || data.levels[level]);
    add("request", data.requests[requests[vector]].map((part) => T[part]).join('"'));
    if (points) add("characters", T[points]);
    if (tokens.length) add("tokens", grid(T[tokens[0]], T[tokens[1]]));
    else {
      const spelt = (text) => (text.startsWith("token ") ? ["token ", el("code", {}, text.slice(6))] : [text]);
      add("expected", ...spelt(T[dues[vector]]));
      add("actual", ...(actual ? spelt(T[actual]) : ["the same"]));
    }
    for (const one of more) add("", T[one]);
    for (let at = 0; at < sent.length; at += 2) add(T[sent[at]], el("span", { class: "sent" }, T[sent[at + 1]]));
    causes.forEach(([title, ...remedies], at) => add(at ? "or" : "likely cause", el("div", { class: "remedy" }, el("b", {}, T[title]), ...remedies.map((one) => el("p", {}, T[one])))));
    if (note) add("note", T[note]);
    const { prefix } = data.runs[runOf[item]];
    const suite = suiteOf(vector);
    add("shows", ...shows.flatMap((one, at) => [at ? ", " : "", el("a", { href: `#${prefix}requirement:${suite}/${T[one]}` }, T[one])]));
    if (line) add("vector", el("code", {}, `${T[path]}:${line}`));
    else if (path) add("document", el("a", { href: T[path], rel: "noreferrer" }, T[path]));
    const again = againOf(item);
    if (again) add("rerun", el("pre", {}, el("code", {}, again)), copyButton(again, "copy command"));
    add("address", el("a", { href: `#${addressOf(item)}` }, `#${addressOf(item)}`));
    return list;
  };
  const row = (item) => {
    const [verdict, kind] = data.results[resultOf[item]];
    const made = el("details", { class: `card row ${data.verdicts[verdict][1]}`, "data-item": item },
      el("summary", {}, verdictTag(verdict), " ", el("code", {}, vectorId(vectorOf[item])), " ", el("span", { class: "what" }, several ? `${T[data.runs[runOf[item]].name]} · ${T[kind]}` : T[kind])));
    made.addEventListener("toggle", () => { if (made.open && made.children.length === 1) made.append(el("div", { class: "inside" }, detail(item))); });
    return made;
  };
  // Rows in chunks, the next by a button.
  const chunked = (items, place, button) => {
    let shown = 0;
    const next = () => {
      const some = Array.prototype.slice.call(items, shown, shown + CHUNK);
      place.append(...some.map(row));
      shown += some.length;
      const left = items.length - shown;
      button.hidden = left === 0;
      button.textContent = `Show ${grouped(Math.min(CHUNK, left))} more of ${grouped(left)}`;
    };
    button.onclick = () => {
      const last = place.lastElementChild;
      next();
      last?.nextElementSibling?.querySelector("summary").focus();
    };
    next();
  };

  // What is drawn when its fold opens.
  const table = (heads, rows, label) => el("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label },
    el("table", { class: "stack" }, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows)));
  const requirements = (run, failed) => {
    const rows = run.requirements.filter((one) => (one[8] === 1) === failed).map(([verdict, tone, level, suite, id, text, place, passed, , mark]) =>
      el("tr", { id: `${run.prefix}requirement:${T[suite]}/${T[id]}` },
        el("td", {}, tag(T[tone], T[mark], T[verdict])), el("td", {}, T[level]),
        el("td", { class: "wide" }, T[text], el("br"), el("span", { class: "quiet small mono" }, `${T[suite]}/${T[id]}`)),
        el("td", { class: "small" }, T[place]), el("td", { class: "num", "data-label": "passed" }, T[passed])));
    return table(["result", "level", "requirement", "source", "passed"], rows, "Requirements");
  };
  const profile = (run) => {
    const suites = [...new Set(run.profile.map((one) => one[1]))];
    const whats = new Map();
    for (const one of run.profile) {
      if (!whats.has(one[0])) whats.set(one[0], new Map());
      const cells = whats.get(one[0]);
      cells.set(one[1], [...(cells.get(one[1]) ?? []), one]);
    }
    const does = [["plain", "?"], ["plain", "no"], ["doubt", "yes"]];
    const rows = [...whats].map(([what, cells]) => el("tr", {}, el("th", { scope: "row" }, T[what]),
      ...suites.map((suite) => el("td", {}, ...(cells.get(suite) ?? []).map(([, , answer, outcome, id]) =>
        el("a", { class: `tag ${does[answer][0]}`, href: `#${run.prefix}${T[id]}`, title: T[id] }, answer ? `${does[answer][1]} · ${T[outcome]}` : T[outcome]))))));
    const made = table(["what", ...suites.map((suite) => T[suite])], rows, "Profile");
    made.firstChild.className = "profile";
    return el("div", {}, el("p", { class: "quiet" }, "How this implementation behaves where the suites demand nothing. A verifier that accepts more than the strict form has more that can go wrong."), made);
  };
  const draw = (fold) => {
    if (fold.dataset.drawn) return;
    fold.dataset.drawn = "yes";
    const number = Number(fold.dataset.run);
    const run = data.runs[number];
    if (fold.dataset.draw === "profile") fold.append(profile(run));
    else if (fold.dataset.draw === "finding") {
      const [place, button] = [el("div", {}), el("button", { type: "button" })];
      fold.append(place, el("p", {}, button));
      chunked(run.findings[Number(fold.dataset.finding)].map((at) => startOf[number] + at), place, button);
    } else fold.append(requirements(run, fold.dataset.draw === "failed"));
  };
  for (const hidden of document.querySelectorAll(".drawn")) hidden.hidden = false;
  document.querySelector(".scriptless").hidden = true;
  for (const fold of document.querySelectorAll("[data-draw]")) {
    if (fold.open) draw(fold);
    fold.addEventListener("toggle", () => { if (fold.open) draw(fold); });
  }
  addEventListener("beforeprint", () => document.querySelectorAll("[data-draw=failed]").forEach((fold) => { fold.open = true; draw(fold); }));
  for (const tokens of document.querySelectorAll(".tokens")) tokens.replaceWith(grid(tokens.dataset.due, tokens.dataset.came));
  for (const pre of document.querySelectorAll("[data-copy]")) pre.after(copyButton(pre.textContent, "copy command"));

  // The filter: a text is searched once, however many cases say it.
  const verdicts = Uint8Array.from(data.results, ([verdict]) => verdict);
  const counts = new Uint32Array(data.verdicts.length);
  for (const result of resultOf) counts[verdicts[result]] += 1;
  const order = new Uint32Array(total);
  const next = new Uint32Array(counts.length);
  data.gravest.reduce((from, verdict) => { next[verdict] = from; return from + counts[verdict]; }, 0);
  for (let item = 0; item < total; item += 1) order[next[verdicts[resultOf[item]]]++] = item;
  const words = (name) => name.toLowerCase();
  let lower = null;
  const prepare = () => (lower ??= T.map(words));
  const search = (word) => {
    const texts = prepare();
    const hits = Uint8Array.from(texts, (text) => (text.includes(word) ? 1 : 0));
    const any = (places) => places.some((at) => hits[at] === 1);
    // The name of a suite has no slash: the first one of a word stands behind it, or in the rest.
    const slash = word.indexOf("/");
    const ends = (suite) => slash >= 0 && texts[suite].endsWith(word.slice(0, slash));
    const rest = word.slice(slash + 1);
    const ofKinds = Uint8Array.from(data.kinds, ([suite, , shows, note]) => (hits[suite] || hits[note] || any(shows) ? 1 : ends(suite) ? 2 : 0));
    const ofRequests = Uint8Array.from(data.requests, any);
    const ofVectors = new Uint8Array(ids.length);
    for (let at = 0; at < ids.length; at += 1) {
      const kind = ofKinds[kinds[at]];
      ofVectors[at] = kind === 1 || hits[ids[at]] || hits[dues[at]] || ofRequests[requests[at]] || (kind === 2 && texts[ids[at]].startsWith(rest)) ? 1 : 0;
    }
    const ofResults = Uint8Array.from(data.results, ([, kind, standing, [actual, tokens, more, sent], causes]) => hits[kind] || hits[standing] || hits[actual] || any(tokens) || any(more) || any(sent) || causes.some(any));
    const ofRuns = data.runs.map((run) => several && hits[run.name] === 1);
    return (item) => ofVectors[vectorOf[item]] === 1 || ofResults[resultOf[item]] === 1 || ofRuns[runOf[item]];
  };
  const input = byId("filter-text");
  const chips = byId("chips");
  const [rows, pinned, moreRows] = [byId("rows"), byId("pinned"), byId("more-rows")];
  const [chosen, chosenRuns] = [new Set(), new Set()];
  const verdictNames = new Map(data.verdicts.map(([name], at) => [name, at]));
  const filter = () => {
    const asked = words(input.value).replaceAll('"', " ").split(/\s+/).filter(Boolean);
    const wanted = new Set([...chosen, ...asked.filter((word) => verdictNames.has(word)).map((word) => verdictNames.get(word))]);
    const tests = asked.filter((word) => !verdictNames.has(word)).map(search);
    const fits = (item) => (wanted.size === 0 || wanted.has(verdicts[resultOf[item]])) && (chosenRuns.size === 0 || chosenRuns.has(runOf[item])) && tests.every((test) => test(item));
    const shown = order.filter(fits);
    rows.replaceChildren();
    chunked(shown, rows, moreRows);
    byId("filter-said").value = `${grouped(shown.length)} of ${count(total, several ? "result" : "case")}`;
    return shown.length;
  };
  const chip = (set, key, ...label) => {
    const made = el("button", { type: "button", class: "chip", "aria-pressed": "false", onclick: () => press(set, key, !set.has(key)) }, ...label);
    made.dataset.key = key;
    return made;
  };
  const press = (set, key, on) => {
    if (on) set.add(key); else set.delete(key);
    for (const one of chips.children) if (one.set === set && one.dataset.key === String(key)) one.setAttribute("aria-pressed", String(on));
    filter();
  };
  const put = (set, key, tone, ...label) => {
    const made = chip(set, key, ...label);
    made.set = set;
    if (tone) made.classList.add(tone);
    chips.append(made);
  };
  for (const verdict of data.gravest) {
    const [name, tone, mark] = data.verdicts[verdict];
    if (counts[verdict]) put(chosen, verdict, tone, el("span", { class: "mark" }, mark), ` ${name} ${grouped(counts[verdict])}`);
  }
  if (several) data.runs.forEach((run, at) => put(chosenRuns, at, "", T[run.name]));
  let waiting = 0;
  input.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(filter); });
  const example = byId("filter-example");
  example.textContent = total ? vectorId(vectorOf[order[0]]) : "";
  example.addEventListener("click", () => { input.value = example.textContent; filter(); });
  filter();
  // The first word is found as quickly as the next, and nobody waits who looks for none.
  input.addEventListener("focus", () => setTimeout(prepare), { once: true });

  // Addresses: of what stands on the page, of a fold, of a verdict, and of a case.
  const itemAt = (address) => {
    for (let item = 0; item < total; item += 1) if (addressOf(item) === address) return item;
    if (several) for (const item of order) if (vectorId(vectorOf[item]) === address) return item;
    return -1;
  };
  const follow = () => {
    let address = location.hash.slice(1);
    try { address = decodeURIComponent(address); } catch { /* It is taken as it stands. */ }
    if (!address) return;
    const [, prefix, verdict] = /^(.*?)cases:([\w-]+)$/.exec(address) ?? [];
    if (verdictNames.has(verdict)) {
      const run = data.runs.findIndex((one) => one.prefix === prefix);
      for (const one of [...chosen]) press(chosen, one, false);
      for (const one of [...chosenRuns]) press(chosenRuns, one, false);
      input.value = "";
      if (several && run >= 0) press(chosenRuns, run, true);
      press(chosen, verdictNames.get(verdict), true);
      byId("cases").scrollIntoView();
      return;
    }
    if (!byId(address)) {
      const run = data.runs.findIndex((one) => address.startsWith(`${one.prefix}requirement:`));
      for (const fold of run < 0 ? [] : document.querySelectorAll(`[data-run="${run}"]:is([data-draw=failed], [data-draw=others])`)) {
        draw(fold);
        if (byId(address)) { fold.open = true; break; }
      }
    }
    let target = byId(address);
    if (target === null) {
      const item = itemAt(address);
      if (item < 0) return;
      const made = row(item);
      made.id = address;
      made.open = true;
      pinned.replaceChildren(el("p", { class: "small quiet" }, "The case of the address"), made);
      target = made;
    }
    for (let at = target; at !== null; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    document.querySelector(".target")?.classList.remove("target");
    target.classList.add("target");
    target.scrollIntoView();
  };
  addEventListener("hashchange", follow);

  // Keys.
  const keys = byId("keys");
  const keysOn = byId("keys-on");
  try { keysOn.checked = localStorage.getItem("macproof-keys") !== "off"; } catch { /* Nothing is kept here. */ }
  keysOn.addEventListener("change", () => { try { localStorage.setItem("macproof-keys", keysOn.checked ? "on" : "off"); } catch { /* Nothing is kept here. */ } });
  byId("keys-open").addEventListener("click", () => keys.showModal());
  const step = (by) => {
    const stops = [...document.querySelectorAll(".card > summary")].filter((stop) => stop.checkVisibility());
    const here = document.activeElement;
    let at = stops.indexOf(here);
    if (at < 0) {
      const after = stops.findIndex((stop) => (here === document.body ? stop.getBoundingClientRect().top > 60 : here.compareDocumentPosition(stop) & 4));
      at = after < 0 ? stops.length - 1 : by > 0 ? after - 1 : after;
    }
    const stop = stops[at + by];
    if (!stop) return;
    stop.focus({ preventScroll: true });
    stop.scrollIntoView({ block: "center" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement === input) { input.value = ""; filter(); return; }
    if (!keysOn.checked || event.ctrlKey || event.metaKey || event.altKey || keys.open || event.target.closest("input, textarea, select")) return;
    if (event.key === "/") input.focus();
    else if (event.key === "?") keys.showModal();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else return;
    event.preventDefault();
  });
  if (location.hash) follow();
})();
