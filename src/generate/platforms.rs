//! Vectors for schemes that have a secret for each value of a field, as one for each platform.

use crate::generate::fixture::{Claim, NOW};
use crate::generate::requirements::{
    EMPTY_SECRET_PROTECTS_NOTHING, NOTHING_IS_SIGNED_WITHOUT_A_SECRET, RIGHT_TOKEN_IS_ACCEPTED,
    Rule, TOKEN_IS_BOUND_TO_THE_PLATFORM, TOKEN_IS_EXACT, TOKEN_UNDER_NO_SECRET,
};
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::FieldKind;
use crate::signature::{Secret, Secrets};

/// Adds them, where the scheme has several secrets.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let (Some(field), Secrets::Per(secrets)) = (
        builder.fixture.scheme.secret.per,
        builder.fixture.base.secrets.clone(),
    ) else {
        return;
    };
    let on = |builder: &VectorBuilder<'_>, name: &str| builder.fixture.with(field, name);
    for (at, (name, _)) in secrets.iter().enumerate() {
        let claim = on(builder, name);
        let slug = slug(name, at);
        let note = "Catches one secret used for every platform.";
        builder.gives(&TOKEN_IS_EXACT, &format!("platform-{slug}"), note, &claim);
        let shown = builder.fixture.forge(&claim, &claim);
        let id = format!("platform-{slug}-is-accepted");
        builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, &id, note, shown, NOW);
        for (other_at, (other, _)) in secrets.iter().enumerate() {
            let shown = builder.fixture.forge(&on(builder, other), &claim);
            let id = format!(
                "platform-{slug}-with-the-token-of-{}",
                self::slug(other, other_at)
            );
            let note = "Catches a verifier that tries every secret it has: the weakest platform opens all.";
            builder.not_accepted(&TOKEN_IS_BOUND_TO_THE_PLATFORM, &id, note, shown, NOW);
        }
    }
    let Some((first, first_secret)) = secrets.first().cloned() else {
        return;
    };
    order(builder, field, &secrets);
    without(builder, &on(builder, &first), &secrets);
    if builder.fixture.scheme.fields.at(field).kind == FieldKind::Text {
        unknown(builder, field, &(first, first_secret));
    }
}

/// The order in which secrets are configured must not matter.
fn order(builder: &mut VectorBuilder<'_>, field: usize, secrets: &[(String, Secret)]) {
    let Some((last, _)) = secrets.last() else {
        return;
    };
    let mut reversed = secrets.to_vec();
    reversed.reverse();
    let mut claim = builder.fixture.with(field, last.as_str());
    claim.secrets = Secrets::Per(reversed);
    let note = "Catches a secret chosen by its place instead of its name.";
    builder.gives(&TOKEN_IS_EXACT, "platforms-in-another-order", note, &claim);
    let shown = builder.fixture.forge(&claim, &claim);
    let id = "platforms-in-another-order-is-accepted";
    builder.accepted(&RIGHT_TOKEN_IS_ACCEPTED, id, note, shown, NOW);
}

/// The platform has no secret, or an empty one, while others have theirs.
fn without(builder: &mut VectorBuilder<'_>, right: &Claim, secrets: &[(String, Secret)]) {
    let Some((_, others)) = secrets.split_first() else {
        return;
    };
    let mut emptied = secrets.to_vec();
    if let Some(first) = emptied.first_mut() {
        first.1 = Secret::new("");
    }
    for (slug, kept) in [
        ("without-a-secret", others.to_vec()),
        ("with-an-empty-secret", emptied),
    ] {
        let shown = Claim {
            secrets: Secrets::Per(kept),
            fields: right.fields.clone(),
        };
        let note = "Catches a signer that falls back to another platform's secret, or to none.";
        builder.gives_no_token(
            &NOTHING_IS_SIGNED_WITHOUT_A_SECRET,
            &format!("platform-{slug}"),
            note,
            &shown,
        );
        let Some(message) = builder.fixture.message(&right.fields) else {
            continue;
        };
        let mut keys: Vec<(&'static Rule, String, Vec<u8>, &str)> = others
            .iter()
            .enumerate()
            .map(|(at, (name, other))| {
                let by = format!("token-of-{}", self::slug(name, at + 1));
                let note = "Catches a verifier that falls back to another platform's secret.";
                (
                    &EMPTY_SECRET_PROTECTS_NOTHING,
                    by,
                    key(builder, other),
                    note,
                )
            })
            .collect();
        keys.extend([
            (&EMPTY_SECRET_PROTECTS_NOTHING, "token-by-undefined".to_owned(), b"undefined".to_vec(), "Catches a verifier that uses the word undefined as a secret which it does not have."),
            (&EMPTY_SECRET_PROTECTS_NOTHING, "token-by-null".to_owned(), b"null".to_vec(), "Catches a verifier that uses the word null as a secret which it does not have."),
            (&TOKEN_UNDER_NO_SECRET, "token-by-nothing".to_owned(), Vec::new(), "Catches a verifier that works with an empty key, with which anybody can sign."),
        ]);
        for (rule, by, key, note) in keys {
            let presented = builder.fixture.present(
                &shown,
                &builder.fixture.mac_by(&shown.fields, &key, &message),
            );
            let id = format!("platform-{slug}-{by}");
            builder.not_accepted(rule, &id, note, presented, NOW);
        }
    }
}

/// Platforms that are not configured, among them names that every object of JavaScript has.
fn unknown(builder: &mut VectorBuilder<'_>, field: usize, (first, secret): &(String, Secret)) {
    let key = key(builder, secret);
    let base = builder.fixture.base.clone();
    let Some(message) = builder.fixture.message(&base.fields) else {
        return;
    };
    let upper = first.to_uppercase();
    let blank = format!("{first} ");
    for (slug, name) in [
        ("another", "another-platform"),
        ("empty", ""),
        ("constructor", "constructor"),
        ("proto", "__proto__"),
        ("star", "*"),
    ] {
        let shown = builder.fixture.with(field, name);
        let note = "Catches a signer that has a secret for platforms which nobody configured.";
        let id = format!("platform-unknown-{slug}");
        builder.gives_no_token(&NOTHING_IS_SIGNED_WITHOUT_A_SECRET, &id, note, &shown);
        for (by, key, note) in [
            (
                "by-the-first",
                key.as_slice(),
                "Catches a verifier that falls back to a secret of its choice.",
            ),
            (
                "by-nothing",
                b"".as_slice(),
                "Catches a verifier that uses an empty secret for platforms which nobody configured: anybody can sign.",
            ),
            (
                "by-undefined",
                b"undefined".as_slice(),
                "Catches a verifier that uses the word undefined as a secret which it does not have.",
            ),
            (
                "by-object",
                b"[object Object]".as_slice(),
                "Catches a verifier that finds members of every JavaScript object among its secrets.",
            ),
        ] {
            let presented = builder.fixture.present(
                &shown,
                &builder.fixture.mac_by(&shown.fields, key, &message),
            );
            let id = format!("platform-unknown-{slug}-token-{by}");
            builder.not_accepted(&EMPTY_SECRET_PROTECTS_NOTHING, &id, note, presented, NOW);
        }
    }
    for (slug, name) in [
        ("in-upper-case", upper.as_str()),
        ("with-a-blank-after", blank.as_str()),
    ] {
        let shown = builder.fixture.with(field, name);
        let presented = builder.fixture.present(
            &shown,
            &builder.fixture.mac_by(&shown.fields, &key, &message),
        );
        let what = format!("accepts the platform's name {}", slug.replace('-', " "));
        let words = (
            what.as_str(),
            "Shows a verifier that cleans the name of a platform.",
        );
        let id = format!("spelling-platform-{slug}");
        let rule = &crate::generate::requirements::OTHER_SPELLINGS;
        builder.observed(rule, &id, words, presented, NOW);
    }
}

/// The key bytes of a secret, whichever platform's it is.
fn key(builder: &VectorBuilder<'_>, secret: &Secret) -> Vec<u8> {
    let rule = &builder.fixture.scheme.secret;
    rule.decode(secret)
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default()
}

/// A platform's name as a part of a vector's id.
fn slug(name: &str, at: usize) -> String {
    let slug: String = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
        .to_ascii_lowercase();
    if slug.is_empty() {
        format!("number-{}", at + 1)
    } else {
        slug
    }
}
