//! The parts of a campaign, each run by itself, are the whole when they are joined.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::fuzz::{fuzz, run};
use crate::harness::test;
use crate::program::mistaken;

/// A campaign that finds several things, without what differs from run to run.
fn campaign(folder: &Path, cases: &str, more: &[&str]) -> Value {
    let command = mistaken("identity-lower-cased");
    let fixed = [
        "jotreview",
        "--level",
        "should",
        "--cases",
        cases,
        "--seed",
        "11",
        "--command",
    ];
    let campaign = fuzz(folder, &[&fixed[..], &[command.as_str()], more].concat());
    assert_eq!(campaign.code, 1, "{}", campaign.stdout);
    campaign.document
}

fn timeless(mut document: Value) -> Value {
    for time in ["started", "duration_ms", "progress"] {
        document[time] = Value::Null;
    }
    for finding in document["findings"].as_array_mut().unwrap() {
        finding["found_after_ms"] = Value::Null;
    }
    document
}

fn merged(folder: &Path, parts: &[&str]) -> (Option<i32>, Value, String) {
    let output = folder.join("merged.json").display().to_string();
    let done = run(&[&["report", "merge", "--output", &output], parts].concat());
    let written = fs::read(&output).unwrap_or_default();
    let _none = fs::remove_file(&output);
    (
        done.status.code(),
        serde_json::from_slice(&written).unwrap_or_default(),
        String::from_utf8_lossy(&done.stderr).into_owned(),
    )
}

#[test]
fn merged_parts_are_one_campaign() {
    let folder = tempfile::tempdir().unwrap();
    let parts: Vec<String> = (1..=3)
        .map(|number| {
            let document = campaign(folder.path(), "6000", &["--shard", &format!("{number}/3")]);
            assert_eq!(
                document["shard"],
                serde_json::json!({"number": number, "count": 3})
            );
            let path = folder.path().join(format!("part-{number}.json"));
            fs::write(&path, document.to_string()).unwrap();
            path.display().to_string()
        })
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (code, joined, said) = merged(folder.path(), &[parts[2], parts[0], parts[1]]);
    assert_eq!(code, Some(1), "{said}");
    let points = joined["progress"].as_array().unwrap();
    assert_eq!(points.last().unwrap()["cases"], joined["cases"]);
    assert!(joined.get("shard").is_none());
    let whole = campaign(folder.path(), "18000", &["--jobs", "3"]);
    assert_eq!(timeless(joined.clone()), timeless(whole));

    // What does not belong together is not joined.
    let refused = |parts: &[&str], why: &str| {
        let (code, _, said) = merged(folder.path(), parts);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(why), "{said}");
    };
    refused(
        &parts[..2],
        "only 2 of 3 parts of macproof-mistaken given; missing: 3",
    );
    refused(
        &[parts[0], parts[1], parts[1], parts[2]],
        "duplicate part 2/3 of macproof-mistaken",
    );
    let other = folder.path().join("other.json").display().to_string();
    let mut changed: Value = serde_json::from_slice(&fs::read(parts[1]).unwrap()).unwrap();
    changed["seed"] = 12.into();
    fs::write(&other, changed.to_string()).unwrap();
    refused(
        &[parts[0], &other, parts[2]],
        "the seed is 11 in one and 12 in another",
    );
    let result = folder.path().join("run.json").display().to_string();
    run(&["run", "jotreview", "--report", &format!("json={result}")]);
    refused(&[parts[0], &result], "merge each kind separately");
}
