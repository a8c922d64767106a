//! Reports as the program writes them: parts joined, events as they happen, nothing secret anywhere.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::test;
use crate::program::{Program, mistaken};

#[test]
fn merged_parts_equal_the_whole_document() {
    let program = Program::new();
    let list = program.path("known.yaml");
    fs::write(
        &list,
        "- {case: 'jotreview/*', expect: token, reason: x}\n- {case: 'no-such-*', expect: token, reason: x}\n",
    )
    .unwrap();
    let command = mistaken("encoding-upper-case --mistake verify-any-case");
    let run = |more: &[&str]| {
        let base = [
            "run",
            "jotreview",
            "engagespot",
            "--command",
            &command,
            "--seed",
            "7",
            "--known-failures",
            "known.yaml",
        ];
        let output = program.run(&[&base[..], more].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    };
    run(&["--report", "json=whole.json"]);
    for part in ["1/3", "2/3", "3/3"] {
        let report = format!("json=part-{}.json", &part[..1]);
        run(&["--shard", part, "--report", &report]);
    }
    let merge = [
        "report",
        "merge",
        "part-3.json",
        "part-1.json",
        "part-2.json",
        "-o",
        "joined.json",
        "--known-failures",
        "known.yaml",
    ];
    assert_eq!(program.run(&merge).status.code(), Some(1));
    let (mut whole, mut joined) = (program.json("whole.json"), program.json("joined.json"));
    for document in [&mut whole, &mut joined] {
        document["started"] = Value::Null;
        document["duration_ms"] = Value::Null;
        // Each part asks its own verifier why.
        document["diagnosis"] = Value::Null;
    }
    assert!(whole["cases"].as_array().unwrap().len() > 500);
    assert!(
        serde_json::to_string_pretty(&whole).unwrap()
            == serde_json::to_string_pretty(&joined).unwrap(),
        "the parts make another document than the whole: compare them with report diff"
    );
    let missing = program.run(&["report", "merge", "part-3.json", "part-1.json"]);
    assert_eq!(missing.status.code(), Some(2));
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(said.contains("given; missing: 2"), "{said}");
}

#[test]
fn events_are_streamed_and_regressions_reported() {
    let program = Program::new();
    let good = program.run(&["run", "jimo", "--report", "json=good.json", "--events", "-"]);
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    let lines: Vec<Value> = String::from_utf8(good.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let document = program.json("good.json");
    let tried = document["cases"].as_array().unwrap().len();
    assert_eq!(lines.len(), tried + 2);
    assert_eq!(lines[0]["event"], "started");
    assert_eq!(lines[1]["event"], "case");
    assert_eq!(lines[tried + 1]["event"], "finished");
    assert_eq!(lines[tried + 1]["counts"], document["counts"]);
    assert!(String::from_utf8_lossy(&good.stderr).contains("conformant"));

    let command = mistaken("encoding-upper-case");
    let bad = [
        "run",
        "jimo",
        "--command",
        &command,
        "--report",
        "json=bad.json",
        "--events",
        "events.ndjson",
    ];
    assert_eq!(program.run(&bad).status.code(), Some(1));
    let events = fs::read_to_string(program.path("events.ndjson")).unwrap();
    let failed = events
        .lines()
        .filter(|line| line.contains("\"verdict\":\"fail\""))
        .count();
    let counts = &program.json("bad.json")["counts"];
    assert_eq!(counts["fail"], failed as u64);
    let diff = program.run(&["report", "diff", "good.json", "bad.json"]);
    assert_eq!(diff.status.code(), Some(1));
    let told = String::from_utf8_lossy(&diff.stdout);
    for words in [
        "BROKE ",
        "likely cause: the MAC is in upper-case hex",
        "also jimo/",
        "\nregression: ",
        "cases as before\n",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let back = program.run(&["report", "diff", "bad.json", "good.json", "--json"]);
    assert_eq!(back.status.code(), Some(0));
    let back: Value = serde_json::from_slice(&back.stdout).unwrap();
    assert_eq!(back["fixed"].as_array().unwrap().len(), failed);
}

/// A secret of the user's own is in nothing that these commands print, whatever becomes of them.
#[test]
fn secrets_are_never_printed() {
    let program = Program::new();
    let canary = "canary-9f86d081884c7d65";
    let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
    fs::write(program.path("secret"), canary).unwrap();
    fs::write(program.path("spaced"), format!(" {canary}\n")).unwrap();
    let right = program.run(&[
        "sign",
        "jotreview",
        "--secret-file",
        "secret",
        "--field",
        "user_id=a",
    ]);
    let right = String::from_utf8(right.stdout).unwrap().trim().to_owned();
    assert_eq!(right.len(), 64);
    let other = right.to_uppercase();
    let tries: Vec<Vec<&str>> = vec![
        vec![
            "sign",
            "jotreview",
            "--secret-file",
            "secret",
            "--field",
            "user_id=a",
        ],
        vec![
            "sign",
            "jimo",
            "--secret-file",
            "secret",
            "--field",
            "user_id=a",
        ],
        vec![
            "sign",
            "standard-webhooks",
            "--secret-file",
            "secret",
            "--field",
            "id=a",
        ],
        vec![
            "sign",
            "mtribes",
            "--secret-file",
            "secret",
            "--field",
            "user_id=a",
        ],
        vec![
            "verify",
            "jotreview",
            "--secret-file",
            "secret",
            "--field",
            "user_id=a",
            "--token",
            "00",
        ],
        vec![
            "verify",
            "jotreview",
            "--secret-file",
            "secret",
            "--field",
            "user_id=a",
            "--token",
            &right,
        ],
        vec![
            "explain",
            "jotreview",
            "--secret-file",
            "secret",
            "--field",
            "user_id=a",
            "--token",
            &other,
        ],
        vec![
            "explain",
            "jotreview",
            "--secret-file",
            "spaced",
            "--field",
            "user_id=a",
            "--token",
            &right,
        ],
        vec![
            "explain",
            "jotreview",
            "--secret-file",
            "spaced",
            "--field",
            "user_id=a",
            "--token",
            "00",
        ],
        vec![
            "explain",
            "standard-webhooks",
            "--secret-file",
            "secret",
            "--field",
            "id=a",
            "--token",
            "v1,00",
        ],
        vec![
            "explain",
            "jotreview",
            "--secret-file",
            "secret",
            "--field",
            "nothing=a",
            "--token",
            "00",
        ],
    ];
    for arguments in tries {
        for more in [&[][..], &["--json"]] {
            let output = program.run(&[&arguments[..], more].concat());
            for said in [&output.stdout, &output.stderr] {
                let said = String::from_utf8_lossy(said);
                assert!(!said.contains(canary), "{arguments:?}: {said}");
                assert!(!said.to_lowercase().contains(&hex), "{arguments:?}: {said}");
                // The right token is what sign is asked for; nobody else tells it.
                let asked = arguments[0] == "sign" || arguments.contains(&right.as_str());
                assert!(asked || !said.contains(&right), "{arguments:?}: {said}");
            }
        }
    }
}

#[test]
fn every_format_is_made_from_a_saved_result() {
    let program = Program::new();
    let command = mistaken("encoding-upper-case");
    let run = [
        "run",
        "jimo",
        "--command",
        &command,
        "--report",
        "json=r.json",
    ];
    assert_eq!(program.run(&run).status.code(), Some(1));
    for format in macproof::report::Format::ALL {
        let output = program.run(&["report", "render", "r.json", &format!("{format}=-")]);
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert!(!output.stdout.is_empty(), "{format}");
    }
    let json = program.run(&["report", "render", "r.json", "json=-"]);
    assert_eq!(json.stdout, fs::read(program.path("r.json")).unwrap());
    assert!(Path::new(&program.path("r.json")).exists());
}

/// Those that `src/report/run/junit.rs` keeps as snapshots, and real ones.
#[test(needs(XMLLINT))]
fn junit_matches_the_schema_of_jenkins() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = Program::new();
    let mut reports = Vec::new();
    for entry in fs::read_dir(root.join("src/report/run/snapshots")).unwrap() {
        let snapshot = entry.unwrap().path();
        let name = snapshot.file_name().unwrap().to_str().unwrap();
        if name.starts_with("macproof__report__run__junit__tests__junit") {
            let text = fs::read_to_string(&snapshot).unwrap();
            let report = program.path(name);
            fs::write(&report, &text[text.find("<?xml").unwrap()..]).unwrap();
            reports.push(report);
        }
    }
    assert_eq!(reports.len(), 2);
    let command = mistaken("identity-trimmed");
    for more in [&[][..], &["--command", &command]] {
        let report = program.path(&format!("{}.xml", reports.len()));
        let asked = format!("junit={}", report.display());
        program.run(&[&["run", "jotreview", "--report", &asked], more].concat());
        reports.push(report);
    }
    for report in reports {
        let linted = Command::new("xmllint")
            .args(["--noout", "--schema"])
            .arg(root.join("tests/fixtures/formats/junit-10.xsd"))
            .arg(&report)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&linted.stderr);
        assert!(linted.status.success(), "{}: {said}", report.display());
    }
}
