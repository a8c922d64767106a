//! Vectors for tokens that are lists or pairs, and may carry several MACs.

use crate::generate::fixture::{Claim, NOW, Presented};
use crate::generate::requirements::{
    ALTERED_MAC_IS_NOT_ACCEPTED, ANY_OF_SEVERAL_MACS_MAY_MATCH, PAIRS_IN_ANY_ORDER, Rule,
    SEVERAL_MACS_PROFILE, TIME_IS_SIGNED,
};
use crate::generate::valid_token::Right;
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::{FieldKind, List, Pairs, TokenGrammar, Unknown};
use crate::signature::Value;

/// Adds them, where the scheme's tokens have items.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let Some(right) = Right::of(&builder.fixture, builder.fixture.base.clone()) else {
        return;
    };
    match &builder.fixture.scheme.token {
        TokenGrammar::Template(_) => {}
        TokenGrammar::List(list) => add_list(builder, &right, list),
        TokenGrammar::Pairs(pairs) => add_pairs(builder, &right, pairs),
    }
}

/// The ordinary MAC with one bit changed, written as an item of its own.
fn wrong_item(builder: &VectorBuilder<'_>, right: &Right, item: &str, at: usize) -> String {
    let mut mac = right.mac.clone();
    let last = mac.len() - 1;
    mac[at.min(last)] ^= 1;
    item.replacen(&right.spelt, &builder.fixture.encoding().encode(&mac), 1)
}

fn add_list(builder: &mut VectorBuilder<'_>, right: &Right, list: &List) {
    let item = right.shown.token.clone();
    let foreign = foreign_item(&item, right);
    rotation(builder, right, (&item, ""), &list.separator);
    unknown(
        builder,
        right,
        (&item, ""),
        &foreign,
        (&list.separator, list.unknown),
    );
    let rule = if list.unknown == Unknown::Ignore {
        &ANY_OF_SEVERAL_MACS_MAY_MATCH
    } else {
        &SEVERAL_MACS_PROFILE
    };
    unknown_first(builder, right, rule, &foreign, &list.separator);
    profile(builder, right, &list.separator);
}

fn add_pairs(builder: &mut VectorBuilder<'_>, right: &Right, pairs: &Pairs) {
    let token = right.shown.token.clone();
    let items: Vec<&str> = token.split(&pairs.separator).collect();
    let Some(at) = items.iter().position(|item| item.contains(&right.spelt)) else {
        return;
    };
    let is_mac = |key: &str| items[at].starts_with(&format!("{key}="));
    let repeats = pairs
        .pairs
        .iter()
        .any(|pair| pair.repeat && is_mac(&pair.key));
    let separator = &pairs.separator;
    let before: String = items[..at]
        .iter()
        .flat_map(|item| [item, separator.as_str()])
        .collect();
    let after: String = items[at + 1..]
        .iter()
        .flat_map(|item| [separator.as_str(), item])
        .collect();
    if repeats && after.is_empty() {
        rotation(builder, right, (items[at], &before), separator);
    }
    let foreign = format!("macproof-unknown={}", right.spelt);
    unknown(
        builder,
        right,
        (items[at], &before),
        &foreign,
        (separator, pairs.unknown),
    );
    // Which pair comes first is seldom said.
    unknown_first(builder, right, &SEVERAL_MACS_PROFILE, &foreign, separator);
    profile(builder, right, separator);
    let mut reversed = items.clone();
    reversed.reverse();
    if reversed != items {
        let shown = Some(right.shown.spelt(reversed.join(separator)));
        let words = (
            "accepts the pairs in another order",
            "Shows a verifier that keeps pairs in a map.",
        );
        builder.observed(
            &PAIRS_IN_ANY_ORDER,
            "items-in-another-order",
            words,
            shown,
            NOW,
        );
    }
    second_items(builder, right, pairs, &items);
    two_times(builder, right, separator, &token);
}

/// A second item of a key that does not repeat. A verifier may read either, as long as it signs
/// the one that it reads.
fn second_items(builder: &mut VectorBuilder<'_>, right: &Right, pairs: &Pairs, items: &[&str]) {
    for (at, pair) in pairs
        .pairs
        .iter()
        .enumerate()
        .filter(|(_, pair)| !pair.repeat)
    {
        let other = match pair.value.fields().next() {
            // Its MAC with one bit changed.
            None => Some(wrong_item(builder, right, items[at], 0)),
            Some(field) => other_claim(builder, field).and_then(|claim| {
                let shown = builder.fixture.present(&claim, &right.mac)?;
                shown
                    .token
                    .split(&pairs.separator)
                    .nth(at)
                    .map(str::to_owned)
            }),
        };
        let Some(other) = other.filter(|other| *other != items[at]) else {
            continue;
        };
        for (place, two) in [
            ("first", [items[at], &other]),
            ("second", [&other, items[at]]),
        ] {
            let mut all = items.to_vec();
            all.splice(at..=at, two);
            let slug = pair.key.to_ascii_lowercase();
            let slug = slug.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            let slug = slug.trim_matches('-');
            let what = format!(
                "accepts two items {} of which the {place} is signed",
                pair.key
            );
            let words = (what.as_str(), "Shows which of two items a verifier reads.");
            let shown = Some(right.shown.spelt(all.join(&pairs.separator)));
            let id = format!("items-two-{slug}-the-{place}-signed").replace("--", "-");
            builder.observed(&SEVERAL_MACS_PROFILE, &id, words, shown, NOW);
        }
    }
}

/// The ordinary claim with another value in a field.
fn other_claim(builder: &VectorBuilder<'_>, field: usize) -> Option<Claim> {
    let of = builder.fixture.scheme.fields.at(field);
    let other: Value = match &of.kind {
        FieldKind::Text => builder.fixture.domain(field).numbered(7)?.into(),
        FieldKind::Enum(values) => values.last()?.as_str().into(),
        FieldKind::Time(_) => of.time_at(NOW + 1)?,
    };
    Some(builder.fixture.with(field, other))
}

/// Several MACs, as while a secret is rotated.
fn rotation(
    builder: &mut VectorBuilder<'_>,
    right: &Right,
    (item, before): (&str, &str),
    separator: &str,
) {
    let one = wrong_item(builder, right, item, 0);
    let other = wrong_item(builder, right, item, usize::MAX);
    let rule = &ANY_OF_SEVERAL_MACS_MAY_MATCH;
    let joined = |items: &[&str]| {
        Some(
            right
                .shown
                .spelt(format!("{before}{}", items.join(separator))),
        )
    };
    for (slug, items, note) in [
        (
            "right-one-last",
            [&*one, item].as_slice(),
            "Catches a verifier that looks at the first MAC only: it fails while a secret is rotated.",
        ),
        (
            "right-one-first",
            &[item, &*one],
            "Catches a verifier that looks at the last MAC only, as a map of the items does.",
        ),
        (
            "right-one-between",
            &[&*one, item, &*other],
            "Catches a verifier that looks at both ends only.",
        ),
    ] {
        builder.accepted(rule, &format!("macs-{slug}"), note, joined(items), NOW);
    }
    let note = "Catches a verifier that counts MACs instead of comparing them.";
    let shown = joined(&[&*one, &*other]);
    builder.not_accepted(
        &ALTERED_MAC_IS_NOT_ACCEPTED,
        "macs-all-wrong",
        note,
        shown,
        NOW,
    );
    // Both halves of the right MAC are there, but in no single one.
    let half = right.mac.len() / 2;
    let mut first = right.mac.clone();
    first[half..].fill(0);
    let mut second = right.mac.clone();
    second[..half].fill(0);
    let encoding = builder.fixture.encoding();
    let halves = [first, second].map(|mac| item.replacen(&right.spelt, &encoding.encode(&mac), 1));
    let note = "Catches a verifier that puts a MAC together from several.";
    let shown = joined(&[&*halves[0], &*halves[1]]);
    builder.not_accepted(
        &ALTERED_MAC_IS_NOT_ACCEPTED,
        "macs-right-by-halves",
        note,
        shown,
        NOW,
    );
    // What is of no form beside a right MAC is a matter of taste, and some vendors pass it over.
    let malformed = item.replacen(&right.spelt, "macproof", 1);
    for (slug, items, what) in [
        (
            "malformed-one-behind",
            [item, &*malformed],
            "accepts a malformed MAC behind the right one",
        ),
        (
            "malformed-one-before",
            [&*malformed, item],
            "accepts a malformed MAC before the right one",
        ),
    ] {
        let words = (what, PASSES_OVER);
        let id = format!("macs-{slug}");
        builder.observed(&SEVERAL_MACS_PROFILE, &id, words, joined(&items), NOW);
    }
    let words = (
        "accepts the right MAC twice",
        "Shows a verifier that minds repetition.",
    );
    builder.observed(
        &SEVERAL_MACS_PROFILE,
        "macs-right-one-twice",
        words,
        joined(&[item, item]),
        NOW,
    );
    let many: Vec<&str> = std::iter::repeat_n(&*one, 63).chain([item]).collect();
    let words = (
        "accepts the right MAC behind 63 wrong ones",
        "Shows whether a verifier limits how much it compares.",
    );
    builder.observed(
        &SEVERAL_MACS_PROFILE,
        "macs-right-one-behind-63",
        words,
        joined(&many),
        NOW,
    );
}

/// Items that the scheme does not know.
fn unknown(
    builder: &mut VectorBuilder<'_>,
    right: &Right,
    (item, before): (&str, &str),
    foreign: &str,
    (separator, unknown): (&str, Unknown),
) {
    let wrong = wrong_item(builder, right, item, usize::MAX);
    let note = "Catches a verifier that takes a MAC from an item which it should not know: the way to a downgrade.";
    let rule = &ALTERED_MAC_IS_NOT_ACCEPTED;
    let shown = Some(right.shown.spelt(format!("{before}{foreign}")));
    builder.not_accepted(rule, "items-right-mac-in-an-unknown-one", note, shown, NOW);
    let shown = Some(
        right
            .shown
            .spelt(format!("{before}{wrong}{separator}{foreign}")),
    );
    builder.not_accepted(
        rule,
        "items-right-mac-in-an-unknown-one-behind",
        note,
        shown,
        NOW,
    );
    let harmless = foreign.replacen(&right.spelt, "abcdef", 1);
    let shown = Some(
        right
            .shown
            .spelt(format!("{}{separator}{harmless}", right.shown.token)),
    );
    if unknown == Unknown::Ignore {
        let note = "Catches a verifier that fails on an item of a later version.";
        let rule = &ANY_OF_SEVERAL_MACS_MAY_MATCH;
        builder.accepted(rule, "items-unknown-one-behind", note, shown, NOW);
    } else {
        let words = ("accepts an unknown item behind the token", PASSES_OVER);
        builder.observed(
            &SEVERAL_MACS_PROFILE,
            "items-unknown-one-behind",
            words,
            shown,
            NOW,
        );
    }
}

const PASSES_OVER: &str = "Shows a verifier that passes over what it does not know.";

/// An item that the scheme does not know before those that it knows.
fn unknown_first(
    builder: &mut VectorBuilder<'_>,
    right: &Right,
    rule: &'static Rule,
    foreign: &str,
    separator: &str,
) {
    let harmless = foreign.replacen(&right.spelt, "abcdef", 1);
    let token = &right.shown.token;
    let shown = Some(right.shown.spelt(format!("{harmless}{separator}{token}")));
    let words = ("accepts an unknown item before the token", PASSES_OVER);
    builder.observed(rule, "items-unknown-one-before", words, shown, NOW);
}

/// An item that is not of the list's form but carries its MAC.
fn foreign_item(item: &str, right: &Right) -> String {
    match item.strip_suffix(&right.spelt) {
        Some(before) if !before.is_empty() => {
            let name = before.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            format!("{name}x{}{}", &before[name.len()..], right.spelt)
        }
        _ => format!("macproof-unknown,{}", right.spelt),
    }
}

/// Arrangements on which sound parsers differ.
fn profile(builder: &mut VectorBuilder<'_>, right: &Right, separator: &str) {
    let token = &right.shown.token;
    let doubled = token.replacen(separator, &separator.repeat(2), 1);
    let spaced = token.replacen(separator, &format!("{separator} "), 1);
    for (slug, text, what) in [
        (
            "separator-before",
            format!("{separator}{token}"),
            "accepts a separator before the items",
        ),
        (
            "separator-after",
            format!("{token}{separator}"),
            "accepts a separator behind the items",
        ),
        ("separator-doubled", doubled, "accepts a doubled separator"),
        (
            "separator-with-a-blank",
            spaced,
            "accepts a blank behind a separator",
        ),
    ] {
        if text != *token {
            let words = (what, "Shows how a verifier cuts a token into its items.");
            let shown = Some(right.shown.spelt(text));
            builder.observed(
                &SEVERAL_MACS_PROFILE,
                &format!("items-{slug}"),
                words,
                shown,
                NOW,
            );
        }
    }
}

/// A fresh time put before or behind the signed one, which is a year old. Where the scheme has no
/// limit on the age this forges nothing.
fn two_times(builder: &mut VectorBuilder<'_>, right: &Right, separator: &str, token: &str) {
    let Some(time) = builder
        .fixture
        .time
        .filter(|_| builder.fixture.limits().0.is_some())
    else {
        return;
    };
    let Some(value) = right.claim.fields.value(builder.fixture.name(time)) else {
        return;
    };
    let Some(limit) = builder.fixture.limits().0 else {
        return;
    };
    let old = String::from_utf8_lossy(&value.to_bytes().unwrap_or_default()).into_owned();
    let now = NOW + limit + 31_536_000;
    let fresh = builder.fixture.scheme.fields.at(time).time_at(now);
    let Some(fresh) = fresh.as_ref().and_then(Value::to_bytes) else {
        return;
    };
    let fresh = String::from_utf8_lossy(&fresh).into_owned();
    let signed = |item: &&str| item.contains(&old) && !item.contains(&right.spelt);
    let Some(item) = token.split(separator).find(signed) else {
        return;
    };
    let forged = item.replacen(&old, &fresh, 1);
    for (slug, items) in [
        ("fresh-one-first", format!("{forged}{separator}{item}")),
        ("fresh-one-last", format!("{item}{separator}{forged}")),
    ] {
        let note = "Catches a verifier that checks the age of one time and the MAC of another: an old token is made young.";
        let shown: Option<Presented> = Some(right.shown.spelt(token.replacen(item, &items, 1)));
        builder.not_accepted(&TIME_IS_SIGNED, &format!("times-{slug}"), note, shown, now);
    }
}
