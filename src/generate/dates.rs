//! The vectors about a time that is written as a date.

use crate::generate::clock::Clock;
use crate::generate::fixture::NOW;
use crate::generate::requirements::{
    DATE_IS_SIGNED_AS_GIVEN, ODD_TIMES_PROFILE, RIGHT_TOKEN_IS_ACCEPTED,
    STALE_TOKEN_IS_NOT_ACCEPTED, TIME_IS_SIGNED, UNUSUAL_DATE,
};
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::TimeForm;
use crate::signature::Value;

const HOUR: u64 = 3600;

/// Adds them.
pub(super) fn add(builder: &mut VectorBuilder<'_>, clock: Clock) {
    seconds(builder, clock);
    match clock.form {
        TimeForm::Iso8601 => {
            spellings(builder, clock, &ZONED);
            zones(builder, clock);
        }
        TimeForm::Iso8601WithoutZone => spellings(builder, clock, &WITHOUT_ZONE),
        TimeForm::UnixSeconds | TimeForm::UnixMillis | TimeForm::HttpDate => {}
    }
    signed(builder, clock);
    unreadable(builder, clock);
}

/// Seconds whose dates are easily written wrong.
fn seconds(builder: &mut VectorBuilder<'_>, clock: Clock) {
    for (slug, second, note) in [
        (
            "of-single-digits",
            1_798_859_045,
            "Catches a month, day, hour, minute or second without its leading zero.",
        ),
        (
            "at-midnight",
            1_798_761_600,
            "Catches hours that are counted to twelve, or from one to 24.",
        ),
        (
            "in-the-afternoon",
            1_795_284_000,
            "Catches hours that are counted to twelve.",
        ),
        (
            "of-a-leap-day",
            1_835_481_599,
            "Catches a calendar without the 29th of February.",
        ),
        (
            "of-a-week-of-another-year",
            1_893_412_800,
            "Catches a year that is that of the week: the last day of 2029 lies in the first week of 2030.",
        ),
        (
            "after-32-bits-end",
            0x8000_0000,
            "Catches a time held in 32 bits with a sign: in 2038 it turns negative.",
        ),
    ] {
        let claim = clock.at(&builder.fixture, second);
        builder.gives(
            &DATE_IS_SIGNED_AS_GIVEN,
            &format!("date-{slug}"),
            note,
            &claim,
        );
        let shown = builder.fixture.forge(&claim, &claim);
        let id = format!("date-{slug}-is-accepted");
        builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, second);
    }
}

/// Ways to write a date, and one without a zone.
const ZONED: [(&str, &str); 9] = [
    ("without-a-fraction", "2026-11-21T08:00:00Z"),
    ("of-a-tenth", "2026-11-21T08:00:00.1Z"),
    ("to-the-millisecond", "2026-11-21T08:00:00.120Z"),
    ("to-the-microsecond", "2026-11-21T08:00:00.120450Z"),
    ("to-the-nanosecond", "2026-11-21T08:00:00.634234626Z"),
    ("with-an-offset-of-zero", "2026-11-21T08:00:00+00:00"),
    ("east-of-greenwich", "2026-11-21T13:30:00+05:30"),
    ("west-of-greenwich", "2026-11-21T00:00:00-08:00"),
    ("with-all-of-it", "2026-11-21T13:30:00.120+05:30"),
];
const WITHOUT_ZONE: [(&str, &str); 5] = [
    ("without-a-fraction", "2026-11-21T08:00:00"),
    ("of-a-tenth", "2026-11-21T08:00:00.1"),
    ("to-the-millisecond", "2026-11-21T08:00:00.120"),
    ("to-the-microsecond", "2026-11-21T08:00:00.120450"),
    ("to-the-nanosecond", "2026-11-21T08:00:00.634234626"),
];

/// Other ways to write a date. Where the scheme has a pattern, those that it allows are due.
fn spellings(builder: &mut VectorBuilder<'_>, clock: Clock, all: &[(&str, &str)]) {
    let note = "Catches a date that is read and written again: the message is another one.";
    let has_pattern = clock.of_scheme(&builder.fixture).pattern.is_some();
    for (slug, text) in all {
        let claim = builder.fixture.with(clock.field, *text);
        if claim == builder.fixture.base {
            continue;
        }
        let id = format!("date-{slug}");
        let shown = builder.fixture.forge(&claim, &claim);
        let accepted = format!("{id}-is-accepted");
        if has_pattern {
            builder.gives(&DATE_IS_SIGNED_AS_GIVEN, &id, note, &claim);
            builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &accepted, note, shown, NOW);
        } else {
            builder.gives_or_declines(&UNUSUAL_DATE, &id, note, &claim);
            let what = format!("accepts a token of the date {text}");
            let words = (what.as_str(), "Shows what a verifier takes for a date.");
            builder.observed(&ODD_TIMES_PROFILE, &accepted, words, shown, NOW);
        }
    }
}

/// An old date that is young for who does not look at its zone.
fn zones(builder: &mut VectorBuilder<'_>, clock: Clock) {
    let Some(limit) = builder.fixture.limits().0 else {
        return;
    };
    let claim = builder
        .fixture
        .with(clock.field, "2026-11-21T20:00:00+12:00");
    let shown = builder.fixture.forge(&claim, &claim);
    let now = NOW + 12 * HOUR;
    if 12 * HOUR > limit + 1 {
        let note = "Catches a verifier that does not look at the zone of a date, and takes an old token for a new one.";
        builder.not_accepted(
            &STALE_TOKEN_IS_NOT_ACCEPTED,
            "date-of-another-zone-too-old",
            note,
            shown,
            now,
        );
    }
}

/// Another date beside the MAC than the one that was signed.
fn signed(builder: &mut VectorBuilder<'_>, clock: Clock) {
    let base = builder.fixture.base.clone();
    for (slug, second, note) in [
        (
            "one-second-later",
            NOW + 1,
            "Catches a verifier that leaves the time out of the message.",
        ),
        (
            "one-second-earlier",
            NOW - 1,
            "Catches a verifier that leaves the time out of the message.",
        ),
        (
            "an-hour-later",
            NOW + HOUR,
            "Catches a verifier that signs the day only, or leaves the time out.",
        ),
        (
            "a-day-later",
            NOW + 24 * HOUR,
            "Catches a verifier that signs the time of the day only, or leaves the time out.",
        ),
        (
            "a-year-later",
            NOW + 365 * 24 * HOUR,
            "Catches a verifier that leaves the time out: an old token is made young.",
        ),
        (
            "a-year-earlier",
            NOW - 365 * 24 * HOUR,
            "Catches a verifier that leaves the time out of the message.",
        ),
    ] {
        let claim = clock.at(&builder.fixture, second);
        let presented = builder.fixture.forge(&base, &claim);
        let id = format!("date-changed-{slug}");
        builder.not_accepted(&TIME_IS_SIGNED, &id, note, presented, second);
    }
    for (slug, message_time, note) in [
        (
            "seconds",
            NOW.to_string(),
            "Catches a verifier that signs the time in seconds since 1970.",
        ),
        (
            "milliseconds",
            format!("{NOW}000"),
            "Catches a verifier that signs the time in milliseconds since 1970.",
        ),
        (
            "a-day",
            "2026-11-21".to_owned(),
            "Catches a verifier that signs the day only.",
        ),
        (
            "nothing",
            String::new(),
            "Catches a verifier that signs an empty time.",
        ),
    ] {
        let inside = builder.fixture.with(clock.field, message_time);
        let presented = builder.fixture.forge(&inside, &base);
        let id = format!("date-signed-as-{slug}");
        builder.not_accepted(&TIME_IS_SIGNED, &id, note, presented, NOW);
    }
    if let Some(presented) = clock.left_out(&builder.fixture) {
        let note = "Catches a verifier that signs the message without its time: a captured token never ends.";
        let id = "time-not-signed";
        builder.not_accepted(&TIME_IS_SIGNED, id, note, Some(presented), NOW);
    }
}

/// What is not a date, beside the MAC of the ordinary one, and signed as it stands.
fn unreadable(builder: &mut VectorBuilder<'_>, clock: Clock) {
    let base = builder.fixture.base.clone();
    let date = clock.text(&builder.fixture);
    let now = NOW.to_string();
    let shown: [(&str, &str); 6] = [
        ("not-a-date", "yesterday"),
        ("seconds", &now),
        ("of-30-digits", "999999999999999999999999999999"),
        ("of-no-such-day", "2026-02-30T08:00:00Z"),
        ("of-no-such-month", "2026-13-21T08:00:00Z"),
        ("beyond-the-year-9999", "+12026-11-21T08:00:00Z"),
    ];
    for (slug, text) in shown {
        let claim = builder.fixture.with(clock.field, text);
        let presented = builder.fixture.forge(&base, &claim);
        let note =
            "Catches a verifier that leaves the time out of the message where it cannot read it.";
        let id = format!("date-changed-{slug}");
        let throwing = "Catches a verifier that throws on a date that it cannot read.";
        builder.rejected((&TIME_IS_SIGNED, &id), (note, throwing), presented);
    }
    let odd: [(&str, String, &str); 9] = [
        ("blank-before", format!(" {date}"), "a blank before it"),
        ("blank-after", format!("{date} "), "a blank behind it"),
        (
            "line-feed-after",
            format!("{date}\n"),
            "a line feed behind it",
        ),
        ("small-letters", date.to_lowercase(), "small letters"),
        ("no-zone", date.trim_end_matches('Z').to_owned(), "no zone"),
        (
            "blank-for-t",
            date.replacen('T', " ", 1),
            "a blank in the place of the T",
        ),
        ("no-seconds", "2026-11-21T08:00Z".to_owned(), "no seconds"),
        (
            "decimal-comma",
            "2026-11-21T08:00:00,5Z".to_owned(),
            "a decimal comma",
        ),
        (
            "seconds-since-1970",
            now,
            "the number of its seconds since 1970",
        ),
    ];
    let zoned = (clock.form == TimeForm::Iso8601WithoutZone)
        .then(|| ("zone", format!("{date}Z"), "a zone"));
    for (slug, spelt, with) in odd.into_iter().chain(zoned) {
        if spelt == date {
            continue;
        }
        let claim = builder.fixture.with(clock.field, Value::Text(spelt));
        let presented = builder.fixture.forge(&claim, &claim);
        let what = format!("accepts a date with {with} that was signed so");
        let words = (what.as_str(), "Shows what a verifier takes for a date.");
        let id = format!("date-with-{slug}");
        builder.observed(&ODD_TIMES_PROFILE, &id, words, presented, NOW);
    }
}
