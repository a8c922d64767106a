//! The forms in which a time is written that mistakes make.

use crate::mistakes::{Form, Forms, TimeText, TimeTexts};

impl TimeText<'_> {
    /// The time in milliseconds, to the millisecond where the token tells.
    pub(super) fn millis(&self) -> Option<u64> {
        let time = self.form.read(self.text)?;
        let millis = time.checked_mul(1000 / self.form.per_second())?;
        let agrees = |exact: &u64| exact / 1000 == millis / 1000;
        Some(self.millis.filter(agrees).unwrap_or(millis))
    }

    pub(super) fn millis_text(&self) -> Option<String> {
        self.millis().map(|millis| millis.to_string())
    }
}

pub(super) fn unchanged(time: &TimeText<'_>) -> Forms<TimeTexts> {
    Form::only(TimeTexts {
        message: time.text.to_owned(),
        token: time.text.to_owned(),
    })
}

pub(super) fn in_both_or_in_the_message(time: &TimeText<'_>, written: String) -> Forms<TimeTexts> {
    vec![
        Form::new(
            TimeTexts {
                message: written.clone(),
                token: written.clone(),
            },
            "",
        ),
        in_the_message(time, written, "in the message only"),
    ]
}

fn in_the_message(
    time: &TimeText<'_>,
    message: String,
    words: impl Into<std::borrow::Cow<'static, str>>,
) -> Form<TimeTexts> {
    let token = time.text.to_owned();
    Form::new(TimeTexts { message, token }, words)
}

/// Several ways to write it, each with its words.
fn each(
    time: &TimeText<'_>,
    written: impl IntoIterator<Item = (String, String)>,
) -> Forms<TimeTexts> {
    let forms = |(written, words): (String, String)| {
        let forms = in_both_or_in_the_message(time, written).into_iter();
        forms.map(move |form| {
            let words = match &*form.detail {
                "" => words.clone(),
                place => format!("{words}, {place}"),
            };
            Form::new(form.value, words)
        })
    };
    written.into_iter().flat_map(forms).collect()
}

/// A number as dates are written.
pub(super) fn as_date(time: &TimeText<'_>) -> Forms<TimeTexts> {
    if time.form.is_number() {
        dates(time)
    } else {
        unchanged(time)
    }
}

/// A date as other programs write it.
pub(super) fn date_rewritten(time: &TimeText<'_>) -> Forms<TimeTexts> {
    if time.form.is_number() {
        unchanged(time)
    } else {
        dates(time)
    }
}

fn dates(time: &TimeText<'_>) -> Forms<TimeTexts> {
    let date = time
        .millis()
        .and_then(|millis| i64::try_from(millis).ok())
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    let Some(date) = date else {
        return unchanged(time);
    };
    let spellings = [
        "%Y-%m-%dT%H:%M:%S.%3fZ",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S+00:00",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M:%S.%6fZ",
        "%a, %d %b %Y %H:%M:%S GMT",
        "%a, %d %b %Y %H:%M:%S +0000",
        "%Y%m%dT%H%M%SZ",
        "%Y%m%d%H%M%S",
        "%Y-%m-%d %H:%M:%S UTC",
    ];
    let written = spellings.map(|spelling| date.strftime(spelling).to_string());
    each(
        time,
        written.map(|written| (written.clone(), format!("as {written}"))),
    )
}

/// A date as the number that clocks count.
pub(super) fn as_number(time: &TimeText<'_>) -> Forms<TimeTexts> {
    let millis = time.millis().filter(|_| !time.form.is_number());
    let Some(millis) = millis else {
        return unchanged(time);
    };
    let units = [(millis / 1000, "seconds"), (millis, "milliseconds")];
    each(
        time,
        units.map(|(number, words)| (number.to_string(), words.to_owned())),
    )
}

/// A time as languages print a floating-point number.
pub(super) fn as_float(time: &TimeText<'_>) -> Forms<TimeTexts> {
    let Ok(number) = time.text.parse::<u64>() else {
        return unchanged(time);
    };
    let digits = number.to_string();
    let (first, rest) = digits.split_at(1);
    let mantissa = match rest.trim_end_matches('0') {
        "" => format!("{first}.0"),
        rest => format!("{first}.{rest}"),
    };
    let exponent = rest.len();
    let spellings = [
        format!("{number}.0"),
        format!("{mantissa}E{exponent}"),
        format!("{mantissa}e+{exponent:02}"),
        format!("{number}.000"),
        format!("{number}.000000"),
    ];
    each(
        time,
        spellings.map(|written| (written.clone(), format!("as {written}"))),
    )
}

/// A time in units that no scheme has.
pub(super) fn in_a_finer_unit(time: &TimeText<'_>) -> Forms<TimeTexts> {
    /// From the year 1 to 1970, in units of 100 nanoseconds.
    const TICKS_TO_1970: u128 = 621_355_968_000_000_000;
    let millis = time.millis().filter(|_| time.form.is_number());
    let Some(millis) = millis.map(u128::from) else {
        return unchanged(time);
    };
    let units = [
        (millis * 1_000, "microseconds"),
        (millis * 1_000_000, "nanoseconds"),
        (
            TICKS_TO_1970 + millis * 10_000,
            "units of 100 nanoseconds from the year 1",
        ),
    ];
    each(
        time,
        units.map(|(number, words)| (number.to_string(), words.to_owned())),
    )
}

/// How far off clocks are that are read twice, in seconds.
const SECONDS: [i64; 4] = [1, -1, 2, -2];

/// How far off the usual zones are, in half hours.
const HALF_HOURS: [i64; 18] = [
    2, -2, 4, -4, 6, -6, 11, -8, 16, -10, 18, -12, 20, -14, 14, -16, 22, 24,
];

/// A time near the one given.
pub(super) fn shifted(time: &TimeText<'_>) -> Forms<TimeTexts> {
    let Some(number) = time.form.read(time.text) else {
        return unchanged(time);
    };
    let direction = |number: i64| if number < 0 { "less" } else { "more" };
    let by = |seconds: i64, words: String| {
        let units = seconds * i64::try_from(time.form.per_second()).unwrap_or(1);
        let message = time.form.write(number.saturating_add_signed(units));
        in_the_message(time, message, words)
    };
    let near = SECONDS.map(|seconds| {
        let unit = match seconds.abs() {
            1 => "one second".to_owned(),
            many => format!("{many} seconds"),
        };
        by(seconds, format!("{unit} {}", direction(seconds)))
    });
    let zones = HALF_HOURS.map(|halves| {
        let minutes = if halves % 2 == 0 { "00" } else { "30" };
        let words = format!("{}:{minutes} hours {}", halves.abs() / 2, direction(halves));
        by(halves * 1_800, words)
    });
    near.into_iter().chain(zones).collect()
}
