//! The vectors of the fields beside identity and time.

use crate::generate::documents::of_field;
use crate::generate::fixture::{Claim, NOW};
use crate::generate::identities::Strictness;
use crate::generate::requirements::{
    AMBIGUOUS_MESSAGE_PROFILE, EVERY_FIELD_IS_SIGNED, IDENTITY_IS_BROUGHT_TO_ITS_FORM,
    RIGHT_TOKEN_IS_ACCEPTED, Rule, TOKEN_IS_EXACT, UNUSUAL_IDENTITY_PROFILE,
};
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::{Content, FieldKind};
use crate::signature::Value;

/// The ordinary text of a field with a pattern, and texts of its form that are easily taken for
/// it: a token of either must not pass for the other.
pub(super) fn look_alikes(
    builder: &mut VectorBuilder<'_>,
    field: usize,
    prefix: &str,
    rule: &'static Rule,
) {
    let domain = builder.fixture.domain(field);
    if !domain.has_a_form() {
        return;
    }
    let base = builder.fixture.base.clone();
    for (slug, other, catches) in domain.look_alikes() {
        let other = builder.fixture.with(field, other);
        let note = format!("Catches {catches}");
        for (signed, shown, direction) in [(&base, &other, ""), (&other, &base, "-reversed")] {
            if builder.fixture.message(&signed.fields) == builder.fixture.message(&shown.fields) {
                continue;
            }
            let shown = builder.fixture.forge(signed, shown);
            let id = format!("{prefix}-of-its-form-{slug}{direction}");
            builder.not_accepted(rule, &id, &note, shown, NOW);
        }
    }
    // Of these the one that differs in a name alone is surely another good text.
    let Some(other) = builder.fixture.domain(field).numbered(8) else {
        return;
    };
    let other = builder.fixture.with(field, other);
    let note = "Catches a form that is checked more narrowly than the scheme states it.";
    let id = format!("{prefix}-of-its-form");
    builder.gives(&TOKEN_IS_EXACT, &id, note, &other);
    let shown = builder.fixture.forge(&other, &other);
    let id = format!("{id}-is-accepted");
    builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, NOW);
}

/// The fields of the message beside identity and time.
pub(super) fn other_fields(builder: &mut VectorBuilder<'_>) {
    let scheme = builder.fixture.scheme;
    for (at, field) in scheme.fields.iter().enumerate() {
        let is_identity = Some(at) == builder.fixture.identity;
        // An identity that is a body has what bodies have, besides.
        let domain = builder.fixture.domain(at);
        let is_body = domain.content() != Content::Text
            || (domain.has_a_form() && domain.takes(&"{\"a\":1}".into()));
        if Some(at) == scheme.secret.per || (is_identity && !is_body) {
            continue;
        }
        let is_signed = scheme.signs(at);
        let slug = field.name.replace('_', "-");
        match &field.kind {
            FieldKind::Enum(values) => choices(builder, at, &slug, values, is_signed),
            FieldKind::Text if is_signed => {
                texts(builder, at, &slug);
                documents(builder, at, &slug);
                if !is_identity {
                    filtered(builder, at, &slug);
                    let prefix = format!("field-{slug}");
                    look_alikes(builder, at, &prefix, &EVERY_FIELD_IS_SIGNED);
                }
            }
            _ => {}
        }
    }
    two_texts(builder);
}

fn choices(
    builder: &mut VectorBuilder<'_>,
    field: usize,
    slug: &str,
    values: &[String],
    is_signed: bool,
) {
    let numbered = |at: usize| format!("field-{slug}-value-{}", at + 1);
    for (at, value) in values.iter().enumerate() {
        let claim = builder.fixture.with(field, value.as_str());
        let note = if is_signed {
            "Catches a field that is left out of the message."
        } else {
            "Catches a field that is signed although it is no part of the message."
        };
        // What the ordinary identity is for one value it may not be for another.
        builder.gives_or_declines(&TOKEN_IS_EXACT, &numbered(at), note, &claim);
        let shown = builder.fixture.forge(&claim, &claim);
        let id = format!("{}-is-accepted", numbered(at));
        builder.accepted_or_declined(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, NOW);
        if is_signed && at > 0 {
            let first = builder.fixture.with(field, values[0].as_str());
            let shown = builder.fixture.forge(&first, &claim);
            let id = format!("{}-with-the-token-of-value-1", numbered(at));
            builder.not_accepted(&EVERY_FIELD_IS_SIGNED, &id, note, shown, NOW);
        }
    }
}

/// A claim with a text that the message holds in another form, such as lower case.
pub(super) fn brought_to_its_form(builder: &mut VectorBuilder<'_>, id: &str, claim: &Claim) {
    let note = "Catches a text that is signed as it is given, not in the form of the scheme.";
    let rule = &IDENTITY_IS_BROUGHT_TO_ITS_FORM;
    builder.gives_or_declines(rule, id, note, claim);
    let shown = builder.fixture.forge(claim, claim);
    let id = format!("{id}-is-accepted");
    builder.accepted_or_declined(rule, &id, note, shown, NOW);
}

/// The ordinary text of a field in the forms that its filters change.
fn filtered(builder: &mut VectorBuilder<'_>, field: usize, slug: &str) {
    let base = builder.fixture.base.clone();
    let text = builder.fixture.domain(field).ordinary().to_owned();
    let capital = text.chars().next().map(char::to_uppercase);
    let capitalized = capital.map(|first| first.chain(text.chars().skip(1)).collect::<String>());
    for (variant, other) in [
        ("capitalized", capitalized),
        ("in-capitals", Some(text.to_uppercase())),
        ("with-blanks", Some(format!(" {text} "))),
    ] {
        let Some(other) = other.filter(|other| *other != text) else {
            continue;
        };
        let claim = builder.fixture.with(field, other);
        if builder.fixture.message(&claim.fields) == builder.fixture.message(&base.fields) {
            let id = format!("field-{slug}-{variant}");
            brought_to_its_form(builder, &id, &claim);
        }
    }
}

/// Documents of the kind that the field holds, of which each shows another way to write them again.
fn documents(builder: &mut VectorBuilder<'_>, field: usize, slug: &str) {
    for document in of_field(builder.fixture.scheme.fields.at(field)) {
        let text = Value::from(document.text.as_ref());
        if !builder.fixture.domain(field).takes(&text) {
            continue;
        }
        let note = format!("Catches {}", document.catches);
        let claim = builder.fixture.with(field, text);
        let id = format!("field-{slug}-{}", document.slug);
        let shown = builder.fixture.forge(&claim, &claim);
        builder.gives(&EVERY_FIELD_IS_SIGNED, &id, &note, &claim);
        let id = format!("{id}-is-accepted");
        builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, &note, shown, NOW);
    }
}

/// Another free text of the message, such as the body of a request.
fn texts(builder: &mut VectorBuilder<'_>, field: usize, slug: &str) {
    const BODY: &str = "{\"price\": 10.00, \"name\": \"caf\\u00e9\"}";
    for (variant, text, manner, note) in [
        (
            "json",
            BODY.into(),
            Strictness::Accepted,
            "Catches a body that is parsed and written anew before it is signed.",
        ),
        (
            "non-ascii",
            Value::from("{\"name\":\"café ☕ 😀\"}"),
            Strictness::Accepted,
            "Catches a body signed in another encoding than UTF-8.",
        ),
        (
            "lines",
            "{\r\n  \"a\": 1\r\n}\n".into(),
            Strictness::Accepted,
            "Catches line ends that are cut off or changed.",
        ),
        (
            "blanks-around",
            " {} ".into(),
            Strictness::Accepted,
            "Catches a body that is trimmed.",
        ),
        (
            "form",
            "a=1&b=%40+%2B".into(),
            Strictness::Accepted,
            "Catches a body that is form-decoded.",
        ),
        (
            "of-64-bytes",
            "a".repeat(64).into(),
            Strictness::Accepted,
            "Catches a hash function of one's own that pads wrongly.",
        ),
        (
            "controls",
            "a\0b\tc\u{7f}".into(),
            Strictness::Unusual,
            "Catches a body that is cut at NUL or cleaned of control characters.",
        ),
        (
            "byte-order-mark",
            "\u{feff}{}".into(),
            Strictness::Unusual,
            "Catches a byte-order mark that is taken off.",
        ),
        (
            "empty",
            "".into(),
            Strictness::Unusual,
            "Catches an empty text taken for nothing.",
        ),
        (
            "of-65536-bytes",
            "a".repeat(65_536).into(),
            Strictness::Unusual,
            "Catches a body that is cut.",
        ),
        (
            "no-utf-8",
            Value::Bytes(b"{\"a\":\"\xff\"}".to_vec()),
            Strictness::Unusual,
            "Catches bytes replaced by U+FFFD.",
        ),
    ] {
        if builder.fixture.may_be_none(field, &text) {
            continue;
        }
        let fits = manner == Strictness::Accepted && builder.fixture.domain(field).takes(&text);
        let claim = builder.fixture.with(field, text);
        let id = format!("field-{slug}-{variant}");
        let shown = builder.fixture.forge(&claim, &claim);
        if fits {
            builder.gives(&EVERY_FIELD_IS_SIGNED, &id, note, &claim);
            let id = format!("{id}-is-accepted");
            builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, NOW);
        } else {
            builder.gives_or_declines(&EVERY_FIELD_IS_SIGNED, &id, note, &claim);
            let what = format!(
                "accepts the right token of a {} that is {}",
                slug.replace('-', " "),
                variant.replace('-', " ")
            );
            let words = (
                what.as_str(),
                "Shows what a verifier refuses beside a token.",
            );
            let id = format!("{id}-verified");
            builder.observed(&UNUSUAL_IDENTITY_PROFILE, &id, words, shown, NOW);
        }
    }
    for (variant, signed, shown, note) in [
        (
            "another",
            "{\"a\":1}",
            "{\"a\":2}",
            "Catches a verifier that leaves the field out of the message.",
        ),
        (
            "empty",
            "{\"a\":1}",
            "",
            "Catches a verifier that leaves an empty field out of the check.",
        ),
        (
            "written-anew",
            BODY,
            "{\"price\":10,\"name\":\"café\"}",
            "Catches a verifier that parses the body and writes it anew.",
        ),
        (
            "blank-more",
            "{\"a\":1}",
            "{\"a\": 1}",
            "Catches a verifier that parses the body and writes it anew.",
        ),
        (
            "line-feed-after",
            "{\"a\":1}",
            "{\"a\":1}\n",
            "Catches a verifier that trims the body.",
        ),
        (
            "other-case",
            "{\"a\":\"b\"}",
            "{\"a\":\"B\"}",
            "Catches a verifier that ignores case.",
        ),
        (
            "other-order",
            "{\"a\":1,\"b\":2}",
            "{\"b\":2,\"a\":1}",
            "Catches a verifier that sorts the members of the body.",
        ),
        (
            "more-behind-nul",
            "{\"a\":1}",
            "{\"a\":1}\0{\"a\":2}",
            "Catches a verifier that cuts the body at NUL.",
        ),
    ] {
        let (signed, shown) = (
            builder.fixture.with(field, signed),
            builder.fixture.with(field, shown),
        );
        for (signed, shown, direction) in [(&signed, &shown, ""), (&shown, &signed, "-reversed")] {
            let presented = builder.fixture.forge(signed, shown);
            let id = format!("field-{slug}-twin-{variant}{direction}");
            builder.not_accepted(&EVERY_FIELD_IS_SIGNED, &id, note, presented, NOW);
        }
    }
}

/// Two free texts that trade characters across what stands between them.
fn two_texts(builder: &mut VectorBuilder<'_>) {
    let scheme = builder.fixture.scheme;
    let mut texts: Vec<usize> = Vec::new();
    for field in scheme.message.fields() {
        if scheme.fields.at(field).kind == FieldKind::Text && !texts.contains(&field) {
            texts.push(field);
        }
    }
    let [one, other, ..] = texts[..] else { return };
    let names = (builder.fixture.name(one), builder.fixture.name(other));
    let pair = |builder: &VectorBuilder<'_>, first: &str, second: &str| {
        let mut claim = builder.fixture.with(one, first);
        claim.fields.set(names.1, second);
        claim
    };
    let delimiter = builder
        .fixture
        .delimiters()
        .into_iter()
        .next()
        .unwrap_or_default();
    for (slug, signed, shown) in [
        (
            "a-character",
            ("ab".to_owned(), "cd".to_owned()),
            ("a".to_owned(), "bcd".to_owned()),
        ),
        (
            "a-delimiter",
            (format!("a{delimiter}b"), "c".to_owned()),
            ("a".to_owned(), format!("b{delimiter}c")),
        ),
        (
            "each-other",
            ("a".to_owned(), "b".to_owned()),
            ("b".to_owned(), "a".to_owned()),
        ),
    ] {
        let (signed, shown) = (
            pair(builder, &signed.0, &signed.1),
            pair(builder, &shown.0, &shown.1),
        );
        let presented = builder.fixture.forge(&signed, &shown);
        let note =
            "Catches a message whose fields are joined so that one can lose what another gains.";
        let id = format!("fields-trade-{slug}");
        if presented.is_some()
            && !builder.not_accepted(&EVERY_FIELD_IS_SIGNED, &id, note, presented.clone(), NOW)
        {
            let words = (
                "accepts a token beside fields that were joined from other parts",
                "Shows a message that other fields give, too.",
            );
            builder.observed(&AMBIGUOUS_MESSAGE_PROFILE, &id, words, presented, NOW);
        }
    }
}
