//! Cases that are asked at the present.

use std::borrow::Cow;

use std::time::Duration;

use super::{LiveCase, NotNow};
use crate::derivation::Tracer;
use crate::protocol::PreparedRequest;
use crate::results::{Expectation, Observed, Verdict};
use crate::runner::case::{Case, Disposition};
use crate::runner::seen::{Right, Seen};
use crate::scheme::{Call, Implementation, Reference};
use crate::signature::{Fields, Op, Outcome, Request, Value};
use crate::suite::{Level, Suite};

const NOW: u64 = 1_795_251_999;
const ANSWER: Duration = Duration::from_secs(10);

/// A suite with a limit of 300 s, its tokens made by hand where they are to be wrong.
const SUITE: &str = r#"macproof: 1
suite: timed
version: 1
title: Timed
source: {title: none}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}, timestamp: {type: unix-seconds}}
  message: "{user_id}-{timestamp}"
  token: "{mac:hex}-{timestamp}"
  freshness: {of: timestamp, max_age: 300s, max_skew: 300s}
requirements:
  must: {level: must, basis: practice, text: "It does."}
  may: {level: may, basis: practice, text: "It may."}
vectors:
  - {id: signed, shows: [must], op: sign, secret: s, fields: {user_id: a, timestamp: 1741761604}, expect: {token: "?"}}
  - {id: signed-or-declined, shows: [must], op: sign, secret: s, fields: {user_id: "", timestamp: 1741761604}, expect: {token: "?", or: refused}}
  - {id: signed-in-the-beginning, shows: [must], op: sign, secret: s, fields: {user_id: a, timestamp: 0}, expect: {token: "?"}}
  - {id: signed-at-the-end-of-31-bits, shows: [must], op: sign, secret: s, fields: {user_id: a, timestamp: 2147483647}, expect: {token: "?"}}
  - {id: signed-without-a-secret, shows: [must], op: sign, secret: "", fields: {user_id: a, timestamp: 1741761604}, expect: {outcome: refused}}
  - {id: accepted, shows: [must], op: verify, secret: s, fields: {user_id: a}, token: "RIGHT-1741761604", now: 1741761604, expect: {outcome: accept}}
  - {id: accepted-at-the-last-second, shows: [must], op: verify, secret: s, fields: {user_id: a}, token: "RIGHT-1741761604", now: 1741761904, expect: {outcome: accept}}
  - {id: too-old, shows: [must], op: verify, secret: s, fields: {user_id: a}, token: "RIGHT-1741761604", now: 1741761905, expect: {outcome: reject}}
  - {id: of-another-time, shows: [must], op: verify, secret: s, fields: {user_id: a}, token: "RIGHT-1741761605", now: 1741761604, expect: {outcome: reject}}
  - {id: with-a-line-feed, shows: [must], op: verify, secret: s, fields: {user_id: a}, token: "RIGHT-1741761604\n", now: 1741761604, expect: {outcome: reject}}
  - {id: cut-short, shows: [must], op: verify, secret: s, fields: {user_id: a}, token: "RIGHT", now: 1741761604, expect: {outcome: reject}}
  - {id: empty, shows: [must], op: verify, secret: s, fields: {user_id: a}, token: "", now: 1741761604, expect: {outcome: reject}}
  - {id: of-another-user, shows: [must], op: verify, secret: s, fields: {user_id: b}, token: "RIGHT-1741761604", now: 1741761604, expect: {outcome: reject}}
  - {id: in-capitals, shows: [may], op: verify, secret: s, fields: {user_id: a}, token: "UPPER-1741761604", now: 1741761604, observe: "accepts it"}
  - {id: with-a-blank, shows: [may], op: verify, secret: s, fields: {user_id: a}, token: " RIGHT-1741761604", now: 1741761604, observe: "accepts it"}
"#;

fn suite() -> Suite {
    let placeholder = Suite::parse("timed.yaml", SUITE).unwrap_or_else(|e| panic!("{e}"));
    let request = &placeholder.vector("signed").unwrap().request;
    let token = placeholder
        .scheme
        .sign(&request.secrets, &request.fields)
        .unwrap();
    let mac = token.split('-').next().unwrap();
    let text = SUITE
        .replace("RIGHT", mac)
        .replace("UPPER", &mac.to_uppercase());
    Suite::parse("timed.yaml", &text).unwrap_or_else(|e| panic!("{e}"))
}

fn planned<'s>(suite: &'s Suite, id: &str) -> Result<LiveCase<'s>, NotNow> {
    let vector = Cow::Borrowed(suite.vector(id).unwrap());
    let planned = LiveCase::of(&mut Tracer::new(suite), vector, NOW, ANSWER);
    planned.map(|live| live.expect("the scheme has a time"))
}

#[test]
fn a_case_applies_if_it_keeps_its_meaning_at_the_current_time() {
    let suite = suite();
    for vector in &suite.vectors {
        let id = vector.id.as_str();
        let reason = planned(&suite, id).err();
        let expected = match id {
            "signed-in-the-beginning" => Some(NotNow::AboutTheTime(0)),
            "signed-at-the-end-of-31-bits" => Some(NotNow::AboutTheTime(2_147_483_647)),
            "accepted-at-the-last-second" | "too-old" => Some(NotNow::AtTheLimit { within_s: 23 }),
            _ => None,
        };
        assert_eq!(reason, expected, "{id}");
    }
}

/// What an implementation does whose clock goes wrong by so many seconds.
fn with_own_clock(suite: &Suite, request: &Request, wrong_by: i64) -> Outcome {
    let clock = NOW.strict_add_signed(wrong_by);
    let mut fields = request.fields.clone();
    if request.op == Op::Sign {
        fields.set("timestamp", i64::try_from(clock).unwrap());
    }
    Reference::new().call(&Call {
        fields: &fields,
        now: clock,
        ..request.call(&suite.scheme)
    })
}

/// The verdicts on an implementation, of every case that applies.
fn verdicts(suite: &Suite, implementation: impl Fn(&Request) -> Outcome) -> Vec<(&str, Verdict)> {
    let ids = suite.vectors.iter().map(|vector| vector.id.as_str());
    ids.filter_map(|id| {
        let live = planned(suite, id).ok()?;
        let vector = suite.vector(id).unwrap();
        let outcome = implementation(&live.request(NOW).unwrap());
        let mut seen = Seen::default();
        let right = live.right(&outcome, NOW, NOW + 1);
        let right = right.map(Right::Token);
        seen.add(Observed::Outcome(outcome), right, &vector.expect);
        let asked = Cow::Borrowed(vector);
        let request = PreparedRequest::new(vector.request.clone());
        let case = Case::new(suite, vector, asked, request, Disposition::AskedLive(live));
        Some((id, case.verdict(&seen, Level::Must)?))
    })
    .collect()
}

#[test]
fn the_reference_passes_at_the_current_time() {
    let suite = suite();
    for wrong_by in [0, 1] {
        for (id, verdict) in verdicts(&suite, |r| with_own_clock(&suite, r, wrong_by)) {
            let expected = match id {
                "in-capitals" | "with-a-blank" => Verdict::Observed,
                _ => Verdict::Pass,
            };
            assert_eq!(verdict, expected, "{id}");
        }
    }
}

#[test]
fn a_token_of_another_time_fails() {
    let suite = suite();
    for wrong_by in [-1, 2, -86_400] {
        let all = verdicts(&suite, |r| with_own_clock(&suite, r, wrong_by));
        assert!(all.contains(&("signed", Verdict::Fail)), "{wrong_by}");
    }
}

#[test]
fn a_mac_for_another_time_fails() {
    let suite = suite();
    let mismatched = |request: &Request| match with_own_clock(&suite, request, 0) {
        Outcome::Token(token) => Outcome::Token(token.replace("-1795251999", "-1795252000")),
        other => other,
    };
    let all = verdicts(&suite, mismatched);
    assert!(all.contains(&("signed", Verdict::Fail)));
}

#[test]
fn accepting_every_token_is_also_caught_at_the_current_time() {
    let suite = suite();
    let all = verdicts(&suite, |request| match request.op {
        Op::Sign => with_own_clock(&suite, request, 0),
        Op::Verify | Op::Identify | Op::Send => Outcome::Accept,
    });
    for id in ["of-another-time", "with-a-line-feed", "cut-short", "empty"] {
        assert!(all.contains(&(id, Verdict::Fail)), "{id}");
    }
}

#[test]
fn identify_cases_are_resigned_like_verify_cases() {
    let suite = crate::suite::find("jimo").unwrap().parsed();
    let signed = "identify-with-its-signed-identifier";
    let vectors = suite.vectors.iter();
    let mut tracer = Tracer::new(suite);
    let identifying = vectors.filter(|vector| vector.request.op == Op::Identify);
    let mut asked = Vec::new();
    for vector in identifying {
        let id = vector.id.as_str();
        let now = vector.request.now;
        let Ok(live) = LiveCase::of(&mut tracer, Cow::Borrowed(vector), now, ANSWER) else {
            continue;
        };
        let request = live.expect("the scheme has a time").request(NOW).unwrap();
        assert_eq!(
            (request.now, &request.context),
            (NOW, &vector.request.context)
        );
        let outcome = Reference::new().call(&request.call(&suite.scheme));
        let expectation = Expectation::of(&suite.scheme, vector);
        assert!(expectation.is_met_by(&outcome), "{id}: {outcome:?}");
        asked.push((id, request.token != vector.request.token));
    }
    assert!(asked.contains(&(signed, true)), "{asked:?}");
    assert!(
        asked.contains(&("identify-without-a-signature", false)),
        "{asked:?}"
    );
}

#[test]
fn a_time_outside_the_token_is_also_current() {
    let text = SUITE
        .replace(r#"token: "{mac:hex}-{timestamp}""#, r#"token: "{mac:hex}""#)
        .lines()
        .filter(|line| !line.contains("op: verify"))
        .map(|line| format!("{line}\n"))
        .collect::<String>()
        + r#"  - {id: late, shows: [may], op: verify, secret: s, fields: {user_id: a, timestamp: "1741761604"}, token: "00", now: 1741761605, observe: "x"}
  - {id: malformed, shows: [may], op: verify, secret: s, fields: {user_id: a, timestamp: "+1741761604"}, token: "00", now: 1741761604, observe: "x"}
  - {id: absent, shows: [may], op: verify, secret: s, fields: {user_id: a, timestamp: "1741761604"}, token: "", now: 1741761604, observe: "x"}
"#;
    let suite = Suite::parse("timed.yaml", &text).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(planned(&suite, "late").err(), None);
    // A malformed time is as malformed at the present.
    let malformed = planned(&suite, "malformed").unwrap().request(NOW).unwrap();
    let spelt = format!("+{NOW}");
    assert_eq!(
        malformed.fields,
        Fields::new().with("user_id", "a").with("timestamp", spelt)
    );
    let absent = planned(&suite, "absent").unwrap().request(NOW).unwrap();
    assert_eq!(
        absent.fields,
        Fields::new()
            .with("user_id", "a")
            .with("timestamp", NOW.to_string())
    );
    assert_eq!(absent.token, Some(Value::Text(String::new())));
    assert_eq!(absent.now, NOW);
    // A token without a time is right at any second between request and answer, at no other.
    for (wrong_by, expected) in [(0, Verdict::Pass), (1, Verdict::Pass), (2, Verdict::Fail)] {
        let all = verdicts(&suite, |r| with_own_clock(&suite, r, wrong_by));
        assert!(all.contains(&("signed", expected)), "{wrong_by}");
    }
}
