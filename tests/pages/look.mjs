// Opens pages in Chromium and prints what is known only there: how long a page takes to open, how
// many elements it has, how long the filter takes, what axe-core objects to, whether it scrolls
// sideways, and how many sheets it prints.
//
//     npm pack axe-core && tar xzf axe-core-*.tgz
//     node tests/pages/look.mjs --axe package/axe.min.js run.html matrix.html http://127.0.0.1:4010/
//
// --pictures FOLDER takes a picture of each page at each width, --script TEXT runs a script first.
//
// It needs chromium and chromedriver, and Node 20. It fails if axe-core finds a violation of WCAG
// 2.2 A or AA, if a page scrolls sideways, or if its console says something.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const given = process.argv.slice(2);
const take = (name) => {
  const at = given.indexOf(name);
  return at < 0 ? undefined : given.splice(at, 2)[1];
};
const axe = take("--axe");
const pictures = take("--pictures");
const script = take("--script");
const LOOKS = [[1440, false], [1440, true], [768, false], [390, false], [390, true], [320, false]];

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
const browse = async (width, dark, work) => {
  const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--hide-scrollbars",
    `--user-data-dir=${profile}`, "--window-size=1440,1000", `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`];
  const wanted = { "goog:chromeOptions": { args }, "goog:loggingPrefs": { browser: "WARNING" }, timeouts: { script: 300_000, pageLoad: 300_000 } };
  const { sessionId } = await call("POST", "/session", { capabilities: { alwaysMatch: wanted } });
  const at = `/session/${sessionId}`;
  const send = (cmd, params) => call("POST", `${at}/goog/cdp/execute`, { cmd, params });
  try {
    // A window has a least width; a device that is told of has none.
    await send("Emulation.setDeviceMetricsOverride", { width, height: 1000, deviceScaleFactor: 1, mobile: false });
    return await work({
      send,
      open: (url) => call("POST", `${at}/url`, { url }),
      run: (text) => call("POST", `${at}/execute/async`, { script: `const done = arguments[0]; (async () => { ${text} })().then(done, (e) => done({ failed: String(e) }));`, args: [] }),
      log: () => call("POST", `${at}/se/log`, { type: "browser" }),
    });
  } finally {
    await call("DELETE", at);
  }
};

const FILTER = `
  const input = document.getElementById("filter-text");
  if (!input) return null;
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

let failed = false;
try {
  for (const page of given) {
    const isFile = !page.includes("://");
    const url = isFile ? `file://${resolve(page)}` : page;
    const name = isFile ? basename(page, ".html") : "page";
    const bytes = isFile ? `${statSync(page).size} bytes, ` : "";
    await browse(1440, false, async ({ open, run, send }) => {
      await open(url);
      await open(url);
      const opened = await run(`const [at] = performance.getEntriesByType("navigation"); return [Math.round(at.domContentLoadedEventEnd), Math.round(at.loadEventEnd), document.querySelectorAll("*").length, document.documentElement.scrollHeight];`);
      const filter = await run(FILTER);
      await open(url);
      const { data } = await send("Page.printToPDF", { preferCSSPageSize: true });
      const sheets = (Buffer.from(data, "base64").toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;
      console.log(`${page}: ${bytes}${opened[2]} elements, ${opened[3]} px, opened in ${opened[0]} ms (load ${opened[1]} ms), filter ${filter ? `${Math.max(...filter)} ms at most, with its wait for the next key (${filter.join(", ")})` : "none"}, ${sheets} sheets`);
    });
    for (const [width, dark] of LOOKS) {
      await browse(width, dark, async ({ open, run, log, send }) => {
        await open(url);
        if (script) await run(script);
        const wide = await run("return document.documentElement.scrollWidth - innerWidth;");
        const said = (await log()).map((one) => one.message);
        let violations = [];
        if (axe) {
          await run(`${readFileSync(axe, "utf8")}; window.axe = axe;`);
          violations = await run(AXE);
        }
        if (pictures) {
          // What a script has brought there is on the screen.
          const { data } = await send("Page.captureScreenshot", script ? {} : { captureBeyondViewport: true, clip: { x: 0, y: 0, width, height: Math.min(6000, await run("return document.documentElement.scrollHeight;")), scale: 1 } });
          writeFileSync(join(pictures, `${name}-${width}${dark ? "-dark" : ""}.png`), Buffer.from(data, "base64"));
        }
        const bad = violations.length + said.length + (wide > 0 ? 1 : 0) > 0;
        failed ||= bad;
        console.log(`  ${width} ${dark ? "dark" : "light"}: ${axe ? `${violations.length} violations` : "axe-core not asked"}${wide > 0 ? `, ${wide} px too wide` : ""}${said.length ? `, console: ${said.join(" | ")}` : ""}`);
        for (const one of violations) console.log(`    ${one}`);
      });
    }
  }
} finally {
  driver.kill();
  rmSync(profile, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
