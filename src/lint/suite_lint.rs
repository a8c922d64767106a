//! Runs all checks on a suite.

use crate::lint::ambiguity::{Ambiguity, ambiguity};
use crate::lint::expectations::lint_expectations;
use crate::lint::forms::lint_forms;
use crate::lint::requirements::lint_requirements;
use crate::lint::scalars::lint_spelling;
use crate::lint::source::SourceMap;
use crate::lint::{Finding, Severity, Subject};
use crate::suite::Suite;

/// All problems of a suite, in file order.
///
/// Recomputes every expected value with the oracle, and checks requirements, spelling, the message
/// template and the forms of inputs.
pub fn lint(suite: &Suite) -> Vec<Finding> {
    let text = &suite.text.text;
    let source = SourceMap::read(text);
    let mut findings = lint_spelling(text, &source);
    findings.extend(lint_message(suite, &source));
    findings.extend(lint_requirements(suite, &source));
    findings.extend(lint_expectations(suite, &source));
    findings.extend(lint_forms(suite, &source));
    findings.sort_by_key(|finding| finding.position);
    findings
}

fn lint_message(suite: &Suite, source: &SourceMap<'_>) -> Option<Finding> {
    let message = match ambiguity(&suite.scheme) {
        Ambiguity::None => return None,
        Ambiguity::Found(collision) => format!(
            "two inputs give the same message, so they share a MAC: {collision}; separate the parts by a delimiter that cannot occur in the part before it, or add lengths"
        ),
        Ambiguity::Undecided => {
            "it is too large, or repeats a field, so that ambiguity could not be decided".to_owned()
        }
    };
    Some(Finding {
        severity: Severity::Warning,
        position: source.place("scheme/message"),
        subject: Subject::Message,
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::lint;
    use crate::lint::Severity;
    use crate::suite::Suite;

    const GOOD: &str = r#"macproof: 1
suite: acme
version: 1
title: Acme
source: {title: "Acme"}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}, kind: {type: text}}
  message: "{user_id}"
  token: "{mac:hex}"
requirements:
  exact: {level: must, basis: document, text: "It is exact.", where: "page 1"}
  no-forgery: {level: must, basis: security, text: "No forgery passes."}
  upper: {level: may, basis: practice, text: "Upper case."}
vectors:
  - id: signed
    shows: [exact]
    op: sign
    secret: "secret"
    fields: {user_id: "Message"}
    expect: {token: "aa747c502a898200f9e4fa21bac68136f886a0e27aec70ba06daf2e2a5cb5597"}
  - id: accepted
    shows: [exact]
    op: verify
    secret: "secret"
    fields: {user_id: "Message"}
    token: "aa747c502a898200f9e4fa21bac68136f886a0e27aec70ba06daf2e2a5cb5597"
    expect: {outcome: accept}
  - id: forged
    shows: [no-forgery]
    op: verify
    secret: "secret"
    fields: {user_id: "Message"}
    token: "aa747c502a898200f9e4fa21bac68136f886a0e27aec70ba06daf2e2a5cb5590"
    expect: {outcome: [reject, refused, threw]}
  - id: no-secret
    shows: [no-forgery]
    op: sign
    secret: ""
    fields: {user_id: "Message"}
    expect: {outcome: [refused, threw]}
  - id: upper-case
    shows: [upper]
    op: verify
    secret: "secret"
    fields: {user_id: "Message"}
    token: "AA747C502A898200F9E4FA21BAC68136F886A0E27AEC70BA06DAF2E2A5CB5597"
    observe: "accepts upper-case hex"
"#;

    /// The findings after one change, as severity, line, column and message.
    fn after(from: &str, to: &str) -> Vec<String> {
        assert_eq!(GOOD.matches(from).count(), 1, "{from}");
        let suite = Suite::parse("acme.yaml", &GOOD.replace(from, to)).unwrap();
        lint(&suite)
            .iter()
            .map(|finding| finding.show(&suite.text))
            .map(|shown| shown.lines().next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn a_good_suite_has_no_findings() {
        let suite = Suite::parse("acme.yaml", GOOD).unwrap();
        assert_eq!(lint(&suite), []);
    }

    #[test]
    fn a_wrong_token_is_found() {
        assert_eq!(
            after(r#"{token: "aa74"#, r#"{token: "ab74"#),
            [
                r#"acme.yaml:22:21: error: vector signed: the oracle's token is "aa747c502a898200f9e4fa21bac68136f886a0e27aec70ba06daf2e2a5cb5597"; write it here, or fix the input"#
            ]
        );
    }

    #[test]
    fn a_token_that_the_oracle_refuses_to_sign_is_found() {
        assert_eq!(
            after(
                "[refused, threw]}\n  - id: upper",
                "[threw]}\n  - id: upper"
            ),
            [
                "acme.yaml:42:23: error: vector no-secret: the oracle refuses, because the secret is empty; fix the input or the outcome"
            ]
        );
    }

    #[test]
    fn a_wrong_outcome_is_found() {
        assert_eq!(
            after("{outcome: accept}", "{outcome: [reject, refused]}"),
            [
                "acme.yaml:29:23: error: vector accepted: the oracle accepts this token; fix the input or the outcome"
            ]
        );
        assert_eq!(
            after("cb5590\"", "cb5597\""),
            [
                "acme.yaml:36:23: warning: vector forged: the oracle accepts this token; keep this only if the requirement demands more than the scheme"
            ]
        );
        assert_eq!(
            after("[reject, refused, threw]", "[reject, threw]"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn requirements_are_checked() {
        assert_eq!(
            after("    shows: [upper]", "    shows: [upper] # none"),
            Vec::<String>::new()
        );
        assert_eq!(
            after(r#", where: "page 1""#, ""),
            [
                "acme.yaml:13:3: error: requirement exact: its basis is the document, so cite the place: where: \"…\""
            ]
        );
        assert_eq!(
            after(
                "  upper: {",
                "  unseen: {level: must, basis: security, text: \"Not seen.\"}\n  upper: {"
            ),
            [
                "acme.yaml:15:3: error: requirement unseen: no vector shows it; add one, or remove the requirement"
            ]
        );
    }

    #[test]
    fn scalars_and_message_are_checked() {
        assert_eq!(
            after("title: Acme", "title: 2026-11-20"),
            [
                r#"acme.yaml:4:8: error: "2026-11-20" without quotes is a date in YAML 1.1 and a text in YAML 1.2; write it in quotes if it is a text"#
            ]
        );
        let text = GOOD
            .replace(
                r#"message: "{user_id}""#,
                r#"message: "{user_id}{kind|trim}""#,
            )
            .replace(r#""Message"}"#, r#""Mess", kind: "age"}"#);
        let suite = Suite::parse("acme.yaml", &text).unwrap();
        let shown: Vec<String> = lint(&suite).iter().map(|f| f.show(&suite.text)).collect();
        assert_eq!(shown.len(), 1, "{shown:#?}");
        insta::assert_snapshot!(shown[0]);
    }

    /// Outside a pattern, an implementation may refuse to sign and may reject a valid token.
    #[test]
    fn demands_outside_the_pattern_are_found() {
        let numbers = r#"fields: {user_id: {type: text, pattern: "[0-9]+"}"#;
        let with_pattern = |changes: &[(&str, &str)]| {
            let mut text = GOOD.replace("fields: {user_id: {type: text}", numbers);
            assert!(text.contains(numbers));
            for (from, to) in changes {
                assert!(text.contains(from), "{from}");
                text = text.replacen(from, to, 1);
            }
            let suite = Suite::parse("acme.yaml", &text).unwrap();
            let findings = lint(&suite);
            let shown = findings.iter().map(|finding| finding.show(&suite.text));
            shown
                .map(|one| one.lines().next().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let found = with_pattern(&[]);
        let lines = [
            r#"acme.yaml:21:23: warning: vector signed: user_id "Message" does not match the pattern [0-9]+, and outside of it an implementation may refuse to sign; use a matching value, write or: [refused, threw], or widen the pattern"#,
            r#"acme.yaml:27:23: warning: vector accepted: user_id "Message" does not match the pattern [0-9]+, and outside of it a token may be rejected; use a matching value, observe it (level may), or widen the pattern"#,
        ];
        assert_eq!(found, lines);
        // Vectors that accept declining are fine, and invalid input may be declined anyway.
        let or = with_pattern(&[("b5597\"}", "b5597\", or: [refused, threw]}")]);
        assert_eq!(or, lines[1..]);
        let observed = [
            (
                "accepted\n    shows: [exact]",
                "accepted\n    shows: [upper]",
            ),
            (
                "expect: {outcome: accept}",
                "observe: \"accepts another form\"",
            ),
        ];
        assert_eq!(with_pattern(&observed), lines[..1]);
        let should = with_pattern(&[("exact: {level: must", "exact: {level: should")]);
        assert_eq!(should, Vec::<String>::new());
    }

    #[test]
    fn findings_are_in_file_order() {
        let text = GOOD
            .replace(r#", where: "page 1""#, "")
            .replace("title: Acme", "title: no")
            .replace("{outcome: accept}", "{outcome: threw}");
        let findings = lint(&Suite::parse("x", &text).unwrap());
        let lines: Vec<u32> = findings
            .iter()
            .map(|finding| finding.position.line)
            .collect();
        assert_eq!(lines, [4, 13, 29]);
        assert!(findings.iter().all(|f| f.severity == Severity::Error));
    }
}
