//! The catalogue of times, and the vectors that they make.

use crate::generate::fixture::{Claim, Fixture, IDENTITY, NOW, Presented, time_value};
use crate::generate::requirements::{
    AMBIGUOUS_MESSAGE_PROFILE, FRESH_TOKEN_IS_ACCEPTED, FUTURE_TOKEN_IS_NOT_ACCEPTED,
    LIMITS_PROFILE, MALFORMED_TIME_IS_NOT_ACCEPTED, MALFORMED_TOKEN_IS_REJECTED, ODD_TIMES_PROFILE,
    OTHER_SPELLINGS, RIGHT_TOKEN_IS_ACCEPTED, STALE_TOKEN_IS_NOT_ACCEPTED, STALE_TOKEN_PROFILE,
    TIME_IS_SIGNED, TIME_IS_WHOLE_MILLISECONDS, TIME_IS_WHOLE_SECONDS, UNUSUAL_TIME,
};
use crate::generate::sheet::Sheet;
use crate::scheme::{FieldKind, MessagePart, Part, TokenGrammar, is_canonical_time};
use crate::signature::{Fields, MAX_NUMBER, Value};

/// Adds the vectors about times, where the scheme has one.
pub(super) fn add(sheet: &mut Sheet<'_>) {
    let Some(time) = sheet.fixture.time else {
        return;
    };
    let clock = Clock {
        field: time,
        kind: sheet.fixture.scheme.fields.at(time).kind.clone(),
    };
    if sheet
        .fixture
        .scheme
        .message
        .fields()
        .any(|field| field == time)
    {
        whole(sheet, &clock);
        signed(sheet, &clock);
        odd(sheet, &clock);
        traded(sheet, &clock);
    }
    missing(sheet, &clock);
    age(sheet);
}

/// The field that holds the time, and its unit.
struct Clock {
    field: usize,
    kind: FieldKind,
}

impl Clock {
    fn seconds(&self, fixture: &Fixture<'_>, seconds: u64) -> Claim {
        fixture.with(self.field, time_value(&self.kind, seconds))
    }

    /// The ordinary time in its own unit.
    fn now(&self) -> u64 {
        NOW * self.kind.per_second()
    }
}

/// Times that a signer is given.
fn whole(sheet: &mut Sheet<'_>, clock: &Clock) {
    let millis = clock.kind == FieldKind::UnixMillis;
    let rule = if millis {
        &TIME_IS_WHOLE_MILLISECONDS
    } else {
        &TIME_IS_WHOLE_SECONDS
    };
    for (slug, seconds, note) in [
        (
            "of-ten-digits",
            1_000_000_000,
            "Catches a number printed with an exponent or with separators.",
        ),
        (
            "before-32-bits-end",
            0x7fff_ffff,
            "Catches a time held in 32 bits with a sign: this is its last second.",
        ),
        (
            "after-32-bits-end",
            0x8000_0000,
            "Catches a time held in 32 bits with a sign: in 2038 it turns negative.",
        ),
        (
            "after-unsigned-32-bits-end",
            0x1_0000_0000,
            "Catches a time held in 32 bits.",
        ),
    ] {
        let claim = clock.seconds(&sheet.fixture, seconds);
        sheet.gives(rule, &format!("time-{slug}"), note, &claim);
        let shown = sheet.fixture.forge(&claim, &claim);
        let id = format!("time-{slug}-is-accepted");
        sheet.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, seconds);
    }
    if millis {
        for (slug, more) in [("one", 1), ("ninety", 90), ("all-but-one", 999)] {
            let claim = sheet.fixture.with(clock.field, number(clock.now() + more));
            let note = "Catches a time that is rounded to seconds, or whose zeros are lost.";
            sheet.gives(rule, &format!("time-and-{slug}-milliseconds"), note, &claim);
        }
    }
    for (slug, time, note) in [
        (
            "zero",
            0,
            "Catches a zero taken for no time, in whose place the present is signed.",
        ),
        ("one", 1, "Catches a time of one digit that is filled up."),
        (
            "of-2-53-minus-1",
            MAX_NUMBER.unsigned_abs(),
            "Catches the largest whole number of JSON rounded or printed with an exponent.",
        ),
    ] {
        let claim = sheet.fixture.with(clock.field, number(time));
        sheet.gives_or_refuses(&UNUSUAL_TIME, &format!("time-{slug}"), note, &claim);
        let shown = sheet.fixture.forge(&claim, &claim);
        let id = format!("time-{slug}-verified");
        let what = format!("accepts a token of the time {time}");
        let words = (what.as_str(), "Shows what a verifier takes for a time.");
        sheet.observed(
            &ODD_TIMES_PROFILE,
            &id,
            words,
            shown,
            time / clock.kind.per_second(),
        );
    }
}

/// Another time beside the MAC than the one that was signed. The clock stands at the time shown, so
/// that no age explains a rejection.
fn signed(sheet: &mut Sheet<'_>, clock: &Clock) {
    let now = clock.now();
    let unit = clock.kind.per_second();
    let base = sheet.fixture.base.clone();
    let other_unit = if unit == 1 { now * 1000 } else { now / 1000 };
    for (slug, shown, note) in [
        (
            "one-later",
            now + 1,
            "Catches a verifier that leaves the time out of the message.",
        ),
        (
            "one-earlier",
            now - 1,
            "Catches a verifier that leaves the time out of the message.",
        ),
        (
            "an-hour-later",
            now + 3600 * unit,
            "Catches a verifier that signs the hour or day only, or leaves the time out.",
        ),
        (
            "a-year-later",
            now + 31_536_000 * unit,
            "Catches a verifier that leaves the time out: an old token is made young.",
        ),
        (
            "a-year-earlier",
            now - 31_536_000 * unit,
            "Catches a verifier that leaves the time out of the message.",
        ),
        (
            "of-2-32-later",
            now + 0x1_0000_0000,
            "Catches a verifier that holds the time in 32 bits.",
        ),
        (
            "one-digit-less",
            now / 10,
            "Catches a verifier that signs only the beginning of the token.",
        ),
        (
            "one-digit-more",
            now * 10,
            "Catches a verifier that leaves the time out of the message.",
        ),
        ("zero", 0, "Catches a verifier that takes zero for no time."),
        (
            "in-another-unit",
            other_unit,
            "Catches a verifier that guesses the unit of a time.",
        ),
    ] {
        let shown_claim = sheet.fixture.with(clock.field, number(shown));
        let presented = sheet.fixture.forge(&base, &shown_claim);
        let id = format!("time-changed-{slug}");
        sheet.not_accepted(&TIME_IS_SIGNED, &id, note, presented, shown / unit);
    }
    let text = now.to_string();
    let iso = "2026-11-21T08:00:00Z";
    for (slug, message_time, note) in [
        (
            "another-unit",
            other_unit.to_string(),
            "Catches a verifier that signs the time in another unit than it shows.",
        ),
        (
            "a-date",
            iso.to_owned(),
            "Catches a verifier that signs the time as a date.",
        ),
        (
            "nothing",
            String::new(),
            "Catches a verifier that signs an empty time.",
        ),
        (
            "decimal-places",
            format!("{text}.0"),
            "Catches a verifier that signs the time as a number with decimal places.",
        ),
    ] {
        let inside = sheet.fixture.with(clock.field, message_time);
        let presented = sheet.fixture.forge(&inside, &base);
        let id = format!("time-signed-as-{slug}");
        sheet.not_accepted(&TIME_IS_SIGNED, &id, note, presented, NOW);
    }
    if let Some(presented) = without_time(&sheet.fixture, clock) {
        let note = "Catches a verifier that signs the message without its time: a captured token never ends.";
        sheet.not_accepted(
            &TIME_IS_SIGNED,
            "time-not-signed",
            note,
            Some(presented),
            NOW,
        );
    }
    for (slug, shown) in [
        ("not-a-number", "NaN"),
        ("infinity", "Infinity"),
        ("date", iso),
        ("of-30-digits", "999999999999999999999999999999"),
        ("of-2-64", "18446744073709551616"),
        ("of-2-64-more", &(u128::from(now) + (1 << 64)).to_string()),
    ] {
        let shown_claim = sheet.fixture.with(clock.field, shown);
        let presented = sheet.fixture.forge(&base, &shown_claim);
        let note =
            "Catches a verifier that leaves the time out of the message where it cannot read it.";
        let id = format!("time-changed-{slug}");
        sheet.not_accepted(&TIME_IS_SIGNED, &id, note, presented.clone(), NOW);
        let note = "Catches a verifier that throws on a time that it cannot read.";
        let id = format!("{id}-without-throwing");
        sheet.rejected_without_throwing(&MALFORMED_TOKEN_IS_REJECTED, &id, note, presented, NOW);
    }
}

/// The ordinary token whose MAC is that of the other parts of the message, without the time and
/// the literal text beside it.
fn without_time(fixture: &Fixture<'_>, clock: &Clock) -> Option<Presented> {
    let parts = fixture.scheme.message.parts();
    let is_time = |part: &MessagePart| matches!(part, MessagePart::Field { field, .. } if *field == clock.field);
    let is_literal = |part: Option<&MessagePart>| matches!(part, Some(MessagePart::Literal(_)));
    let time = parts.iter().position(is_time)?;
    let literal_before = time.checked_sub(1).filter(|&at| is_literal(parts.get(at)));
    let literal_after = Some(time + 1).filter(|&at| is_literal(parts.get(at)));
    let beside = literal_before.or(literal_after);
    let mut message = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            _ if at == time || Some(at) == beside => {}
            MessagePart::Literal(bytes) => message.extend_from_slice(bytes),
            MessagePart::Field { field, filters } => {
                let value = fixture.base.fields.value(fixture.name(*field))?;
                let bytes = value.to_bytes()?.into_owned();
                message.extend(
                    filters
                        .iter()
                        .fold(bytes, |done, filter| filter.apply(&done)),
                );
            }
        }
    }
    let key = fixture.key(&fixture.base)?;
    fixture.present(&fixture.base, &fixture.mac_of(&key, &message))
}

/// Other spellings of the ordinary time: signed as they stand, and in the place of what was signed.
fn odd(sheet: &mut Sheet<'_>, clock: &Clock) {
    let now = clock.now();
    let text = now.to_string();
    let digits = |zero: u32| -> String {
        let digit = |c: char| {
            c.to_digit(10)
                .and_then(|value| char::from_u32(zero + value))
        };
        text.chars().filter_map(digit).collect()
    };
    let exponent = format!(
        "{}.{}e{}",
        &text[..1],
        text[1..].trim_end_matches('0'),
        text.len() - 1
    );
    let spellings: [(&str, String, &str); 16] = [
        ("leading-zero", format!("0{text}"), "a leading zero"),
        ("plus-sign", format!("+{text}"), "a plus sign"),
        ("minus-sign", format!("-{text}"), "a minus sign"),
        ("blank-before", format!(" {text}"), "a blank before it"),
        ("blank-after", format!("{text} "), "a blank behind it"),
        (
            "line-feed-after",
            format!("{text}\n"),
            "a line feed behind it",
        ),
        ("nul-after", format!("{text}\0"), "a NUL behind it"),
        ("decimal-places", format!("{text}.0"), "decimal places"),
        ("decimal-point", format!("{text}."), "a decimal point"),
        ("decimal-comma", format!("{text},0"), "a decimal comma"),
        ("exponent", exponent, "an exponent"),
        (
            "hexadecimal-digits",
            format!("0x{now:x}"),
            "hexadecimal digits",
        ),
        (
            "underscore",
            format!("{}_{}", &text[..1], &text[1..]),
            "an underscore",
        ),
        ("letters-after", format!("{text}abc"), "letters behind it"),
        ("full-width-digits", digits(0xff10), "full-width digits"),
        ("arabic-indic-digits", digits(0x660), "Arabic-Indic digits"),
    ];
    let base = sheet.fixture.base.clone();
    for (slug, spelt, with) in spellings {
        let claim = sheet.fixture.with(clock.field, spelt.as_str());
        let presented = sheet.fixture.forge(&claim, &claim);
        let id = format!("time-with-{slug}");
        if has_another_reading(&sheet.fixture, &claim.fields) {
            let note = "Catches a verifier that takes this for a time: who may sign for another identity could have made it.";
            sheet.not_accepted(&MALFORMED_TIME_IS_NOT_ACCEPTED, &id, note, presented, NOW);
        } else {
            let what = format!("accepts a time with {with} that was signed so");
            let words = (what.as_str(), "Shows what a verifier takes for a time.");
            sheet.observed(&ODD_TIMES_PROFILE, &id, words, presented, NOW);
        }
        if slug == "minus-sign" {
            continue;
        }
        let presented = sheet.fixture.forge(&base, &claim);
        let what = format!("accepts a time with {with} beside the MAC of the plain one");
        let id = format!("time-with-{slug}-unsigned");
        let words = (
            what.as_str(),
            "Shows a verifier that reads the time and writes it anew.",
        );
        sheet.observed(&ODD_TIMES_PROFILE, &id, words, presented, NOW);
    }
}

/// Whether the message of these fields is also that of other fields with a well-formed time.
fn has_another_reading(fixture: &Fixture<'_>, fields: &Fields) -> bool {
    fn reads(fixture: &Fixture<'_>, parts: &[MessagePart], message: &[u8]) -> bool {
        let Some((first, rest)) = parts.split_first() else {
            return message.is_empty();
        };
        match first {
            MessagePart::Literal(bytes) => message
                .strip_prefix(bytes.as_slice())
                .is_some_and(|message| reads(fixture, rest, message)),
            MessagePart::Field { field, .. } => {
                let fits = |text: &[u8]| match &fixture.scheme.fields.at(*field).kind {
                    FieldKind::Text => true,
                    FieldKind::UnixSeconds | FieldKind::UnixMillis => is_canonical_time(text),
                    FieldKind::Enum(values) => values.iter().any(|v| v.as_bytes() == text),
                };
                (0..=message.len())
                    .any(|end| fits(&message[..end]) && reads(fixture, rest, &message[end..]))
            }
        }
    }
    fixture
        .message(fields)
        .is_some_and(|message| reads(fixture, fixture.scheme.message.parts(), &message))
}

/// Messages in which a free text and the time beside it trade characters.
fn traded(sheet: &mut Sheet<'_>, clock: &Clock) {
    let text_of = |part: Option<&MessagePart>| match part {
        Some(MessagePart::Field { field, .. })
            if sheet.fixture.scheme.fields.at(*field).kind == FieldKind::Text =>
        {
            Some(*field)
        }
        _ => None,
    };
    let parts = sheet.fixture.scheme.message.parts();
    let mut neighbours: Vec<(usize, String, bool)> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        if !matches!(part, MessagePart::Field { field, .. } if *field == clock.field) {
            continue;
        }
        for before in [true, false] {
            let beside = |steps: usize| {
                if before {
                    at.checked_sub(steps)
                } else {
                    Some(at + steps)
                }
                .and_then(|at| parts.get(at))
            };
            let (literal, neighbour) = match beside(1) {
                Some(MessagePart::Literal(bytes)) => {
                    (String::from_utf8_lossy(bytes).into_owned(), beside(2))
                }
                other => (String::new(), other),
            };
            if let Some(text) = text_of(neighbour) {
                neighbours.push((text, literal, before));
            }
        }
    }
    let now = clock.now().to_string();
    for (text, delimiter, before) in neighbours {
        // Each entry is what moves from the text to the time.
        let moved = [
            (
                "digit",
                "1".to_owned(),
                "Catches a time in which anything may stand: a token of one identity becomes another's.",
            ),
            (
                "delimiter",
                String::new(),
                "Catches a time with a sign or point: a token of one identity becomes another's.",
            ),
            (
                "time",
                now.clone(),
                "Catches a verifier that reads the digits at the start of a time: a token of one identity becomes another's.",
            ),
        ];
        for (slug, moved, note) in moved {
            let (signed_text, shown_time) = if before {
                (
                    format!("{IDENTITY}{delimiter}{moved}"),
                    format!("{moved}{delimiter}{now}"),
                )
            } else {
                (
                    format!("{moved}{delimiter}{IDENTITY}"),
                    format!("{now}{delimiter}{moved}"),
                )
            };
            let signed = sheet.fixture.with(text, signed_text);
            let mut shown = sheet.fixture.with(text, IDENTITY);
            shown
                .fields
                .set(sheet.fixture.name(clock.field), shown_time);
            let presented = sheet.fixture.forge(&signed, &shown);
            let side = if before { "before" } else { "behind" };
            let id = format!("time-takes-{slug}-from-the-text-{side}");
            let rule = &MALFORMED_TIME_IS_NOT_ACCEPTED;
            if presented.is_some() && !sheet.not_accepted(rule, &id, note, presented.clone(), NOW) {
                let words = (
                    "accepts a token whose text and time trade a digit",
                    "Shows a message in which nothing stands between text and time.",
                );
                sheet.observed(&AMBIGUOUS_MESSAGE_PROFILE, &id, words, presented, NOW);
            }
        }
    }
}

/// Tokens or requests without a time, and with their parts in another order.
fn missing(sheet: &mut Sheet<'_>, clock: &Clock) {
    let base = sheet.fixture.base.clone();
    let empty = sheet.fixture.with(clock.field, "");
    let presented = sheet.fixture.forge(&base, &empty);
    let note = "Catches a verifier that takes the present for a time that is absent.";
    sheet.not_accepted(&TIME_IS_SIGNED, "time-empty", note, presented.clone(), NOW);
    let throwing = "Catches a verifier that throws where there is no time.";
    let rule = &MALFORMED_TOKEN_IS_REJECTED;
    sheet.rejected_without_throwing(
        rule,
        "time-empty-without-throwing",
        throwing,
        presented,
        NOW,
    );
    let Some(right) = sheet.fixture.forge(&base, &base) else {
        return;
    };
    let name = sheet.fixture.name(clock.field);
    if right.fields.value(name).is_some() {
        let mut without = right;
        without.fields.remove(name);
        sheet.not_accepted(&TIME_IS_SIGNED, "time-absent", note, Some(without), NOW);
        return;
    }
    let TokenGrammar::Template(layout) = &sheet.fixture.scheme.token else {
        return;
    };
    let time = clock.now().to_string();
    let (mac, delimiter) = match layout.parts() {
        [Part::Mac(_), Part::Literal(delimiter), Part::Field(_)] => (
            right.token.strip_suffix(&format!("{delimiter}{time}")),
            delimiter,
        ),
        [Part::Field(_), Part::Literal(delimiter), Part::Mac(_)] => (
            right.token.strip_prefix(&format!("{time}{delimiter}")),
            delimiter,
        ),
        _ => return,
    };
    let Some(mac) = mac else { return };
    let alone = Some(right.spelt(mac));
    sheet.not_accepted(
        &TIME_IS_SIGNED,
        "token-without-its-time",
        note,
        alone.clone(),
        NOW,
    );
    let id = "token-without-its-time-without-throwing";
    sheet.rejected_without_throwing(rule, id, throwing, alone, NOW);
    let time_alone = Some(right.spelt(time.as_str()));
    let note = "Catches a verifier that compares nothing where no MAC is given.";
    sheet.not_accepted(
        &TIME_IS_SIGNED,
        "token-of-its-time-alone",
        note,
        time_alone,
        NOW,
    );
    let swapped = if right.token.starts_with(mac) {
        format!("{time}{delimiter}{mac}")
    } else {
        format!("{mac}{delimiter}{time}")
    };
    let words = (
        "accepts MAC and time in the other order",
        "Shows a verifier that tells the parts of a token by their form.",
    );
    let id = "spelling-parts-swapped";
    sheet.observed(&OTHER_SPELLINGS, id, words, Some(right.spelt(swapped)), NOW);
    for (slug, with) in [
        ("blank", " "),
        ("full-stop", "."),
        ("colon", ":"),
        ("doubled", ""),
    ] {
        let with = if with.is_empty() {
            delimiter.repeat(2)
        } else {
            with.to_owned()
        };
        let token = right
            .token
            .replacen(&format!("{mac}{delimiter}"), &format!("{mac}{with}"), 1);
        if token != right.token {
            let what = format!("accepts {with:?} between MAC and time");
            let words = (
                what.as_str(),
                "Shows a verifier that cuts the token by a pattern.",
            );
            let id = format!("spelling-delimiter-{slug}");
            sheet.observed(&OTHER_SPELLINGS, &id, words, Some(right.spelt(token)), NOW);
        }
    }
}

/// Right tokens that are old, or early.
fn age(sheet: &mut Sheet<'_>) {
    const HOUR: u64 = 3600;
    const DAY: u64 = 24 * HOUR;
    const YEAR: u64 = 365 * DAY;
    let base = sheet.fixture.base.clone();
    let right = sheet.fixture.forge(&base, &base);
    let (max_age, max_skew) = sheet.fixture.limits();
    if let Some(limit) = max_age {
        let rule = &STALE_TOKEN_IS_NOT_ACCEPTED;
        for (slug, age, note) in [
            (
                "one-second-too-old",
                limit + 1,
                "Catches a limit that is not applied, or is larger.",
            ),
            (
                "twice-too-old",
                limit * 2 + 2,
                "Catches a limit that is larger than the scheme's.",
            ),
            (
                "a-day-too-old",
                limit + DAY,
                "Catches a verifier that never looks at the clock.",
            ),
            (
                "a-year-too-old",
                limit + YEAR,
                "Catches a verifier that never looks at the clock: a captured token never ends.",
            ),
        ] {
            let id = format!("token-{slug}");
            sheet.not_accepted(rule, &id, note, right.clone(), NOW + age);
        }
        let note = "Catches a limit in the wrong unit, so that hardly any token passes.";
        let rule = &FRESH_TOKEN_IS_ACCEPTED;
        for (slug, age) in [
            ("one-second-old", 1),
            ("nearly-too-old", limit.saturating_sub(1)),
        ] {
            if age < limit {
                let id = format!("token-{slug}");
                sheet.accepted(rule, &id, note, right.clone(), NOW + age);
            }
        }
        let words = (
            "accepts a token exactly as old as the limit",
            "Shows on which side the limit itself lies.",
        );
        sheet.observed(
            &LIMITS_PROFILE,
            "token-at-the-age-limit",
            words,
            right.clone(),
            NOW + limit,
        );
    } else {
        for (slug, age) in [
            ("one-hour-old", HOUR),
            ("one-day-old", DAY),
            ("one-year-old", YEAR),
        ] {
            let what = format!("accepts a token {}", slug.replace('-', " "));
            let words = (
                what.as_str(),
                "Shows how long a captured token can be used.",
            );
            let id = format!("token-{slug}");
            sheet.observed(&STALE_TOKEN_PROFILE, &id, words, right.clone(), NOW + age);
        }
    }
    if let Some(limit) = max_skew {
        let rule = &FUTURE_TOKEN_IS_NOT_ACCEPTED;
        for (slug, ahead, note) in [
            (
                "one-second-too-early",
                limit + 1,
                "Catches a verifier that looks at one side of the clock only.",
            ),
            (
                "a-day-too-early",
                limit + DAY,
                "Catches a verifier that looks at one side of the clock only: a token made for later outlives every limit.",
            ),
            (
                "a-year-too-early",
                limit + YEAR,
                "Catches a verifier that looks at one side of the clock only.",
            ),
        ] {
            let id = format!("token-{slug}");
            sheet.not_accepted(rule, &id, note, right.clone(), NOW - ahead);
        }
        let note = "Catches a verifier without patience for a signer whose clock is ahead.";
        for (slug, ahead) in [
            ("one-second-early", 1),
            ("nearly-too-early", limit.saturating_sub(1)),
        ] {
            if ahead < limit {
                let id = format!("token-{slug}");
                sheet.accepted(
                    &FRESH_TOKEN_IS_ACCEPTED,
                    &id,
                    note,
                    right.clone(),
                    NOW - ahead,
                );
            }
        }
        let words = (
            "accepts a token exactly as early as the limit",
            "Shows on which side the limit itself lies.",
        );
        sheet.observed(
            &LIMITS_PROFILE,
            "token-at-the-early-limit",
            words,
            right,
            NOW - limit,
        );
    } else {
        for (slug, ahead) in [("one-hour-early", HOUR), ("one-year-early", YEAR)] {
            let what = format!("accepts a token {}", slug.replace('-', " "));
            let words = (
                what.as_str(),
                "Shows whether a verifier looks at both sides of the clock.",
            );
            let id = format!("token-{slug}");
            sheet.observed(&STALE_TOKEN_PROFILE, &id, words, right.clone(), NOW - ahead);
        }
    }
}

fn number(time: u64) -> Value {
    i64::try_from(time).unwrap_or(i64::MAX).into()
}
