//! The vectors of the parts of a message that stand only if their field is given.

use crate::generate::fixture::{Claim, NOW};
use crate::generate::requirements::{
    ABSENT_PART_IS_LEFT_OUT, EMPTY_FIELD_PROFILE, EVERY_FIELD_IS_SIGNED,
};
use crate::generate::vector_builder::VectorBuilder;

/// Adds them: the ordinary request without each field that may be absent, and without all.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let optional: Vec<usize> = builder.fixture.scheme.message.optional().collect();
    for &field in &optional {
        let slug = builder.fixture.name(field).replace('_', "-");
        without(builder, &[field], &slug);
        empty(builder, field, &slug);
    }
    if optional.len() > 1 {
        without(builder, &optional, "all-that-may-be-absent");
    }
}

fn without(builder: &mut VectorBuilder<'_>, absent: &[usize], slug: &str) {
    let given = builder.fixture.base.clone();
    let mut claim = given.clone();
    for &field in absent {
        claim.fields.remove(builder.fixture.name(field));
    }
    let id = format!("without-{slug}");
    let note = "Catches a part of the message that stays where its field is absent: its text, or a word such as undefined or null in the place of the field.";
    builder.gives(&ABSENT_PART_IS_LEFT_OUT, &id, note, &claim);
    let shown = builder.fixture.forge(&claim, &claim);
    let id = format!("{id}-is-accepted");
    builder.accepted(&ABSENT_PART_IS_LEFT_OUT, &id, note, shown, NOW);
    let directions: [(&Claim, &Claim, String, &str); 2] = [
        (
            &claim,
            &given,
            format!("with-the-token-of-none-{slug}"),
            "Catches a verifier that leaves a part out of the message though its field is given.",
        ),
        (
            &given,
            &claim,
            format!("without-{slug}-with-its-token"),
            "Catches a verifier that does not miss a field that was signed.",
        ),
    ];
    for (signed, shown, id, note) in directions {
        let shown = builder.fixture.forge(signed, shown);
        builder.not_accepted(&EVERY_FIELD_IS_SIGNED, &id, note, shown, NOW);
    }
}

/// An empty field, which many languages take for none.
fn empty(builder: &mut VectorBuilder<'_>, field: usize, slug: &str) {
    let claim = builder.fixture.with(field, "");
    let note = "Shows whether an empty field counts as given or as absent.";
    let id = format!("empty-{slug}");
    builder.gives(&EMPTY_FIELD_PROFILE, &id, note, &claim);
    let shown = builder.fixture.forge(&claim, &claim);
    let what = format!("accepts a token in which an empty {slug} counts as given");
    let id = format!("{id}-as-given");
    builder.observed(&EMPTY_FIELD_PROFILE, &id, (&what, note), shown, NOW);
}
