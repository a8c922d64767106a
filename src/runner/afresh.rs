//! Cases for an implementation that uses the real time: what carries a time is signed afresh at
//! the present, whatever the scheme's freshness.

use std::borrow::Cow;

use crate::runner::transplant::{Signed, transplant};
use crate::scheme::{
    Implementation as _, ParsedToken, Reference, Scheme, Verification, is_canonical_time,
};
use crate::signature::{Fields, Op, Outcome, OutcomeKind, Value};
use crate::suite::{Expect, Request, Suite, Vector};

/// A case that is asked with the time of the asking.
#[derive(Clone, Debug)]
pub(super) struct Afresh<'s> {
    scheme: &'s Scheme,
    vector: Cow<'s, Vector>,
    /// The scheme's times, as indices of its fields.
    times: Vec<usize>,
    /// At verify, what the presented token has to do with the right one.
    presented: Presented,
}

/// What is presented for verification.
#[derive(Clone, Debug)]
enum Presented {
    /// Nothing that carries a time: it stays.
    AsItIs,
    /// The right token of the vector's time, or an edit of it.
    EditOf {
        /// The right token of the vector's own time.
        right: Signed,
        /// All that it is made from.
        fields: Fields,
        /// What the vector presents.
        token: String,
    },
}

/// Why a case cannot be asked at the present.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotNow {
    #[error("the implementation uses the real time, and the case has a time that is none")]
    MalformedTime,
    #[error("the implementation uses the real time, and the case is about the time {0}")]
    AboutTheTime(u64),
    #[error("the implementation uses the real time, and the case is about an age")]
    AboutAnAge,
    #[error(
        "the implementation uses the real time, and the case's token cannot be signed afresh: it is not the right one with a small change"
    )]
    NotTheRightToken,
    #[error(
        "the implementation uses the real time in milliseconds, and no token tells which it was"
    )]
    TimeUnseen,
}

impl<'s> Afresh<'s> {
    /// What has to be signed afresh of a vector; `None` if nothing in it is a time. `now` is the
    /// present, in Unix seconds.
    pub(super) fn of(
        suite: &'s Suite,
        vector: Cow<'s, Vector>,
        now: u64,
    ) -> Result<Option<Self>, NotNow> {
        let scheme = &suite.scheme;
        let times = times(scheme);
        if times.is_empty() {
            return Ok(None);
        }
        let mut afresh = Self {
            scheme,
            vector,
            times,
            presented: Presented::AsItIs,
        };
        let request = &afresh.vector.request;
        match request.op {
            Op::Sign => {
                let then = afresh.time_given(&request.fields, None)?;
                is_like_the_present(then.ok_or(NotNow::MalformedTime)?, now)?;
                let unseen = |&time: &usize| {
                    scheme.fields.at(time).kind.per_second() != 1
                        && !scheme.token.fields().any(|carried| carried == time)
                };
                if afresh.times.iter().any(unseen) {
                    return Err(NotNow::TimeUnseen);
                }
            }
            Op::Verify | Op::Identify => {
                is_like_the_present(request.now, now)?;
                afresh.time_given(&request.fields, Some(request.now))?;
                afresh.presented = afresh.presented(now)?;
            }
        }
        Ok(Some(afresh))
    }

    /// The request at `now`, in Unix seconds.
    pub(super) fn request(&self, now: u64) -> Request {
        let vector = &self.vector.request;
        Request {
            op: vector.op,
            secrets: vector.secrets.clone(),
            fields: self.at(now, &vector.fields),
            token: self
                .token(now)
                .map(Value::Text)
                .or_else(|| vector.token.clone()),
            context: vector.context.clone(),
            now: if vector.op.presents_a_token() {
                now
            } else {
                vector.now
            },
        }
    }

    /// The right token, now that the implementation has done this at some time from `asked` to
    /// `answered`, in Unix seconds: a token of any other time is wrong, and so is a MAC that is not
    /// that of its time. `None` where no token is asked for.
    pub(super) fn right(&self, outcome: &Outcome, asked: u64, answered: u64) -> Option<String> {
        if self.vector.request.op != Op::Sign || matches!(self.vector.expect, Expect::Outcomes(_)) {
            return None;
        }
        let carried = match outcome {
            Outcome::Token(token) => self.right_token(token, asked, answered),
            _ => None,
        };
        carried.or_else(|| self.sign(&self.at(asked, &self.vector.request.fields)))
    }

    /// The right token of the time that this one carries, if that is a time from `asked` to
    /// `answered`; where it carries none, this one if it is right at any second of these.
    fn right_token(&self, token: &str, asked: u64, answered: u64) -> Option<String> {
        /// More seconds than that are not tried.
        const MOST_TRIED: u64 = 600;
        let fields = &self.scheme.fields;
        let parsed = self.scheme.token.parse(fields, token)?;
        let mut signed = self.vector.request.fields.clone();
        let mut carries_time = false;
        for (field, text) in parsed.fields() {
            if !self.times.contains(&field) {
                continue;
            }
            let per_second = fields.at(field).kind.per_second();
            let seconds = text.parse::<u64>().ok()? / per_second;
            if !(asked..=answered).contains(&seconds) {
                return None;
            }
            carries_time = true;
            signed.set(fields.at(field).name.clone(), text);
        }
        if carries_time {
            return self.sign(&signed);
        }
        (asked..=answered.min(asked + MOST_TRIED))
            .filter_map(|seconds| self.sign(&self.at(seconds, &self.vector.request.fields)))
            .find(|right| right == token)
    }

    /// These fields, with every time that is among them set to that second.
    fn at(&self, seconds: u64, fields: &Fields) -> Fields {
        let mut fields = fields.clone();
        for &time in &self.times {
            let field = self.scheme.fields.at(time);
            let present = seconds.saturating_mul(field.kind.per_second());
            match fields.value(&field.name) {
                Some(Value::Text(_)) => fields.set(field.name.clone(), present.to_string()),
                Some(_) => fields.set(field.name.clone(), number(present)),
                None => {}
            }
        }
        fields
    }

    /// The token to be presented at `now`, where it is not the vector's own.
    fn token(&self, now: u64) -> Option<String> {
        let Presented::EditOf {
            right,
            fields,
            token,
        } = &self.presented
        else {
            return None;
        };
        let fresh = self.signed(&self.at(now, fields))?;
        transplant(token, right, &fresh)
    }

    /// What the vector's token has to do with the right one.
    fn presented(&self, now: u64) -> Result<Presented, NotNow> {
        let request = &self.vector.request;
        let token = match &request.token {
            Some(Value::Text(token)) if !token.is_empty() => token,
            _ => return Ok(Presented::AsItIs),
        };
        let set = &self.scheme.fields;
        let parsed = self.scheme.token.parse(set, token);
        let mut fields = request.fields.clone();
        let mut is_of_another_time = false;
        for carried in self.scheme.token.fields() {
            let field = set.at(carried);
            let found = parsed.iter().flat_map(ParsedToken::fields);
            let text = found
                .filter(|(at, _)| *at == carried)
                .map(|(_, text)| text)
                .next();
            if !field.kind.is_time() {
                fields.set(field.name.clone(), text.ok_or(NotNow::NotTheRightToken)?);
                continue;
            }
            // The time's milliseconds are known only from the token itself.
            let per_second = field.kind.per_second();
            let time = text.and_then(|text| text.parse::<u64>().ok());
            let of_now = time.filter(|time| time / per_second == request.now);
            is_of_another_time |= time.is_some() && of_now.is_none();
            let time = of_now.unwrap_or(request.now.saturating_mul(per_second));
            fields.set(field.name.clone(), time.to_string());
        }
        let right = self.signed(&fields).ok_or(NotNow::NotTheRightToken)?;
        let edit = Presented::EditOf {
            right,
            fields,
            token: token.clone(),
        };
        let planned = Self {
            presented: edit,
            ..self.clone()
        };
        if planned.is_sound_at(now) {
            Ok(planned.presented)
        } else if is_of_another_time {
            Err(NotNow::AboutAnAge)
        } else {
            Err(NotNow::NotTheRightToken)
        }
    }

    /// Whether there is a token for that time, and the oracle says of it what the vector expects.
    fn is_sound_at(&self, now: u64) -> bool {
        let Some(token) = self.token(now) else {
            return false;
        };
        if self.vector.request.op == Op::Identify {
            // What is the policy's to say of the vector it has to say of what is asked instead.
            let mut oracle = Reference::new();
            let as_it_is = oracle.call(&self.vector.request.call(self.scheme));
            return oracle.call(&self.request(now).call(self.scheme)) == as_it_is;
        }
        let Request {
            secrets, fields, ..
        } = self.request(now);
        let verdict = self
            .scheme
            .verify(&secrets, &fields, Some(&Value::Text(token)), now);
        let Expect::Outcomes(kinds) = &self.vector.expect else {
            return true;
        };
        if verdict == Verification::Accepted {
            kinds.contains(&OutcomeKind::Accept)
        } else {
            *kinds != [OutcomeKind::Accept]
        }
    }

    /// The one second of all times among these fields; `None` if there are none. If the time of
    /// verification is given, they must be of that second.
    fn time_given(&self, fields: &Fields, verified: Option<u64>) -> Result<Option<u64>, NotNow> {
        let mut common = verified;
        let mut found = false;
        for &time in &self.times {
            let field = self.scheme.fields.at(time);
            let Some(value) = fields.value(&field.name) else {
                continue;
            };
            let bytes = value.to_bytes().ok_or(NotNow::MalformedTime)?;
            if !is_canonical_time(&bytes) {
                return Err(NotNow::MalformedTime);
            }
            let time: Option<u64> = std::str::from_utf8(&bytes)
                .ok()
                .and_then(|t| t.parse().ok());
            let seconds = time.ok_or(NotNow::MalformedTime)? / field.kind.per_second();
            if *common.get_or_insert(seconds) != seconds {
                return Err(NotNow::AboutAnAge);
            }
            found = true;
        }
        Ok(common.filter(|_| found))
    }

    fn sign(&self, fields: &Fields) -> Option<String> {
        self.scheme.sign(&self.vector.request.secrets, fields).ok()
    }

    fn signed(&self, fields: &Fields) -> Option<Signed> {
        Signed::new(self.scheme, &self.vector.request.secrets, fields)
    }
}

/// The fields that are times and count for a signature.
fn times(scheme: &Scheme) -> Vec<usize> {
    let mut times: Vec<usize> = scheme
        .message
        .fields()
        .chain(scheme.token.fields())
        .filter(|&field| scheme.fields.at(field).kind.is_time())
        .collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// Whether a time is to every implementation as the present is: of as many digits and bits, and at
/// no limit of them. Any other is what its case is about.
fn is_like_the_present(time: u64, now: u64) -> Result<(), NotNow> {
    let alike = time.checked_ilog2() == now.checked_ilog2()
        && time.checked_ilog10() == now.checked_ilog10()
        && !time.is_power_of_two()
        && !(time + 1).is_power_of_two();
    if alike {
        Ok(())
    } else {
        Err(NotNow::AboutTheTime(time))
    }
}

fn number(number: u64) -> Value {
    i64::try_from(number).map_or_else(|_| Value::Json(number.into()), Value::Number)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Afresh, NotNow};
    use crate::protocol::RequestLine;
    use crate::results::{Observed, Verdict, judge};
    use crate::runner::case::{Case, Fate};
    use crate::runner::seen::Seen;
    use crate::scheme::{Call, Implementation, Reference};
    use crate::signature::{Fields, Op, Outcome, Value};
    use crate::suite::{Level, Request, Suite};

    const NOW: u64 = 1_795_251_999;

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

    fn planned<'s>(suite: &'s Suite, id: &str) -> Result<Afresh<'s>, NotNow> {
        let planned = Afresh::of(suite, Cow::Borrowed(suite.vector(id).unwrap()), NOW);
        planned.map(|afresh| afresh.expect("the scheme has a time"))
    }

    #[test]
    fn a_case_applies_if_it_means_the_same_at_the_present() {
        let suite = suite();
        for vector in &suite.vectors {
            let id = vector.id.as_str();
            let reason = planned(&suite, id).err();
            let expected = match id {
                "signed-in-the-beginning" => Some(NotNow::AboutTheTime(0)),
                "signed-at-the-end-of-31-bits" => Some(NotNow::AboutTheTime(2_147_483_647)),
                "accepted-at-the-last-second" | "too-old" => Some(NotNow::AboutAnAge),
                "of-another-user" => Some(NotNow::NotTheRightToken),
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
    fn verdicts(
        suite: &Suite,
        implementation: impl Fn(&Request) -> Outcome,
    ) -> Vec<(&str, Verdict)> {
        let ids = suite.vectors.iter().map(|vector| vector.id.as_str());
        ids.filter_map(|id| {
            let afresh = planned(suite, id).ok()?;
            let vector = suite.vector(id).unwrap();
            let outcome = implementation(&afresh.request(NOW));
            let mut seen = Seen::default();
            let right = afresh.right(&outcome, NOW, NOW + 1);
            seen.add(Observed::Outcome(outcome), right, &vector.expect);
            let asked = Cow::Borrowed(vector);
            let line = RequestLine::of("timed", &vector.request);
            let case = Case::new(suite, vector, asked, line, Fate::AskedAfresh(afresh));
            Some((id, case.verdict(&seen, Level::Must)?))
        })
        .collect()
    }

    #[test]
    fn the_reference_passes_at_the_present() {
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
    fn a_token_of_another_time_than_the_present_fails() {
        let suite = suite();
        for wrong_by in [-1, 2, -86_400] {
            let all = verdicts(&suite, |r| with_own_clock(&suite, r, wrong_by));
            assert!(all.contains(&("signed", Verdict::Fail)), "{wrong_by}");
        }
    }

    #[test]
    fn a_mac_that_is_not_of_its_time_fails() {
        let suite = suite();
        let mismatched = |request: &Request| match with_own_clock(&suite, request, 0) {
            Outcome::Token(token) => Outcome::Token(token.replace("-1795251999", "-1795252000")),
            other => other,
        };
        let all = verdicts(&suite, mismatched);
        assert!(all.contains(&("signed", Verdict::Fail)));
    }

    #[test]
    fn a_verifier_that_takes_every_token_is_caught_at_the_present_too() {
        let suite = suite();
        let all = verdicts(&suite, |request| match request.op {
            Op::Sign => with_own_clock(&suite, request, 0),
            Op::Verify | Op::Identify => Outcome::Accept,
        });
        for id in ["of-another-time", "with-a-line-feed", "cut-short", "empty"] {
            assert!(all.contains(&(id, Verdict::Fail)), "{id}");
        }
    }

    #[test]
    fn what_identifies_is_signed_afresh_as_what_verifies() {
        let suite = crate::suite::find("jimo").unwrap().parse().unwrap();
        let signed = "identify-with-its-signed-identifier";
        let vectors = suite.vectors.iter();
        let identifying = vectors.filter(|vector| vector.request.op == Op::Identify);
        let mut asked = Vec::new();
        for vector in identifying {
            let id = vector.id.as_str();
            let Ok(afresh) = Afresh::of(&suite, Cow::Borrowed(vector), vector.request.now) else {
                continue;
            };
            let request = afresh.expect("the scheme has a time").request(NOW);
            assert_eq!(
                (request.now, &request.context),
                (NOW, &vector.request.context)
            );
            let outcome = Reference::new().call(&request.call(&suite.scheme));
            let observed = Observed::Outcome(outcome);
            let verdict = judge(
                Op::Identify,
                vector.level,
                &vector.expect,
                &observed,
                Level::Must,
            );
            assert_eq!(verdict, Verdict::Pass, "{id}");
            asked.push((id, request.token != vector.request.token));
        }
        assert!(asked.contains(&(signed, true)), "{asked:?}");
        assert!(
            asked.contains(&("identify-without-a-signature", false)),
            "{asked:?}"
        );
    }

    #[test]
    fn a_time_beside_the_token_is_the_present_too() {
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
        assert_eq!(planned(&suite, "late").err(), Some(NotNow::AboutAnAge));
        assert_eq!(
            planned(&suite, "malformed").err(),
            Some(NotNow::MalformedTime)
        );
        let absent = planned(&suite, "absent").unwrap().request(NOW);
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
}
