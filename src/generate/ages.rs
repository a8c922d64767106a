//! Right tokens that are old, or early.

use crate::generate::fixture::NOW;
use crate::generate::requirements::{
    FRESH_TOKEN_IS_ACCEPTED, FUTURE_TOKEN_IS_NOT_ACCEPTED, LIMITS_PROFILE,
    STALE_TOKEN_IS_NOT_ACCEPTED, STALE_TOKEN_PROFILE,
};
use crate::generate::vector_builder::VectorBuilder;

/// Adds the vectors about them.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    const HOUR: u64 = 3600;
    const DAY: u64 = 24 * HOUR;
    const YEAR: u64 = 365 * DAY;
    if builder.fixture.time.is_none() {
        return;
    }
    let base = builder.fixture.base.clone();
    let right = builder.fixture.forge(&base, &base);
    let (max_age, max_skew) = builder.fixture.limits();
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
            builder.not_accepted(rule, &id, note, right.clone(), NOW + age);
        }
        let note = "Catches a limit in the wrong unit, so that hardly any token passes.";
        let rule = &FRESH_TOKEN_IS_ACCEPTED;
        for (slug, age) in [
            ("one-second-old", 1),
            ("nearly-too-old", limit.saturating_sub(1)),
        ] {
            if age < limit {
                let id = format!("token-{slug}");
                builder.accepted(rule, &id, note, right.clone(), NOW + age);
            }
        }
        let words = (
            "accepts a token exactly as old as the limit",
            "Shows on which side the limit itself lies.",
        );
        builder.observed(
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
            builder.observed(&STALE_TOKEN_PROFILE, &id, words, right.clone(), NOW + age);
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
            builder.not_accepted(rule, &id, note, right.clone(), NOW - ahead);
        }
        let note = "Catches a verifier without patience for a signer whose clock is ahead.";
        for (slug, ahead) in [
            ("one-second-early", 1),
            ("nearly-too-early", limit.saturating_sub(1)),
        ] {
            if ahead < limit {
                let id = format!("token-{slug}");
                builder.accepted(
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
        builder.observed(
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
            builder.observed(&STALE_TOKEN_PROFILE, &id, words, right.clone(), NOW - ahead);
        }
    }
}
