//! Tokens that pass where the token is interpreted and not compared: as a pattern, or as a part of
//! a query.

use crate::generate::fixture::NOW;
use crate::generate::malformed::not_a_string;
use crate::generate::requirements::MALFORMED_TOKEN_IS_NOT_ACCEPTED;
use crate::generate::valid_token::Right;
use crate::generate::vector_builder::VectorBuilder;

/// Adds the vectors about them.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let Some(right) = Right::of(&builder.fixture, builder.fixture.base.clone()) else {
        return;
    };
    // Some compare the MAC and some the whole token.
    let in_the_mac = interpreted(right.spelt.len());
    let in_the_token = interpreted(right.shown.token.len());
    for ((slug, mac, note), (_, token, _)) in in_the_mac.into_iter().zip(in_the_token) {
        for (of, shown) in [
            ("", right.with_mac_text(&mac)),
            ("-for-the-whole", right.shown.spelt(token)),
        ] {
            let id = format!("token-{slug}{of}");
            builder.not_accepted(
                &MALFORMED_TOKEN_IS_NOT_ACCEPTED,
                &id,
                note,
                Some(shown),
                NOW,
            );
        }
    }
    without_a_full_stop(builder, &right);
    operators(builder, &right);
}

/// Where a full stop ends the text that a token carries, an expression with one is cut at it.
fn without_a_full_stop(builder: &mut VectorBuilder<'_>, right: &Right) {
    let scheme = builder.fixture.scheme;
    let carries_a_text = scheme
        .token
        .fields()
        .any(|field| scheme.is_free_text(field));
    if carries_a_text && scheme.token.literals().any(|text| text.contains('.')) {
        builder.not_accepted(
            &MALFORMED_TOKEN_IS_NOT_ACCEPTED,
            "token-regex-without-a-full-stop",
            "Catches a verifier that takes the token as a regular expression.",
            Some(right.with_mac_text("[^~]*")),
            NOW,
        );
    }
}

/// What passes for a text of that length.
fn interpreted(length: usize) -> [(&'static str, String, &'static str); 20] {
    const LIKE: &str = "Catches a verifier that looks the token up with SQL's LIKE.";
    const GLOB: &str = "Catches a verifier that takes the token as a pattern with * and ?.";
    const REGEX: &str = "Catches a verifier that takes the token as a regular expression.";
    const SQL: &str = "Catches a verifier that joins the token to an SQL statement.";
    const OTHER: &str = "Catches a verifier that joins the token to a condition of a query.";
    [
        ("like-anything", "%".into(), LIKE),
        ("like-each-character", "_".repeat(length), LIKE),
        ("like-anything-as-long", "%".repeat(length), LIKE),
        ("glob-of-anything", "*".into(), GLOB),
        ("glob-of-each-character", "?".repeat(length), GLOB),
        ("glob-of-anything-as-long", "*".repeat(length), GLOB),
        ("regex-of-anything", ".*".into(), REGEX),
        ("regex-from-start-to-end", "^.*$".into(), REGEX),
        ("regex-of-its-length", format!(".{{{length}}}"), REGEX),
        ("regex-of-each-character", ".".repeat(length), REGEX),
        ("regex-of-nothing", "()".into(), REGEX),
        ("regex-of-nothing-or-nothing", "|".into(), REGEX),
        ("sql-or", "' or '1'='1".into(), SQL),
        ("sql-or-before-a-comment", "x' or 'x'='x' -- x".into(), SQL),
        ("sql-or-in-brackets", "') or ('1'='1".into(), SQL),
        ("sql-or-in-double-quotes", "\" or \"1\"=\"1".into(), SQL),
        ("sql-or-of-numbers", "0 or 1=1".into(), SQL),
        ("sql-equals", "'='".into(), SQL),
        ("sql-union", "' union select 1 -- x".into(), SQL),
        ("script-or", "' || '1'=='1".into(), OTHER),
    ]
}

/// Maps that a document database takes for conditions.
fn operators(builder: &mut VectorBuilder<'_>, right: &Right) {
    for (slug, operators) in [
        ("not-equal", serde_json::json!({"$ne": ""})),
        ("not-null", serde_json::json!({"$ne": null})),
        ("greater", serde_json::json!({"$gt": ""})),
        ("regex", serde_json::json!({"$regex": ".*"})),
        ("exists", serde_json::json!({"$exists": true})),
        ("not-in", serde_json::json!({"$nin": []})),
        ("like", serde_json::json!({"like": "%"})),
    ] {
        let id = format!("token-map-with-operator-{slug}");
        let note = "Catches a verifier that puts the token into the query of a database, which takes a map for conditions.";
        not_a_string(builder, right, &id, note, operators);
    }
}
