//! What is no token: texts that are not written as one, nothing, and what is no text.

use crate::generate::case::Sound;
use crate::generate::fixture::NOW;
use crate::generate::fixture::Presented;
use crate::generate::requirements::{
    MALFORMED_TOKEN_IS_NOT_ACCEPTED, MALFORMED_TOKEN_IS_REJECTED, MISSING_TOKEN_IS_NOT_ACCEPTED,
    NOT_A_STRING_IS_NOT_ACCEPTED, Rule,
};
use crate::generate::valid_token::Right;
use crate::generate::vector_builder::VectorBuilder;
use crate::signature::Value;

/// Adds the vectors about them.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let Some(right) = Right::of(&builder.fixture, builder.fixture.base.clone()) else {
        return;
    };
    malformed(builder, &right);
    missing(builder, &right);
    not_strings(builder, &right);
}

fn malformed(builder: &mut VectorBuilder<'_>, right: &Right) {
    let length = right.spelt.len();
    // In the place of padding it would be another spelling, which forges nothing.
    let bare = right.spelt.trim_end_matches('=');
    let padding = &right.spelt[bare.len()..];
    let accents = format!("{}é{padding}", &bare[..bare.len() - 1]);
    let same_bytes = format!("{}é{padding}", &bare[..bare.len() - 2]);
    let around = |text: &str| Some(right.shown.spelt(text));
    let inside = |text: &str| Some(right.with_mac_text(text));
    let mut malformed: Vec<(&str, Option<Presented>)> = vec![
        ("no-digits", inside(&"z".repeat(length))),
        ("signs", inside(&"!".repeat(length))),
        ("only-padding", inside("====")),
        ("letter-beyond-ascii-at-the-same-length", inside(&accents)),
        ("letter-beyond-ascii-at-the-same-bytes", inside(&same_bytes)),
        ("letters-beyond-ascii", inside(&"é".repeat(length))),
        ("emoji", around("😀")),
        ("nul", around("\0")),
        ("nuls", inside(&"\0".repeat(length))),
        ("one-blank", around(" ")),
        ("only-a-line-feed", around("\n")),
        ("word-undefined", around("undefined")),
        ("word-null", around("null")),
        ("word-true", around("true")),
        ("digit-zero", around("0")),
        ("empty-list", around("[]")),
        ("empty-map", around("{}")),
        ("format", around("%s%n%x")),
        ("url", around("https://example.com/")),
        ("very-long", around(&"0".repeat(65_536))),
    ];
    if right.spelt != right.shown.token.as_str() {
        malformed.extend([
            ("word-undefined-as-the-mac", inside("undefined")),
            ("word-null-as-the-mac", inside("null")),
            ("digit-zero-as-the-mac", inside("0")),
        ]);
    }
    for (slug, shown) in malformed {
        let note = (
            "Catches a verifier that takes what it cannot read for right.",
            "Catches a verifier that throws on what it cannot read.",
        );
        builder.rejected(
            (&MALFORMED_TOKEN_IS_NOT_ACCEPTED, &format!("token-{slug}")),
            note,
            shown,
        );
    }
}

fn missing(builder: &mut VectorBuilder<'_>, right: &Right) {
    let note = (
        "Catches a verifier that takes a call without a token for one that needs none.",
        "Catches a verifier that throws where there is no token.",
    );
    builder.rejected(
        (&MISSING_TOKEN_IS_NOT_ACCEPTED, "token-empty"),
        note,
        Some(right.shown.spelt("")),
    );
    json(
        builder,
        right,
        (&MISSING_TOKEN_IS_NOT_ACCEPTED, "token-absent"),
        note,
        None,
    );
    let null = Value::Json(serde_json::Value::Null);
    json(
        builder,
        right,
        (&MISSING_TOKEN_IS_NOT_ACCEPTED, "token-null"),
        note,
        Some(&null),
    );
}

fn not_strings(builder: &mut VectorBuilder<'_>, right: &Right) {
    let token = right.shown.token.as_str();
    let digits: String = token
        .chars()
        .take_while(char::is_ascii_digit)
        .take(15)
        .collect();
    let wrapped: [(&str, Value, &str); 9] = [
        (
            "true",
            Value::Json(true.into()),
            "Catches a loose comparison: in PHP true equals any text.",
        ),
        (
            "false",
            Value::Json(false.into()),
            "Catches a verifier that takes false for no token and lets it pass.",
        ),
        (
            "number",
            Value::Number(0),
            "Catches a loose comparison: in older PHP zero equals any text without digits before it.",
        ),
        (
            "number-of-its-digits",
            Value::Number(digits.parse().unwrap_or(1)),
            "Catches a loose comparison: in older PHP a number equals a text that begins with it.",
        ),
        (
            "list-of-the-token",
            Value::Json(serde_json::json!([token])),
            "Catches a verifier that turns a list into text, as JavaScript does.",
        ),
        (
            "empty-list-itself",
            Value::Json(serde_json::json!([])),
            "Catches a verifier that turns a list into text, or compares lengths only.",
        ),
        (
            "map-of-the-token",
            Value::Json(serde_json::json!({"token": token})),
            "Catches a verifier that looks for the token inside.",
        ),
        (
            "empty-map-itself",
            Value::Json(serde_json::json!({})),
            "Catches a verifier that looks for members which are not there.",
        ),
        (
            "map-with-a-length",
            Value::Json(serde_json::json!({"length": token.len()})),
            "Catches a verifier that trusts a length, as JavaScript's Buffer.from does.",
        ),
    ];
    let throwing = "Catches a verifier that throws on a token of another type.";
    for (slug, value, note) in wrapped {
        let id = format!("token-{slug}");
        json(
            builder,
            right,
            (&NOT_A_STRING_IS_NOT_ACCEPTED, &id),
            (note, throwing),
            Some(&value),
        );
    }
}

/// What no sound verifier takes for a token, because it is no string.
pub(super) fn not_a_string(
    builder: &mut VectorBuilder<'_>,
    right: &Right,
    id: &str,
    note: &str,
    value: serde_json::Value,
) {
    let throwing = "Catches a verifier that throws on a token of another type.";
    let rule = (&NOT_A_STRING_IS_NOT_ACCEPTED, id);
    let value = Value::Json(value);
    json(builder, right, rule, (note, throwing), Some(&value));
}

/// The same two for a token that is absent or no string.
fn json(
    builder: &mut VectorBuilder<'_>,
    right: &Right,
    (rule, id): (&'static Rule, &str),
    (accepting, throwing): (&str, &str),
    token: Option<&Value>,
) {
    let given = || {
        (
            right.shown.secrets.clone(),
            right.shown.fields.clone(),
            token.cloned(),
        )
    };
    builder.verify_value(rule, id, accepting, given(), NOW, Sound::DoesNotAccept);
    let id = format!("{id}-without-throwing");
    let sound = Sound::RejectsWithoutThrowing;
    builder.verify_value(
        &MALFORMED_TOKEN_IS_REJECTED,
        &id,
        throwing,
        given(),
        NOW,
        sound,
    );
}
