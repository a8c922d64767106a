//! What can be said of the time in a request.

use std::borrow::Cow;

use crate::fuzz::bounds::Bounds;
use crate::scheme::{Field, Freshness, TimeForm};
use crate::signature::Fields;

impl Bounds<'_> {
    pub(super) fn time<'f>(&self, fields: &'f Fields) -> Option<(TimeForm, Cow<'f, [u8]>)> {
        let field = self.fixture.time?;
        let value = fields.value(self.fixture.name(field))?;
        Some((self.suite.scheme.time_form(field)?, value.to_bytes()?))
    }

    pub(super) fn time_is_canonical(&self, fields: &Fields) -> bool {
        self.time(fields)
            .is_none_or(|(form, text)| form.takes(&text))
    }

    /// Whether the time, if there is one, is between 2001 and 2242.
    pub(super) fn time_is_ordinary(&self, fields: &Fields) -> bool {
        let Some((form, text)) = self.time(fields) else {
            return true;
        };
        let time = seconds(form, &text);
        time.is_some_and(|time| (1_000_000_000..=0x2_0000_0000).contains(&time))
            && self.is_written_as_usual(&text)
    }

    /// Whether a date is written as those are that the scheme's vectors have, or as its pattern says.
    fn is_written_as_usual(&self, text: &[u8]) -> bool {
        let field = self
            .fixture
            .time
            .map(|field| self.suite.scheme.fields.at(field));
        field.is_none_or(|field| !field.kind.is_date() || is_usual(field, text))
    }

    /// Whether nobody may call it too old or too early.
    pub(super) fn is_surely_fresh(&self, fields: &Fields, now: u64) -> bool {
        let Some((form, text)) = self.time(fields) else {
            return true;
        };
        let Some(seconds) = seconds(form, &text) else {
            return false;
        };
        let (max_age, max_skew) = self.fixture.limits();
        let within = |apart: u64, limit: Option<u64>| match limit {
            Some(limit) => apart + 1 < limit || apart == 0,
            None => apart == 0,
        };
        if seconds <= now {
            within(now - seconds, max_age)
        } else {
            within(seconds - now, max_skew)
        }
    }

    /// Whether it has no age at all.
    pub(super) fn is_of_this_second(&self, fields: &Fields, now: u64) -> bool {
        let Some((form, text)) = self.time(fields) else {
            return true;
        };
        seconds(form, &text) == Some(now)
    }

    /// Whether its time may be called acceptable, limits and rounding included.
    pub(super) fn may_be_fresh(&self, fields: &Fields, now: u64) -> bool {
        if self.suite.scheme.freshness == Freshness::Unspecified {
            return true;
        }
        let Some((form, text)) = self.time(fields) else {
            return true;
        };
        if !form.is_number() && !form.takes(&text) {
            return true;
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        let times: Vec<u64> = if form.is_number() {
            let readings = readings(&text).into_iter().chain([text]);
            readings.filter_map(|text| text.parse().ok()).collect()
        } else {
            form.read(&text).into_iter().collect()
        };
        let (max_age, max_skew) = self.fixture.limits();
        times.is_empty()
            || times.into_iter().any(|time| {
                let seconds = time / form.per_second();
                let old = now.saturating_sub(seconds);
                let early = seconds.saturating_sub(now);
                max_age.is_none_or(|limit| old <= limit + 1)
                    && max_skew.is_none_or(|limit| early <= limit + 1)
            })
    }
}

/// Without a pattern only a date to the second, in Greenwich, is one that every reader takes.
fn is_usual(field: &Field, text: &[u8]) -> bool {
    let second = field.kind.time_form().and_then(|form| seconds(form, text));
    let plain = || Some(field.time_at(second?)?.as_text()?.as_bytes() == text);
    if field.pattern.is_some() {
        field.takes(text)
    } else {
        plain() == Some(true)
    }
}

/// The time that a text is, in seconds since 1970.
fn seconds(form: TimeForm, text: &[u8]) -> Option<u64> {
    Some(form.read(std::str::from_utf8(text).ok()?)? / form.per_second())
}

/// The whole numbers that somebody may read in the text of a time.
pub(super) fn readings(text: &str) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization as _;
    let digit = |c: char| match u32::from(c) {
        code @ 0x660..=0x669 => char::from_u32(code - 0x660 + 0x30).unwrap_or(c),
        _ => c,
    };
    let plain: String = text.nfkc().map(digit).filter(|c| *c != '_').collect();
    let plain = plain.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '+');
    let mut found = Vec::new();
    let end = plain
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(plain.len());
    let mut add = |digits: &str| {
        let bare = digits.trim_start_matches('0');
        if !digits.is_empty() {
            found.push(if bare.is_empty() {
                "0".to_owned()
            } else {
                bare.to_owned()
            });
        }
    };
    add(&plain[..end]);
    add(plain
        .trim_start_matches('-')
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or(""));
    let begin = plain.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| {
        at + plain[at..].chars().next().map_or(1, char::len_utf8)
    });
    add(&plain[begin..]);
    if let Some(hex) = plain
        .strip_prefix("0x")
        .and_then(|hex| u64::from_str_radix(hex, 16).ok())
    {
        found.push(hex.to_string());
    }
    if let Ok(number) = plain.parse::<f64>()
        && (0.0..9e15).contains(&number)
    {
        found.push(format!("{number:.0}"));
        found.push(format!("{:.0}", number.floor()));
    }
    found
}
