//! What vendors published comes out right: `tests/published/vectors.tsv` names every such vector.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use macproof::scheme::Verification;
use macproof::signature::Op;
use macproof::suite::{Expect, embedded, find};

use crate::harness::test;

/// Suite, vector, where it was published, what confirms the system.
fn rows() -> Vec<[String; 4]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/published/vectors.tsv");
    let text = fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        columns
            .try_into()
            .unwrap_or_else(|_| panic!("four columns are due: {line}"))
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn every_published_vector_comes_out_right() {
    let mut wrong = Vec::new();
    for [suite, vector, _, confirmed] in rows() {
        if confirmed == "unconfirmed" {
            continue;
        }
        let file = find(&suite).unwrap_or_else(|| panic!("there is no suite {suite}"));
        let parsed = file.parse().unwrap();
        let Some(found) = parsed.vectors.iter().find(|v| v.id.as_str() == vector) else {
            wrong.push(format!("{suite} has no vector {vector}"));
            continue;
        };
        let (scheme, request) = (&parsed.scheme, &found.request);
        let is_right = match (&found.expect, request.op) {
            (Expect::Token { token, .. }, Op::Sign) => {
                scheme.sign(&request.secrets, &request.fields).as_ref() == Ok(token)
            }
            (_, Op::Verify) => {
                let token = request.token.as_ref();
                let verified = scheme.verify(&request.secrets, &request.fields, token, request.now);
                verified == Verification::Accepted
            }
            _ => false,
        };
        if !is_right {
            wrong.push(format!("{suite}/{vector} does not come out as published"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_system_has_a_row_with_its_source() {
    const CONFIRMED: [&str; 5] = ["document", "tests", "package", "known", "unconfirmed"];
    let rows = rows();
    let mut confirmed = BTreeSet::new();
    for [suite, vector, source, by] in &rows {
        assert!(CONFIRMED.contains(&by.as_str()), "{suite}/{vector}: {by:?}");
        assert!(source.len() > 10, "{suite}/{vector} says no source");
        if by != "unconfirmed" {
            confirmed.insert(suite.as_str());
        }
    }
    for one in embedded().filter(|one| !one.is_whole) {
        let is_listed = rows.iter().any(|[suite, ..]| suite == one.name);
        assert!(is_listed, "{} stands in no row", one.name);
    }
    assert!(confirmed.len() >= 40, "{} are confirmed", confirmed.len());
}
