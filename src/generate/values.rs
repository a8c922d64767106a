//! Vectors for identities that are no texts: numbers, and what never is an identity.

use serde_json::json;

use crate::generate::case::Sound;
use crate::generate::fixture::{Claim, IDENTITY, NOW};
use crate::generate::requirements::{
    NOT_A_TEXT_IS_DECLINED, NOT_A_TEXT_IS_NOT_SIGNED, NOT_A_TEXT_IS_NOT_VERIFIED,
    NUMBER_IS_ITS_DECIMAL_TEXT,
};
use crate::generate::vector_builder::VectorBuilder;
use crate::signature::{MAX_NUMBER, Value};

/// Adds them, where the scheme has an identity.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let Some(identity) = builder.fixture.identity else {
        return;
    };
    numbers(builder, identity);
    not_texts(builder, identity);
}

fn numbers(builder: &mut VectorBuilder<'_>, identity: usize) {
    for (slug, number, note) in [
        (
            "620",
            620,
            "Catches a number that is signed as anything but its digits.",
        ),
        ("0", 0, "Catches a zero taken for no identity."),
        ("minus-7", -7, "Catches a number that loses its sign."),
        (
            "of-ten-digits",
            1_795_248_000,
            "Catches a number printed as 1.795248e+09, as Go prints what it decoded from JSON.",
        ),
        ("of-2-31", 1 << 31, "Catches a number held in 32 bits."),
        (
            "of-2-53-minus-1",
            MAX_NUMBER,
            "Catches the largest whole number of JSON rounded or printed with an exponent.",
        ),
    ] {
        let claim = builder.fixture.with(identity, number);
        let id = format!("number-{slug}");
        builder.gives_or_declines(&NUMBER_IS_ITS_DECIMAL_TEXT, &id, note, &claim);
    }
}

/// What never is an identity, the texts that languages make of it, and the bug.
fn nothings() -> Vec<(&'static str, Option<Value>, Vec<&'static str>)> {
    let json = |value: serde_json::Value| Some(Value::Json(value));
    vec![
        (
            "null",
            json(json!(null)),
            vec!["null", "None", "undefined", ""],
        ),
        ("absent", None, vec!["undefined", "null", "None", ""]),
        ("true", json(json!(true)), vec!["true", "True", "1"]),
        ("false", json(json!(false)), vec!["false", "False", ""]),
        (
            "list",
            json(json!([IDENTITY])),
            vec![IDENTITY, "[\"user-42\"]", "['user-42']", "Array"],
        ),
        ("empty-list", json(json!([])), vec!["", "[]"]),
        (
            "map",
            json(json!({"id": IDENTITY})),
            vec![
                "[object Object]",
                "{\"id\":\"user-42\"}",
                "{'id': 'user-42'}",
                "Array",
            ],
        ),
        ("empty-map", json(json!({})), vec!["[object Object]", "{}"]),
    ]
}

fn not_texts(builder: &mut VectorBuilder<'_>, identity: usize) {
    let name = builder.fixture.name(identity);
    // What is no text may count as none, and an identity that may be absent may be none.
    if builder.fixture.scheme.message.is_optional(identity) {
        return;
    }
    for (slug, value, texts) in nothings() {
        let claim = claim_of(builder, identity, value.as_ref());
        let signing = "Catches a signer that turns it into a text: everybody without an identity gets the same token.";
        let id = format!("identity-{slug}");
        builder.gives_no_token(&NOT_A_TEXT_IS_NOT_SIGNED, &id, signing, &claim);
        let note = "Catches a signer that fails on it by accident, as by an exception of its HMAC function.";
        let declined = format!("{id}-by-a-documented-error");
        builder.declines(&NOT_A_TEXT_IS_DECLINED, &declined, note, &claim);
        // Where the token itself carries the identity, that is a text at verify.
        let given = builder.fixture.scheme.given(&builder.fixture.base.fields);
        if given.value(name).is_none() {
            continue;
        }
        for (at, text) in texts.into_iter().enumerate() {
            let signed = builder.fixture.with(identity, text);
            let Some(mut shown) = builder.fixture.forge(&signed, &signed) else {
                continue;
            };
            match &value {
                Some(value) => shown.fields.set(name, value.clone()),
                None => drop(shown.fields.remove(name)),
            }
            let what = if text.is_empty() {
                "the empty text".to_owned()
            } else {
                format!("the text {text}")
            };
            let note = format!("Catches a verifier that makes {what} of it.");
            let id = format!("{id}-with-the-token-of-text-{}", at + 1);
            let parts = (shown.secrets, shown.fields, Some(shown.token.into()));
            let sound = Sound::DoesNotAccept;
            builder.verify_value(&NOT_A_TEXT_IS_NOT_VERIFIED, &id, &note, parts, NOW, sound);
        }
    }
}

fn claim_of(builder: &VectorBuilder<'_>, identity: usize, value: Option<&Value>) -> Claim {
    match value {
        Some(value) => builder.fixture.with(identity, value.clone()),
        None => {
            let mut claim = builder.fixture.base.clone();
            claim.fields.remove(builder.fixture.name(identity));
            claim
        }
    }
}
