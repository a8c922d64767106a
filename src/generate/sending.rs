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

// One entry a line, as in a table. All have the same names with other values, so that a body which
// holds two of them can be told (see `results::sent`). Every parser of JSON reads these alike: numbers
// beyond what a double holds exactly, and names that stand twice, are another matter.
#[rustfmt::skip]
const OBJECTS: &[Object] = &[
    object("an-object", "{\"items\":1,\"order\":\"created\",\"status\":42}", "a sender that signs another body than it sends: blanks behind a colon or a comma are enough."),
    object("names-unsorted", "{\"order\":\"b\",\"status\":1,\"items\":{\"b\":1,\"a\":{\"d\":2,\"c\":3}}}", "names that are sorted for the signature only."),
    object("a-name-beyond-ascii", "{\"items\":{\"name\":\"J\u{fc}rgen \u{5c71}\u{7530}\"},\"order\":\"n\",\"status\":2}", "\\u escapes in one of the two bodies, or a signature over Latin-1."),
    object("an-emoji", "{\"items\":\"\u{1f600}\",\"order\":\"e\",\"status\":3}", "surrogates that are escaped in one of the two bodies."),
    object("a-key-beyond-ascii", "{\"items\":{\"stra\u{df}e\":\"x\"},\"order\":\"k\",\"status\":4}", "escapes in the names of one of the two bodies."),
    object("a-slash", "{\"items\":\"https://example.com/a/b\",\"order\":\"s\",\"status\":5}", "slashes that are escaped in one of the two bodies, as PHP does."),
    object("markup", "{\"items\":\"<b>a & b</b>\",\"order\":\"m\",\"status\":6}", "<, > and & that are escaped in one of the two bodies, as Go does."),
    object("quotes", "{\"items\":\"say \\\"hi\\\" \\\\ '\",\"order\":\"q\",\"status\":7}", "quotes or backslashes that are escaped twice."),
    object("a-line-feed", "{\"items\":\"one\\ntwo\\ttab\",\"order\":\"l\",\"status\":8}", "control characters that are written out."),
    object("nothing", "{\"items\":{\"a\":null,\"b\":false,\"c\":[],\"d\":{},\"e\":\"\"},\"order\":\"\",\"status\":null}", "members without a value that are left out of one of the two bodies."),
    object("a-list", "{\"items\":[1,2,[3,{\"a\":\"b\"}],[]],\"order\":\"i\",\"status\":9}", "lists that are written in another way."),
    object("nested-objects", "{\"items\":{\"a\":{\"b\":{\"c\":{\"d\":[{\"e\":1}]}}}},\"order\":\"d\",\"status\":10}", "an inner object that is printed by the language, not written as JSON."),
    object("big-integers", "{\"items\":[9007199254740991,-9007199254740991],\"order\":\"z\",\"status\":4294967296}", "integers beyond 32 bits that one of the two bodies cuts or writes with an exponent."),
    object("fractions-and-exponents", "{\"items\":[0.5,-1.25e-9,1.5e21],\"order\":\"f\",\"status\":0}", "numbers that are written in two ways: 1.5e21, 1.5e+21 and 1.5E21 are the same number and other bytes."),
    object("digits-in-text", "{\"items\":\"007\",\"order\":\"1e3\",\"status\":\"42\"}", "text that is taken for a number in one of the two bodies."),
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
    (
        "a-form-that-holds-json",
        "payload=%7B%22type%22%3A%22button%22%2C%22id%22%3A1%7D",
        "JSON that is taken out of its form for the signature only.",
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
    // A sender that keeps the first secret or key that it was given signs every second one wrongly.
    let ordinary = builder.fixture.secret().cloned();
    let others = builder.fixture.secret_like_it(1);
    let mut secrets = ordinary.iter().chain(&others).cycle();
    for (slug, value, catches) in values {
        let is_of_its_form = match value.to_bytes() {
            Some(bytes) => field.takes(&bytes),
            None => true,
        };
        if let (true, Some(secret)) = (is_of_its_form, secrets.next()) {
            let note = format!("Catches {catches}");
            let id = format!("send-{slug}");
            builder.sends(
                &REQUEST_IS_SIGNED_AS_SENT,
                &id,
                &note,
                (body, value),
                secret,
            );
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
