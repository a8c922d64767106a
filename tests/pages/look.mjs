// Opens pages in Chromium and prints what is known only there: how long a page takes to open, how
// many elements it has, how long the filter takes, and how many sheets it prints; and what is wrong
// with it in each of several widths and themes: what axe-core objects to, sideways scrolling, a
// message on the console, and what axe-core does not see: focus under the sticky bar, a colour that
// alone tells two things apart, a key that cannot be turned off.
//
//     npm pack axe-core && tar xzf axe-core-*.tgz
//     node tests/pages/look.mjs --axe package/axe.min.js run.html matrix.html http://127.0.0.1:4010/
//
// --wrong leaves the figures out, --pictures FOLDER takes a picture of each page in each look,
// --script TEXT runs a script first, --see forced|deuteranopia|… shows the pages as others see them.
//
// It needs chromium and chromedriver, and Node 20. It fails if something is wrong. tests/pages/check
// makes one page of every kind and has it look at them.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const given = process.argv.slice(2);
const take = (name) => {
  const at = given.indexOf(name);
  return at < 0 ? undefined : given.splice(at, 2)[1];
};
const flag = (name) => {
  const at = given.indexOf(name);
  if (at >= 0) given.splice(at, 1);
  return at >= 0;
};
const axe = take("--axe");
const pictures = take("--pictures");
const script = take("--script");
const see = take("--see");
const onlyWrong = flag("--wrong");
const LOOKS = [[1440, false], [1440, true], [768, false], [390, true], [320, false]];

const driver = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });
const port = await new Promise((found) => {
  let said = "";
  driver.stdout.on("data", (more) => {
    said += more;
    const match = /on port ([1-9]\d*)\./.exec(said);
    if (match) found(match[1]);
  });
});
const profile = mkdtempSync(join(tmpdir(), "macproof-look-"));
const call = async (method, path, body) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${value.message}`);
  return value;
};
const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--hide-scrollbars",
  `--user-data-dir=${profile}`, "--window-size=1440,1000"];
const wanted = { "goog:chromeOptions": { args }, "goog:loggingPrefs": { browser: "WARNING" }, timeouts: { script: 300_000, pageLoad: 300_000 } };
const session = await call("POST", "/session", { capabilities: { alwaysMatch: wanted } }).then(({ sessionId }) => `/session/${sessionId}`, (error) => { driver.kill(); throw error; });
const send = (cmd, params) => call("POST", `${session}/goog/cdp/execute`, { cmd, params });
const open = (url) => call("POST", `${session}/url`, { url });
const run = (text) => call("POST", `${session}/execute/async`, { script: `const done = arguments[0]; (async () => { ${text} })().then(done, (e) => done({ failed: String(e) }));`, args: [] });
const log = () => call("POST", `${session}/se/log`, { type: "browser" });
const look = async (width, dark) => {
  // A window has a least width; a device that is told of has none.
  await send("Emulation.setDeviceMetricsOverride", { width, height: 1000, deviceScaleFactor: 1, mobile: false });
  const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
  if (see === "forced") features.push({ name: "forced-colors", value: "active" });
  await send("Emulation.setEmulatedMedia", { features });
  if (see && see !== "forced") await send("Emulation.setEmulatedVisionDeficiency", { type: see });
};

const FILTER = `
  const input = document.getElementById("filter-text");
  if (!input) return null;
  input.focus();
  // A person types later than this.
  await new Promise((go) => setTimeout(go, 500));
  const times = [];
  const said = document.getElementById("filter-said");
  for (const word of ["identity", "base64", "a", "zzz"]) {
    const before = said.value;
    input.value = word;
    const began = performance.now();
    input.dispatchEvent(new Event("input"));
    while (said.value === before && performance.now() - began < 20_000) await new Promise((go) => setTimeout(go, 1));
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    times.push(Math.round(performance.now() - began));
  }
  return times;`;
const AXE = `
  const result = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
  return result.violations.map((one) => one.id + " × " + one.nodes.length + ": " + one.nodes[0].target + " " + one.nodes[0].html.slice(0, 160));`;

// What axe-core does not see. Each entry is a sentence.
const UNSEEN = `
  const wrong = [];
  const words = (of) => of.textContent.trim().replace(/\\s+/g, " ").slice(0, 60);
  // Focus that comes from below must not stop under what sticks to the top.
  const stuck = [...document.querySelectorAll("body *")].filter((one) => getComputedStyle(one).position === "sticky" && one.getBoundingClientRect().width > innerWidth / 2);
  const stops = [...document.querySelectorAll("a[href], button, input, summary, [tabindex]")].filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !stuck.some((bar) => bar.contains(one)));
  // Backwards, as Shift and Tab go: what is in view already is not scrolled to.
  scrollTo(0, document.documentElement.scrollHeight);
  for (const stop of stops.slice(-80).reverse()) {
    stop.focus();
    const at = stop.getBoundingClientRect();
    if (document.activeElement !== stop || at.height === 0) continue;
    const covered = stuck.some((bar) => { const over = bar.getBoundingClientRect(); return at.top >= over.top - 1 && at.bottom <= over.bottom + 1; });
    if (covered) wrong.push("focus under the sticky bar: " + words(stop));
  }
  // What differs in colour differs in words or in a mark.
  const tones = ["good", "bad", "doubt", "fault", "known", "accept", "reject", "anonymous", "refused", "unreadable", "plain"];
  for (const kind of [".tag", ".matrix .cell", ".signs li", ".legend li", ".chip", ".outcome", ".notice"]) {
    const seen = new Map();
    for (const one of document.querySelectorAll(kind)) {
      const tone = tones.find((tone) => one.closest("." + tone) && (one.classList.contains(tone) || !tones.some((own) => one.classList.contains(own))));
      const text = words(one);
      if (seen.has(text) && seen.get(text) !== tone) wrong.push("colour alone: " + kind + " " + JSON.stringify(text) + " is " + seen.get(text) + " and " + tone);
      seen.set(text, tone);
    }
  }
  // A single key acts only while it can be turned off, and does nothing once it is.
  const acts = (key) => !document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const on = document.getElementById("keys-on");
  document.activeElement.blur();
  if (on) {
    if (!acts("/")) wrong.push("the key / does nothing");
    document.activeElement.blur();
    if (on.checked) on.click();
  }
  for (const key of "abcdefghijklmnopqrstuvwxyz/?.,0123456789") if (acts(key)) wrong.push("the key " + key + " cannot be turned off");
  if (on) on.click();
  return wrong;`;

let failed = false;
try {
  for (const page of given) {
    const isFile = !page.includes("://");
    const url = isFile ? `file://${resolve(page)}` : page;
    const name = isFile ? basename(page, ".html") : "page";
    console.log(page);
    if (!onlyWrong) {
      const bytes = isFile ? `${statSync(page).size} bytes, ` : "";
      await look(1440, false);
      await open(url);
      await open(url);
      const opened = await run(`const [at] = performance.getEntriesByType("navigation"); return [Math.round(at.domContentLoadedEventEnd), Math.round(at.loadEventEnd), document.querySelectorAll("*").length, document.documentElement.scrollHeight];`);
      const filter = await run(FILTER);
      await open(url);
      const { data } = await send("Page.printToPDF", { preferCSSPageSize: true });
      const sheets = (Buffer.from(data, "base64").toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;
      console.log(`  ${bytes}${opened[2]} elements, ${opened[3]} px, opened in ${opened[0]} ms (load ${opened[1]} ms), filter ${filter ? `${Math.max(...filter)} ms at most, with its wait for the next key (${filter.join(", ")})` : "none"}, ${sheets} sheets`);
    }
    for (const [width, dark] of LOOKS) {
      await look(width, dark);
      await open(url);
      if (script) await run(script);
      const wide = await run("return document.documentElement.scrollWidth - innerWidth;");
      const wrong = (await log()).map((one) => `console: ${one.message}`);
      if (wide > 0) wrong.push(`${wide} px too wide`);
      if (pictures) {
        // What a script has brought there is on the screen.
        const { data } = await send("Page.captureScreenshot", script ? {} : { captureBeyondViewport: true, clip: { x: 0, y: 0, width, height: Math.min(6000, await run("return document.documentElement.scrollHeight;")), scale: 1 } });
        writeFileSync(join(pictures, `${name}-${width}${dark ? "-dark" : ""}${see ? `-${see}` : ""}.png`), Buffer.from(data, "base64"));
      }
      if (axe) {
        await run(`${readFileSync(axe, "utf8")}; window.axe = axe;`);
        wrong.push(...await run(AXE));
      }
      const unseen = await run(UNSEEN);
      wrong.push(...(Array.isArray(unseen) ? unseen : [JSON.stringify(unseen)]));
      failed ||= wrong.length > 0;
      console.log(`  ${width} ${dark ? "dark" : "light"}: ${wrong.length ? `${wrong.length} wrong` : "fine"}${axe ? "" : ", axe-core not asked"}`);
      for (const one of wrong) console.log(`    ${one}`);
    }
  }
} finally {
  await call("DELETE", session).catch(() => {});
  driver.kill();
  rmSync(profile, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
