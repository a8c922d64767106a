//! `macproof report render` with the documents of campaigns: what they found is in the title, the
//! badge and the first lines, and documents of different implementations do not stand together.

use std::fs;

use serde_json::{Value, json};

use crate::harness::test;
use crate::program::{Program, mistaken};

/// A conformant run, and a campaign of each kind of the same implementation that found nothing.
fn prepared() -> Program {
    let program = Program::new();
    let of_the_reference = ["--implementation", "reference"];
    let run = ["run", "jimo", "--report", "json=run.json"];
    let output = program.run(&[&run[..], &of_the_reference].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let fuzz = [
        "fuzz",
        "jimo",
        "--cases",
        "500",
        "--report",
        "json=fuzz.json",
    ];
    let output = program.run(&[&fuzz[..], &of_the_reference].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // What it measures here is of no interest: see `verdict`.
    let timing = ["timing", "jimo", "--time", "100ms", "--json"];
    let output = program.run(&[&timing[..], &of_the_reference].concat());
    fs::write(program.path("timing.json"), output.stdout).unwrap();
    verdict(&program, "no-leak");
    program
}

/// Lets one measurement of the timing campaign have come to that, and the others to no leak.
fn verdict(program: &Program, verdict: &str) {
    change(program, "timing.json", |timing| {
        let measurements = timing["measurements"].as_array_mut().unwrap();
        for one in &mut *measurements {
            one["verdict"] = "no-leak".into();
        }
        measurements[0]["verdict"] = verdict.into();
    });
}

fn change(program: &Program, name: &str, by: impl FnOnce(&mut Value)) {
    let mut document = program.json(name);
    by(&mut document);
    fs::write(program.path(name), document.to_string()).unwrap();
}

/// A finding of another adapter, as one of this implementation.
fn plant_a_finding(program: &Program) {
    let command = mistaken("identity-trimmed");
    let output = program.run(&[
        "fuzz",
        "jimo",
        "--cases",
        "20000",
        "--max-findings",
        "1",
        "--command",
        &command,
        "--report",
        "json=found.json",
    ]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let findings = program.json("found.json")["findings"].clone();
    change(program, "fuzz.json", |fuzz| fuzz["findings"] = findings);
}

const CAMPAIGNS: [&str; 4] = ["--timing", "timing.json", "--fuzz", "fuzz.json"];

fn rendered(program: &Program, format: &str) -> String {
    let report = format!("{format}=-");
    let base = ["report", "render", "run.json", &report];
    let output = program.run(&[&base[..], &CAMPAIGNS].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn title(page: &str) -> &str {
    let start = page.find("<title>").unwrap() + "<title>".len();
    &page[start..start + page[start..].find("</title>").unwrap()]
}

/// The first thing on the page that is to be read.
fn heading(page: &str) -> &str {
    let start = page.find("<h1>").unwrap();
    &page[start..start + page[start..].find("</header>").unwrap_or(2000)]
}

#[test]
fn campaign_findings_are_at_the_head_of_every_report() {
    let program = prepared();
    let page = rendered(&program, "html");
    assert!(title(&page).starts_with("Conformant: "), "{}", title(&page));
    assert!(page.contains("verdict good"));
    let markdown = rendered(&program, "markdown");
    let first = markdown.lines().next().unwrap();
    assert!(first.starts_with("### ✅ `"), "{first}");
    assert!(first.ends_with("`: conformant"), "{first}");
    assert!(rendered(&program, "badge-json").contains("brightgreen"));

    plant_a_finding(&program);
    for (timing, words, color) in [
        ("no-leak", "conformant, but 1 fuzz finding", "red"),
        (
            "leak",
            "conformant, but a timing leak and 1 fuzz finding",
            "red",
        ),
        (
            "inconclusive",
            "conformant, but an inconclusive timing test and 1 fuzz finding",
            "red",
        ),
    ] {
        verdict(&program, timing);
        is_at_the_head(&program, words, color);
    }
    change(&program, "fuzz.json", |fuzz| fuzz["findings"] = json!([]));
    verdict(&program, "inconclusive");
    is_at_the_head(
        &program,
        "conformant, but an inconclusive timing test",
        "yellow",
    );
    verdict(&program, "no-leak");
    // A campaign that does not bear out that nothing is wrong.
    change(&program, "fuzz.json", |fuzz| {
        let first = json!({"kind": "crash", "count": 2, "first": "x"});
        fuzz["restarts"] = json!({"count": 2, "allowed": 0, "reasons": [first]});
    });
    is_at_the_head(
        &program,
        "conformant, but an incomplete fuzz campaign",
        "yellow",
    );
    change(&program, "fuzz.json", |fuzz| {
        fuzz["restarts"]["allowed"] = 2.into();
        fuzz["hello_changes"] = json!(["ops"]);
    });
    is_at_the_head(
        &program,
        "conformant, but an incomplete fuzz campaign",
        "yellow",
    );
}

fn is_at_the_head(program: &Program, words: &str, color: &str) {
    let page = rendered(program, "html");
    let capital = format!("C{}", &words[1..]);
    assert!(title(&page).starts_with(&capital), "{}", title(&page));
    let (_, beside) = words.split_once("but ").unwrap();
    for one in beside.split(" and ") {
        // A verdict of its own, which is a link.
        let one = format!("</span> {one}</b></a>");
        assert!(heading(&page).contains(&one), "{one}: {}", heading(&page));
    }
    assert!(!page.contains("verdict good"), "{words}");
    let markdown = rendered(program, "markdown");
    let first = markdown.lines().next().unwrap();
    let mark = if color == "red" { "❌" } else { "⚠️" };
    assert!(first.starts_with(&format!("### {mark} `")), "{first}");
    assert!(first.ends_with(&format!("`: {words}")), "{first}");
    let human = rendered(program, "human");
    assert!(human.contains(beside), "{human}");
    for badge in ["badge", "badge-json"] {
        let badge = rendered(program, badge);
        assert!(badge.contains(beside), "{badge}");
        assert!(
            !badge.contains("brightgreen") && !badge.contains("#1a7f37"),
            "{badge}"
        );
    }
    assert!(rendered(program, "badge-json").contains(color));
    let github = rendered(program, "github");
    for one in beside.split(" and ") {
        assert!(github.contains(&format!("::{one}\n")), "{one}: {github}");
    }
}

/// A format without a place for it would be green about it.
#[test]
fn formats_that_cannot_show_campaigns_are_refused() {
    let program = prepared();
    for format in ["json", "junit", "sarif"] {
        for campaign in CAMPAIGNS.chunks(2) {
            let report = format!("{format}=out");
            let base = ["report", "render", "run.json", "html=page.html", &report];
            let output = program.run(&[&base[..], campaign].concat());
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                said.contains(format) && said.contains("cannot show campaign results"),
                "{said}"
            );
            // Nothing is written in part.
            assert!(!program.path("page.html").exists() && !program.path("out").exists());
        }
    }
}

#[test]
fn documents_of_different_implementations_are_refused_with_both_names() {
    for (name, version) in [
        ("another", Some("9.9")),
        ("macproof-reference", Some("9.9")),
    ] {
        for campaign in CAMPAIGNS.chunks(2) {
            let program = prepared();
            change(&program, campaign[1], |document| {
                document["implementation"] = json!({"name": name, "version": version});
            });
            let base = [
                "report",
                "render",
                "run.json",
                "html=page.html",
                "markdown=page.md",
            ];
            let output = program.run(&[&base[..], campaign].concat());
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let ours = format!("macproof-reference {}", env!("CARGO_PKG_VERSION"));
            assert!(said.contains(&ours), "{said}");
            assert!(said.contains(&format!("{name} 9.9")), "{said}");
            assert!(!program.path("page.html").exists() && !program.path("page.md").exists());
        }
    }
}
