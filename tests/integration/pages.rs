//! The HTML report in a real browser.

use std::fs;

use serde_json::json;

use crate::browser::{Look, browse, console, script};
use crate::reports::{Program, mistaken};

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

#[test]
fn the_page_says_the_verdict_and_its_filter_filters() {
    let program = Program::new();
    let address = page(&program, false);
    browse("the page and its filter", Look::DESK, |client| async move {
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
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        let some = script(&client, shown).await.as_u64().unwrap();
        assert!(some > 0 && some < all / 4, "{some} of {all}");
        let said = script(
            &client,
            "return document.getElementById('filter-said').value",
        )
        .await;
        assert_eq!(said, format!("{some} of {all} entries"));
        box_.send_keys("\u{e00c}").await.unwrap();
        assert_eq!(script(&client, shown).await, all);
        // A link opens what it leads to.
        script(
            &client,
            "location.hash = document.querySelector('.card:not([open])').id",
        )
        .await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(
            script(&client, "return document.querySelector(location.hash).open").await,
            true
        );
        assert_eq!(console(&client).await, Vec::<String>::new());
    });
}

/// Text stands out from its ground, and nothing is wider than the window.
#[test]
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
            const [one, two] = [light(parse(getComputedStyle(at).color)), light(ground(at))];
            const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            const name = at.tagName + '.' + at.className;
            worst.set(name, Math.min(worst.get(name) ?? 99, contrast));
        }
        return {
            low: [...worst].filter(([, contrast]) => contrast < 4.5),
            kinds: worst.size,
            dark: matchMedia('(prefers-color-scheme: dark)').matches,
            wide: document.documentElement.scrollWidth - innerWidth,
        };";
    let program = Program::new();
    let address = page(&program, false);
    for (width, dark) in [(1280, false), (1280, true), (500, false)] {
        let look = Look {
            width,
            height: 900,
            dark,
        };
        let address = address.clone();
        browse("readable pages", look, |client| async move {
            client.goto(&address).await.unwrap();
            let seen = script(&client, CONTRAST).await;
            assert_eq!(seen["low"], json!([]), "{look:?}");
            assert!(seen["kinds"].as_u64().unwrap() > 15, "{seen}");
            assert_eq!(seen["dark"], dark);
            assert!(seen["wide"].as_i64().unwrap() <= 0, "{look:?}: {seen}");
        });
    }
}

#[test]
fn a_hostile_implementation_changes_nothing() {
    let program = Program::new();
    let address = page(&program, true);
    browse(
        "a hostile implementation",
        Look::DESK,
        |client| async move {
            client.goto(&address).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
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
        },
    );
}

/// How long it takes to open is printed and not asserted: machines differ. What makes it quick is:
/// the page is bounded, and nearly all of it is closed.
#[test]
fn a_hundred_thousand_cases_open() {
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
    browse("a large page", Look::DESK, |client| async move {
        client.goto(&address).await.unwrap();
        let seen = script(
            &client,
            "const [at] = performance.getEntriesByType('navigation'); return [at.loadEventEnd, document.querySelectorAll('*').length]",
        )
        .await;
        println!(
            "100,000 cases: loaded after {} ms, {} elements",
            seen[0], seen[1]
        );
        assert!(seen[1].as_u64().unwrap() < 60_000, "{seen}");
        assert_eq!(console(&client).await, Vec::<String>::new());
    });
}
