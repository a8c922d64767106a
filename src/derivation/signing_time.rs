//! The second at which an implementation signed by its own clock.

use std::ops::RangeInclusive;

use crate::derivation::shift::Shift;
use crate::scheme::Scheme;
use crate::signature::{Fields, Secrets, Value};

/// The most seconds that are tried where the token carries no time.
const MOST_TRIED: u64 = 600;

/// Fields for one that signs at the present, whatever time it is given: each time of the scheme is
/// that second (Unix time), given or not.
pub(crate) fn fields_at(scheme: &Scheme, fields: &Fields, second: u64) -> Fields {
    let mut fields = fields.clone();
    for (field, form) in scheme.times() {
        let present = match fields.value(&field.name) {
            Some(Value::Text(_)) if form.is_number() => {
                Some(form.write(second.saturating_mul(form.per_second())).into())
            }
            _ => field.time_at(second),
        };
        if let Some(present) = present {
            fields.set(field.name.clone(), present);
        }
    }
    fields
}

/// The fields of which `token` would be the right one, if it was signed at one of these seconds
/// (Unix time). `fields` are those of the first second.
///
/// A token that carries a time tells the second, and only whether that is one of these counts. Of
/// any other token, this is the second at which it is right; `None` if there is no such second.
pub(crate) fn fields_when_signed(
    scheme: &Scheme,
    secrets: &Secrets,
    fields: &Fields,
    token: &str,
    seconds: RangeInclusive<u64>,
) -> Option<Fields> {
    let parsed = scheme.token.parse(&scheme.fields, token)?;
    let mut as_carried = fields.clone();
    let mut carries_time = false;
    for (at, text) in parsed.fields() {
        let Some(form) = scheme.time_form(at) else {
            continue;
        };
        let text = std::str::from_utf8(text).ok()?;
        if !seconds.contains(&(form.read(text)? / form.per_second())) {
            return None;
        }
        carries_time = true;
        as_carried.set(scheme.fields.at(at).name.clone(), form.value_of(text));
    }
    if carries_time {
        return Some(as_carried);
    }
    let (first, last) = seconds.into_inner();
    (first..=last.min(first.saturating_add(MOST_TRIED))).find_map(|second| {
        let fields = Shift::between(first, second).fields(scheme, fields)?;
        let right = scheme.sign(secrets, &fields).ok()?;
        (right == token).then_some(fields)
    })
}
