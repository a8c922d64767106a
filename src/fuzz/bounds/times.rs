//! What can be said of the time in a request.

use crate::fuzz::bounds::Bounds;
use crate::scheme::Freshness;
use crate::signature::Fields;

impl Bounds<'_> {
    pub(super) fn time<'f>(&self, fields: &'f Fields) -> Option<(u64, std::borrow::Cow<'f, [u8]>)> {
        let field = self.fixture.time?;
        let value = fields.value(self.fixture.name(field))?;
        let unit = self.suite.scheme.fields.at(field).kind.per_second();
        Some((unit, value.to_bytes()?))
    }

    pub(super) fn time_is_canonical(&self, fields: &Fields) -> bool {
        self.time(fields)
            .is_none_or(|(_, text)| crate::scheme::is_canonical_time(&text))
    }

    /// Whether the time, if there is one, is between 2001 and 2242.
    pub(super) fn time_is_ordinary(&self, fields: &Fields) -> bool {
        let Some((unit, text)) = self.time(fields) else {
            return true;
        };
        let time = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.parse::<u64>().ok());
        time.is_some_and(|time| {
            (1_000_000_000..=0x2_0000_0000).contains(&(time / unit))
                && self.time_is_canonical(fields)
        })
    }

    /// Whether nobody may call it too old or too early.
    pub(super) fn is_surely_fresh(&self, fields: &Fields, now: u64) -> bool {
        let Some((unit, text)) = self.time(fields) else {
            return true;
        };
        let time = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.parse::<u64>().ok());
        let Some(seconds) = time.map(|time| time / unit) else {
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
        let Some((unit, text)) = self.time(fields) else {
            return true;
        };
        let time = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.parse::<u64>().ok());
        time.is_some_and(|time| time / unit == now)
    }

    /// Whether its time may be called acceptable, limits and rounding included.
    pub(super) fn may_be_fresh(&self, fields: &Fields, now: u64) -> bool {
        if self.suite.scheme.freshness == Freshness::Unspecified {
            return true;
        }
        let Some((unit, text)) = self.time(fields) else {
            return true;
        };
        let text = String::from_utf8_lossy(&text).into_owned();
        let times: Vec<u64> = readings(&text)
            .into_iter()
            .chain([text])
            .filter_map(|text| text.parse().ok())
            .collect();
        let (max_age, max_skew) = self.fixture.limits();
        times.is_empty()
            || times.into_iter().any(|time| {
                let seconds = time / unit;
                let old = now.saturating_sub(seconds);
                let early = seconds.saturating_sub(now);
                max_age.is_none_or(|limit| old <= limit + 1)
                    && max_skew.is_none_or(|limit| early <= limit + 1)
            })
    }
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
