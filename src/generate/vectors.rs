//! From the catalogue of inputs to the vectors of one scheme.

use crate::generate::case::Case;
use crate::generate::fixture::{Fixture, Form, NOW};
use crate::generate::identities::{IDENTITIES, Strictness, TWINS, Text};
use crate::generate::other_fields::{brought_to_its_form, look_alikes, other_fields};
use crate::generate::requirements::{
    FORM_PROFILE, IDENTITY_IS_SIGNED_AS_IT_IS, RIGHT_TOKEN_IS_ACCEPTED,
    TOKEN_IS_BOUND_TO_THE_IDENTITY, TOKEN_IS_EXACT, UNUSUAL_IDENTITY, UNUSUAL_IDENTITY_PROFILE,
};
use crate::generate::vector_builder::VectorBuilder;
use crate::generate::{
    ages, carried_texts, comparisons, confusions, forgeries, interpreted, items, malformed,
    optional_parts, platforms, rotation, secrets, sending, spellings, times, tokens, values,
};
use crate::signature::Value;
use crate::suite::Suite;

/// Every vector that applies to a suite's scheme.
pub(super) fn vectors(suite: &Suite) -> Vec<Case> {
    let mut builder = VectorBuilder::new(Fixture::new(suite));
    ordinary(&mut builder);
    identities(&mut builder);
    delimiters(&mut builder);
    message_lengths(&mut builder);
    twins(&mut builder);
    values::add(&mut builder);
    optional_parts::add(&mut builder);
    other_fields(&mut builder);
    secrets::add(&mut builder);
    platforms::add(&mut builder);
    tokens::add(&mut builder);
    comparisons::add(&mut builder);
    forgeries::add(&mut builder);
    malformed::add(&mut builder);
    items::add(&mut builder);
    times::add(&mut builder);
    confusions::add(&mut builder);
    ages::add(&mut builder);
    spellings::add(&mut builder);
    carried_texts::add(&mut builder);
    interpreted::add(&mut builder);
    rotation::add(&mut builder);
    sending::add(&mut builder);
    builder.cases
}

/// The request that every other varies.
fn ordinary(builder: &mut VectorBuilder<'_>) {
    let base = builder.fixture.base.clone();
    let note = "Shows whether anything works: every other vector varies this request in one point.";
    builder.gives(&TOKEN_IS_EXACT, "plain", note, &base);
    let shown = builder.fixture.forge(&base, &base);
    builder.accepted(
        &RIGHT_TOKEN_IS_ACCEPTED,
        "plain-is-accepted",
        note,
        shown,
        NOW,
    );
}

fn identities(builder: &mut VectorBuilder<'_>) {
    for identity in IDENTITIES {
        let note = format!("Catches {}", identity.catches);
        let manner = if splits_the_message(builder, identity.text) {
            Strictness::Unusual
        } else {
            identity.manner
        };
        let value = match identity.text {
            Text::Long(length) => long(builder, length),
            text => text.value(),
        };
        named(builder, identity.slug, value, manner, &note);
    }
}

/// An identity of so many bytes, of the form that the scheme states where there is one.
fn long(builder: &VectorBuilder<'_>, length: usize) -> Value {
    let domain = builder
        .fixture
        .identity
        .map(|at| builder.fixture.domain(at));
    let of_its_form = domain.and_then(|domain| domain.of_length(length));
    of_its_form.unwrap_or_else(|| "a".repeat(length)).into()
}

/// Whether an identity holds a delimiter of a message in which nothing else tells its end.
fn splits_the_message(builder: &VectorBuilder<'_>, text: Text) -> bool {
    let Text::Is(text) = text else { return false };
    builder.fixture.message_has_two_texts()
        && builder
            .fixture
            .delimiters()
            .iter()
            .any(|d| text.contains(d.as_str()))
}

/// Signs one identity, and verifies it as its manner allows.
fn named(
    builder: &mut VectorBuilder<'_>,
    slug: &str,
    identity: Value,
    manner: Strictness,
    note: &str,
) {
    let Some(field) = builder.fixture.identity else {
        return;
    };
    if builder.fixture.may_be_none(field, &identity) {
        return;
    }
    let form = builder.fixture.form(&identity);
    let domain = builder.fixture.domain(field);
    let is_of_its_form = domain.takes(&identity);
    let manner = if is_of_its_form && !domain.looks_like_json_and_is_none(&identity) {
        manner
    } else {
        Strictness::Unusual
    };
    let claim = builder.fixture.with(field, identity);
    let id = format!("identity-{slug}");
    match (form, manner) {
        (Form::Uncertain, _) => {
            builder.gives(&FORM_PROFILE, &id, note, &claim);
            return;
        }
        // No platform has an identity outside the form that the scheme states, so both are sound:
        // to bring it to the form, and to sign it as it is.
        (Form::Changed, _) if !is_of_its_form => {
            builder.gives(&FORM_PROFILE, &id, note, &claim);
            return;
        }
        (Form::Changed, _) => {
            brought_to_its_form(builder, &id, &claim);
            return;
        }
        (Form::AsItIs, Strictness::Unusual) => {
            builder.gives_or_declines(&UNUSUAL_IDENTITY, &id, note, &claim);
        }
        (Form::AsItIs, Strictness::Plain | Strictness::Accepted) => {
            builder.gives(&IDENTITY_IS_SIGNED_AS_IT_IS, &id, note, &claim);
        }
    }
    let shown = builder.fixture.forge(&claim, &claim);
    match manner {
        Strictness::Accepted => {
            let id = format!("{id}-is-accepted");
            builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, NOW);
        }
        Strictness::Unusual => {
            let what = format!(
                "accepts the right token of the identity {}",
                slug.replace('-', " ")
            );
            let words = (what.as_str(), "Shows which identities a verifier refuses.");
            let id = format!("{id}-verified");
            builder.observed(&UNUSUAL_IDENTITY_PROFILE, &id, words, shown, NOW);
        }
        Strictness::Plain => {}
    }
}

/// Identities that hold what the scheme itself puts between its fields.
fn delimiters(builder: &mut VectorBuilder<'_>) {
    let manner = if builder.fixture.message_has_two_texts() {
        Strictness::Unusual
    } else {
        Strictness::Accepted
    };
    for (at, delimiter) in builder.fixture.delimiters().into_iter().enumerate() {
        let number = if at == 0 {
            String::new()
        } else {
            format!("-{}", at + 1)
        };
        for (slug, identity, note) in [
            (
                "before",
                format!("{delimiter}user"),
                "Catches a message or token that is cut at the wrong delimiter.",
            ),
            (
                "after",
                format!("user{delimiter}"),
                "Catches a message or token that is cut at the wrong delimiter.",
            ),
            (
                "inside",
                format!("us{delimiter}er"),
                "Catches a message or token that is cut at its first delimiter.",
            ),
            (
                "alone",
                delimiter.clone(),
                "Catches an identity that is taken for empty.",
            ),
            (
                "twice",
                format!("us{delimiter}{delimiter}er"),
                "Catches delimiters that are run together.",
            ),
            (
                "and-digits-after",
                format!("user{delimiter}1"),
                "Catches a message or token that is cut where a number begins.",
            ),
            (
                "and-a-time-after",
                format!("user{delimiter}{NOW}"),
                "Catches an identity whose end is taken for the time.",
            ),
        ] {
            let slug = format!("delimiter{number}-{slug}");
            named(builder, &slug, identity.into(), manner, note);
        }
    }
}

/// Messages whose length, all fields together, is that of a block or one of its neighbours.
fn message_lengths(builder: &mut VectorBuilder<'_>) {
    let Some(length) = builder
        .fixture
        .message(&builder.fixture.base.fields)
        .map(|m| m.len())
    else {
        return;
    };
    let Some(identity) = builder.fixture.identity else {
        return;
    };
    let beside = length.saturating_sub(builder.fixture.ordinary(identity).len());
    if beside == 0 {
        return;
    }
    for wanted in [55, 56, 63, 64, 65, 119, 120, 127, 128, 129] {
        if let Some(length) = usize::checked_sub(wanted, beside).filter(|length| *length > 0) {
            let slug = format!("in-a-message-of-{wanted}-bytes");
            let note =
                "Catches a hash function of one's own that pads wrongly at the end of a block.";
            named(
                builder,
                &slug,
                long(builder, length),
                Strictness::Plain,
                note,
            );
        }
    }
}

/// A token of either twin must not pass for the other.
fn twins(builder: &mut VectorBuilder<'_>) {
    for twins in TWINS {
        let (one, other) = (twins.one.value(), twins.other.value());
        let forms = [&one, &other].map(|identity| builder.fixture.form(identity));
        let (Some(one), Some(other)) = (builder.fixture.who(one), builder.fixture.who(other))
        else {
            return;
        };
        // What one language takes for the same form may be the same.
        if forms.contains(&Form::Uncertain) {
            continue;
        }
        let directions = [(&one, &other, ""), (&other, &one, "-reversed")];
        let directions = &directions[..if twins.both_ways { 2 } else { 1 }];
        for (signed, shown, direction) in directions {
            let shown = builder.fixture.forge(signed, shown);
            let id = format!("twin-{}{direction}", twins.slug);
            let note = format!("Catches {}", twins.catches);
            builder.not_accepted(&TOKEN_IS_BOUND_TO_THE_IDENTITY, &id, &note, shown, NOW);
        }
    }
    let Some(identity) = builder.fixture.identity else {
        return;
    };
    look_alikes(builder, identity, "twin", &TOKEN_IS_BOUND_TO_THE_IDENTITY);
}
