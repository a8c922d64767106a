//! What a verifier with a mistake makes of a token.

use crate::mistakes::token_text::read_leniently;
use crate::mistakes::verifying_forms::time_as_number;
use crate::mistakes::{Attempt, Choice, Judgement, MistakeId};
use crate::scheme::{FieldKind, Freshness, Rejection, Scheme, TimeForm, TokenGrammar, filtered};
use crate::signature::{Secret, Secrets};

pub(super) const UNKEYED: &str = "A digest without a key proves nothing: anybody computes it.";

pub(super) fn or_unkeyed(attempt: &Attempt<'_>, hash: &'static str) -> Option<Judgement> {
    let unkeyed = [hash, "message-hashed-without-secret"].map(|id| MistakeId(id).mistake());
    let pipeline = unkeyed
        .into_iter()
        .fold(attempt.pipeline().clone(), |pipeline, mistake| {
            pipeline.with(Choice::usual(mistake))
        });
    attempt.judged_where_of(&pipeline, &|presented, expected| presented == expected)
}

/// The token with each text in it written as the scheme writes what a lenient reader finds there.
pub(super) fn text_read_leniently(attempt: &Attempt<'_>) -> Option<Judgement> {
    let scheme = attempt.call.scheme;
    attempt.loose().into_iter().find_map(|mut token| {
        let presented = token.clone();
        for (field, text) in &mut token.fields {
            let filters = scheme.token.filters(*field);
            let read = read_leniently(text, filters);
            if let Ok(written) = String::from_utf8(filtered(&read, filters).into_owned()) {
                *text = written;
            }
        }
        let canonical = attempt.written(&token, &token.mac);
        (token != presented).then(|| attempt.judged_text(&canonical))
    })
}

pub(super) fn of_a_local_part(attempt: &Attempt<'_>) -> Option<Judgement> {
    let scheme = attempt.call.scheme;
    let texts = scheme
        .message
        .fields()
        .map(|field| scheme.fields.at(field))
        .filter(|field| field.kind == FieldKind::Text);
    texts
        .filter_map(|field| {
            let text = attempt.call.fields.value(&field.name)?.as_text()?;
            let (local, _) = text.split_once(['@', '+'])?;
            let mut fields = attempt.call.fields.clone();
            fields.set(&field.name, local);
            Some(attempt.judged_with_fields(&fields))
        })
        .find(|judgement| *judgement == Judgement::Accepted)
}

pub(super) fn is_malformed(problem: &Rejection) -> bool {
    matches!(
        problem,
        Rejection::Malformed | Rejection::NotText | Rejection::Absent
    )
}

/// The scheme with other limits of age and skew, or with none.
pub(super) fn with_limits(
    scheme: &Scheme,
    change: impl Fn(Option<u64>, Option<u64>) -> (Option<u64>, Option<u64>),
) -> Scheme {
    let freshness = match scheme.freshness {
        Freshness::Unspecified => Freshness::Unspecified,
        Freshness::Limited {
            of,
            max_age,
            max_skew,
        } => match change(max_age, max_skew) {
            (None, None) => Freshness::Unspecified,
            (max_age, max_skew) => Freshness::Limited {
                of,
                max_age,
                max_skew,
            },
        },
    };
    Scheme {
        freshness,
        ..scheme.clone()
    }
}

pub(super) fn under_any_secret(attempt: &Attempt<'_>) -> Option<Judgement> {
    let Secrets::Per(secrets) = attempt.call.secrets else {
        return None;
    };
    secrets
        .iter()
        .map(|(_, secret)| {
            let everywhere = |(name, _): &(String, Secret)| (name.clone(), secret.clone());
            attempt.judged_with_secrets(&Secrets::Per(secrets.iter().map(everywhere).collect()))
        })
        .find(|judgement| *judgement == Judgement::Accepted)
}

pub(super) fn time_not_bound(attempt: &Attempt<'_>) -> Option<Judgement> {
    let field = attempt.call.scheme.time()?;
    let without = MistakeId("message-time-left-out").mistake();
    let without = attempt.pipeline().clone().with(Choice::usual(without));
    attempt.loose().iter().find_map(|token| {
        let own = attempt.mac_of(attempt.pipeline(), token)?;
        let mut at_present = token.clone();
        let now = attempt.call.scheme.fields.at(field);
        let now = now.time_text_at(attempt.call.now)?;
        let carried = at_present
            .fields
            .iter_mut()
            .find(|(known, _)| *known == field);
        match carried {
            Some((_, time)) => *time = now,
            None => at_present.fields.push((field, now)),
        }
        let accepted = [
            attempt.mac_of(attempt.pipeline(), &at_present),
            attempt.mac_of(&without, token),
        ];
        let passes = accepted.into_iter().flatten().any(|mac| token.mac == mac);
        passes.then(|| attempt.judged_text(&attempt.written(token, &own)))
    })
}

/// The text of the time that is limited, from the token or from beside it.
fn limited_time(attempt: &Attempt<'_>) -> Option<String> {
    let scheme = attempt.call.scheme;
    let Freshness::Limited { of, .. } = scheme.freshness else {
        return None;
    };
    if scheme.carries(of) {
        let mut tokens = attempt.loose().into_iter();
        return tokens.find_map(|token| {
            let mut fields = token.fields.into_iter();
            Some(fields.find(|(field, _)| *field == of)?.1)
        });
    }
    let name = &scheme.fields.at(of).name;
    Some(attempt.call.fields.value(name)?.as_text()?.to_owned())
}

/// The date counts as one of Greenwich, whatever its zone is.
pub(super) fn zone_ignored(attempt: &Attempt<'_>) -> Option<Judgement> {
    let east = TimeForm::Iso8601.zone(&limited_time(attempt)?)?;
    let now = attempt.call.now.saturating_add_signed(-east);
    (east != 0).then(|| attempt.judged_at(now))
}

/// A date without a zone counts as one of the machine's, which stands in California.
pub(super) fn date_of_the_machine(attempt: &Attempt<'_>) -> Option<Judgement> {
    const WEST: u64 = 8 * 3600;
    let text = limited_time(attempt)?;
    let is_date = TimeForm::Iso8601WithoutZone.takes(text.as_bytes());
    is_date.then(|| attempt.judged_at(attempt.call.now.saturating_sub(WEST)))
}

pub(super) fn time_read_as_number(attempt: &Attempt<'_>) -> Option<Judgement> {
    let scheme = attempt.call.scheme;
    let field = scheme.time()?;
    if scheme.carries(field) {
        return attempt.loose().iter().find_map(|token| {
            let mut read = token.clone();
            let (_, time) = read.fields.iter_mut().find(|(known, _)| *known == field)?;
            *time = time_as_number(time)?;
            (read != *token).then(|| attempt.judged_text(&attempt.written(&read, &read.mac)))
        });
    }
    let name = &scheme.fields.at(field).name;
    let given = attempt.call.fields.value(name)?.as_text()?;
    let read = time_as_number(given)?;
    let fields = attempt
        .call
        .fields
        .clone()
        .with(name.as_str(), read.as_str());
    (read != given).then(|| attempt.judged_with_fields(&fields))
}

/// Whatever stands where the time is due is signed as it is, and no age is told of it.
pub(super) fn any_time(attempt: &Attempt<'_>) -> Option<Judgement> {
    let scheme = attempt.call.scheme;
    let field = scheme.time()?;
    let form = scheme.time_form(field)?;
    let name = &scheme.fields.at(field).name;
    let is_carried = scheme.carries(field);
    attempt.loose().iter().find_map(|token| {
        let mut token = token.clone();
        // A time in a header of its own is no time to the scheme, so it goes in with the token's.
        let mut fields = attempt.call.fields.clone();
        if !is_carried {
            let given = fields.remove(name)?.as_text()?.to_owned();
            token.fields.push((field, given));
        }
        let (_, time) = token.fields.iter().find(|(known, _)| *known == field)?;
        if form.takes(time.as_bytes()) {
            return None;
        }
        let mac = attempt.mac_with(&fields, &token)?;
        (mac == token.mac).then_some(Judgement::Accepted)
    })
}

pub(super) fn first_signature(attempt: &Attempt<'_>) -> Option<Judgement> {
    let text = attempt.text()?;
    let first = match &attempt.call.scheme.token {
        TokenGrammar::Template(_) => return None,
        TokenGrammar::List(list) => text.split(&list.separator).next()?.to_owned(),
        TokenGrammar::Pairs(pairs) => {
            let mut seen = Vec::new();
            let pieces = text.split(&pairs.separator).filter(|piece| {
                let key = piece.split_once('=').map_or(*piece, |(key, _)| key);
                let repeats = pairs
                    .pairs
                    .iter()
                    .any(|pair| pair.repeat && pair.key == key);
                let again = repeats && seen.contains(&key);
                seen.push(key);
                !again
            });
            pieces.collect::<Vec<_>>().join(&pairs.separator)
        }
    };
    (first != text).then(|| attempt.judged_text(&first))
}
