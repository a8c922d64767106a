//! Mistakes in judging a presented token.
//!
//! Each says what it makes of one [`Attempt`]; `None` where it makes no difference. What it lets
//! through is judged on by the rest of the verifier, so that several can be combined.

use unicode_normalization::UnicodeNormalization as _;

use crate::mistakes::applicability::{
    algorithm_is_not, always, limits_age, limits_skew, limits_the_age_of_zones,
    limits_the_age_without_zone, limits_time, repeats_macs, secret_depends_on_a_field,
    signs_a_numeric_time, signs_a_text_beside_the_token, signs_a_time, token_carries_a_signed_time,
    token_carries_no_text, token_writes_a_text,
};
use crate::mistakes::lenient::leniently;
use crate::mistakes::stringified::javascript_text;
use crate::mistakes::verifying_forms::{loosely_equal, splits_at};
use crate::mistakes::verifying_judgements::{
    UNKEYED, any_time, date_of_the_machine, first_signature, is_malformed, of_a_local_part,
    or_unkeyed, text_read_leniently, time_not_bound, time_read_as_number, under_any_secret,
    with_limits, zone_ignored,
};
use crate::mistakes::{Change, Choice, Judgement, Mistake, MistakeId, Stage};
use crate::scheme::{Algorithm, Refusal, Rejection};
use crate::signature::Value;

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "",
    hints: &[],
    seen: "",
    stage: Stage::Verifying,
    case_of: None,
    applies: always,
    change: Change::Verifying(|_| None),
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("verify-throws-on-malformed"),
        title: "a malformed token makes the verifier throw",
        wrong: "An exception comes out instead of a rejection, and a server that does not catch it goes down.",
        remedy: "Check form and length first and reject; comparison functions throw on unequal lengths.",
        seen: "CVE-2023-50728 (octokit/webhooks), origin#2883, mercadopago sdk-nodejs#459",
        change: Change::Verifying(|attempt| match attempt.judged() {
            Judgement::Rejected(problem) if is_malformed(&problem) => {
                Some(Judgement::Threw(format!("planted mistake: {problem}")))
            }
            _ => None,
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-accepts-a-prefix"),
        title: "a signature that is cut short is accepted",
        wrong: "Only as many characters are compared as were presented: one character is enough.",
        remedy: "Compare lengths first, then the whole signature in constant time.",
        seen: "CVE-2024-21491 (svix)",
        change: Change::Verifying(|attempt| {
            attempt.judged_where(|presented, expected| {
                !presented.is_empty() && expected.starts_with(presented)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-any-case"),
        title: "upper and lower case are taken for the same",
        wrong: "Signatures are compared without regard to case.",
        remedy: "Compare the signature's characters, or decode it strictly and compare the bytes.",
        change: Change::Verifying(|attempt| attempt.judged_where(str::eq_ignore_ascii_case)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-trims-token"),
        title: "blanks around the token are passed over",
        wrong: "A token with blanks or line feeds around it is accepted.",
        remedy: "Compare the token as it was presented.",
        change: Change::Verifying(|attempt| {
            let text = attempt.text()?;
            let trimmed = text.trim();
            (trimmed != text).then(|| attempt.judged_text(trimmed))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-lenient-decoding"),
        title: "the signature is decoded leniently",
        wrong: "Foreign characters, other alphabets, missing or extra padding are passed over when it is decoded, so that one signature has many spellings.",
        remedy: "Compare the text, or decode strictly: canonical padding and last character, no other characters.",
        seen: "njwt#108; several webhook libraries accept these today",
        change: Change::Verifying(|attempt| {
            let decode = leniently(attempt.call.scheme.token.mac_encoding());
            attempt.judged_where(|presented, expected| {
                decode(presented.as_bytes()) == decode(expected.as_bytes())
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-lenient-text"),
        title: "the text in the token is decoded leniently",
        wrong: "Foreign characters, other alphabets, missing or extra padding are passed over when it is decoded, so that one text has many spellings.",
        remedy: "Decode it strictly: canonical padding and last character, no other characters.",
        applies: token_writes_a_text,
        change: Change::Verifying(text_read_leniently),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-age-unchecked"),
        title: "the age of a token is not checked",
        wrong: "A captured token stays good until the secret is rotated.",
        remedy: "Compare the token's time with the present, and reject beyond the scheme's limit.",
        applies: limits_time,
        change: Change::Verifying(|attempt| {
            Some(attempt.judged_by(&with_limits(attempt.call.scheme, |_, _| (None, None))))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-future-unchecked"),
        title: "a time in the future is accepted",
        wrong: "The age is checked on one side only, so that a token made out for the future lives long.",
        remedy: "Compare the absolute difference of both times with the limit.",
        seen: "stripe-php#657",
        applies: limits_skew,
        change: Change::Verifying(|attempt| {
            let scheme = with_limits(attempt.call.scheme, |age, _| (age, None));
            Some(attempt.judged_by(&scheme))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-past-unchecked"),
        title: "an old token is accepted",
        wrong: "The age is checked on the wrong side only.",
        remedy: "Compare the absolute difference of both times with the limit.",
        seen: "stripe-php#657",
        applies: limits_age,
        change: Change::Verifying(|attempt| {
            let scheme = with_limits(attempt.call.scheme, |_, skew| (None, skew));
            Some(attempt.judged_by(&scheme))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-age-in-wrong-unit"),
        title: "the age is checked in the wrong unit",
        wrong: "A limit in milliseconds is compared with seconds, so that tokens live a thousand times as long.",
        remedy: "Bring limit and times to one unit.",
        seen: "mercadopago sdk-nodejs#458, workos-ruby#138",
        applies: limits_time,
        change: Change::Verifying(|attempt| {
            let longer = |limit: Option<u64>| limit.map(|limit| limit.saturating_mul(1000));
            Some(
                attempt.judged_by(&with_limits(attempt.call.scheme, |age, skew| {
                    (longer(age), longer(skew))
                })),
            )
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-zone-ignored"),
        title: "the zone of a date is ignored",
        wrong: "A date of another zone counts as one of Greenwich, so that it lies hours off.",
        remedy: "Parse the date with its zone, and compare it with the present as a point in time.",
        applies: limits_the_age_of_zones,
        change: Change::Verifying(zone_ignored),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-date-of-the-machine"),
        title: "a date without a zone is read in the zone of the machine",
        wrong: "The date is that of Greenwich, and on a machine of another zone it lies hours off.",
        remedy: "Add the zone to the date before it is parsed, or parse it as UTC.",
        seen: "JavaScript's Date, which reads a date and time without a zone as local",
        applies: limits_the_age_without_zone,
        change: Change::Verifying(date_of_the_machine),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-accepts-an-extension"),
        title: "a token with something appended is accepted",
        wrong: "Only as many characters are compared as are expected.",
        remedy: "Compare lengths first, then the whole signature in constant time.",
        change: Change::Verifying(|attempt| {
            let text = attempt.text()?;
            let bytes = text.as_bytes();
            let inside_a_number =
                |at: usize| bytes[at - 1].is_ascii_digit() && bytes[at].is_ascii_digit();
            let carries_time = token_carries_a_signed_time(attempt.call.scheme).is_ok();
            (1..text.len())
                .rev()
                .take(64)
                .filter(|&at| text.is_char_boundary(at) && !(carries_time && inside_a_number(at)))
                .map(|at| attempt.judged_text(&text[..at]))
                .find(|judgement| *judgement == Judgement::Accepted)
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-first-characters"),
        title: "only the first 8 characters of the signature are compared",
        wrong: "What stands behind them may be anything, and the beginning can be guessed.",
        remedy: "Compare the whole signature in constant time.",
        change: Change::Verifying(|attempt| {
            attempt.judged_where(|presented, expected| {
                presented.len() == expected.len()
                    && presented.as_bytes().get(..8) == expected.as_bytes().get(..8)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-accepts-empty-token"),
        title: "the empty token is accepted",
        wrong: "An empty signature counts as none needed.",
        remedy: "Reject an empty token before anything else.",
        change: Change::Verifying(|attempt| {
            let is_empty = attempt.text().is_some_and(str::is_empty);
            let absent = is_empty && attempt.judged() == Judgement::Rejected(Rejection::Absent);
            absent.then_some(Judgement::Accepted)
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-accepts-absent-token"),
        title: "an absent token is accepted",
        wrong: "Who presents no signature at all is let in.",
        remedy: "Reject a request without a token.",
        change: Change::Verifying(|attempt| match attempt.call.token {
            None | Some(Value::Json(serde_json::Value::Null)) => match attempt.judged() {
                Judgement::Rejected(Rejection::Absent | Rejection::NotText) => {
                    Some(Judgement::Accepted)
                }
                _ => None,
            },
            Some(_) => None,
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-accepts-without-secret"),
        title: "everything is accepted while the secret is empty",
        wrong: "A variable that is not set turns the check off.",
        remedy: "Refuse to work with an empty secret.",
        seen: "stripe-node#2841, standard-webhooks#286, CVE-2026-86080 (n8n)",
        change: Change::Verifying(|attempt| match attempt.judged() {
            Judgement::Refused(Refusal::EmptySecret) => Some(Judgement::Accepted),
            _ => None,
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-exception-accepts"),
        title: "an exception counts as acceptance",
        wrong: "The verifier fails on a malformed token, and the caller goes on as if it were good.",
        remedy: "Let a failure of the verifier be a rejection.",
        change: Change::Verifying(|attempt| match attempt.judged() {
            Judgement::Rejected(problem) if is_malformed(&problem) => Some(Judgement::Accepted),
            Judgement::Threw(_) => Some(Judgement::Accepted),
            _ => None,
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-another-platforms-secret"),
        title: "another {per}'s secret is accepted",
        wrong: "Any of the configured secrets will do, so that the weakest {per} decides.",
        remedy: "Check with the secret of the {per} that is given, and with no other.",
        seen: "intercom-android#391",
        applies: secret_depends_on_a_field,
        change: Change::Verifying(under_any_secret),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-another-users-token"),
        title: "any well-formed token is accepted",
        wrong: "The form of the signature is checked, not that it is the right one.",
        remedy: "Recompute the signature of what is presented, and compare.",
        change: Change::Verifying(|attempt| match attempt.judged() {
            Judgement::Rejected(Rejection::WrongMac) => {
                let parsed = attempt
                    .call
                    .scheme
                    .token
                    .parse(&attempt.call.scheme.fields, attempt.text()?)?;
                parsed.macs().next()?;
                attempt.judged_where(|_, _| true).filter(|judgement| {
                    !matches!(judgement, Judgement::Rejected(Rejection::WrongMac))
                })
            }
            _ => None,
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-time-not-bound"),
        title: "the time in the token is not bound to the signature",
        wrong: "A signature without the time, or of the present time, is accepted beside any time.",
        remedy: "Recompute the signature with the time that the token carries, and with nothing else.",
        applies: signs_a_time,
        change: Change::Verifying(time_not_bound),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-time-as-number"),
        title: "the time is read as a number",
        wrong: "Signs, leading zeros, blanks and other digits are accepted, so that one token has many spellings.",
        remedy: "Accept a time as 0|[1-9][0-9]* only, and use its text in the message.",
        applies: signs_a_numeric_time,
        change: Change::Verifying(time_read_as_number),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-time-unchecked"),
        title: "the time may be any text",
        wrong: "A text that is not a time is signed and checked as it stands; its age compares as NaN, which passes.",
        remedy: "Accept a time only in the scheme's form: 0|[1-9][0-9]* for a number, or the date as it is specified.",
        seen: "workos-node#1698",
        applies: signs_a_time,
        change: Change::Verifying(any_time),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-splits-at-first-delimiter"),
        title: "the token is split at each delimiter and the rest is dropped",
        wrong: "What stands behind the expected parts is not looked at.",
        remedy: "Split at the last delimiter, and reject what is left over.",
        applies: |scheme| splits_at(scheme).map(|_| ()),
        change: Change::Verifying(|attempt| {
            let (delimiter, parts) = splits_at(attempt.call.scheme).ok()?;
            let text = attempt.text()?;
            let (at, _) = text.match_indices(delimiter).nth(parts - 1)?;
            Some(attempt.judged_text(&text[..at]))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-first-signature-only"),
        title: "only the first signature of several is looked at",
        wrong: "While keys are rotated a good token is rejected.",
        remedy: "Accept the token when any of its signatures is right.",
        applies: repeats_macs,
        change: Change::Verifying(first_signature),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-sha-1-too"),
        title: "signatures by SHA-1 are accepted too",
        wrong: "The algorithm is chosen by the token, or an old one is still taken.",
        remedy: "Accept the scheme's algorithm only.",
        applies: |scheme| algorithm_is_not(scheme, Algorithm::HmacSha1),
        change: Change::Verifying(|attempt| {
            let sha1 = MistakeId("algorithm-sha-1").mistake();
            let pipeline = attempt.pipeline().clone().with(Choice::usual(sha1));
            attempt.judged_where_of(&pipeline, &|presented, expected| presented == expected)
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-unkeyed-md5-too"),
        title: "the MD5 of the message is accepted too",
        wrong: UNKEYED,
        remedy: "Accept the scheme's MAC only.",
        change: Change::Verifying(|attempt| or_unkeyed(attempt, "algorithm-md5")),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-unkeyed-sha-1-too"),
        title: "the SHA-1 of the message is accepted too",
        wrong: UNKEYED,
        remedy: "Accept the scheme's MAC only.",
        change: Change::Verifying(|attempt| or_unkeyed(attempt, "algorithm-sha-1")),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-unkeyed-sha-256-too"),
        title: "the SHA-256 of the message is accepted too",
        wrong: UNKEYED,
        remedy: "Accept the scheme's MAC only.",
        change: Change::Verifying(|attempt| or_unkeyed(attempt, "algorithm-sha-256")),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-local-parts-token"),
        title: "the token of the part of {identity} before an @ or + is accepted",
        wrong: "Who is called alice gets in as alice@example.com, at any domain.",
        remedy: "Recompute the signature of the whole of {identity}, and of nothing else.",
        applies: signs_a_text_beside_the_token,
        change: Change::Verifying(of_a_local_part),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-loose-comparison"),
        title: "signatures are compared loosely",
        wrong: "A loose comparison takes true, and numbers such as 0e1 and 0e2, for equal.",
        remedy: "Accept text only, and compare for equality in constant time.",
        hints: &[("php", "hash_equals, not ==")],
        seen: "CVE-2014-0166 (WordPress), adyen-php-api-library#348",
        applies: token_carries_no_text,
        change: Change::Verifying(|attempt| match attempt.call.token {
            Some(Value::Text(_)) => attempt.judged_where(|presented, expected| {
                loosely_equal(&Value::Text(presented.to_owned()), expected)
            }),
            Some(other) => {
                let expected = attempt.expected_token()?;
                loosely_equal(other, &expected).then(|| attempt.judged_text(&expected))
            }
            None => None,
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-normalises-token"),
        title: "the token is normalised before it is compared",
        wrong: "Full-width letters and digits count as plain ones, so that one token has many spellings.",
        remedy: "Compare the token as it was presented.",
        change: Change::Verifying(|attempt| {
            let text = attempt.text()?;
            let normalised: String = text.nfkc().collect();
            (normalised != text).then(|| attempt.judged_text(&normalised))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-stringifies"),
        title: "a list or map is made a text and compared",
        wrong: "A token in a list (?signature[]=…) passes for the token itself.",
        remedy: "Reject a token that is not a string.",
        change: Change::Verifying(|attempt| match attempt.call.token {
            None | Some(Value::Text(_) | Value::Bytes(_)) => None,
            Some(value) => Some(attempt.judged_text(&javascript_text(value))),
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-always-accepts"),
        title: "every token is accepted",
        wrong: "The check is missing, switched off, or its result is not looked at.",
        remedy: "Reject unless the recomputed signature is the same.",
        change: Change::Verifying(|_| Some(Judgement::Accepted)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-always-rejects"),
        title: "every token is rejected",
        wrong: "No token passes, the right one neither.",
        remedy: "Recompute a published example, and compare step by step.",
        change: Change::Verifying(|_| Some(Judgement::Rejected(Rejection::WrongMac))),
        ..ENTRY
    },
];
