//! The catalogue of times, and the vectors that they make.

use crate::generate::clock::Clock;
use crate::generate::confusions::has_another_reading;
use crate::generate::dates;
use crate::generate::fixture::{Fixture, NOW, Presented};
use crate::generate::requirements::{
    MALFORMED_TIME_IS_NOT_ACCEPTED, ODD_TIMES_PROFILE, OTHER_SPELLINGS, RIGHT_TOKEN_IS_ACCEPTED,
    TIME_IS_SIGNED, TIME_IS_WHOLE_MILLISECONDS, TIME_IS_WHOLE_SECONDS, UNUSUAL_TIME,
};
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::{Part, TimeForm, TokenGrammar};
use crate::signature::{MAX_NUMBER, Value};

/// Adds the vectors about times, where the scheme has one.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let Some(clock) = Clock::of(&builder.fixture) else {
        return;
    };
    match (clock.is_signed(&builder.fixture), clock.form.is_number()) {
        (true, true) => {
            whole(builder, clock);
            signed(builder, clock);
            odd(builder, clock);
        }
        (true, false) => dates::add(builder, clock),
        (false, _) => {}
    }
    missing(builder, clock);
}

/// Times that a signer is given.
fn whole(builder: &mut VectorBuilder<'_>, clock: Clock) {
    let millis = clock.form == TimeForm::UnixMillis;
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
        let claim = clock.at(&builder.fixture, seconds);
        builder.gives(rule, &format!("time-{slug}"), note, &claim);
        let shown = builder.fixture.forge(&claim, &claim);
        let id = format!("time-{slug}-is-accepted");
        builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, seconds);
    }
    if millis {
        for (slug, more) in [("one", 1), ("ninety", 90), ("all-but-one", 999)] {
            let claim = builder
                .fixture
                .with(clock.field, number(clock.now() + more));
            let note = "Catches a time that is rounded to seconds, or whose zeros are lost.";
            builder.gives(rule, &format!("time-and-{slug}-milliseconds"), note, &claim);
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
        let claim = builder.fixture.with(clock.field, number(time));
        builder.gives_or_declines(&UNUSUAL_TIME, &format!("time-{slug}"), note, &claim);
        let shown = builder.fixture.forge(&claim, &claim);
        let id = format!("time-{slug}-verified");
        let what = format!("accepts a token of the time {time}");
        let words = (what.as_str(), "Shows what a verifier takes for a time.");
        builder.observed(
            &ODD_TIMES_PROFILE,
            &id,
            words,
            shown,
            time / clock.form.per_second(),
        );
    }
}

/// Another time beside the MAC than the one that was signed. The clock stands at the time shown, so
/// that no age explains a rejection.
fn signed(builder: &mut VectorBuilder<'_>, clock: Clock) {
    let now = clock.now();
    let unit = clock.form.per_second();
    let base = builder.fixture.base.clone();
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
        let shown_claim = builder.fixture.with(clock.field, number(shown));
        let presented = builder.fixture.forge(&base, &shown_claim);
        let id = format!("time-changed-{slug}");
        builder.not_accepted(&TIME_IS_SIGNED, &id, note, presented, shown / unit);
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
        let inside = builder.fixture.with(clock.field, message_time);
        let presented = builder.fixture.forge(&inside, &base);
        let id = format!("time-signed-as-{slug}");
        builder.not_accepted(&TIME_IS_SIGNED, &id, note, presented, NOW);
    }
    if let Some(presented) = clock.left_out(&builder.fixture) {
        let note = "Catches a verifier that signs the message without its time: a captured token never ends.";
        builder.not_accepted(
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
        let shown_claim = builder.fixture.with(clock.field, shown);
        let presented = builder.fixture.forge(&base, &shown_claim);
        let note =
            "Catches a verifier that leaves the time out of the message where it cannot read it.";
        let id = format!("time-changed-{slug}");
        let throwing = "Catches a verifier that throws on a time that it cannot read.";
        builder.rejected((&TIME_IS_SIGNED, &id), (note, throwing), presented);
    }
}

/// Other spellings of the ordinary time: signed as they stand, and in the place of what was signed.
fn odd(builder: &mut VectorBuilder<'_>, clock: Clock) {
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
    let base = builder.fixture.base.clone();
    for (slug, spelt, with) in spellings {
        let claim = builder.fixture.with(clock.field, spelt.as_str());
        let presented = builder.fixture.forge(&claim, &claim);
        let id = format!("time-with-{slug}");
        if has_another_reading(&builder.fixture, &claim.fields) {
            let note = "Catches a verifier that takes this for a time: who may sign for another identity could have made it.";
            builder.not_accepted(&MALFORMED_TIME_IS_NOT_ACCEPTED, &id, note, presented, NOW);
        } else {
            let what = format!("accepts a time with {with} that was signed so");
            let words = (what.as_str(), "Shows what a verifier takes for a time.");
            builder.observed(&ODD_TIMES_PROFILE, &id, words, presented, NOW);
        }
        if slug == "minus-sign" {
            continue;
        }
        let presented = builder.fixture.forge(&base, &claim);
        let what = format!("accepts a time with {with} beside the MAC of the plain one");
        let id = format!("time-with-{slug}-unsigned");
        let words = (
            what.as_str(),
            "Shows a verifier that reads the time and writes it anew.",
        );
        builder.observed(&ODD_TIMES_PROFILE, &id, words, presented, NOW);
    }
}

/// Tokens or requests without a time.
fn missing(builder: &mut VectorBuilder<'_>, clock: Clock) {
    let note = (
        "Catches a verifier that takes the present for a time that is absent.",
        "Catches a verifier that throws where there is no time.",
    );
    let base = builder.fixture.base.clone();
    let empty = builder.fixture.with(clock.field, "");
    let presented = builder.fixture.forge(&base, &empty);
    builder.rejected((&TIME_IS_SIGNED, "time-empty"), note, presented);
    let Some(right) = builder.fixture.forge(&base, &base) else {
        return;
    };
    let name = builder.fixture.name(clock.field);
    if right.fields.value(name).is_some() {
        let mut without = right;
        without.fields.remove(name);
        builder.not_accepted(&TIME_IS_SIGNED, "time-absent", note.0, Some(without), NOW);
        return;
    }
    let Some(halves) = Halves::of(&builder.fixture, clock, &right.token) else {
        return;
    };
    let alone = Some(right.spelt(halves.mac.as_str()));
    builder.rejected((&TIME_IS_SIGNED, "token-without-its-time"), note, alone);
    let time_alone = Some(right.spelt(halves.time.as_str()));
    let note = "Catches a verifier that compares nothing where no MAC is given.";
    let id = "token-of-its-time-alone";
    builder.not_accepted(&TIME_IS_SIGNED, id, note, time_alone, NOW);
    put_together_otherwise(builder, &right, &halves);
}

/// A token that is a MAC and a time with a delimiter between.
struct Halves {
    mac: String,
    delimiter: String,
    time: String,
    mac_is_first: bool,
}

impl Halves {
    fn of(fixture: &Fixture<'_>, clock: Clock, token: &str) -> Option<Self> {
        let layout = match &fixture.scheme.token {
            TokenGrammar::Template(layout) => layout,
            TokenGrammar::List(_) | TokenGrammar::Pairs(_) => return None,
        };
        let time = clock.text(fixture);
        let (mac_is_first, delimiter) = match layout.parts() {
            [Part::Mac(_), Part::Literal(delimiter), Part::Field { .. }] => (true, delimiter),
            [Part::Field { .. }, Part::Literal(delimiter), Part::Mac(_)] => (false, delimiter),
            _ => return None,
        };
        let mac = if mac_is_first {
            token.strip_suffix(&format!("{delimiter}{time}"))
        } else {
            token.strip_prefix(&format!("{time}{delimiter}"))
        };
        Some(Self {
            mac: mac?.to_owned(),
            delimiter: delimiter.clone(),
            time,
            mac_is_first,
        })
    }

    fn joined(&self, mac_is_first: bool, delimiter: &str) -> String {
        let Self { mac, time, .. } = self;
        if mac_is_first {
            format!("{mac}{delimiter}{time}")
        } else {
            format!("{time}{delimiter}{mac}")
        }
    }
}

/// The right parts in another order, or with another delimiter.
fn put_together_otherwise(builder: &mut VectorBuilder<'_>, right: &Presented, halves: &Halves) {
    let swapped = halves.joined(!halves.mac_is_first, &halves.delimiter);
    let words = (
        "accepts MAC and time in the other order",
        "Shows a verifier that tells the parts of a token by their form.",
    );
    let id = "spelling-parts-swapped";
    builder.observed(&OTHER_SPELLINGS, id, words, Some(right.spelt(swapped)), NOW);
    let doubled = halves.delimiter.repeat(2);
    for (slug, with) in [
        ("blank", " "),
        ("full-stop", "."),
        ("colon", ":"),
        ("doubled", doubled.as_str()),
    ] {
        if with != halves.delimiter {
            let token = halves.joined(halves.mac_is_first, with);
            let what = format!("accepts {with:?} between MAC and time");
            let words = (
                what.as_str(),
                "Shows a verifier that cuts the token by a pattern.",
            );
            let id = format!("spelling-delimiter-{slug}");
            builder.observed(&OTHER_SPELLINGS, &id, words, Some(right.spelt(token)), NOW);
        }
    }
}

fn number(time: u64) -> Value {
    i64::try_from(time).unwrap_or(i64::MAX).into()
}
