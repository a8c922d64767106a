//! Findings as vectors of a suite file, and sequences as the lines of the protocol.

use std::fmt::Write as _;

use crate::fuzz::drive::FuzzOutput;
use crate::fuzz::explained::Explained;
use crate::fuzz::worker_report::{Breach, Finding};
use crate::generate::{Entry, Expected, entry_line, quoted, write_entry};
use crate::protocol::RequestLine;
use crate::results::{MistakeMention, outcome_in_words};
use crate::signature::{Op, Request};
use crate::suite::{Expect, InputKind, Suite, from_yaml};

/// A file that keeps findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The suite whose findings these are.
    pub suite: String,
    /// The suite file: every finding as a vector. It has been loaded again. `None` where no finding
    /// can be a vector of it.
    pub yaml: Option<String>,
    /// The sequences among them, each with its finding's name, and what no vector can say: the
    /// lines of the protocol, which can be fed to an adapter's standard input as they are.
    pub sequences: Vec<(String, String)>,
    /// The findings that no vector can say, each with the reason.
    pub not_vectors: Vec<(String, String)>,
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
    let mut vectors = findings.to_vec();
    let mut not_vectors = Vec::new();
    let mut yaml = loaded(suite, &vectors);
    if let Err(why) = &yaml {
        vectors.retain(|one| match loaded(suite, std::slice::from_ref(one)) {
            Ok(_) => true,
            Err(why) => {
                not_vectors.push((one.0.to_owned(), why));
                false
            }
        });
        // Each may load alone, and not all of them together.
        if not_vectors.is_empty() {
            let all = vectors.drain(1..);
            not_vectors.extend(all.map(|(name, _)| (name.to_owned(), why.clone())));
        }
        yaml = loaded(suite, &vectors);
    }
    let is_vector = |name: &str| not_vectors.iter().all(|(other, _)| other != name);
    let sequences = findings
        .iter()
        .filter(|(name, finding)| !finding.sequence.is_empty() || !is_vector(name));
    Saved {
        suite: suite.name.to_string(),
        sequences: sequences
            .map(|(name, finding)| ((*name).to_owned(), lines(finding)))
            .collect(),
        yaml: yaml.ok().filter(|_| !vectors.is_empty()),
        not_vectors,
    }
}

/// The file of these findings, as it was loaded again: with the same scheme, and a vector that asks
/// and expects the same for each finding. Why there is none, if there is none.
fn loaded(suite: &Suite, findings: &[(&str, &Finding)]) -> Result<String, String> {
    // The author's own words where they can be taken over, else what they mean.
    let heads = std::iter::once(head(&suite.text.text))
        .chain(std::iter::once_with(|| head_rewritten(&suite.text.text)).flatten());
    let mut why = String::new();
    for head in heads {
        let yaml = composed(suite, &head, findings);
        match check(suite, &yaml, findings) {
            Ok(()) => return Ok(yaml),
            Err(other) => why = other,
        }
    }
    Err(why)
}

fn check(suite: &Suite, yaml: &str, findings: &[(&str, &Finding)]) -> Result<(), String> {
    let again = Suite::parse("the saved file", yaml).map_err(|error| error.to_string())?;
    if again.scheme != suite.scheme || again.name != suite.name {
        return Err("its scheme would be read back differently".to_owned());
    }
    for (name, finding) in findings {
        let asks_the_same = again.vector(name).is_some_and(|vector| {
            let now = finding.request.now;
            let request = Request {
                // Signing has no time of verification.
                now: if vector.request.op == Op::Sign {
                    now
                } else {
                    vector.request.now
                },
                ..vector.request.clone()
            };
            request == finding.request
                && expected(&vector.expect) == expected(&finding.demand.expect)
        });
        if !asks_the_same {
            return Err("its request would be read back differently".to_owned());
        }
    }
    Ok(())
}

fn composed(suite: &Suite, head: &str, findings: &[(&str, &Finding)]) -> String {
    let mut yaml =
        "# Findings of `macproof fuzz`, each shrunk to the smallest input that reproduces it.\n"
            .to_owned();
    yaml.push_str("# Replay them with `macproof run --suite-file` and this file.\n");
    yaml.push_str(head);
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
    for (name, finding) in findings {
        let note = note(finding);
        write_entry(
            &Entry {
                id: name,
                shows: &finding.demand.requirement,
                note: &note,
                request: &finding.request,
                needs_json: suite.scheme.input_kind(&finding.request) == Some(InputKind::Json),
                expected: expected(&finding.demand.expect),
            },
            2,
            &mut yaml,
        );
    }
    yaml
}

/// Everything of a suite file but its requirements and vectors, as its author wrote it.
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
    if !head.ends_with('\n') {
        head.push('\n');
    }
    head
}

/// The same, whatever way of writing YAML its author chose.
fn head_rewritten(text: &str) -> Option<String> {
    let file: serde_json::Map<String, serde_json::Value> = from_yaml(text).ok()?;
    let kept = file
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "requirements" | "vectors"));
    Some(kept.map(|(name, value)| entry_line(name, value)).collect())
}

fn note(finding: &Finding) -> String {
    let actual = match &finding.what {
        Breach::Answered(outcome) => outcome_in_words(outcome),
        Breach::Failed(failure) => failure.to_string(),
    };
    let mut note: String = format!("Actual: {actual}.").chars().take(300).collect();
    let titles = |one: &Explained| {
        let titles = one.words.mistakes.iter().map(MistakeMention::clause);
        titles.collect::<Vec<_>>().join(", and ")
    };
    if !finding.causes.is_empty() {
        let titles: Vec<String> = finding.causes.iter().map(titles).collect();
        let _ = write!(note, " Likely cause: {}.", titles.join("; or "));
    }
    if !finding.sequence.is_empty() {
        note.push_str(" It depends on earlier requests; the sequence is saved beside this file.");
    }
    note
}

fn expected(expect: &Expect) -> Expected<'_> {
    match expect {
        Expect::Token { token, or, .. } => Expected::Token { token, or },
        Expect::Outcomes(kinds) => Expected::Outcomes(kinds),
        // Codes belong to identify, which is not fuzzed.
        Expect::Rejected { .. } => Expected::Outcomes(&[crate::signature::OutcomeKind::Reject]),
        Expect::Observe(what) => Expected::Observe(what),
        // What is sent is not fuzzed.
        Expect::Sent { .. } => Expected::Outcomes(&[crate::signature::OutcomeKind::Sent]),
    }
}

/// What leads to a finding as it goes over the wire, greeting and goodbye included.
fn lines(finding: &Finding) -> String {
    let sequence = match finding.sequence.as_slice() {
        [] => std::slice::from_ref(&finding.request),
        sequence => sequence,
    };
    let mut out = Vec::new();
    crate::protocol::Hello::write_greeting(&mut out);
    for (id, request) in (1..).zip(sequence) {
        RequestLine::new(request).write(id, &mut out);
    }
    out.extend_from_slice(b"{\"op\":\"bye\"}\n");
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::file;
    use crate::fuzz::demand::{Demand, Judged, judged};
    use crate::fuzz::input::Signer;
    use crate::fuzz::mutate::Mutator;
    use crate::fuzz::present::Present;
    use crate::fuzz::seed_pool::SeedPool;
    use crate::fuzz::worker_report::{Breach, Finding};
    use crate::protocol::{Hello, ImplementationInfo};
    use crate::results::Failure;
    use crate::signature::{Op, Outcome, Request};
    use crate::suite::{Suite, well_known};

    /// Schemes with what the embedded ones do not have: fields that nobody signs, keys in other
    /// encodings, and other ways to write a suite file.
    const OTHERS: [&str; 5] = [
        r#"macproof: 1
suite: unsigned
version: 1
title: "Fields that are not signed: #1"
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}, kind: {type: enum, values: ["a", "b"]}, note: {type: text}, at: {type: unix-seconds}}
  message: "{user_id}"
  token: "{mac:hex}"
requirements: {exact: {level: must, basis: practice, text: "x"}}
vectors:
  - {id: a, shows: [exact], op: sign, secret: s, fields: {user_id: " u "}, expect: {token: "9d1f0a3ba9a1c1c7f4d1f8c2e3a0b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2"}}
"#,
        r#"{
  "macproof": 1, "suite": "json", "version": 1, "title": "As JSON",
  "source": {"title": "none"},
  "scheme": {
    "algorithm": "hmac-sha1", "secret": {"encoding": "base64"},
    "fields": {"user_id": {"type": "text"}, "timestamp": {"type": "unix-millis"}},
    "message": "{timestamp}.{user_id}",
    "token": {"pairs": {"t": "{timestamp}", "v1": "{mac:hex}"}, "separator": ",", "repeat": ["v1"], "unknown": "ignore"},
    "freshness": {"of": "timestamp", "max_age": "300s", "max_skew": "60s"}
  },
  "requirements": {"exact": {"level": "must", "basis": "practice", "text": "x"}},
  "vectors": [{"id": "a", "shows": ["exact"], "op": "sign", "secret": "c2VjcmV0LXNlY3JldA==", "fields": {"user_id": "u", "timestamp": 1741761604000}, "expect": {"token": "?"}}]
}"#,
        r#"macproof: 1
requirements:
  exact: {level: must, basis: practice, text: &words "x"}
"suite": quoted-keys
version: 1
title: *words
source:
  title: none
scheme:
  algorithm: hmac-sha512
  mac_bytes: 16
  secret: {encoding: hex, per: platform}
  fields: {user_id: {type: text}, platform: {type: enum, values: ["ios", "no"]}}
  message: "{platform}\0{user_id|lower}"
  token: {list: "v1,{mac:base64}", separator: " ", unknown: ignore}
"vectors":
  - {id: a, shows: [exact], op: sign, secrets: {ios: "aabbccdd", "no": "00112233"}, fields: {user_id: "u", platform: ios}, expect: {token: "?"}}
"#,
        r#"macproof: 1
suite: header-time
version: 1
title: |
  A time beside the token

  # and no comment
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields:
    timestamp: {type: unix-seconds}
    body: {type: text}
  message: "v0:{timestamp}:{body}"
  token: "v0={mac:hex}"
  freshness: {of: timestamp, max_age: 300s}
requirements:
  exact: {level: must, basis: practice, text: "x"}
vectors:
- id: a
  shows: [exact]
  op: sign
  secret: s
  fields: {timestamp: 1741761604, body: ""}
  expect: {token: "?"}"#,
        "macproof: 1\r\nsuite: windows\r\nversion: 1\r\ntitle: T\r\nsource: {title: none}\r\nscheme:\r\n  algorithm: hmac-sha256\r\n  secret: {encoding: utf8}\r\n  fields: {user_id: {type: text}}\r\n  message: \"{user_id}\"\r\n  token: \"{mac:hex}\"\r\nrequirements:\r\n  exact: {level: must, basis: practice, text: x}\r\nvectors:\r\n  - {id: a, shows: [exact], op: sign, secret: s, fields: {user_id: u}, expect: {token: \"?\"}}\r\n",
    ];

    fn every_suite() -> Vec<Suite> {
        let others = OTHERS
            .iter()
            .map(|text| Suite::parse("other.yaml", text).unwrap_or_else(|error| panic!("{error}")));
        let embedded = well_known().map(|suite| suite.parsed().clone());
        embedded.chain(others).collect()
    }

    fn finding(demand: Demand, request: Request, what: Breach) -> Finding {
        Finding {
            suite: 0,
            request,
            demand,
            what,
            causes: Vec::new(),
            length: 0,
            length_before: 0,
            asked: 0,
            sequence: Vec::new(),
            cases: 1,
            after_cases: 1,
            after: Duration::ZERO,
        }
    }

    /// Whatever a campaign may find is in a file that loads, as the same request.
    #[test]
    fn every_finding_can_be_loaded_again() {
        let hello = Hello {
            protocol: 1,
            implementation: ImplementationInfo::default(),
            suites: None,
            ops: None,
            clock: None,
            inputs: Some(
                ["text", "bytes", "number", "json"]
                    .map(str::to_owned)
                    .to_vec(),
            ),
            max_in_flight: None,
        };
        for suite in every_suite() {
            let pools = [SeedPool::new(0, &suite, &hello, Present::OfTheRequest)];
            let mut mutator = Mutator::new(7);
            let mut signer = Signer::default();
            let mut findings = Vec::new();
            while findings.len() < 400 {
                let (input, _) = mutator.grow(&pools);
                let Some(request) = input.request(&suite, &mut signer) else {
                    continue;
                };
                if !pools[0].takes(&request) {
                    continue;
                }
                if findings.len() % 4 == 0 {
                    mutator.keep(input);
                }
                let bounds = &pools[0].bounds;
                let outcomes = match request.op {
                    Op::Sign => vec![
                        Outcome::Token("x\u{1b}[0m".into()),
                        Outcome::Threw("e\u{301}".into()),
                    ],
                    _ => vec![
                        Outcome::Accept,
                        Outcome::REJECT,
                        Outcome::Threw("\0".into()),
                    ],
                };
                let broken = outcomes.into_iter().filter_map(|outcome| {
                    match judged(bounds, &request, None, &outcome) {
                        Judged::Broken(demand) => Some((demand, Breach::Answered(outcome))),
                        _ => None,
                    }
                });
                let due = Demand::due(bounds, &request);
                let failed = Breach::Failed(Failure::TimedOut(5));
                for (demand, what) in broken.chain([(due, failed)]) {
                    findings.push(finding(demand, request.clone(), what));
                }
            }
            let names: Vec<String> = (0..findings.len()).map(|at| format!("f-{at}")).collect();
            let named: Vec<(&str, &Finding)> = std::iter::zip(&names, &findings)
                .map(|(name, one)| (name.as_str(), one))
                .collect();
            let saved = file(&suite, &named);
            assert_eq!(saved.not_vectors, [], "{}", suite.name);
            assert!(saved.sequences.is_empty());
            let again = Suite::parse("again.yaml", saved.yaml.as_deref().unwrap()).unwrap();
            assert_eq!(again.vectors.len(), findings.len(), "{}", suite.name);
        }
    }

    /// What cannot be a vector is kept as lines of the protocol, and costs no other its vector.
    #[test]
    fn findings_that_no_vector_expresses_are_saved_as_lines() {
        let suite = Suite::parse("other.yaml", OTHERS[0]).unwrap();
        let request = suite.vectors[0].request.clone();
        let mut odd = request.clone();
        odd.fields.set("nowhere", "x");
        let bounds = crate::fuzz::bounds::Bounds::of(&suite);
        let failed = || Breach::Failed(Failure::TimedOut(5));
        let one = finding(Demand::due(&bounds, &request), request, failed());
        let other = finding(Demand::due(&bounds, &odd), odd, failed());
        let saved = file(&suite, &[("sound", &one), ("odd", &other)]);
        let again = Suite::parse("again.yaml", saved.yaml.as_deref().unwrap()).unwrap();
        assert!(again.vector("sound").is_some() && again.vector("odd").is_none());
        assert_eq!(saved.not_vectors.len(), 1);
        assert_eq!(saved.not_vectors[0].0, "odd");
        let [(name, lines)] = &saved.sequences[..] else {
            panic!("{:?}", saved.sequences);
        };
        assert_eq!(name, "odd");
        assert!(
            lines.contains("nowhere") && lines.lines().count() == 3,
            "{lines}"
        );
        let alone = file(&suite, &[("odd", &other)]);
        assert_eq!((alone.yaml, alone.sequences.len()), (None, 1));
    }
}
