//! The suites in `vectors/` catch every mistake; a suite with a gap is seen to have it.

use macproof::generate::{generate, whole};
use macproof::results::Baseline;
use macproof::strength::{Detection, Strength, strength, table};
use macproof::suite::{Level, Suite, find};

use crate::harness::test;

/// Holds the score of a suite at all there is.
fn full(name: &str) {
    let suite = whole(&find(name).unwrap()).unwrap();
    let strength = strength(&suite);
    assert!(strength.is_full(), "{}", table(&strength, &suite));
}

// One test each, so that they run beside each other.
macro_rules! full {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            full($name);
        })*

        #[test]
        fn no_literal_suite_is_left_out() {
            let known = [$($name),*];
            // The others are measured by `.ci/run`, with a program that is optimized.
            for embedded in macproof::suite::embedded().filter(|one| one.by_default) {
                // Those of the primitives are other people's vectors, taken over as they are.
                let is_imported = embedded.path().contains("/primitives/");
                assert!(is_imported || known.contains(&embedded.name), "{}", embedded.name);
            }
        }
    };
}

full! {
    jotreview_catches_all: "jotreview",
    prefinery_catches_all: "prefinery",
    jimo_catches_all: "jimo",
    engagespot_catches_all: "engagespot",
    mtribes_catches_all: "mtribes",
    intercom_catches_all: "intercom",
    github_webhook_catches_all: "github-webhook",
    magicbell_catches_all: "magicbell",
    shopify_webhook_catches_all: "shopify-webhook",
    standard_webhooks_catches_all: "standard-webhooks",
    stripe_webhook_catches_all: "stripe-webhook",
}

/// A scheme with two vectors by hand, and nothing else.
const BY_HAND: &str = r#"macproof: 1
suite: acme
version: 1
title: Acme
source: {title: Acme}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields:
    user_id: {type: text}
  message: "{user_id}"
  token: "{mac:hex}"
requirements:
  token-is-exact: {level: must, basis: document, text: "It is.", where: "1"}
  right-token-is-accepted: {level: must, basis: document, text: "It is.", where: "1"}
  profile: {level: may, basis: practice, text: "Other spellings."}
vectors:
  - id: sign
    shows: [token-is-exact]
    op: sign
    secret: "secret"
    fields: {user_id: "Message"}
    expect: {token: "aa747c502a898200f9e4fa21bac68136f886a0e27aec70ba06daf2e2a5cb5597"}
  - id: verify
    shows: [right-token-is-accepted]
    op: verify
    secret: "secret"
    fields: {user_id: "Message"}
    token: "aa747c502a898200f9e4fa21bac68136f886a0e27aec70ba06daf2e2a5cb5597"
    expect: {outcome: accept}
  - id: cut-short
    shows: [profile]
    op: verify
    secret: "secret"
    fields: {user_id: "Message"}
    token: "aa747c502a898200f9e4fa21bac68136f886a0e27aec70ba06daf2e2a5cb55"
    observe: accepts a token that is cut short
"#;

fn fate<'s>(strength: &'s Strength, id: &str) -> &'s Detection {
    let planted = |planted: &&macproof::strength::Planted| planted.mistake.id.as_str() == id;
    &strength.mistakes.iter().find(planted).unwrap().fate
}

#[test]
fn a_weak_suite_is_reported_as_weak() {
    let suite = Suite::parse("acme.yaml", BY_HAND).unwrap();
    let strength = strength(&suite);
    // A MAC by another algorithm shows anywhere.
    assert!(
        matches!(fate(&strength, "algorithm-sha-1"), Detection::Caught { by, .. } if by == &[0, 1])
    );
    assert!(
        matches!(fate(&strength, "verify-always-rejects"), Detection::Caught { by, .. } if by == &[1])
    );
    // It is seen, but nobody fails for it, although it lets a forgery in.
    let prefix = fate(&strength, "verify-accepts-a-prefix");
    assert!(matches!(prefix, Detection::Tolerated { observed, .. } if observed == &[2]));
    assert!(matches!(
        fate(&strength, "secret-trimmed"),
        Detection::Missed(_)
    ));
    let platform = fate(&strength, "secret-of-another-platform");
    assert!(
        matches!(platform, Detection::Equivalent(reason) if reason == "the scheme has one secret for everybody")
    );
    assert!(strength.caught() < strength.of());
    assert!(!strength.is_full());
    let pair = |one: &str, other: &str| {
        let is = |missed: &&(_, _, _)| {
            let (a, b, _): &(
                macproof::mistakes::MistakeId,
                macproof::mistakes::MistakeId,
                _,
            ) = missed;
            (a.as_str(), b.as_str()) == (one, other)
        };
        strength.pairs.missed.iter().any(|missed| is(&missed))
    };
    assert!(pair("secret-trimmed", "identity-trimmed"));
    insta::assert_snapshot!(table(&strength, &suite));
}

#[test]
fn vectors_catch_the_mistakes_they_claim() {
    use macproof::mistakes::Mistaken;
    use macproof::scheme::{Implementation, Reference};
    let suite = Suite::parse("acme.yaml", BY_HAND).unwrap();
    let mut witnesses = 0;
    for planted in strength(&suite).mistakes {
        let (Detection::Missed(witness) | Detection::Tolerated { witness, .. }) = planted.fate
        else {
            continue;
        };
        let request = &witness.request;
        let call = request.call(&suite.scheme);
        assert_eq!(Reference::new().call(&call), witness.right);
        assert_eq!(Mistaken::one(planted.mistake).call(&call), witness.wrong);
        assert_ne!(witness.right, witness.wrong, "{}", planted.mistake.id);
        witnesses += 1;
    }
    assert!(witnesses > 30, "{witnesses}");
}

#[test]
fn the_generator_closes_every_gap() {
    let generated = generate("acme.yaml", BY_HAND).unwrap();
    let suite = Suite::parse("acme.yaml", &generated).unwrap();
    let strength = strength(&suite);
    assert!(strength.is_full(), "{}", table(&strength, &suite));
}

#[test]
fn removing_a_vector_lowers_the_score() {
    let generated = generate("acme.yaml", BY_HAND).unwrap();
    let mut suite = Suite::parse("acme.yaml", &generated).unwrap();
    let whole = strength(&suite);
    let Detection::Caught { by, .. } = fate(&whole, "verify-sha-1-too") else {
        panic!("{}", table(&whole, &suite));
    };
    let taken_out: Vec<String> = by
        .iter()
        .map(|&at| suite.vectors[at].id.to_string())
        .collect();
    suite
        .vectors
        .retain(|vector| !taken_out.contains(&vector.id.to_string()));
    let Detection::Missed(witness) = fate(&strength(&suite), "verify-sha-1-too").clone() else {
        panic!("{taken_out:?} are not there, and nothing is missed");
    };
    assert!(taken_out.contains(witness.id.as_ref().unwrap()));
}

#[test]
fn a_vector_that_catches_nothing_is_named() {
    let idle = BY_HAND.replace(
        "    expect: {outcome: accept}",
        "    expect: {outcome: [accept, reject, refused, threw]}",
    );
    let suite = Suite::parse("acme.yaml", &idle).unwrap();
    let strength = strength(&suite);
    let names: Vec<&str> = strength
        .idle
        .iter()
        .map(|&at| suite.vectors[at].id.as_str())
        .collect();
    assert_eq!(names, ["verify"]);
    assert!(table(&strength, &suite).contains("\nVectors that catch nothing:\n  verify\n"));
}

#[test]
fn trivial_baselines_are_scored() {
    let suite = Suite::parse("acme.yaml", BY_HAND).unwrap();
    let strength = strength(&suite);
    let passed: Vec<(Baseline, u64)> = strength
        .baselines
        .iter()
        .map(|score| (score.baseline, score.passed))
        .collect();
    assert_eq!(
        passed,
        [
            (Baseline::AcceptsAll, 1),
            (Baseline::RejectsAll, 0),
            (Baseline::Echoes, 1)
        ]
    );
    assert_eq!(strength.binding, 2);
    assert_eq!(
        suite
            .vectors
            .iter()
            .filter(|vector| vector.level == Level::May)
            .count(),
        1
    );
}
