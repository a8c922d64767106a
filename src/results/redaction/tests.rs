//! What a document hides.

use super::{REDACTED, Redaction, token_like};
use crate::protocol::ImplementationInfo;
use crate::results::fixture::{circumstances, expect_token, suite, threw, token};
use crate::results::{KnownFailures, Observation, Observed, RunResult, ScopeNote, conclude};
use crate::signature::{Encoding, Op, Secret, Secrets};
use crate::suite::{Basis, Expect, Level};

const CANARY: &str = "canary-9f86d081884c7d65";
const TOKEN: &str = "6a403a1fcfcc866b8917e6e208a553004c54c73846bc4f3f686757e2a5ad588e";

fn forms() -> Vec<String> {
    let encoded = |encoding: &Encoding| encoding.encode(CANARY.as_bytes());
    let mut forms: Vec<String> = Encoding::ALL.iter().map(encoded).collect();
    forms.extend([CANARY.to_owned(), TOKEN.to_owned()]);
    forms
}

#[test]
fn ids_of_mistakes_do_not_look_like_tokens() {
    let found = |text: &str| token_like(text).len();
    assert_eq!(found("is not tested (encoding-big-integer)"), 0);
    assert_eq!(found(TOKEN), 1);
    assert_eq!(found("abcdefghijklmnopqrstuvwx"), 1);
    assert_eq!(found("abcdefgh-ijklMnop-qrstuvwx"), 1);
    assert_eq!(found("abcdefgh--ijklmnop-qrstuvwx"), 1);
}

#[test]
fn implementation_info_is_redacted() {
    let said = ImplementationInfo {
        name: format!("shop {CANARY}"),
        version: Some(CANARY.to_owned()),
        language: None,
        notes: Some("made for tests".to_owned()),
    };
    let shown = Redaction::of([Secret::new(CANARY)]).implementation(&said);
    assert_eq!(shown.name, "shop [redacted]");
    assert_eq!(shown.version.as_deref(), Some("[redacted]"));
    assert_eq!(shown.notes, said.notes);
    assert_eq!(Redaction::none().implementation(&said), said);
}

/// An observation as if it had been run with the canary, whose identity contains these words.
fn asked_with<'s>(said: &str, mut observation: Observation<'s>) -> Observation<'s> {
    let request = observation.request.to_mut();
    request.secrets = Secrets::One(Secret::new(CANARY));
    if request.op == Op::Verify {
        request.token = Some(TOKEN.into());
    }
    request.fields.set("user_id", said);
    observation
}

/// A run in which the secret and a token appear wherever an implementation can put them.
fn concluded(redaction: Redaction) -> RunResult {
    let said = forms().join(" ; ");
    let mut circumstances = circumstances();
    circumstances.implementation.name = said.clone();
    circumstances.implementation.version = Some(said.clone());
    circumstances.implementation.language = Some(said.clone());
    circumstances.implementation.notes = Some(said.clone());
    circumstances.adapter = said.clone();
    circumstances.arguments = vec!["--command".into(), said.clone()];
    circumstances.notes = vec![said.clone(), "its stderr: dGhlIG90aGVyIHRva2Vu0aXM".into()];
    circumstances.left_out = vec![ScopeNote {
        what: said.clone(),
        cases: 1,
    }];
    circumstances.redaction = redaction;
    let suite = suite("acme")
        .requires("r", Level::Must, Basis::Document, "R.")
        .shows("a", &["r"], Op::Sign, expect_token(TOKEN))
        .shows("b", &["r"], Op::Verify, Expect::Outcomes(Vec::new()))
        .shows("c", &["r"], Op::Sign, expect_token(TOKEN))
        .shows("d", &["r"], Op::Sign, expect_token(TOKEN))
        .shows("e", &["r"], Op::Sign, expect_token("0011223344"));
    // A token for another input, which only the implementation knows.
    let other = "expected 0d1c2b3a495867768594a3b2c1d0e0f1, got nothing";
    let observations = vec![
        asked_with(&said, suite.observe("a", token(TOKEN))),
        asked_with(&said, suite.observe("b", threw(&format!("{said} {other}")))),
        asked_with(
            &said,
            suite.observe("c", Observed::NotApplicable(said.clone())),
        ),
        asked_with(
            &said,
            suite.observe(
                "d",
                Observed::Unstable(
                    crate::signature::Outcome::Token(TOKEN.into()),
                    crate::signature::Outcome::Refused(said.clone()),
                ),
            ),
        ),
        suite.observe("e", token("0011223344")),
    ];
    conclude(
        circumstances,
        observations,
        &KnownFailures::none(),
        "2026-11-20",
    )
}

#[test]
fn neither_the_secret_nor_its_tokens_are_anywhere_in_the_document() {
    let result = concluded(Redaction::of([Secret::new(CANARY)]));
    let json = serde_json::to_string(&result).unwrap();
    for canary in forms().iter().map(|form| form.trim_end_matches('=')) {
        assert!(!json.contains(canary), "{canary} in {json}");
    }
    assert!(!json.contains("0d1c2b3a495867768594a3b2c1d0e0f1"), "{json}");
    assert!(!json.contains("dGhlIG90aGVyIHRva2Vu0aXM"), "{json}");
    let case = &result.cases[0];
    assert_eq!(case.request.secrets, Secrets::One(Secret::new(REDACTED)));
    assert_eq!(case.actual.as_deref(), Some("token [redacted]"));
    assert_eq!(case.verdict, crate::results::Verdict::Pass);
    // The suite's own texts stay.
    let case = &result.cases[4];
    let own = Secrets::One(Secret::new("0123456789abcdef"));
    assert_eq!(case.request.secrets, own);
    assert_eq!(case.actual_token.as_deref(), Some("0011223344"));
}

#[test]
fn everything_is_shown_on_request() {
    let json = serde_json::to_string(&concluded(Redaction::none())).unwrap();
    for form in forms() {
        assert!(json.contains(&form), "{form}");
    }
}

#[test]
fn tokens_of_an_unknown_secret_are_redacted() {
    let json = serde_json::to_string(&concluded(Redaction::of([])).cases).unwrap();
    assert!(!json.contains(TOKEN), "{json}");
}

#[test]
fn text_outside_the_document_is_redacted_too() {
    let redaction = Redaction::of([Secret::new(CANARY)]);
    let said = redaction.text(&format!("it wrote {CANARY} and {TOKEN}, then ended"));
    assert_eq!(said, "it wrote [redacted] and [redacted], then ended");
    assert_eq!(Redaction::none().text(CANARY), CANARY);
    assert!(!format!("{redaction:?}").contains("canary"));
}

#[test]
fn a_secret_equal_to_a_word_of_the_report_breaks_nothing() {
    let result = concluded(Redaction::of([Secret::new("pass"), Secret::new("acme")]));
    assert_eq!(result.cases[4].id, "acme/e");
    let json = serde_json::to_string(&result).unwrap();
    assert_eq!(serde_json::from_str::<RunResult>(&json).unwrap(), result);
}
