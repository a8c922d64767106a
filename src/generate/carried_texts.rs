//! Texts that a token carries in another form, in another spelling of that form. A verifier that
//! decodes leniently reads the same text in several, and its MAC is that of one it knows: so sound
//! implementations differ, and they make a profile.

use crate::generate::fixture::{Claim, NOW};
use crate::generate::requirements::{TEXT_IS_READ_AS_IT_WAS_SIGNED, TEXT_SPELLINGS};
use crate::generate::valid_token::Right;
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::{FieldKind, FieldTexts, Filter, filtered};
use crate::signature::{Encoding, Family};

/// Adds the vectors about them.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let scheme = builder.fixture.scheme;
    for field in scheme.token.fields() {
        if scheme.fields.at(field).kind == FieldKind::Text {
            let filters = scheme.token.filters(field);
            of_field(builder, field, filters);
            if !filters.is_empty() {
                telling(builder, field);
            }
        }
    }
}

/// Right tokens whose texts tell whether what is read is what was signed.
fn telling(builder: &mut VectorBuilder<'_>, field: usize) {
    for (slug, text, note) in [
        (
            "with-separators",
            "a.b--c&d=e|f:g,h/i~j",
            "Catches a verifier that splits the token after it has decoded it.",
        ),
        (
            "with-a-nul",
            "cut\0here",
            "Catches a verifier whose text ends at a NUL.",
        ),
        (
            "with-blanks-around",
            " padded\n",
            "Catches a verifier that trims what it has decoded.",
        ),
        (
            "with-escapes",
            "+ %2B%252B &amp; \\u00e9",
            "Catches a verifier that decodes a text once more.",
        ),
        (
            "beyond-ascii",
            "J\u{f8}rn \u{1f600}",
            "Catches a verifier that reads UTF-8 as another encoding.",
        ),
        (
            "in-base64",
            "YWRtaW4=",
            "Catches a verifier that decodes a text once more, or not at all.",
        ),
    ] {
        if builder.fixture.domain(field).takes(&text.into()) {
            let claim = builder.fixture.with(field, text);
            let shown = builder.fixture.forge(&claim, &claim);
            let id = format!("text-{slug}-is-read");
            builder.accepted(&TEXT_IS_READ_AS_IT_WAS_SIGNED, &id, note, shown, NOW);
        }
    }
}

fn of_field(builder: &mut VectorBuilder<'_>, field: usize, filters: &[Filter]) {
    let Some(right) = right(builder, field, filters) else {
        return;
    };
    let Some(carried) = carried(builder, &right.claim, field) else {
        return;
    };
    for (slug, text, what) in spellings(&carried, filters) {
        if text == carried || right.shown.token.matches(&carried).count() != 1 {
            continue;
        }
        let with_text = |token: &str| token.replacen(&carried, &text, 1);
        let beside = right.shown.spelt(with_text(&right.shown.token));
        let id = format!("text-{slug}");
        let note = "Shows a verifier that decodes the text leniently and signs it again.";
        let observed = format!("accepts {what}");
        let words = (observed.as_str(), note);
        builder.observed(&TEXT_SPELLINGS, &id, words, Some(beside), NOW);
        let Some(signed) = signed_as_it_stands(builder, &right.claim, field, &text) else {
            continue;
        };
        let shown = right.shown.spelt(with_text(&signed));
        let id = format!("text-{slug}-signed-so");
        let note = "Shows a verifier that signs the text as it stands and decodes it leniently.";
        let observed = format!("accepts {what}, signed so");
        let words = (observed.as_str(), note);
        builder.observed(&TEXT_SPELLINGS, &id, words, Some(shown), NOW);
    }
}

/// The right token of the ordinary claim, or of one whose text in the token ends in the middle of a
/// group, where there is one: only then is something to pad.
fn right(builder: &VectorBuilder<'_>, field: usize, filters: &[Filter]) -> Option<Right> {
    let fixture = &builder.fixture;
    let group = filters.iter().find_map(|filter| match filter {
        Filter::Encode(encoding) => Some(encoding.group_bytes()),
        _ => None,
    })?;
    let ends_inside = |text: &String| !text.len().is_multiple_of(group.max(1));
    let domain = fixture.domain(field);
    let ordinary = std::iter::once(domain.ordinary().to_owned());
    let numbered = (1..200).map_while(|number| domain.numbered(number));
    let found = ordinary.chain(numbered).find(ends_inside);
    let claim = found.map_or_else(|| fixture.base.clone(), |text| fixture.with(field, text));
    Right::of(fixture, claim)
}

/// What stands in the token of a claim for a field.
fn carried(builder: &VectorBuilder<'_>, claim: &Claim, field: usize) -> Option<String> {
    let scheme = builder.fixture.scheme;
    let texts = FieldTexts::read(&scheme.fields, &claim.fields).ok()?;
    let carried = scheme.token.carried_text(&texts, field)?;
    (carried.len() > 2).then_some(carried)
}

/// The token of a claim by the MAC of its message with another text in the place of the encoded
/// one; `None` where that is not signed.
fn signed_as_it_stands(
    builder: &VectorBuilder<'_>,
    claim: &Claim,
    field: usize,
    text: &str,
) -> Option<String> {
    let fixture = &builder.fixture;
    let scheme = fixture.scheme;
    let texts = FieldTexts::read(&scheme.fields, &claim.fields).ok()?;
    let bytes = texts.bytes(field)?;
    let written = scheme.token.filters(field);
    let signed = scheme.message.parts().iter().find_map(|part| match part {
        crate::scheme::MessagePart::Field { field: at, filters } if *at == field => Some(filters),
        _ => None,
    })?;
    // Only where the very text is signed that stands in the token.
    if signed != written {
        return None;
    }
    let message = fixture.message(&claim.fields)?;
    let own = filtered(bytes, written);
    let at = message
        .windows(own.len())
        .position(|window| window == own.as_ref())?;
    let other = [&message[..at], text.as_bytes(), &message[at + own.len()..]].concat();
    let mac = fixture.mac_of(&fixture.key(claim)?, &other);
    fixture.present(claim, &mac).map(|shown| shown.token)
}

type Spellings = Vec<(&'static str, String, &'static str)>;

/// Other spellings of a text that these filters wrote.
fn spellings(carried: &str, filters: &[Filter]) -> Spellings {
    match filters.last() {
        Some(Filter::Encode(encoding)) => match encoding.family() {
            Family::Base64 => in_base64(carried, *encoding),
            Family::Hex => vec![
                (
                    "hex-in-upper-case",
                    carried.to_ascii_uppercase(),
                    "a text in hex in upper case",
                ),
                (
                    "hex-in-lower-case",
                    carried.to_ascii_lowercase(),
                    "a text in hex in lower case",
                ),
            ],
        },
        Some(Filter::Percent(_)) => vec![
            (
                "escapes-in-small-digits",
                in_small_digits(carried),
                "escapes with small digits",
            ),
            (
                "escape-of-a-letter",
                first_as_escape(carried),
                "an escape where none is needed",
            ),
        ],
        _ => Vec::new(),
    }
}

fn in_base64(carried: &str, encoding: Encoding) -> Spellings {
    let bare = carried.trim_end_matches('=');
    let padding = (4 - bare.len() % 4) % 4;
    let padded = format!("{bare}{}", "=".repeat(padding));
    let other = |text: &str| -> String {
        let digits = encoding.digits();
        let others = encoding.in_the_other_alphabet().digits();
        let change = |c: char| {
            let at = digits.iter().position(|&digit| char::from(digit) == c);
            at.map_or(c, |at| char::from(others[at]))
        };
        text.chars().map(change).collect()
    };
    let (start, end) = carried.split_at(carried.len() / 2);
    let mut spellings = vec![
        (
            "unpadded",
            bare.to_owned(),
            "a text in base64 without its padding",
        ),
        ("padded", padded, "a padded text in base64"),
        (
            "other-alphabet",
            other(carried),
            "a text in the other alphabet of base64",
        ),
        (
            "line-feed-after",
            format!("{carried}\n"),
            "a text in base64 with a line feed behind it",
        ),
        (
            "blank-inside",
            format!("{start} {end}"),
            "a text in base64 with a blank inside",
        ),
        (
            "character-of-no-alphabet-inside",
            format!("{start}*{end}"),
            "a text in base64 with a character of no alphabet inside",
        ),
    ];
    // The last character of an incomplete group has bits that no byte holds.
    let digits = encoding.digits();
    let last = bare.bytes().next_back();
    let value = last.and_then(|last| digits.iter().position(|&digit| digit == last));
    if let Some(value) = value.filter(|_| padding > 0) {
        let next = char::from(digits[value | 1]);
        let rest = &carried[bare.len()..];
        spellings.push((
            "last-character-one-up",
            format!("{}{next}{rest}", &bare[..bare.len() - 1]),
            "a text in base64 whose last character has bits that no byte holds",
        ));
    }
    spellings
}

/// A text with the digits of its escapes in small letters.
fn in_small_digits(text: &str) -> String {
    let mut pieces = text.split('%');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| match piece.split_at_checked(2) {
        Some((digits, rest)) => format!("{text}%{}{rest}", digits.to_ascii_lowercase()),
        None => format!("{text}%{piece}"),
    })
}

/// A text whose first character is an escape, where it is a letter or a digit.
fn first_as_escape(text: &str) -> String {
    match text.bytes().next() {
        Some(first) if first.is_ascii_alphanumeric() => format!("%{first:02X}{}", &text[1..]),
        _ => text.to_owned(),
    }
}
