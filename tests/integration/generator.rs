//! What `generate` promises, for schemes that nobody had in mind when it was written.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use macproof::generate::{GenerateError, generate};
use macproof::results::{Observed, Verdict, judge};
use macproof::scheme::{Implementation, Reference};
use macproof::suite::{Expect, Level, Suite};

use crate::harness::test;

/// The head of a scheme file.
const HEAD: &str =
    "macproof: 1\nsuite: acme\nversion: 1\ntitle: Acme\nsource: {title: Acme}\nscheme:\n";

/// Schemes that between them use every word of the language.
const SCHEMES: [(&str, &str); 14] = [
    (
        "ten lines",
        "  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}}
  message: \"{user_id}\"
  token: \"{mac:hex}\"
",
    ),
    (
        "pairs without repetition, milliseconds, limits",
        "  algorithm: hmac-sha384
  secret: {encoding: hex}
  fields: {when: {type: unix-millis}, who: {type: text}}
  message: \"{when}|{who}\"
  token: {pairs: {t: \"{when}\", s: \"{mac:base64}\"}, separator: \";\"}
  freshness: {of: when, max_age: 5m, max_skew: 10s}
",
    ),
    (
        "a strict list of short MACs",
        "  algorithm: hmac-sha512
  mac_bytes: 16
  secret: {encoding: base64url}
  fields: {who: {type: text}}
  message: \"v0:{who}\"
  token: {list: \"v0:{mac:base64url}\", separator: \",\"}
",
    ),
    (
        "a secret for each of three values, which are signed",
        "  algorithm: hmac-sha224
  secret: {encoding: utf8, per: tier}
  fields: {who: {type: text}, tier: {type: enum, values: [free, \"no\", Gold]}}
  message: \"{tier}/{who}\"
  token: \"{mac:hex-upper}\"
",
    ),
    (
        "the token carries the identity",
        "  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {who: {type: text}}
  message: \"{who}\"
  token: \"{who}.{mac:base64url-unpadded}\"
",
    ),
    (
        "no text at all",
        "  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {role: {type: enum, values: [admin, guest]}, at: {type: unix-seconds}}
  message: \"{role}@{at}\"
  token: \"{at}:{mac:hex}\"
",
    ),
    (
        "two texts with nothing between",
        "  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {one: {type: text}, two: {type: text}}
  message: \"{one}{two}\"
  token: \"{mac:hex}\"
",
    ),
    (
        "text and time with nothing between",
        "  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {who: {type: text}, at: {type: unix-seconds}}
  message: \"{who}{at}\"
  token: \"{mac:hex}.{at}\"
",
    ),
    (
        "filters",
        "  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {email: {type: text}}
  message: \"{email|trim|lower}\"
  token: \"{mac:base64-unpadded}\"
",
    ),
    (
        "a prefix before a hex secret",
        "  algorithm: hmac-sha256
  secret: {encoding: hex, strip_prefix: \"key_\"}
  fields: {who: {type: text}}
  message: \"{who}\"
  token: \"{mac:hex}\"
",
    ),
    (
        "the token names its algorithm",
        "  algorithm: hmac-sha1
  secret: {encoding: utf8}
  fields: {body: {type: text}}
  message: \"{body}\"
  token: \"sha1={mac:hex}\"
",
    ),
    (
        "a limit on the future alone, time beside the token",
        "  algorithm: hmac-sha256
  secret: {encoding: base64}
  fields: {at: {type: unix-seconds}, who: {type: text}}
  message: \"{at}.{who}\"
  token: \"{mac:base64}\"
  freshness: {of: at, max_skew: 60s}
",
    ),
    (
        "four bytes of MAC",
        "  algorithm: hmac-sha256
  mac_bytes: 4
  secret: {encoding: utf8}
  fields: {who: {type: text}}
  message: \"{who}\"
  token: \"{mac:hex}\"
",
    ),
    (
        "a secret for each value of a free text",
        "  algorithm: hmac-sha256
  secret: {encoding: base64, per: region}
  fields: {region: {type: text}, who: {type: text}, kind: {type: enum, values: [a, b]}}
  message: \"{who}\"
  token: \"{mac:base64}\"
",
    ),
];

/// The suite of each scheme, with its name.
static SUITES: LazyLock<Vec<(&str, Suite)>> = LazyLock::new(|| {
    let suites = SCHEMES
        .iter()
        .map(|(name, _)| (*name, generated(&scheme(name))));
    suites.collect()
});

fn scheme(name: &str) -> String {
    let (_, scheme) = SCHEMES.iter().find(|(known, _)| *known == name).unwrap();
    format!("{HEAD}{scheme}")
}

fn generated(text: &str) -> Suite {
    let suite = generate("acme.yaml", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    Suite::parse("acme.yaml", &suite).unwrap()
}

#[test]
fn every_scheme_gets_a_suite_that_the_oracle_passes() {
    for (name, suite) in SUITES.iter() {
        assert!(suite.text.text.starts_with(&scheme(name)), "{name}");
        let least = if *name == "no text at all" { 140 } else { 400 };
        assert!(
            suite.vectors.len() > least,
            "{name}: {}",
            suite.vectors.len()
        );
        let mut oracle = Reference::new();
        for vector in &suite.vectors {
            let request = &vector.request;
            let outcome = oracle.call(&request.call(&suite.scheme));
            let observed = Observed::Outcome(outcome);
            let verdict = judge(
                request.op,
                vector.level,
                &vector.expect,
                &observed,
                Level::Should,
            );
            let due = if vector.level == Level::May {
                Verdict::Observed
            } else {
                Verdict::Pass
            };
            assert_eq!(verdict, due, "{name}: {} gave {observed:?}", vector.id);
        }
    }
}

#[test]
fn every_requirement_is_shown_and_every_vector_has_a_note() {
    for (name, suite) in SUITES.iter() {
        let shown: BTreeSet<usize> = suite.vectors.iter().flat_map(|v| v.shows.clone()).collect();
        assert_eq!(shown.len(), suite.requirements.len(), "{name}");
        for vector in &suite.vectors {
            let note = vector.note.as_deref().unwrap_or_default();
            let is_sentence = note.starts_with("Catches ") || note.starts_with("Shows ");
            assert!(
                is_sentence && note.ends_with('.'),
                "{name}: {}: {note:?}",
                vector.id
            );
        }
    }
}

#[test]
fn what_does_not_apply_is_not_there() {
    for (name, suite) in SUITES.iter() {
        let timed = suite.scheme.fields.iter().any(|field| field.kind.is_time());
        let platforms = suite.scheme.secret.per.is_some();
        for vector in &suite.vectors {
            let id = vector.id.as_str();
            let of_time = id.starts_with("time-") || id.ends_with("-old") || id.ends_with("-early");
            assert!(timed || !of_time, "{name}: {id}");
            assert!(platforms || !id.starts_with("platform"), "{name}: {id}");
        }
    }
}

#[test]
fn generating_again_changes_nothing() {
    for (name, suite) in SUITES.iter() {
        let again = generate("acme.yaml", &scheme(name)).unwrap();
        assert_eq!(*suite.text.text, again, "{name}");
    }
}

#[test]
fn what_is_written_by_hand_stays_to_the_byte() {
    let requirements = "
# Ours.
requirements:
    token-is-exact: # as the page says
        level: must
        basis: document
        text: >-
            The token is exact,
            to the byte.
        where: \"page 1\"
";
    let vectors = "
# Theirs.
vectors:
- id: by-hand
  shows: [token-is-exact]
  op: sign
  secret: \"s3cret\"
  fields: {user_id: \"a\"}
  expect: {token: \"b27d7dbfe9d6b1c62eb8a2b8cd5ef45ec4d5dd4f9dd5b4a8e2b1ec0bb5db4d35\"}";
    let head = scheme("ten lines");
    for by_hand in [
        vec![head.as_str(), requirements, vectors],
        vec![head.as_str(), requirements],
        vec![head.as_str()],
    ] {
        let text = by_hand.concat();
        let suite = generate("acme.yaml", &text).unwrap();
        let mut rest = suite.as_str();
        for part in by_hand {
            let at = rest
                .find(part)
                .unwrap_or_else(|| panic!("{part} is not in the suite"));
            rest = &rest[at + part.len()..];
        }
        let suite = Suite::parse("acme.yaml", &suite).unwrap();
        assert!(suite.vectors.len() > 400);
    }
    // The generated vectors live in the world of the one by hand.
    let suite = generated(&[&head, requirements, vectors].concat());
    let plain = suite.vector("plain").unwrap();
    assert_eq!(
        plain.request.secrets,
        suite.vector("by-hand").unwrap().request.secrets
    );
}

#[test]
fn the_level_by_hand_wins() {
    let level = |id: &str, level: &str| {
        let place = "where: \"page 1\"";
        format!("  {id}: {{level: {level}, basis: practice, text: \"x\", {place}}}\n")
    };
    let requirements = format!(
        "requirements:\n{}{}{}",
        level("token-is-exact", "may"),
        level("stale-token-is-not-accepted", "should"),
        level("other-spellings", "must"),
    );
    let limits = scheme("pairs without repetition, milliseconds, limits");
    let suite = generated(&format!("{limits}{requirements}"));
    let expect = |id: &str| {
        let vector = suite.vector(id).unwrap();
        (vector.level, &vector.expect)
    };
    assert!(
        matches!(expect("plain"), (Level::May, Expect::Observe(what)) if what.starts_with("signs"))
    );
    let stale = expect("token-one-second-too-old");
    assert!(matches!(stale, (Level::Should, Expect::Outcomes(kinds)) if kinds.len() == 3));
    // What is said of the limit from its other side is no more binding.
    assert_eq!(expect("token-nearly-too-old").0, Level::Should);
    assert_eq!(expect("token-one-second-too-early").0, Level::Must);
    assert!(
        matches!(expect("spelling-hex"), (Level::Must, Expect::Outcomes(kinds)) if kinds.len() == 3)
    );
}

#[test]
fn what_cannot_be_merged_is_said() {
    let head = scheme("ten lines");
    let error = |text: &str| generate("acme.yaml", text).unwrap_err();
    let twice = generate("acme.yaml", &head).unwrap();
    assert!(matches!(error(&twice), GenerateError::Generated(path) if path == "acme.yaml"));
    let flow = error(&format!("{head}requirements: {{}}\n"));
    assert!(matches!(
        flow,
        GenerateError::NotBlockStyle {
            key: "requirements",
            ..
        }
    ));
    let vectors = "vectors:\n  - id: identity-email\n    shows: [r]\n    op: sign\n    secret: \"s\"\n    fields: {user_id: \"a\"}\n    expect: {token: \"x\"}\n";
    let requirement = "requirements:\n  r: {level: should, basis: practice, text: \"x\"}\n";
    let same = error(&format!("{head}{requirement}{vectors}"));
    assert_eq!(
        same.to_string(),
        "acme.yaml: the vector \"identity-email\" by hand has the id of a generated one, which shows \"identity-is-signed-as-it-is\"; rename it"
    );
    let not_last = error(&format!("{vectors}{requirement}{head}"));
    assert!(matches!(
        not_last,
        GenerateError::NotLast { key: "vectors", .. }
    ));
    let unclosed = error("suite: [\n").to_string();
    assert!(
        unclosed.starts_with("acme.yaml:") && !unclosed.contains("vectors"),
        "{unclosed}"
    );
    assert!(matches!(
        error(&head.replace("text}", "test}")),
        GenerateError::Scheme(_)
    ));
}

/// Issue 2's list of what every suite covers, item by item: each names vectors that must be there.
#[test]
fn the_suites_cover_what_they_promise() {
    let identities = [
        "plain",
        "identity-email",
        "identity-uuid",
        "identity-decimal",
        "identity-leading-zeros",
        "number-620",
        "identity-empty",
        "identity-blank-before",
        "identity-blank-inside",
        "identity-blank-after",
        "identity-tab-inside",
        "identity-carriage-return-inside",
        "identity-line-feed-inside",
        "identity-nul-inside",
        "identity-double-quotes",
        "identity-single-quote",
        "identity-backslash",
        "identity-slash",
        "identity-percent",
        "identity-plus",
        "identity-ampersand",
        "identity-less-than",
        "identity-braces",
        "identity-two-byte-utf-8",
        "identity-three-byte-utf-8",
        "identity-four-byte-utf-8",
        "identity-decomposed",
        "twin-composed-and-decomposed",
        "twin-composed-and-decomposed-reversed",
        "identity-upper-case",
        "twin-upper-case",
        "twin-upper-case-reversed",
        "identity-dotted-capital-i",
        "identity-sharp-s",
        "identity-emoji-with-joiners",
        "identity-right-to-left-mark",
        "identity-byte-order-mark",
        "identity-invalid-utf-8",
    ];
    let lengths = [
        1, 54, 55, 56, 57, 63, 64, 65, 118, 119, 120, 121, 127, 128, 129, 4096, 65536,
    ];
    let secrets = [
        "hex-looking",
        "hex-looking-of-odd-length",
        "base64-looking",
        "length-1",
        "length-63",
        "length-64",
        "length-65",
        "length-131",
        "blank-before",
        "blank-after",
        "line-feed-before",
        "line-feed-after",
        "non-ascii",
        "percent-and-dollar",
    ];
    let tokens = [
        "plain-is-accepted",
        "token-first-character-changed",
        "token-middle-character-changed",
        "token-last-character-changed",
        "token-empty",
        "token-of-one-character",
        "token-cut-to-half",
        "token-cut-to-all-but-one-byte",
        "token-without-its-last-character",
        "token-character-after",
        "spelling-blank-before",
        "spelling-blank-after",
        "spelling-line-feed-after",
        "spelling-nul-after",
        "spelling-double-quotes",
        "spelling-single-quotes",
        "spelling-full-width-digits",
        "spelling-arabic-indic-digits",
        "twin-another-user",
        "key-of-somebody-else",
        "token-hmac-sha1",
        "token-hmac-sha512",
        "token-digest-of-the-message",
        "token-absent",
        "token-null",
        "token-number",
        "token-list-of-the-token",
        "token-map-of-the-token",
    ];
    let of_hex = [
        "upper-case",
        "mixed-case",
        "zero-x-before",
        "base64",
        "base64url-unpadded",
    ];
    let of_base64 = [
        "hex",
        "other-alphabet",
        "unpadded",
        "one-sign-more",
        "last-character-one-up",
        "hyphen-and-star-inside",
    ];
    let times = [
        "time-zero",
        "time-before-32-bits-end",
        "time-after-32-bits-end",
        "time-after-unsigned-32-bits-end",
        "time-of-2-53-minus-1",
        "time-with-leading-zero",
        "time-with-plus-sign",
        "time-with-minus-sign",
        "time-with-blank-before",
        "time-with-decimal-point",
        "time-with-exponent",
        "time-with-hexadecimal-digits",
        "time-changed-in-another-unit",
        "time-with-arabic-indic-digits",
        "token-one-hour-early",
        "time-changed-one-later",
        "spelling-parts-swapped",
        "identity-delimiter-and-digits-after",
        "identity-hyphens",
        "time-takes-digit-from-the-text-before",
    ];
    let delimiters = ["before", "after", "inside", "alone"];
    for embedded in macproof::suite::embedded().filter(|suite| suite.by_default) {
        let suite = embedded.parse().unwrap();
        let has = |id: &str| assert!(suite.vector(id).is_some(), "{} lacks {id}", embedded.name);
        for id in identities.iter().chain(&tokens) {
            has(id);
        }
        for length in lengths {
            has(&format!("identity-length-{length}"));
        }
        for secret in secrets {
            has(&format!("secret-{secret}"));
        }
        let is_base64 = embedded.text.contains("token: \"{mac:base64}\"");
        let spellings: &[&str] = if is_base64 { &of_base64 } else { &of_hex };
        for spelling in spellings {
            has(&format!("spelling-{spelling}"));
        }
        if embedded.name == "jimo" {
            for id in times {
                has(id);
            }
            for place in delimiters {
                has(&format!("identity-delimiter-{place}"));
            }
        }
        if embedded.name == "mtribes" {
            has("platform-android-with-the-token-of-ios");
        }
    }
}

#[test]
fn generated_suites_lint_clean() {
    use macproof::lint::{Severity, lint};
    let embedded = macproof::suite::embedded().map(|suite| suite.parse().unwrap());
    let schemes = SUITES.iter().map(|(_, suite)| suite.clone());
    for suite in embedded.chain(schemes) {
        for finding in lint(&suite) {
            assert_eq!(
                finding.severity,
                Severity::Warning,
                "{}",
                finding.show(&suite.text)
            );
        }
    }
}
