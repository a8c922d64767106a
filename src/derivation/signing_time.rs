//! The second at which an implementation signed by its own clock.

use std::ops::RangeInclusive;

use crate::derivation::shift::{Shift, number};
use crate::scheme::Scheme;
use crate::signature::{Fields, Secrets, Value};

/// The most seconds that are tried where the token carries no time.
const MOST_TRIED: u64 = 600;

/// Fields for one that signs at the present, whatever time it is given: each time of the scheme is
/// that second (Unix time), given or not.
pub(crate) fn fields_at(scheme: &Scheme, fields: &Fields, second: u64) -> Fields {
    let mut fields = fields.clone();
    for field in scheme.times() {
        let present = second.saturating_mul(field.kind.per_second());
        match fields.value(&field.name) {
            Some(Value::Text(_)) => fields.set(field.name.clone(), present.to_string()),
            _ => fields.set(field.name.clone(), number(present)),
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
    for (at, text) in parsed.fields().filter(|(at, _)| scheme.is_time(*at)) {
        let field = scheme.fields.at(at);
        let time: u64 = text.parse().ok()?;
        if !seconds.contains(&(time / field.kind.per_second())) {
            return None;
        }
        carries_time = true;
        as_carried.set(field.name.clone(), number(time));
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
