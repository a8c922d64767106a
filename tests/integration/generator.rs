//! What `generate` promises, for schemes that nobody had in mind when it was written.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use macproof::generate::{GenerateError, generate};
use macproof::results::{Expectation, Observed, Verdict};
use macproof::scheme::{Call, Implementation, Reference};
use macproof::signature::{Op, Outcome, OutcomeKind, Secret, Secrets, Value};
use macproof::suite::{Basis, Expect, Level, Suite, Vector};

use crate::harness::test;

/// The head of a scheme file.
const HEAD: &str =
    "macproof: 1\nsuite: acme\nversion: 1\ntitle: Acme\nsource: {title: Acme}\nscheme:\n";

/// Schemes that between them use every word of the language.
const SCHEMES: [(&str, &str); 15] = [
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
        "pairs in any order, of which a key repeats",
        "  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {at: {type: unix-seconds}, who: {type: text}, area: {type: enum, values: [eu, us]}}
  message: \"{at}.{who}\"
  token: {pairs: {t: \"{at}\", a: \"{area}\", v1: \"{mac:hex}\"}, separator: \",\", repeat: [v1], unknown: ignore, order: any}
  freshness: {of: at, max_age: 5m}
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
            let expectation = Expectation::of(&suite.scheme, vector);
            let verdict = expectation.verdict(&observed, Level::Should);
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
fn every_requirement_has_vectors_and_every_vector_a_note() {
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
fn inapplicable_vectors_are_absent() {
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
fn handwritten_parts_are_kept_byte_for_byte() {
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

/// The vectors of a suite, as ids, that fail an implementation at a level.
fn failing(
    suite: &Suite,
    level: Level,
    implementation: &mut dyn FnMut(&Call<'_>) -> Outcome,
) -> Vec<String> {
    let fails = |vector: &&Vector| {
        let request = &vector.request;
        let observed = Observed::Outcome(implementation(&request.call(&suite.scheme)));
        Expectation::of(&suite.scheme, vector).verdict(&observed, level) == Verdict::Fail
    };
    let failed = suite.vectors.iter().filter(fails);
    failed.map(|vector| vector.id.to_string()).collect()
}

/// Reads a header as Stripe's page does: split at the commas and then at the equals signs; `t` is
/// the time, each `v1` a signature, and all else is discarded.
fn as_the_page_reads_pairs(call: &Call<'_>) -> Outcome {
    let (Op::Verify, Some(Value::Text(header))) = (call.op, call.token) else {
        return Reference::new().call(call);
    };
    let (mut time, mut signatures) = (None, Vec::new());
    for item in header.split(',') {
        match item.split_once('=') {
            Some(("t", text)) => time = text.parse::<i64>().ok().filter(|t| t.to_string() == text),
            Some(("v1", signature)) => signatures.push(signature),
            _ => {}
        }
    }
    let Some(time) = time else {
        return Outcome::REJECT;
    };
    let fields = call.fields.clone().with("timestamp", time);
    let token = match call.scheme.sign(call.secrets, &fields) {
        Ok(token) => token,
        Err(refusal) => return Outcome::Refused(refusal.to_string()),
    };
    let (_, due) = token.split_once(",v1=").unwrap();
    let is_old = i64::try_from(call.now).unwrap() - time > 300;
    if signatures.contains(&due) && !is_old {
        Outcome::Accept
    } else {
        Outcome::REJECT
    }
}

/// Takes no header in which anything is malformed, twice or in another place.
fn strict_about_pairs(call: &Call<'_>) -> Outcome {
    if let (Op::Verify, Some(Value::Text(header))) = (call.op, call.token) {
        let keys: Vec<&str> = header
            .split(',')
            .filter_map(|item| item.split_once('=').map(|(key, _)| key))
            .collect();
        let is_mac =
            |value: &str| value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit());
        let mut macs = header
            .split(',')
            .filter_map(|item| item.strip_prefix("v1="));
        let times = keys.iter().filter(|key| **key == "t").count();
        if keys.first() != Some(&"t") || times != 1 || !macs.all(is_mac) {
            return Outcome::REJECT;
        }
    }
    Reference::new().call(call)
}

/// What the vendor's page leaves open fails neither who reads it so nor who reads it otherwise.
#[test]
fn both_readings_of_pairs_conform() {
    let suite = macproof::suite::find("stripe-webhook").unwrap();
    let suite = macproof::generate::whole(&suite).unwrap();
    for mut reader in [as_the_page_reads_pairs, strict_about_pairs] {
        let failed = failing(&suite, Level::Should, &mut reader);
        assert!(failed.is_empty(), "{failed:?}");
    }
    // They differ, and the profile shows where.
    let differ = |id: &str| {
        let request = &suite.vector(id).unwrap().request;
        let call = request.call(&suite.scheme);
        assert_eq!(as_the_page_reads_pairs(&call), Outcome::Accept, "{id}");
        assert_eq!(strict_about_pairs(&call), Outcome::REJECT, "{id}");
    };
    for id in [
        "signature-before-the-time",
        "items-in-another-order",
        "macs-malformed-one-behind",
        "macs-malformed-one-before",
    ] {
        differ(id);
    }
    // Who signs another time than the one whose age is looked at is no reader of either kind.
    let mut first_time_is_checked = |call: &Call<'_>| {
        let Some(header) = call.token.and_then(Value::as_text) else {
            return as_the_page_reads_pairs(call);
        };
        let items = header.split(',');
        let times: Vec<u64> = items
            .filter_map(|item| item.strip_prefix("t=")?.parse().ok())
            .collect();
        match times[..] {
            [first, second] if call.now.saturating_sub(first) <= 300 => {
                as_the_page_reads_pairs(&Call {
                    now: second,
                    ..*call
                })
            }
            _ => as_the_page_reads_pairs(call),
        }
    };
    let failed = failing(&suite, Level::Must, &mut first_time_is_checked);
    assert_eq!(failed, ["times-fresh-one-first"]);
}

/// Pusher's private channels, user data beside: a socket id, and a payload that is JSON.
const SOCKETS: &str = "  algorithm: hmac-sha256
  secret: {encoding: utf8, pattern: \"[0-9a-f]{20}\"}
  fields:
    socket_id: {type: text, pattern: '\\d+\\.\\d+'}
    payload: {type: text, pattern: '\\{.*\\}'}
  message: \"{socket_id}:{payload}\"
  token: \"{mac:hex}\"
";

/// Refuses, rightly, what is no socket id, no JSON or no key; is otherwise the oracle.
fn only_its_own_form(call: &Call<'_>, throws: bool) -> Outcome {
    let is_id = |text: &str| {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        text.split_once('.')
            .is_some_and(|(one, two)| is_number(one) && is_number(two))
    };
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    let text = |name: &str| call.fields.value(name).and_then(Value::as_text);
    let Secrets::One(secret) = call.secrets else {
        unreachable!()
    };
    let is_hex = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    let is_key = secret.reveal().len() == 20 && secret.reveal().iter().all(is_hex);
    if text("socket_id").is_some_and(is_id) && text("payload").is_some_and(is_json) && is_key {
        Reference::new().call(call)
    } else if throws {
        Outcome::Threw("Error: Invalid socket id".into())
    } else {
        Outcome::Refused("not a socket id".into())
    }
}

/// Nobody is told that a refusal of `user-42` departs from anything, where the scheme says what
/// its fields look like; and what is inside is still demanded.
#[test]
fn values_outside_a_fields_form_may_be_refused() {
    let suite = generated(&format!("{HEAD}{SOCKETS}"));
    let mut refuses = |call: &Call<'_>| only_its_own_form(call, false);
    let failed = failing(&suite, Level::Should, &mut refuses);
    // What is no text at all is to be declined by a documented error, and is.
    assert_eq!(failed, Vec::<String>::new());
    let mut throws = |call: &Call<'_>| only_its_own_form(call, true);
    assert_eq!(
        failing(&suite, Level::Must, &mut throws),
        Vec::<String>::new()
    );
    // Outside, a verifier may even clean what it is given.
    let mut cleans = |call: &Call<'_>| {
        let socket = call.fields.value("socket_id").and_then(Value::as_text);
        let fields = match socket {
            Some(text) => call.fields.clone().with("socket_id", text.trim()),
            None => call.fields.clone(),
        };
        let other = Call {
            fields: &fields,
            ..*call
        };
        if call.op == Op::Verify {
            Reference::new().call(&other)
        } else {
            refuses(call)
        }
    };
    assert_eq!(
        failing(&suite, Level::Must, &mut cleans),
        Vec::<String>::new()
    );
    // Inside, mistakes are seen: one that leaves a field out, one that reads numbers, one that
    // refuses everything.
    let without = |name: &'static str, value: &'static str| {
        move |call: &Call<'_>| {
            let fields = call.fields.clone().with(name, value);
            Reference::new().call(&Call {
                fields: &fields,
                ..*call
            })
        }
    };
    for (mut wrong, least) in [
        (
            Box::new(without("socket_id", "1.2")) as Box<dyn FnMut(&Call<'_>) -> Outcome>,
            3,
        ),
        (Box::new(without("payload", "{}")), 3),
        (Box::new(|_: &Call<'_>| Outcome::Refused("no".into())), 10),
    ] {
        let failed = failing(&suite, Level::Must, &mut wrong);
        assert!(failed.len() >= least, "{failed:?}");
    }
}

/// Where a scheme brings an identity to a form, one outside its pattern may be signed as it is: a
/// package that leaves the case to its caller was told that a forgery passes.
#[test]
fn an_identity_outside_its_pattern_may_be_signed_as_it_is() {
    const EMAIL: &str = "  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields:
    email: {type: text, pattern: '[A-Za-z0-9.]+@[A-Za-z0-9.]+'}
  message: \"{email|lower}\"
  token: \"{mac:base64}\"
";
    let suite = generated(&format!("{HEAD}{EMAIL}"));
    let as_it_is = generated(&format!("{HEAD}{}", EMAIL.replace("|lower", "")));
    let mut signs_as_it_is = |call: &Call<'_>| {
        let is_email = suite.scheme.are_of_their_form(call.fields, None);
        let is_raw = call.op == Op::Sign && !is_email;
        let scheme = if is_raw { &as_it_is } else { &suite };
        Reference::new().call(&Call {
            scheme: &scheme.scheme,
            ..*call
        })
    };
    let failed = failing(&suite, Level::Should, &mut signs_as_it_is);
    assert_eq!(failed, Vec::<String>::new());
    // Inside, the case still matters.
    let mut never_lowers = |call: &Call<'_>| {
        Reference::new().call(&Call {
            scheme: &as_it_is.scheme,
            ..*call
        })
    };
    let failed = failing(&suite, Level::Must, &mut never_lowers);
    assert!(!failed.is_empty());
}

/// A time with more behind its digits forges nothing where no other fields of the forms that the
/// scheme states have that message; where they may have it, it does.
#[test]
fn a_time_that_was_signed_for_no_other_is_not_a_forgery() {
    const CLOSED: &str = "  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields:
    id: {type: text, pattern: '[a-z0-9-]+'}
    at: {type: unix-seconds}
    body: {type: text, pattern: '\\{.*\\}'}
  message: \"{id}.{at}.{body}\"
  token: \"{mac:hex}\"
";
    let open = CLOSED
        .replace(", pattern: '[a-z0-9-]+'", "")
        .replace(", pattern: '\\{.*\\}'", "");
    for (scheme, is_open) in [(CLOSED, false), (&open, true)] {
        let suite = generated(&format!("{HEAD}{scheme}"));
        let text = scheme.replace("unix-seconds", "text");
        let of_text = generated(&format!("{HEAD}{text}"));
        // The header's time is signed as it stands; only its first digits are looked at.
        let mut reads_digits = |call: &Call<'_>| {
            let time = call.fields.value("at").and_then(Value::as_text);
            let begins_so = time.is_some_and(|time| time.starts_with(|c: char| c.is_ascii_digit()));
            let is_read = call.op == Op::Verify && begins_so;
            let scheme = if is_read { &of_text } else { &suite };
            Reference::new().call(&Call {
                scheme: &scheme.scheme,
                ..*call
            })
        };
        let failed = failing(&suite, Level::Must, &mut reads_digits);
        let trades = |id: &String| id.starts_with("time-takes-") || id.starts_with("time-with-");
        assert!(failed.iter().all(trades), "{failed:?}");
        assert_eq!(!failed.is_empty(), is_open, "{failed:?}");
    }
}

/// An id that travels in a header reaches nobody with blanks around it, or with what no header
/// carries.
#[test]
fn values_that_no_header_carries_are_not_demanded() {
    let suite = macproof::suite::find("standard-webhooks").unwrap();
    let suite = macproof::generate::whole(&suite).unwrap();
    let mut from_headers = |call: &Call<'_>| {
        let id = call.fields.value("msg_id").and_then(Value::as_text);
        let Some(id) = id.filter(|_| call.op == Op::Verify) else {
            return Reference::new().call(call);
        };
        if id.contains(|c: char| !(' '..='~').contains(&c)) {
            return Outcome::Refused("no header carries this".into());
        }
        let fields = call.fields.clone().with("msg_id", id.trim());
        Reference::new().call(&Call {
            fields: &fields,
            ..*call
        })
    };
    let failed = failing(&suite, Level::Should, &mut from_headers);
    assert_eq!(failed, Vec::<String>::new());
}

/// Each input that must be signed or accepted is of the forms that the scheme states.
#[test]
fn demands_are_inside_the_pattern() {
    for scheme in [
        SOCKETS,
        &SOCKETS.replace(
            "utf8, pattern: \"[0-9a-f]{20}\"",
            "hex, pattern: \"[0-9a-f]{64}\"",
        ),
    ] {
        let suite = generated(&format!("{HEAD}{scheme}"));
        let (mut inside, mut outside) = (0, 0);
        for vector in &suite.vectors {
            let request = &vector.request;
            let scheme = &suite.scheme;
            let is_inside = scheme.are_of_their_form(&request.fields, None)
                && request
                    .secrets
                    .iter()
                    .all(|(_, secret)| scheme.secret.is_of_its_form(secret));
            let lets_refuse = match &vector.expect {
                Expect::Token { or, .. } => or.len() == 2,
                Expect::Outcomes(kinds) => kinds.contains(&OutcomeKind::Refused),
                _ => true,
            };
            assert!(is_inside || lets_refuse, "{}", vector.id);
            // Verifying outside is only observed.
            let is_bound = request.op == Op::Verify && vector.level != Level::May;
            assert!(is_inside || !is_bound, "{}", vector.id);
            inside += usize::from(is_inside);
            outside += usize::from(!is_inside);
        }
        assert!(
            inside > 150 && outside > 50,
            "{inside} inside, {outside} outside"
        );
    }
}

/// One example weakens nothing: without a pattern every identity is demanded as before.
#[test]
fn an_example_does_not_imply_a_form() {
    let example = |identity: &str| {
        format!(
            "{}requirements:
  r: {{level: must, basis: practice, text: \"x\"}}
vectors:
  - id: by-hand
    shows: [r]
    op: verify
    secret: \"Example-Secret-1-KpL7vQ2mZdXcJw4\"
    fields: {{user_id: {identity}}}
    token: \"00\"
    expect: {{outcome: accept}}
",
            scheme("ten lines")
        )
    };
    let demands = |text: &str| -> Vec<(String, Level)> {
        let suite = generated(text);
        let demanded = suite.vectors.iter().filter(|vector| match &vector.expect {
            Expect::Token { or, .. } => or.is_empty(),
            Expect::Outcomes(kinds) => kinds == &[OutcomeKind::Accept],
            _ => false,
        });
        demanded
            .filter(|vector| vector.id.as_str() != "by-hand")
            .map(|vector| (vector.id.to_string(), vector.level))
            .collect()
    };
    let without = demands(&scheme("ten lines"));
    for identity in ["'{\"id\":1}'", "\"jane@example.com\""] {
        assert_eq!(demands(&example(identity)), without, "{identity}");
    }
}

#[test]
fn a_pattern_without_a_matching_text_is_an_error_with_a_fix() {
    let impossible = SOCKETS.replace("'\\{.*\\}'", "'a\\bb'");
    let error = generate("acme.yaml", &format!("{HEAD}{impossible}")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme.yaml: no example was found that matches the pattern of the field payload; give one in a vector by hand that signs or accepts"
    );
    let secret = SOCKETS.replace("[0-9a-f]{20}", "a\\\\bb");
    let error = generate("acme.yaml", &format!("{HEAD}{secret}")).unwrap_err();
    assert!(error.to_string().contains("of the secret"), "{error}");
}

/// A requirement rests on the document where its author cites it, and only there.
#[test]
fn the_basis_is_the_document_only_where_it_is_cited() {
    for (name, suite) in SUITES.iter() {
        let cited = suite
            .requirements
            .iter()
            .filter(|r| r.basis == Basis::Document);
        assert_eq!(cited.count(), 0, "{name}");
    }
    for embedded in macproof::suite::embedded() {
        for requirement in &embedded.parse().unwrap().requirements {
            let is_cited = requirement
                .place
                .as_deref()
                .is_some_and(|place| place != "the scheme");
            assert!(
                is_cited || requirement.basis != Basis::Document,
                "{}",
                requirement.id
            );
        }
    }
}

/// Another order is demanded where a requirement says so, and nowhere else.
#[test]
fn another_order_of_pairs_is_demanded_if_the_author_cites_it() {
    let name = "pairs in any order, of which a key repeats";
    let id = "items-in-another-order";
    let (_, open) = SUITES.iter().find(|(known, _)| *known == name).unwrap();
    assert_eq!(open.vector(id).unwrap().level, Level::May);
    let cited = "requirements:
  pairs-in-any-order: {level: must, basis: document, text: \"In any order.\", where: \"page 2\"}
";
    let demanded = |text: &str| generated(&format!("{text}{cited}"));
    let any = demanded(&scheme(name));
    let vector = any.vector(id).unwrap();
    assert_eq!(vector.expect, Expect::Outcomes(vec![OutcomeKind::Accept]));
    assert_eq!(vector.level, Level::Must);
    // Left out, the order is the one in which the pairs stand.
    let given = demanded(&scheme(name).replace(", order: any", ""));
    let vector = given.vector(id).unwrap();
    assert!(
        matches!(&vector.expect, Expect::Outcomes(kinds) if !kinds.contains(&OutcomeKind::Accept))
    );
    let said = demanded(&scheme(name).replace("order: any", "order: given"));
    assert_eq!(given.scheme, said.scheme);
}

/// An exception where refusing is due: nobody gets in by it.
#[test]
fn throwing_instead_of_refusing_is_not_a_forgery() {
    let is_taken = |call: &Call<'_>| {
        let is_name = |value: &Value| value.as_text().is_some_and(|text| text.len() > 1);
        let is_key = |secret: &Secret| {
            let text = secret.reveal();
            text.len() == 32 && text.starts_with(b"Example-Secret-1-")
        };
        call.fields.iter().all(|(_, value)| is_name(value))
            && call.secrets.iter().all(|(_, secret)| is_key(secret))
            && !call.fields.is_empty()
    };
    let (_, suite) = &SUITES[0];
    for op in [Op::Sign, Op::Verify] {
        let mut throws = |call: &Call<'_>| {
            let may_decline = !is_taken(call);
            if call.op == op && may_decline {
                return Outcome::Threw("TypeError".into());
            }
            Reference::new().call(call)
        };
        let must = failing(suite, Level::Must, &mut throws);
        // An identity of one character is ordinary, whatever this one thinks of it.
        let one =
            |id: &String| id.starts_with("identity-length-1") || id.contains("in-a-message-of");
        assert!(must.iter().all(one), "{must:?}");
        let should = failing(suite, Level::Should, &mut throws);
        let is_told = |id: &&String| {
            id.ends_with("-without-throwing") || id.ends_with("-by-a-documented-error") || one(id)
        };
        assert!(should.iter().all(|id| is_told(&id)), "{should:?}");
        assert!(op == Op::Sign || should.iter().any(|id| id.ends_with("-without-throwing")));
    }
}

/// A secret that is trimmed: equally careless in signing and in verifying.
#[test]
fn a_trimmed_secret_is_a_should_on_either_side() {
    let mut trims = |call: &Call<'_>| {
        let Secrets::One(secret) = call.secrets else {
            unreachable!()
        };
        let trimmed = String::from_utf8_lossy(secret.reveal()).trim().to_owned();
        let secrets = Secrets::One(match std::str::from_utf8(secret.reveal()) {
            Ok(_) => Secret::new(trimmed),
            Err(_) => secret.clone(),
        });
        Reference::new().call(&Call {
            secrets: &secrets,
            ..*call
        })
    };
    let (_, suite) = &SUITES[0];
    assert_eq!(
        failing(suite, Level::Must, &mut trims),
        Vec::<String>::new()
    );
    let failed = failing(suite, Level::Should, &mut trims);
    for id in [
        "secret-blank-before",
        "secret-line-feed-after",
        "key-trimmed",
        "key-without-its-line-feed",
    ] {
        assert!(
            failed.iter().any(|failed| failed == id),
            "{id} is not among {failed:?}"
        );
        let vector = suite.vector(id).unwrap();
        assert_eq!(
            (vector.level, vector.basis),
            (Level::Should, Basis::Practice),
            "{id}"
        );
    }
}

#[test]
fn merge_conflicts_are_reported() {
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
    let embedded =
        macproof::suite::embedded().map(|suite| macproof::generate::whole(&suite).unwrap());
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
