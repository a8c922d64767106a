//! The HTML report in a real browser.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::browser::{Look, alone, browse, comes_to, console, script};
use crate::harness::test;
use crate::program::{Program, mistaken};

/// What a hostile implementation would say.
const HOSTILE: &str = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> ]]> --> \u{202e}drawkcab \u{0} \u{1b}[31m &lt; \"' </details></section>";

/// A page of a run in which much fails, and the address of its file.
fn page(program: &Program, hostile: bool) -> String {
    let command = mistaken("encoding-upper-case");
    let run = [
        "run",
        "jotreview",
        "--command",
        &command,
        "--report",
        "json=r.json",
    ];
    assert_eq!(program.run(&run).status.code(), Some(1));
    if hostile {
        let path = program.path("r.json");
        let mut result: serde_json::Value =
            serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        result["implementation"]["name"] = HOSTILE.into();
        result["adapter"] = HOSTILE.into();
        result["notes"] = json!([HOSTILE]);
        for case in result["cases"].as_array_mut().unwrap() {
            case["actual"] = HOSTILE.into();
            case["reason"] = HOSTILE.into();
            case["request"]["token"] = HOSTILE.into();
        }
        fs::write(&path, result.to_string()).unwrap();
    }
    let render = ["report", "render", "r.json", "html=r.html"];
    assert_eq!(program.run(&render).status.code(), Some(0));
    format!("file://{}", program.path("r.html").display())
}

/// The same page with a fuzz campaign that found something, and two implementations of which
/// neither takes the tokens of the other.
fn page_with_campaigns(program: &Program) -> String {
    page(program, false);
    let wrong = mistaken("verify-accepts-a-prefix");
    let upper = mistaken("encoding-upper-case");
    let base = ["fuzz", "jotreview", "--seed", "7", "--command", &wrong];
    let fuzz = [
        "--cases",
        "3000",
        "--report",
        "json=f.json",
        "--output",
        "found.yaml",
    ];
    let versus = [
        "--cases",
        "300",
        "--report",
        "json=v.json",
        "--against",
        &upper,
    ];
    for more in [&fuzz[..], &versus] {
        let done = program.run(&[&base[..], more].concat());
        assert_eq!(done.status.code(), Some(1), "{done:?}");
    }
    let render = [
        "report",
        "render",
        "r.json",
        "html=r.html",
        "--fuzz",
        "f.json",
        "--versus",
        "v.json",
    ];
    let done = program.run(&render);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    format!("file://{}", program.path("r.html").display())
}

#[test(needs(CHROMIUM))]
fn campaigns_show_findings_progress_and_a_matrix_of_links() {
    let program = Program::new();
    let address = page_with_campaigns(&program);
    browse(Look::DESK, |client| async move {
        client.goto(&address).await.unwrap();
        let seen = script(
            &client,
            r"const of = (text) => document.querySelectorAll(text).length;
              return [of('#fuzz .card') > 0, of('#fuzz svg'), of('#versus svg'), of('#versus td'), of('#versus td a')];",
        )
        .await;
        assert_eq!(seen, json!([true, 1, 1, 4, 4]));
        // Each cell opens what it leads to.
        for cell in 0..4 {
            let opened = script(
                &client,
                &format!(
                    "const link = document.querySelectorAll('#versus td a')[{cell}]; link.click(); \
                     return [link.hash, link.textContent];"
                ),
            )
            .await;
            let is_open = "return document.querySelector(location.hash).open";
            comes_to(&client, is_open, &true.into()).await;
            let shown = "return document.querySelector(location.hash).innerText";
            let shown = script(&client, shown).await;
            let text = shown.as_str().unwrap();
            let refused = opened[1].as_str().unwrap().starts_with("0 of");
            assert_eq!(
                text.contains("were not accepted"),
                refused,
                "{opened}: {text}"
            );
            assert_eq!(
                text.contains("verify the token"),
                refused,
                "{opened}: {text}"
            );
        }
        assert_eq!(console(&client).await, Vec::<String>::new());
    });
}

#[test(needs(CHROMIUM))]
fn the_page_shows_the_verdict_and_filters() {
    let program = Program::new();
    let address = page(&program, false);
    browse(Look::DESK, |client| async move {
        client.goto(&address).await.unwrap();
        assert_eq!(console(&client).await, Vec::<String>::new());
        let heading = script(&client, "return document.querySelector('h1').textContent").await;
        assert_eq!(heading, "Nonconformant");
        let shown = "return document.querySelectorAll('[data-entry]:not([hidden])').length";
        let all = script(&client, shown).await.as_u64().unwrap();
        assert!(all > 500, "{all}");
        let box_ = client
            .find(fantoccini::Locator::Id("filter-text"))
            .await
            .unwrap();
        box_.send_keys("warning should").await.unwrap();
        // It filters a while after the last key, and says so when it has.
        let agree = format!(
            "const some = document.querySelectorAll('[data-entry]:not([hidden])').length;
             const said = document.getElementById('filter-said').value;
             return some > 0 && some < {all} / 4 && said === `${{some}} of {all} entries`"
        );
        comes_to(&client, &agree, &true.into()).await;
        box_.send_keys("\u{e00c}").await.unwrap();
        comes_to(&client, shown, &all.into()).await;
        // A link opens what it leads to.
        script(
            &client,
            "location.hash = document.querySelector('.card:not([open])').id",
        )
        .await;
        let is_open = "return document.querySelector(location.hash).open";
        comes_to(&client, is_open, &true.into()).await;
        assert_eq!(console(&client).await, Vec::<String>::new());
    });
}

/// Text stands out from its ground, and nothing is wider than the window.
#[test(needs(CHROMIUM))]
fn the_page_is_readable_in_light_and_dark_and_on_a_phone() {
    const CONTRAST: &str = r"
        const parse = (text) => text.match(/[\d.]+/g).map(Number);
        const light = ([r, g, b]) => {
            const one = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
            return 0.2126 * one(r) + 0.7152 * one(g) + 0.0722 * one(b);
        };
        const ground = (at) => {
            for (; at; at = at.parentElement) {
                const color = parse(getComputedStyle(at).backgroundColor);
                if (color.length === 3 || color[3] === 1) return color;
            }
            return [255, 255, 255];
        };
        for (const list of document.querySelectorAll('details')) list.open = true;
        const worst = new Map();
        for (const at of document.querySelectorAll('body *')) {
            const own = [...at.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            if (!own || at.closest('script, style')) continue;
            const style = getComputedStyle(at);
            const ink = at.closest('svg') ? style.fill : style.color;
            const [one, two] = [light(parse(ink)), light(ground(at))];
            const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            const name = at.tagName + '.' + at.getAttribute('class');
            worst.set(name, Math.min(worst.get(name) ?? 99, contrast));
        }
        return {
            low: [...worst].filter(([, contrast]) => contrast < 4.5),
            kinds: worst.size,
            dark: matchMedia('(prefers-color-scheme: dark)').matches,
            wide: document.documentElement.scrollWidth - innerWidth,
        };";
    let program = Program::new();
    let address = page_with_campaigns(&program);
    for (width, dark) in [(1280, false), (1280, true), (500, false)] {
        let look = Look {
            width,
            height: 900,
            dark,
        };
        let address = address.clone();
        browse(look, |client| async move {
            client.goto(&address).await.unwrap();
            let seen = script(&client, CONTRAST).await;
            assert_eq!(seen["low"], json!([]), "{look:?}");
            assert!(seen["kinds"].as_u64().unwrap() > 15, "{seen}");
            assert_eq!(seen["dark"], dark);
            assert!(seen["wide"].as_i64().unwrap() <= 0, "{look:?}: {seen}");
        });
    }
}

#[test(needs(CHROMIUM))]
fn a_hostile_implementation_does_not_change_the_page() {
    let program = Program::new();
    let address = page(&program, true);
    browse(Look::DESK, |client| async move {
        // Scripts of the page, and those of images that do not load, have run when this returns.
        client.goto(&address).await.unwrap();
        assert_eq!(console(&client).await, Vec::<String>::new());
        let seen = script(
            &client,
            "return [document.title.slice(0, 13), document.scripts.length, document.images.length]",
        )
        .await;
        assert_eq!(seen, json!(["Nonconformant", 1, 0]));
        let text = script(&client, "return document.body.innerText").await;
        assert!(
            text.as_str().unwrap().contains("<script>document.title"),
            "it is shown as text"
        );
    });
}

/// How long it takes to open is printed and not asserted: machines differ. What makes it quick is:
/// the page is bounded, and nearly all of it is closed.
#[test(needs(CHROMIUM))]
fn a_page_of_a_hundred_thousand_cases_opens() {
    let program = Program::new();
    page(&program, false);
    let path = program.path("r.json");
    let mut result: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let cases = result["cases"].as_array().unwrap().clone();
    let many: Vec<_> = cases.iter().cycle().take(100_000).cloned().collect();
    result["cases"] = many.into();
    fs::write(&path, result.to_string()).unwrap();
    let render = ["report", "render", "r.json", "html=r.html"];
    assert_eq!(program.run(&render).status.code(), Some(0));
    let address = format!("file://{}", program.path("r.html").display());
    browse(Look::DESK, |client| async move {
        client.goto(&address).await.unwrap();
        let seen = script(
            &client,
            "const [at] = performance.getEntriesByType('navigation'); return [at.loadEventEnd, document.querySelectorAll('*').length]",
        )
        .await;
        assert!(seen[1].as_u64().unwrap() < 60_000, "{seen}");
        assert_eq!(console(&client).await, Vec::<String>::new());
    });
}

/// On paper everything is open, the ground is white whatever is preferred on a screen, and no
/// table is cut.
#[test(needs(PDFTOTEXT, CHROMIUM))]
fn the_page_prints() {
    let program = Program::new();
    let address = page(&program, false);
    let does = |name: &str, arguments: &[&str]| {
        let done = Command::new(name)
            .args(arguments)
            .current_dir(program.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(done.success(), "{name} {arguments:?}");
    };
    let profile = format!("--user-data-dir={}", program.path("profile").display());
    let only = alone();
    does(
        "chromium",
        &[
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--blink-settings=preferredColorScheme=0",
            "--no-pdf-header-footer",
            "--print-to-pdf=r.pdf",
            &profile,
            &address,
        ],
    );
    drop(only);
    does("pdftotext", &["-layout", "r.pdf", "r.txt"]);
    let text = fs::read_to_string(program.path("r.txt")).unwrap();
    let result: serde_json::Value =
        serde_json::from_slice(&fs::read(program.path("r.json")).unwrap()).unwrap();
    let cases = result["cases"].as_array().unwrap();
    // A list that is closed on the screen; what is open may name the same, so all are counted.
    for case in cases.iter().step_by(40) {
        let id = case["id"].as_str().unwrap();
        let vector = id.split_once('/').unwrap().1;
        assert!(text.contains(vector), "{vector}");
    }
    assert!(
        !text.contains("Filter"),
        "what filters is of no use on paper"
    );
    does("pdftoppm", &["-r", "20", "r.pdf", "sheet"]);
    let mut sheets = 0;
    for entry in fs::read_dir(program.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "ppm") {
            sheets += 1;
            let (light, margin) = inked(&path);
            assert!(light > 0.8, "{}: {light} of it is light", path.display());
            assert!(
                margin > 0.999,
                "{}: something leaves the sheet",
                path.display()
            );
        }
    }
    assert!(sheets > 3, "{sheets}");
}

/// How much of a sheet is light, and how much of its right margin is white.
fn inked(path: &Path) -> (f64, f64) {
    let bytes = fs::read(path).unwrap();
    // P6, width, height, the greatest value, and then three bytes a pixel.
    let mut lines = bytes.splitn(4, |&byte| byte == b'\n');
    assert_eq!(lines.next(), Some(&b"P6"[..]));
    let size = std::str::from_utf8(lines.next().unwrap()).unwrap();
    let (width, _) = size.split_once(' ').unwrap();
    let width: usize = width.parse().unwrap();
    assert_eq!(lines.next(), Some(&b"255"[..]));
    let pixels: Vec<u32> = lines
        .next()
        .unwrap()
        .chunks_exact(3)
        .map(|pixel| pixel.iter().copied().map(u32::from).sum())
        .collect();
    let share = |some: &[u32], least: u32| {
        let many = some.iter().filter(|&&sum| sum >= least).count();
        f64::from(u32::try_from(many).unwrap()) / f64::from(u32::try_from(some.len()).unwrap())
    };
    let margin: Vec<u32> = pixels
        .chunks_exact(width)
        .flat_map(|row| row[width - 6..].to_vec())
        .collect();
    (share(&pixels, 3 * 128), share(&margin, 3 * 250))
}
