//! The time that a received token carries, however it is written.

use crate::mistakes::token_text::loosely;
use crate::scheme::{Scheme, TimeForm};
use crate::signature::{Request, Value};

/// A time found in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CarriedTime {
    /// As it stands there.
    pub(super) written: String,
    /// As the scheme would write it.
    pub(super) due: String,
    /// To the millisecond, where it tells.
    pub(super) millis: Option<u64>,
    /// How it is written, where that is not the scheme's way.
    pub(super) oddity: Option<Oddity>,
}

/// How a time in a token is written otherwise than the scheme says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    Milliseconds,
    Seconds,
    /// A date, where the scheme has a number.
    Date,
    /// Another form of a date than the scheme's.
    OtherDate,
    /// A number, where the scheme has a date.
    Number,
}

/// How many seconds later than the request one that uses the real clock may have signed, where its
/// token does not tell.
const LATER: u64 = 2;

/// A sign request as it was for one that signs at the present, whatever time it is given: with the
/// time that its token carries. Where the token carries none, with each time that it may have been.
pub fn signed_at_the_present(scheme: &Scheme, request: &Request, token: &str) -> Vec<Request> {
    let field = scheme.time().map(|field| scheme.fields.at(field));
    let Some((field, form)) = field.and_then(|field| Some((field, field.kind.time_form()?))) else {
        return vec![request.clone()];
    };
    let given = request.fields.value(&field.name);
    let at = |text: String| {
        let mut other = request.clone();
        other.now = form.read(&text)? / form.per_second();
        let value = match given {
            Some(Value::Number(_)) => form.value_of(&text),
            _ => Value::Text(text),
        };
        other.fields.set(field.name.clone(), value);
        Some(other)
    };
    if let Some(carried) = carried_time(scheme, token) {
        return at(carried.due).into_iter().collect();
    }
    let given = given.and_then(Value::to_bytes);
    let given = given.and_then(|bytes| String::from_utf8(bytes.into_owned()).ok());
    match given.filter(|given| form.takes(given.as_bytes())) {
        Some(given) if form.is_number() => {
            let Some(time) = form.read(&given) else {
                return vec![request.clone()];
            };
            let second = time / form.per_second();
            let near = (0..=LATER).map(|later| (second + later).saturating_mul(form.per_second()));
            near.filter_map(|time| at(form.write(time))).collect()
        }
        Some(given) => (0..=LATER)
            .filter_map(|later| at(form.later(&given, i128::from(later))?))
            .collect(),
        None => vec![request.clone()],
    }
}

/// The time in a token of a scheme whose tokens carry one; none where nothing like a time stands
/// there.
pub(super) fn carried_time(scheme: &Scheme, token: &str) -> Option<CarriedTime> {
    let field = scheme.time()?;
    scheme.carries(field).then_some(())?;
    let form = scheme.time_form(field)?;
    let strictly = scheme
        .token
        .parse(&scheme.fields, token)
        .and_then(|parsed| parsed.text(field).map(str::to_owned));
    let loosely = || {
        let tokens = loosely(scheme, token).into_iter();
        tokens
            .flat_map(|token| token.fields)
            .find(|(at, text)| *at == field && read(form, text).is_some())
            .map(|(_, text)| text)
    };
    let text = strictly
        .or_else(|| date_in(token).map(str::to_owned))
        .or_else(loosely)
        .or_else(|| at_an_end(token).map(str::to_owned))?;
    read(form, &text)
}

/// A number of seconds or milliseconds of this age, or a date.
fn read(form: TimeForm, text: &str) -> Option<CarriedTime> {
    if !form.is_number() {
        return read_for_a_date(form, text);
    }
    let carried = |seconds: u64, millis: Option<u64>, oddity| {
        let due = match form {
            TimeForm::UnixMillis => millis.unwrap_or(seconds * 1000),
            TimeForm::UnixSeconds
            | TimeForm::Iso8601
            | TimeForm::Iso8601WithoutZone
            | TimeForm::HttpDate => seconds,
        };
        Some(CarriedTime {
            written: text.to_owned(),
            due: due.to_string(),
            millis,
            oddity,
        })
    };
    if date_in(text) == Some(text) {
        let millis = date(text)?;
        return carried(millis / 1000, Some(millis), Some(Oddity::Date));
    }
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = text.parse().ok()?;
    let is_millis = form == TimeForm::UnixMillis;
    match (text.len(), is_millis) {
        // From 2001 on milliseconds have 13 digits, and until 5138 seconds have 11 at most.
        (13, false) => carried(number / 1000, Some(number), Some(Oddity::Milliseconds)),
        (9..=11, true) => carried(number, None, Some(Oddity::Seconds)),
        // Microseconds: a thousand times too much.
        (16, true) => carried(number / 1_000_000, Some(number / 1000), None),
        (_, true) => carried(number / 1000, Some(number), None),
        (1..=12, false) => carried(number, None, None),
        _ => None,
    }
}

/// The same where the scheme has a date.
fn read_for_a_date(form: TimeForm, text: &str) -> Option<CarriedTime> {
    let carried = |due: String, millis: u64, oddity| {
        Some(CarriedTime {
            written: text.to_owned(),
            due,
            millis: Some(millis),
            oddity,
        })
    };
    let millis_of = |time: u64| time.saturating_mul(1000 / form.per_second());
    let due_at = |millis: u64| form.write(millis / (1000 / form.per_second()));
    if let Some(time) = form.read(text) {
        return carried(text.to_owned(), millis_of(time), None);
    }
    if date_in(text) == Some(text) {
        let millis = date(text)?;
        return carried(due_at(millis), millis, Some(Oddity::OtherDate));
    }
    let number: u64 = text.parse().ok()?;
    let millis = match text.len() {
        13 => number,
        9..=11 => number * 1000,
        _ => return None,
    };
    carried(due_at(millis), millis, Some(Oddity::Number))
}

/// Digits at an end that are a time of these decades.
fn at_an_end(token: &str) -> Option<&str> {
    let is_digit = |c: char| c.is_ascii_digit();
    let last = &token[token.trim_end_matches(is_digit).len()..];
    let first = &token[..token.len() - token.trim_start_matches(is_digit).len()];
    let likely = |digits: &&str| [10, 13].contains(&digits.len());
    let run = [last, first].into_iter().find(likely);
    // Digits of the MAC may stand right before it.
    run.or_else(|| {
        [13, 10].into_iter().find_map(|count| {
            let tail = last.get(last.len().checked_sub(count)?..)?;
            tail.starts_with('1').then_some(tail)
        })
    })
}

/// A date in ISO 8601, to the second or finer, within a text.
fn date_in(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let fits = |pattern: &[u8], at: usize| {
        pattern.iter().enumerate().all(|(offset, expected)| {
            let found = bytes.get(at + offset);
            match expected {
                b'0' => found.is_some_and(u8::is_ascii_digit),
                b'T' => found.is_some_and(|b| [b'T', b' '].contains(b)),
                other => found == Some(other),
            }
        })
    };
    let start = (0..bytes.len()).find(|&at| fits(b"0000-00-00", at))?;
    let mut end = start + 10;
    if fits(b"T00:00:00", end) {
        end += 9;
        if bytes.get(end) == Some(&b'.') {
            end += 1 + bytes[end + 1..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
        }
        if bytes.get(end) == Some(&b'Z') {
            end += 1;
        } else if fits(b"+00:00", end) {
            end += 6;
        }
    }
    text.get(start..end)
}

/// Milliseconds since 1970 of such a date.
fn date(text: &str) -> Option<u64> {
    let text = text
        .trim_end_matches('Z')
        .trim_end_matches("+00:00")
        .replace(' ', "T");
    let whole = if text.contains('T') {
        text
    } else {
        format!("{text}T00:00:00")
    };
    let stamp: jiff::Timestamp = format!("{whole}Z").parse().ok()?;
    u64::try_from(stamp.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::{CarriedTime, Oddity, carried_time, signed_at_the_present};
    use crate::mistakes::samples::Sample;
    use crate::signature::{Context, Fields, Op, Request, Secret, Secrets, Value};

    #[test]
    fn the_time_of_the_token_is_used_if_none_is_given() {
        let scheme = &Sample::named("time").scheme;
        let request = Request {
            op: Op::Sign,
            suite: "time".into(),
            secrets: Secrets::One(Secret::new("secret")),
            fields: Fields::new()
                .with("user_id", "u")
                .with("timestamp", 1_741_761_604),
            context: Context::default(),
            token: None,
            now: 1_741_761_604,
        };
        let times = |token: &str| -> Vec<Option<Value>> {
            let asked = signed_at_the_present(scheme, &request, token);
            let time = |one: &Request| one.fields.value("timestamp").cloned();
            asked.iter().map(time).collect()
        };
        let mac = "a".repeat(64);
        assert_eq!(
            times(&format!("{mac}-1741761607")),
            [Some(Value::Number(1_741_761_607))]
        );
        // In base64 it is not of the scheme's form, and carries its time all the same.
        assert_eq!(
            times("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=-1741761605"),
            [Some(Value::Number(1_741_761_605))]
        );
        let near: Vec<_> = (0..=2)
            .map(|later| Some(Value::Number(1_741_761_604 + later)))
            .collect();
        assert_eq!(times(&mac), near);
    }

    #[test]
    fn a_time_is_found_however_it_is_written() {
        let scheme = &Sample::named("time").scheme;
        let mac = "a".repeat(63) + "7";
        let found = |token: &str| carried_time(scheme, token);
        let seconds = |written: &str| {
            Some(CarriedTime {
                written: written.into(),
                due: "1741761604".into(),
                millis: None,
                oddity: None,
            })
        };
        assert_eq!(found(&format!("{mac}-1741761604")), seconds("1741761604"));
        assert_eq!(found(&format!("1741761604-{mac}")), seconds("1741761604"));
        assert_eq!(found(&format!("{mac}:1741761604")), seconds("1741761604"));
        assert_eq!(found(&format!("{mac}1741761604")), seconds("1741761604"));
        let odd = |written: &str, millis: u64, oddity| {
            Some(CarriedTime {
                written: written.into(),
                due: "1741761604".into(),
                millis: Some(millis),
                oddity: Some(oddity),
            })
        };
        assert_eq!(
            found(&format!("{mac}-1741761604123")),
            odd("1741761604123", 1_741_761_604_123, Oddity::Milliseconds)
        );
        assert_eq!(
            found(&format!("{mac}-2025-03-12T06:40:04.123Z")),
            odd("2025-03-12T06:40:04.123Z", 1_741_761_604_123, Oddity::Date)
        );
        assert_eq!(found(&mac), None);
        assert_eq!(
            carried_time(&Sample::named("hex").scheme, "1741761604"),
            None
        );
    }
}
