//! Findings as vectors of a suite file, and sequences as the lines of the protocol.

use std::fmt::Write as _;

use crate::fuzz::drive::FuzzOutput;
use crate::fuzz::input::kind_of;
use crate::fuzz::share::{Breach, Finding};
use crate::generate::{Entry, Expected, quoted, write_entry};
use crate::results::outcome_in_words;
use crate::suite::{Expect, InputKind, Suite};

/// A file that keeps findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The suite whose findings these are.
    pub suite: String,
    /// The suite file: every finding as a vector.
    pub yaml: String,
    /// The sequences among them, each with its finding's name: the lines of the protocol, which
    /// can be fed to an adapter's standard input as they are.
    pub sequences: Vec<(String, String)>,
}

/// The names of findings: each its requirement's, numbered where there are several.
pub(super) fn names(findings: &[Finding]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        let number = findings[..at]
            .iter()
            .filter(|other| {
                other.suite == finding.suite
                    && other.demand.requirement == finding.demand.requirement
            })
            .count();
        names.push(format!(
            "fuzz-{}-{}",
            finding.demand.requirement,
            number + 1
        ));
    }
    names
}

/// The files that keep the findings of a campaign over these suites, one for each suite with any.
pub fn saved(suites: &[Suite], output: &FuzzOutput) -> Vec<Saved> {
    let names = names(&output.findings);
    let mut files = Vec::new();
    for (at, suite) in suites.iter().enumerate() {
        let mine: Vec<(&str, &Finding)> = std::iter::zip(&names, &output.findings)
            .filter(|(_, finding)| finding.suite == at)
            .map(|(name, finding)| (name.as_str(), finding))
            .collect();
        if !mine.is_empty() {
            files.push(file(suite, &mine));
        }
    }
    files
}

fn file(suite: &Suite, findings: &[(&str, &Finding)]) -> Saved {
    let mut yaml =
        "# What `macproof fuzz` found, each shrunk to the smallest input that shows it.\n"
            .to_owned();
    yaml.push_str("# `macproof run --suite-file` with this file asks all of it again.\n");
    yaml.push_str(&head(&suite.text.text));
    yaml.push_str("\nrequirements:\n");
    let mut written: Vec<&str> = Vec::new();
    for (_, finding) in findings {
        let demand = &finding.demand;
        if written.contains(&demand.requirement.as_str()) {
            continue;
        }
        written.push(&demand.requirement);
        let _ = write!(
            yaml,
            "  {}:\n    level: {}\n    basis: {}\n    text: {}\n",
            demand.requirement,
            demand.level,
            demand.basis,
            quoted(&demand.text)
        );
        let place = suite
            .requirement(&demand.requirement)
            .and_then(|known| known.place.clone());
        if demand.basis == crate::suite::Basis::Document || place.is_some() {
            let place = place.unwrap_or_else(|| "the scheme".to_owned());
            let _ = writeln!(yaml, "    where: {}", quoted(&place));
        }
    }
    yaml.push_str("\nvectors:\n");
    let mut sequences = Vec::new();
    for (name, finding) in findings {
        let note = note(finding);
        write_entry(
            &Entry {
                id: name,
                shows: &finding.demand.requirement,
                note: &note,
                request: &finding.request,
                needs_json: kind_of(&suite.scheme, &finding.request) == InputKind::Json,
                expected: expected(&finding.demand.expect),
            },
            2,
            &mut yaml,
        );
        if !finding.sequence.is_empty() {
            sequences.push(((*name).to_owned(), lines(finding)));
        }
    }
    Saved {
        suite: suite.name.to_string(),
        yaml,
        sequences,
    }
}

/// Everything of a suite file but its requirements and vectors.
fn head(text: &str) -> String {
    let mut head = String::new();
    let mut is_kept = true;
    for line in text.split_inclusive('\n') {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            is_kept = !line.starts_with("requirements:") && !line.starts_with("vectors:");
        }
        let is_comment = line.starts_with('#') || line.trim().is_empty();
        if is_kept && !is_comment {
            head.push_str(line);
        }
    }
    head
}

fn note(finding: &Finding) -> String {
    let actual = match &finding.what {
        Breach::Answered(outcome) => outcome_in_words(outcome),
        Breach::Failed(failure) => failure.to_string(),
    };
    let mut note: String = format!("The implementation did this: {actual}.")
        .chars()
        .take(300)
        .collect();
    if let Some(ids) = finding.causes.first() {
        let titles: Vec<&str> = ids.iter().map(|id| id.mistake().title).collect();
        let _ = write!(note, " So does one where {}.", titles.join(", and "));
    }
    if !finding.sequence.is_empty() {
        note.push_str(
            " It depends on what was asked before; the sequence is saved beside this file.",
        );
    }
    note
}

fn expected(expect: &Expect) -> Expected<'_> {
    match expect {
        Expect::Token { token, or } => Expected::Token { token, or },
        Expect::Outcomes(kinds) => Expected::Outcomes(kinds),
        // Codes belong to identify, which is not fuzzed.
        Expect::Rejected { .. } => Expected::Outcomes(&[crate::signature::OutcomeKind::Reject]),
        Expect::Observe(what) => Expected::Observe(what),
    }
}

/// A sequence as it goes over the wire, greeting and goodbye included.
fn lines(finding: &Finding) -> String {
    let mut out = Vec::new();
    crate::protocol::Hello::write_greeting(&mut out);
    for (id, line) in (1..).zip(&finding.sequence) {
        line.write(id, &mut out);
    }
    out.extend_from_slice(b"{\"op\":\"bye\"}\n");
    String::from_utf8_lossy(&out).into_owned()
}
