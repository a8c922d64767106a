//! Objects that a sender is given, and which bug each one catches.

use crate::generate::requirements::REQUEST_IS_SIGNED_AS_SENT;
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::Content;
use crate::signature::Value;

/// An object to be sent.
struct Object {
    /// Its name in vector ids.
    slug: &'static str,
    /// As JSON.
    json: &'static str,
    /// Which bug it catches, behind the word "Catches".
    catches: &'static str,
}

const fn object(slug: &'static str, json: &'static str, catches: &'static str) -> Object {
    Object {
        slug,
        json,
        catches,
    }
}

// One entry a line, as in a table. Every parser of JSON reads these alike: numbers that are cut, and
// names that stand twice, are another matter.
#[rustfmt::skip]
const OBJECTS: &[Object] = &[
    object("an-object", "{\"id\":42,\"event\":\"user.created\"}", "a sender that signs another body than it sends: blanks behind a colon or a comma are enough."),
    object("names-unsorted", "{\"b\":1,\"a\":{\"d\":2,\"c\":3}}", "names that are sorted for the signature only."),
    object("a-name-beyond-ascii", "{\"name\":\"J\u{fc}rgen \u{5c71}\u{7530}\"}", "\\u escapes in one of the two bodies, or a signature over Latin-1."),
    object("an-emoji", "{\"text\":\"\u{1f600}\"}", "surrogates that are escaped in one of the two bodies."),
    object("a-slash", "{\"url\":\"https://example.com/a/b\"}", "slashes that are escaped in one of the two bodies, as PHP does."),
    object("markup", "{\"html\":\"<b>a & b</b>\"}", "<, > and & that are escaped in one of the two bodies, as Go does."),
    object("quotes", "{\"text\":\"say \\\"hi\\\" \\\\ '\"}", "quotes or backslashes that are escaped twice."),
    object("a-line-feed", "{\"text\":\"one\\ntwo\\ttab\"}", "control characters that are written out."),
    object("nothing", "{\"id\":null,\"active\":false,\"list\":[],\"map\":{}}", "members without a value that are left out of one of the two bodies."),
    object("a-list", "{\"items\":[1,2,[3,{\"a\":\"b\"}]]}", "lists that are written in another way."),
];

/// Texts to be sent where the body holds no JSON.
#[rustfmt::skip]
const TEXTS: &[(&str, &str, &str)] = &[
    ("a-text", "hello", "a sender that signs another body than it sends."),
    ("a-text-beyond-ascii", "J\u{fc}rgen \u{5c71}", "a signature over another encoding than that of the body."),
    ("a-text-with-a-line-feed", "one\ntwo\n", "line feeds that are taken off, or changed, before it is signed."),
];

const FORMS: &[(&str, &str, &str)] = &[
    (
        "a-form",
        "b=2&a=1",
        "a form that is sorted for the signature only.",
    ),
    (
        "a-form-with-escapes",
        "name=J%C3%BCrgen+M&mail=a%40example.com",
        "a form that is decoded for the signature only.",
    ),
];

/// What a sender sends is signed as it is sent.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let scheme = builder.fixture.scheme;
    let Some(body) = scheme.body_to_send() else {
        return;
    };
    let field = scheme.fields.at(body);
    let values: Vec<(&str, Value, &str)> = match field.content {
        Content::Json => OBJECTS
            .iter()
            .filter_map(|one| {
                let object = serde_json::from_str(one.json).ok()?;
                Some((one.slug, Value::Json(object), one.catches))
            })
            .collect(),
        Content::Form => texts(FORMS),
        Content::Text | Content::Url => texts(TEXTS),
    };
    for (slug, value, catches) in values {
        let is_of_its_form = match value.to_bytes() {
            Some(bytes) => field.takes(&bytes),
            None => true,
        };
        if is_of_its_form {
            let note = format!("Catches {catches}");
            let id = format!("send-{slug}");
            builder.sends(&REQUEST_IS_SIGNED_AS_SENT, &id, &note, body, value);
        }
    }
}

fn texts(
    all: &[(&'static str, &'static str, &'static str)],
) -> Vec<(&'static str, Value, &'static str)> {
    let text = |&(slug, text, catches): &(&'static str, &'static str, &'static str)| {
        (slug, Value::from(text), catches)
    };
    all.iter().map(text).collect()
}
