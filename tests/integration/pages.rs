//! The HTML report in a real browser.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

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
        let mut result: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
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
    let result: Value = serde_json::from_slice(&fs::read(program.path("r.json")).unwrap()).unwrap();
    let cases = result["cases"].as_array().unwrap();
    let of = |verdict: &str| {
        cases
            .iter()
            .filter(|case| case["verdict"] == verdict)
            .count()
    };
    let said = |shown: usize| json!(format!("{shown} of {} cases", cases.len()));
    browse(Look::DESK, |client| async move {
        client.goto(&address).await.unwrap();
        assert_eq!(console(&client).await, Vec::<String>::new());
        let heading = script(&client, "return document.querySelector('h1').textContent").await;
        assert_eq!(heading, "Nonconformant");
        assert_eq!(script(&client, SAID).await, said(cases.len()));
        let rows = "return document.querySelectorAll('#rows .row').length";
        assert_eq!(script(&client, rows).await, 40);
        // A chip says how many there are, and shows them.
        let chip = "const [chip] = [...document.querySelectorAll('.chip')].filter((one) => one.textContent.includes('warning')); chip.click(); return chip.textContent";
        let label = format!("! warning {}", of("warning"));
        assert_eq!(script(&client, chip).await, label);
        assert_eq!(script(&client, SAID).await, said(of("warning")));
        script(&client, chip).await;
        // The filter finds its own example, and a verdict is a verdict and no text.
        let example = script(
            &client,
            "const example = document.getElementById('filter-example'); example.click(); return example.textContent",
        )
        .await;
        let example = example.as_str().unwrap();
        let containing = cases
            .iter()
            .filter(|case| case["id"].as_str().unwrap().contains(example));
        assert_eq!(script(&client, SAID).await, said(containing.count()));
        let box_ = client
            .find(fantoccini::Locator::Id("filter-text"))
            .await
            .unwrap();
        box_.send_keys("\u{e00c}fail").await.unwrap();
        comes_to(&client, SAID, &said(of("fail"))).await;
        let secret = cases[0]["request"]["secret"].as_str().unwrap();
        let with_secret = cases.iter().filter(|case| {
            let request = case["request"].to_string().to_lowercase();
            request.contains(&secret.to_lowercase())
        });
        box_.send_keys(&format!("\u{e00c}{secret}")).await.unwrap();
        comes_to(&client, SAID, &said(with_secret.count())).await;
        box_.send_keys("\u{e00c}").await.unwrap();
        comes_to(&client, SAID, &said(cases.len())).await;
        assert_eq!(console(&client).await, Vec::<String>::new());
    });
}

/// A case that passed, and so stands nowhere in the page's text, has an address like any other.
#[test(needs(CHROMIUM))]
fn every_case_and_every_requirement_has_an_address() {
    let program = Program::new();
    let address = page(&program, false);
    let result: Value = serde_json::from_slice(&fs::read(program.path("r.json")).unwrap()).unwrap();
    let cases = result["cases"].as_array().unwrap();
    let passed = cases
        .iter()
        .rfind(|case| case["verdict"] == "pass")
        .unwrap();
    let passed = passed["id"].as_str().unwrap().to_owned();
    let requirements = result["suites"][0]["requirements"].as_array().unwrap();
    let requirement = requirements.last().unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    browse(Look::DESK, |client| async move {
        client.goto(&format!("{address}#{passed}")).await.unwrap();
        let shown = script(
            &client,
            "const at = document.querySelector('#pinned .row'); return [at.open, at.innerText]",
        )
        .await;
        assert_eq!(shown[0], true);
        assert!(shown[1].as_str().unwrap().contains(&passed), "{shown}");
        for anchor in [
            format!("requirement:jotreview/{requirement}"),
            "cases:fail".to_owned(),
            "profile".to_owned(),
            "findings".to_owned(),
        ] {
            script(&client, &format!("location.hash = {anchor:?}")).await;
            // It stands below the bar that stays, and on the screen.
            let is_seen = "const id = decodeURIComponent(location.hash.slice(1));
                const at = document.getElementById(id.replace(/:fail$/, '')) ?? document.body;
                const { top } = at.getBoundingClientRect();
                const bar = document.querySelector('.sections').getBoundingClientRect().bottom;
                return at !== document.body && top >= bar - 1 && top < innerHeight";
            comes_to(&client, is_seen, &true.into()).await;
        }
        // The profile is one table.
        let tables =
            "location.hash = 'profile'; return document.querySelectorAll('table.profile').length";
        script(&client, tables).await;
        comes_to(&client, tables, &1.into()).await;
        assert_eq!(console(&client).await, Vec::<String>::new());
    });
}

#[test(needs(CHROMIUM))]
fn keys_go_from_finding_to_finding_and_can_be_turned_off() {
    let program = Program::new();
    let address = page(&program, false);
    browse(Look::DESK, |client| async move {
        client.goto(&address).await.unwrap();
        let press = |keys: &str| {
            let client = client.clone();
            let keys = keys.to_owned();
            async move {
                let at = client.active_element().await.unwrap();
                at.send_keys(&keys).await.unwrap();
            }
        };
        let at = "const at = document.activeElement.closest('.card'); return at && (at.id || at.querySelector('code').textContent)";
        press("j").await;
        assert_eq!(script(&client, at).await, "finding-1");
        press("j").await;
        // Behind the findings come the cases.
        let case = script(&client, at).await;
        assert!(case.as_str().unwrap().starts_with("jotreview/"), "{case}");
        press("k").await;
        assert_eq!(script(&client, at).await, "finding-1");
        press("?").await;
        let is_open = "return document.getElementById('keys').open";
        assert_eq!(script(&client, is_open).await, true);
        script(
            &client,
            "document.getElementById('keys-on').click(); document.getElementById('keys').close()",
        )
        .await;
        press("j").await;
        press("?").await;
        assert_eq!(script(&client, at).await, "finding-1");
        assert_eq!(script(&client, is_open).await, false);
        script(&client, "document.getElementById('keys-on').click()").await;
        press("/").await;
        let focus = "return document.activeElement.id";
        assert_eq!(script(&client, focus).await, "filter-text");
        press("jk?").await;
        assert_eq!(script(&client, focus).await, "filter-text");
        let text = "return document.getElementById('filter-text').value";
        assert_eq!(script(&client, text).await, "jk?");
    });
}

/// Where scripts are blocked, as in a mail or in the page of a CI server.
#[test(needs(CHROMIUM))]
fn without_scripts_the_verdict_and_the_findings_stand_there() {
    let program = Program::new();
    page(&program, false);
    let path = program.path("r.html");
    let text = fs::read_to_string(&path).unwrap();
    let (before, after) = text.split_once("script-src 'sha256-").unwrap();
    let (_, after) = after.split_once('\'').unwrap();
    fs::write(&path, format!("{before}script-src 'none'{after}")).unwrap();
    let address = format!("file://{}", path.display());
    browse(Look::DESK, |client| async move {
        client.goto(&address).await.unwrap();
        let text = script(&client, "return document.body.innerText").await;
        let text = text.as_str().unwrap();
        for words in [
            "Nonconformant",
            "failed (exit code 1)",
            "Likely cause: the MAC is in upper-case hex",
            "Print the MAC",
            "--filter jotreview/",
            "Scripts are blocked here",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let useless = "return [...document.querySelectorAll('button')].filter((one) => one.checkVisibility()).length";
        assert_eq!(
            script(&client, useless).await,
            0,
            "nothing that does nothing"
        );
    });
}

/// What the filter says of what it shows.
const SAID: &str = "return document.getElementById('filter-said').value";

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
            "return (async () => {
             for (let round = 0; round < 3; round += 1) {
                for (const fold of document.querySelectorAll('details')) fold.open = true;
                await new Promise((go) => setTimeout(go, 50));
             }
             return [document.title.slice(0, 13), document.scripts.length, document.images.length, document.querySelectorAll('#rows .inside dl').length];
             })()",
        )
        .await;
        assert_eq!(seen, json!(["Nonconformant", 2, 0, 40]));
        let text = script(&client, "return document.body.innerText").await;
        assert!(
            text.as_str().unwrap().contains("<script>document.title"),
            "it is shown as text"
        );
    });
}

/// How long it takes to open is not asserted: machines differ. What makes it quick is: few of the
/// cases are drawn. All of them can be found.
#[test(needs(CHROMIUM))]
fn a_page_of_a_hundred_thousand_cases_opens() {
    let program = Program::new();
    page(&program, false);
    let path = program.path("r.json");
    let mut result: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
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
        assert!(seen[1].as_u64().unwrap() < 3000, "{seen}");
        let filtered = script(
            &client,
            "const input = document.getElementById('filter-text');
             const said = document.getElementById('filter-said');
             input.value = 'fail identity';
             input.dispatchEvent(new Event('input'));
             return (async () => {
                 while (said.value.startsWith('100')) await new Promise((go) => setTimeout(go, 5));
                 return said.value;
             })()",
        )
        .await;
        let words = filtered.as_str().unwrap();
        assert!(words.ends_with(" of 100,000 cases"), "{words}");
        assert!(words.len() > "1 of 100,000 cases".len(), "{words}");
        assert_eq!(console(&client).await, Vec::<String>::new());
    });
}

/// On paper stands what matters, the ground is white whatever is preferred on a screen, and no
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
    for words in [
        "Nonconformant",
        "Likely cause: the MAC is in upper-case hex",
        "Print the MAC",
        "that failed",
        "jotreview/token-is-exact",
    ] {
        assert!(text.contains(words), "{words}: {text}");
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
    assert!((2..10).contains(&sheets), "{sheets}");
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
