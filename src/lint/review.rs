//! Remarks on a scheme that hold for every implementation.

use crate::lint::ambiguity::{Ambiguity, Shown, ambiguity};
use crate::lint::entropy::documented_secret;
use crate::lint::example::Exemplar;
use crate::scheme::{FieldKind, Filter, Freshness, MessagePart, Scheme};
use crate::signature::{Fields, Value};
use crate::suite::Suite;

/// A remark that a security reviewer would make about a scheme, with an example that demonstrates
/// it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewRemark {
    /// An identifier for lists and links.
    pub id: &'static str,
    /// The remark.
    pub sentence: String,
    /// The example, computed with the suite's own scheme.
    pub example: String,
}

/// Minimum strength of a MAC or a secret, in bits.
const STRENGTH: usize = 128;
/// Ten years, in seconds.
const TEN_YEARS: u64 = 315_576_000;

/// The remarks on a suite's scheme. They are not problems of an implementation or of the suite.
pub fn review(suite: &Suite) -> Vec<ReviewRemark> {
    let scheme = &suite.scheme;
    let Some(exemplar) = Exemplar::of(suite) else {
        return Vec::new();
    };
    let mut remarks = Vec::new();
    remarks.extend(no_time(scheme, &exemplar));
    remarks.extend(no_limit(scheme, &exemplar));
    remarks.extend(unsigned_fields(scheme, &exemplar));
    remarks.extend(shared_message(scheme, &exemplar));
    remarks.extend(merged_by_filters(scheme, &exemplar));
    remarks.extend(no_audience(scheme, &exemplar));
    remarks.extend(short_mac(scheme, &exemplar));
    remarks.extend(weak_secret(suite));
    remarks
}

/// The date of a time in Unix seconds, such as `2026-01-01`.
fn day(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(
            || format!("second {seconds}"),
            |time| time.to_string().chars().take(10).collect(),
        )
}

/// The scheme signs no time.
fn no_time(scheme: &Scheme, exemplar: &Exemplar) -> Option<ReviewRemark> {
    if scheme.signed_time().is_some() {
        return None;
    }
    let now = exemplar.now(scheme);
    let later = now + TEN_YEARS;
    let beside = scheme.given(&exemplar.fields);
    let shown = exemplar.passes(scheme, &beside, now) && exemplar.passes(scheme, &beside, later);
    shown.then(|| ReviewRemark {
        id: "no-time-is-signed",
        sentence: "No time is signed, so a token that is captured once is good until the secret is rotated."
            .to_owned(),
        example: format!(
            "the token {:?} of {} is valid on {} and on {}",
            exemplar.token,
            Shown(&exemplar.fields),
            day(now),
            day(later)
        ),
    })
}

/// The scheme signs a time without limits on its age.
fn no_limit(scheme: &Scheme, exemplar: &Exemplar) -> Option<ReviewRemark> {
    scheme.signed_time()?;
    let (max_age, max_skew) = match scheme.freshness {
        Freshness::Unspecified => (None, None),
        Freshness::Limited {
            max_age, max_skew, ..
        } => (max_age, max_skew),
    };
    let now = exemplar.now(scheme);
    let beside = scheme.given(&exemplar.fields);
    if max_age.is_none() {
        let later = now + TEN_YEARS;
        return exemplar.passes(scheme, &beside, later).then(|| ReviewRemark {
            id: "no-maximum-age",
            sentence: "A time is signed, but no maximum age is set: unless each verifier chooses one, a token that is captured once is good until the secret is rotated."
                .to_owned(),
            example: format!(
                "the token {:?} of {} is made on {} and by this scheme still valid on {}",
                exemplar.token,
                Shown(&exemplar.fields),
                day(now),
                day(later)
            ),
        });
    }
    let earlier = now.checked_sub(TEN_YEARS)?;
    let early = max_skew.is_none() && exemplar.passes(scheme, &beside, earlier);
    early.then(|| ReviewRemark {
        id: "no-limit-on-the-future",
        sentence: "Age is limited, but not how far a token's time may lie in the future: one that is made out for a later day is good from now until then."
            .to_owned(),
        example: format!(
            "the token {:?} of {} is dated {} and by this scheme already valid on {}",
            exemplar.token,
            Shown(&exemplar.fields),
            day(now),
            day(earlier)
        ),
    })
}

/// Fields that influence neither the message nor the choice of the secret.
fn unsigned_fields(scheme: &Scheme, exemplar: &Exemplar) -> Vec<ReviewRemark> {
    let unsigned = scheme
        .fields
        .iter()
        .enumerate()
        .filter(|(index, _)| !scheme.signs(*index) && scheme.secret.per != Some(*index));
    let mut remarks = Vec::new();
    for (index, field) in unsigned {
        let name = &field.name;
        let [one, other] = two_values(&field.kind);
        let Some((one, other)) = exemplar
            .with(scheme, name, one)
            .zip(exemplar.with(scheme, name, other))
        else {
            continue;
        };
        let carried = scheme.carries(index);
        let (id, sentence) = match &field.kind {
            FieldKind::Enum(kinds) => (
                "kinds-share-one-key",
                format!(
                    "Nothing that is signed says which {name} a token is for: {} share one key, so a token for one is good for another that has the same text.",
                    listed(kinds)
                ),
            ),
            kind if kind.is_time() => (
                "time-is-not-signed",
                format!("{name} is not signed, so anyone who holds a token can set its time."),
            ),
            _ => (
                "field-is-not-signed",
                format!("{name} is not signed, so anyone who holds a token can change it."),
            ),
        };
        let example = if carried {
            format!(
                "{:?} and {:?} carry the same MAC, for {} and {}",
                one.token,
                other.token,
                Shown(&one.fields),
                Shown(&other.fields)
            )
        } else {
            format!(
                "{:?} is the token of both {} and {}",
                one.token,
                Shown(&one.fields),
                Shown(&other.fields)
            )
        };
        if carried || one.token == other.token {
            remarks.push(ReviewRemark {
                id,
                sentence,
                example,
            });
        }
    }
    remarks
}

fn two_values(kind: &FieldKind) -> [Value; 2] {
    match kind {
        FieldKind::Text => ["one", "other"].map(Value::from),
        FieldKind::Time(form) => [1_767_225_600, 2_082_758_400].map(|second| form.at(second)),
        FieldKind::Enum(values) => {
            let value = |index: usize| values.get(index).or(values.first());
            [0, 1].map(|index| value(index).cloned().unwrap_or_default().into())
        }
    }
}

/// Joins names: `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Two inputs with the same message.
fn shared_message(scheme: &Scheme, exemplar: &Exemplar) -> Option<ReviewRemark> {
    let Ambiguity::Found(found) = ambiguity(scheme) else {
        return None;
    };
    let signed = |input: &Fields| {
        let fields = input
            .iter()
            .fold(exemplar.fields.clone(), |fields, (name, value)| {
                fields.with(name, value.clone())
            });
        Exemplar::signed(scheme, &exemplar.secrets, fields)
    };
    let (one, other) = signed(&found.one).zip(signed(&found.other))?;
    let message = String::from_utf8_lossy(&found.message).into_owned();
    let tokens = if one.token == other.token {
        format!("both have the token {:?}", one.token)
    } else {
        format!(
            "their tokens {:?} and {:?} contain the same MAC",
            one.token, other.token
        )
    };
    Some(ReviewRemark {
        id: "message-is-shared",
        sentence: "Different inputs have the same message, so a signature that was made for one can be presented with another."
            .to_owned(),
        example: format!(
            "{} and {} both have the message {message:?}; {tokens}",
            Shown(&found.one),
            Shown(&found.other)
        ),
    })
}

/// Texts that a filter makes equal.
fn merged_by_filters(scheme: &Scheme, exemplar: &Exemplar) -> Vec<ReviewRemark> {
    let mut remarks = Vec::new();
    for part in scheme.message.parts() {
        let MessagePart::Field { field, filters } = part else {
            continue;
        };
        let name = &scheme.fields.at(*field).name;
        let variants = [
            (Filter::Lower, "the case of ASCII letters", ["ann", "ANN"]),
            (
                Filter::Trim,
                "leading and trailing ASCII whitespace",
                ["ann", " ann "],
            ),
        ];
        for (filter, what, values) in variants {
            let [one, other] = values.map(|value| exemplar.with(scheme, name, value.into()));
            let (true, Some(one), Some(other)) = (filters.contains(&filter), one, other) else {
                continue;
            };
            if one.token == other.token {
                remarks.push(ReviewRemark {
                    id: "inputs-are-merged",
                    sentence: format!("{name} is signed without {what}, so values that differ only in that must be the same user wherever tokens are accepted."),
                    example: format!(
                        "{:?} is the token of both {} and {}",
                        one.token,
                        Shown(&one.fields),
                        Shown(&other.fields)
                    ),
                });
            }
        }
    }
    remarks
}

/// The message has only an identity, a time and possibly content, and names no audience.
fn no_audience(scheme: &Scheme, exemplar: &Exemplar) -> Option<ReviewRemark> {
    let names_a_kind = scheme
        .message
        .fields()
        .any(|field| matches!(scheme.fields.at(field).kind, FieldKind::Enum(_)));
    if scheme.secret.per.is_some() || names_a_kind {
        return None;
    }
    let signed: Vec<String> = scheme
        .fields
        .iter()
        .enumerate()
        .filter(|(index, _)| scheme.signs(*index))
        .map(|(_, field)| field.name.clone())
        .collect();
    let names = if signed.len() == 1 {
        "it names"
    } else {
        "they name"
    };
    Some(ReviewRemark {
        id: "no-audience-is-bound",
        sentence: format!(
            "Nothing but {} is signed: unless {names} a platform, site or audience, a token is good wherever the same secret is configured.",
            listed(&signed)
        ),
        example: format!(
            "{} has the token {:?} on every platform and in every environment of this secret",
            Shown(&exemplar.fields),
            exemplar.token
        ),
    })
}

/// The MAC is truncated.
fn short_mac(scheme: &Scheme, exemplar: &Exemplar) -> Option<ReviewRemark> {
    let bits = scheme.mac_bytes * 8;
    (bits < STRENGTH).then(|| ReviewRemark {
        id: "mac-is-short",
        sentence: format!(
            "{bits} bits of the MAC are kept, fewer than {STRENGTH}: a guess is right once in 2^{bits}, so that verifiers have to limit attempts."
        ),
        example: format!(
            "the token {:?} holds {} of the {} bytes that {} gives",
            exemplar.token,
            scheme.mac_bytes,
            scheme.algorithm.mac_bytes(),
            scheme.algorithm.name()
        ),
    })
}

/// The secret can be guessed.
fn weak_secret(suite: &Suite) -> Option<ReviewRemark> {
    let secret = documented_secret(suite).filter(|secret| secret.bits < STRENGTH)?;
    Some(ReviewRemark {
        id: "secret-is-weak",
        sentence: format!(
            "A secret like the one in the document has at most {} bits, fewer than {STRENGTH}: anyone who holds one token can search for it offline.",
            secret.bits
        ),
        example: format!(
            "{} is {} characters out of {}",
            secret.shown, secret.length, secret.alphabet
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::review;
    use crate::suite::Suite;

    /// The ids of the remarks on a scheme whose vectors all have this secret.
    fn remarks(scheme: &str, vector: &str) -> Vec<&'static str> {
        let text = format!(
            r#"macproof: 1
suite: acme
version: 1
title: Acme
source: {{title: "Acme"}}
scheme:
  algorithm: hmac-sha256
{scheme}
requirements:
  r: {{level: must, basis: document, text: "t", where: "w"}}
vectors:
  - {{id: v, shows: [r], op: sign, expect: {{outcome: refused}}, {vector}}}
"#
        );
        let suite = Suite::parse("acme.yaml", &text).unwrap_or_else(|error| panic!("{error}"));
        review(&suite).iter().map(|remark| remark.id).collect()
    }

    const STRONG: &str = r#"secret: "0123456789abcdef0123456789abcdef""#;

    #[test]
    fn a_scheme_without_faults_has_no_remarks() {
        let good = r#"
  secret: {encoding: utf8}
  fields: {user: {type: text}, site: {type: enum, values: [a, b]}, at: {type: unix-seconds}}
  message: "{site}-{at}-{user}"
  token: "{at}.{mac:hex}"
  freshness: {of: at, max_age: 5m, max_skew: 5m}"#;
        let vector = format!(r#"{STRONG}, fields: {{user: "u", site: "a", at: 5}}"#);
        assert_eq!(remarks(good, &vector), Vec::<&str>::new());

        for (from, to, remark) in [
            (", max_skew: 5m", "", "no-limit-on-the-future"),
            ("max_age: 5m, ", "", "no-maximum-age"),
            (
                "\n  freshness: {of: at, max_age: 5m, max_skew: 5m}",
                "",
                "no-maximum-age",
            ),
            ("{site}-{at}-{user}", "{site}-{user}-{at}", ""),
            (
                "{site}-{at}-{user}",
                "{site}-{at}{user}",
                "message-is-shared",
            ),
            ("{user}", "{user|lower}", "inputs-are-merged"),
            ("{user}", "{user|trim}", "inputs-are-merged"),
            ("  secret:", "  mac_bytes: 15\n  secret:", "mac-is-short"),
            ("  secret:", "  mac_bytes: 16\n  secret:", ""),
        ] {
            let faulty = good.replace(from, to);
            assert_ne!(faulty, good, "{from}");
            let expected: Vec<&str> = Some(remark).filter(|r| !r.is_empty()).into_iter().collect();
            // The year 1970 is too close to 0 to subtract ten years.
            let vector = vector.replace("at: 5", "at: 1767225600");
            assert_eq!(remarks(&faulty, &vector), expected, "{from} -> {to}");
        }
        let weak = vector.replace(
            "0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcde",
        );
        assert_eq!(remarks(good, &weak), ["secret-is-weak"]);
    }

    #[test]
    fn unsigned_fields_are_named() {
        let scheme = r#"
  secret: {encoding: utf8}
  fields: {user: {type: text}, kind: {type: enum, values: [a, b]}, note: {type: text}, at: {type: unix-seconds}}
  message: "{user}"
  token: "{at}.{mac:hex}"
  freshness: {of: at, max_age: 5m, max_skew: 5m}"#;
        let vector = format!(r#"{STRONG}, fields: {{user: "u", at: 5}}"#);
        assert_eq!(
            remarks(scheme, &vector),
            [
                "kinds-share-one-key",
                "field-is-not-signed",
                "time-is-not-signed",
                "no-audience-is-bound"
            ]
        );
        let per_kind = scheme.replace("utf8", "utf8, per: kind");
        let vector = vector
            .replace("secret:", "secrets: {a:")
            .replace("\", fields: {", "\"}, fields: {kind: a, ");
        assert_eq!(
            remarks(&per_kind, &vector),
            ["field-is-not-signed", "time-is-not-signed"]
        );
    }

    #[test]
    fn a_decoded_secret_is_measured_by_its_bytes() {
        let scheme = r#"
  secret: {encoding: hex, strip_prefix: "key_"}
  fields: {user: {type: text}, site: {type: enum, values: [a, b]}, at: {type: unix-seconds}}
  message: "{site}-{at}-{user}"
  token: "{at}.{mac:hex}"
  freshness: {of: at, max_age: 5m, max_skew: 5m}"#;
        let vector = r#"secret: "key_0123456789abcdef0123456789abcdef", fields: {user: "u", site: "a", at: 5}"#;
        assert_eq!(remarks(scheme, vector), Vec::<&str>::new());
        let short = vector.replace("abcdef\"", "abcd\"");
        assert_eq!(remarks(scheme, &short), ["secret-is-weak"]);
    }
}
