//! Other spellings of a right token. Sound implementations differ on them: one that decodes before
//! comparing accepts several, one that compares texts accepts one. So they make a profile.

use crate::generate::fixture::{NOW, Presented, digest_name};
use crate::generate::requirements::OTHER_SPELLINGS;
use crate::generate::tokens::has_both;
use crate::generate::valid_token::Right;
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::Algorithm;
use crate::signature::{Encoding, Family};

/// Adds the vectors about other spellings.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let encoding = builder.fixture.encoding();
    // A MAC that shows each difference: letters in hex, both special characters in base64.
    let identity = builder.fixture.identity_whose_mac(|mac| {
        let text = encoding.encode(mac);
        match encoding.family() {
            Family::Hex => text.contains(|c: char| c.is_ascii_alphabetic()),
            Family::Base64 => has_both(&text),
        }
    });
    let claim = identity.and_then(|identity| builder.fixture.who(identity));
    let claim = claim.unwrap_or_else(|| builder.fixture.base.clone());
    let Some(right) = Right::of(&builder.fixture, claim) else {
        return;
    };
    around(builder, &right);
    let spelt = match encoding.family() {
        Family::Hex => hex_spellings(&right, encoding),
        Family::Base64 => base64_spellings(&right, encoding),
    };
    for (slug, text, what) in spelt.into_iter().chain(any_spellings(&right)) {
        if text != right.spelt {
            let note = "Shows a verifier that decodes, and by which decoder, before it compares.";
            let observed = format!("accepts {what}");
            let shown = Some(right.with_mac_text(&text));
            let id = format!("spelling-{slug}");
            builder.observed(&OTHER_SPELLINGS, &id, (&observed, note), shown, NOW);
        }
    }
    prefixes(builder, &right);
}

/// The whole token with something around it that is easily trimmed.
fn around(builder: &mut VectorBuilder<'_>, right: &Right) {
    let token = &right.shown.token;
    let around: [(&str, String, &str); 14] = [
        (
            "blank-before",
            format!(" {token}"),
            "a blank before the token",
        ),
        (
            "blank-after",
            format!("{token} "),
            "a blank behind the token",
        ),
        ("tab-after", format!("{token}\t"), "a tab behind the token"),
        (
            "line-feed-before",
            format!("\n{token}"),
            "a line feed before the token",
        ),
        (
            "line-feed-after",
            format!("{token}\n"),
            "a line feed behind the token",
        ),
        (
            "carriage-return-and-line-feed-after",
            format!("{token}\r\n"),
            "a carriage return and a line feed behind the token",
        ),
        ("nul-after", format!("{token}\0"), "a NUL behind the token"),
        (
            "nul-and-more-after",
            format!("{token}\0x"),
            "a NUL and more behind the token",
        ),
        (
            "no-break-space-after",
            format!("{token}\u{a0}"),
            "a no-break space behind the token",
        ),
        (
            "byte-order-mark-before",
            format!("\u{feff}{token}"),
            "a byte-order mark before the token",
        ),
        (
            "double-quotes",
            format!("\"{token}\""),
            "the token in double quotes",
        ),
        (
            "single-quotes",
            format!("'{token}'"),
            "the token in single quotes",
        ),
        (
            "bearer",
            format!("Bearer {token}"),
            "the token behind the word Bearer",
        ),
        (
            "comma-after",
            format!("{token},"),
            "a comma behind the token",
        ),
    ];
    let note = "Shows a verifier that cleans a token before it compares.";
    for (slug, text, what) in around {
        let shown = Some(right.shown.spelt(text));
        let observed = format!("accepts {what}");
        let id = format!("spelling-{slug}");
        builder.observed(&OTHER_SPELLINGS, &id, (&observed, note), shown, NOW);
    }
}

type Spellings = Vec<(&'static str, String, &'static str)>;

fn hex_spellings(right: &Right, encoding: Encoding) -> Spellings {
    let text = &right.spelt;
    let other_case = if encoding == Encoding::Hex {
        ("upper-case", text.to_ascii_uppercase(), "hex in upper case")
    } else {
        ("lower-case", text.to_ascii_lowercase(), "hex in lower case")
    };
    let mut upper = false;
    let mixed = text
        .chars()
        .map(|c| {
            upper ^= c.is_ascii_alphabetic();
            if upper {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    let pairs = |separator: &str| {
        let bytes: Vec<String> = right
            .mac
            .iter()
            .map(|byte| encoding.encode(&[*byte]))
            .collect();
        bytes.join(separator)
    };
    let first_half = text.len() / 2;
    let (start, end) = text.split_at(first_half);
    let mut spellings = vec![
        other_case,
        ("mixed-case", mixed, "hex in mixed case"),
        ("zero-x-before", format!("0x{text}"), "0x before the hex"),
        (
            "backslash-x-before",
            format!("\\x{text}"),
            "\\x before the hex",
        ),
        ("with-hyphens", pairs("-"), "hyphens between the bytes"),
        ("with-colons", pairs(":"), "colons between the bytes"),
        ("with-blanks", pairs(" "), "blanks between the bytes"),
        (
            "blank-inside",
            format!("{start} {end}"),
            "a blank in the middle of the hex",
        ),
        (
            "line-feed-inside",
            format!("{start}\n{end}"),
            "a line feed in the middle of the hex",
        ),
        (
            "arabic-indic-digits",
            other_digits(text, 0x660),
            "hex with Arabic-Indic digits",
        ),
    ];
    spellings.extend(
        [
            ("base64", Encoding::Base64, "base64 for hex"),
            (
                "base64-unpadded",
                Encoding::Base64Unpadded,
                "unpadded base64 for hex",
            ),
            (
                "base64url-unpadded",
                Encoding::Base64urlUnpadded,
                "base64url for hex",
            ),
        ]
        .map(|(slug, other, what)| (slug, other.encode(&right.mac), what)),
    );
    spellings
}

fn base64_spellings(right: &Right, encoding: Encoding) -> Spellings {
    let text = &right.spelt;
    let bare = text.trim_end_matches('=');
    let half = bare.len() / 2;
    let (start, end) = text.split_at(half);
    let lines: Vec<&str> = [&text[..20.min(half)], &text[20.min(half)..]].to_vec();
    let mut spellings = vec![
        ("unpadded", bare.to_owned(), "base64 without its padding"),
        (
            "one-sign-more",
            format!("{text}="),
            "base64 with a sign of padding too many",
        ),
        (
            "two-signs-more",
            format!("{text}=="),
            "base64 with two signs of padding too many",
        ),
        (
            "padding-inside",
            format!("{start}={end}"),
            "base64 with a sign of padding inside",
        ),
        (
            "blank-inside",
            format!("{start} {end}"),
            "base64 with a blank inside",
        ),
        ("line-feed-inside", lines.join("\n"), "base64 on two lines"),
        (
            "carriage-return-and-line-feed-inside",
            lines.join("\r\n"),
            "base64 on two lines, as in emails",
        ),
        (
            "hyphen-and-star-inside",
            format!("{start}*{end}"),
            "base64 with a character of no alphabet inside",
        ),
        (
            "nul-inside",
            format!("{start}\0{end}"),
            "base64 with a NUL inside",
        ),
        (
            "letter-beyond-ascii-inside",
            format!("{start}é{end}"),
            "base64 with a letter beyond ASCII inside",
        ),
        (
            "more-behind-the-padding",
            format!("{text}AAAA"),
            "base64 with more behind its padding",
        ),
        (
            "plus-as-blank",
            text.replace('+', " "),
            "a blank for each plus, as form decoding leaves it",
        ),
        (
            "arabic-indic-digits",
            other_digits(text, 0x660),
            "base64 with Arabic-Indic digits",
        ),
    ];
    for (slug, step) in [
        ("last-character-one-up", 1),
        ("last-character-two-up", 2),
        ("last-character-three-up", 3),
    ] {
        if let Some(spelt) = non_canonical(right, encoding, step) {
            spellings.push((
                slug,
                spelt,
                "base64 whose last character has bits that no byte holds",
            ));
        }
    }
    spellings.extend(
        [
            ("hex", Encoding::Hex, "hex for base64"),
            (
                "hex-in-upper-case",
                Encoding::HexUpper,
                "hex in upper case for base64",
            ),
            (
                "other-alphabet",
                encoding.in_the_other_alphabet(),
                "the other alphabet of base64",
            ),
            (
                "other-alphabet-unpadded",
                encoding.in_the_other_alphabet().unpadded(),
                "the other alphabet of base64, unpadded",
            ),
        ]
        .map(|(slug, other, what)| (slug, other.encode(&right.mac), what)),
    );
    spellings
}

/// The same MAC, spelt with a last character in which bits stand that no byte holds.
fn non_canonical(right: &Right, encoding: Encoding, step: usize) -> Option<String> {
    let spare = 1 << (encoding.bits() - encoding.last_bits(right.mac.len()));
    let bare = right.spelt.trim_end_matches('=');
    let (start, last) = bare.split_at(bare.len() - 1);
    let digits = encoding.digits();
    let value = digits
        .iter()
        .position(|digit| last.as_bytes() == [*digit])?;
    let other = digits.get(value + step).filter(|_| step < spare)?;
    let other = char::from(*other);
    Some(format!("{start}{other}{}", &right.spelt[bare.len()..]))
}

fn any_spellings(right: &Right) -> Spellings {
    let text = &right.spelt;
    let percent: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let encoded = text
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    vec![
        (
            "full-width-digits",
            other_digits(text, 0xff10),
            "the MAC with full-width digits",
        ),
        (
            "percent-encoded",
            encoded,
            "a token that is still percent-encoded",
        ),
        (
            "percent-encoded-throughout",
            percent,
            "a token all of whose characters are percent-encoded",
        ),
        (
            "base64-of-its-text",
            Encoding::Base64.encode(text.as_bytes()),
            "the base64 of the MAC's text",
        ),
        (
            "hex-of-its-text",
            Encoding::Hex.encode(text.as_bytes()),
            "the hex of the MAC's text",
        ),
        (
            "base64-of-the-hex",
            Encoding::Base64.encode(Encoding::Hex.encode(&right.mac).as_bytes()),
            "the base64 of the MAC's hex",
        ),
        (
            "text-of-the-bytes",
            right.mac.iter().map(|byte| char::from(*byte)).collect(),
            "the MAC's bytes as Latin-1",
        ),
    ]
}

/// The same text with its ASCII digits replaced by those that begin at `zero`.
fn other_digits(text: &str, zero: u32) -> String {
    let digit = |c: char| {
        let value = c.to_digit(10)?;
        char::from_u32(zero + value)
    };
    text.chars().map(|c| digit(c).unwrap_or(c)).collect()
}

/// What is written before a MAC: the name of an algorithm where there is none, none or another
/// where there is one.
fn prefixes(builder: &mut VectorBuilder<'_>, right: &Right) {
    let scheme = builder.fixture.scheme;
    let name = digest_name(scheme.algorithm);
    let note = "Shows a verifier that takes apart what stands before the MAC.";
    let mut prefixed: Vec<(String, Option<Presented>, String)> = Vec::new();
    if builder.fixture.names_its_algorithm() {
        let message = builder.fixture.message(&right.claim.fields);
        let signed = message.zip(builder.fixture.key(&right.claim));
        for algorithm in Algorithm::ALL {
            let other = digest_name(algorithm);
            if algorithm == scheme.algorithm {
                continue;
            }
            // A MAC by another algorithm that says so may be an extension that is supported.
            let shown = signed.as_ref().and_then(|(message, key)| {
                let shown = builder
                    .fixture
                    .present(&right.claim, &algorithm.mac(key, message))?;
                Some(shown.spelt(shown.token.replacen(name, other, 1)))
            });
            prefixed.push((
                format!("{other}-under-its-own-name"),
                shown,
                format!("a MAC by {other} that says so"),
            ));
            let renamed = right.shown.token.replacen(name, other, 1);
            prefixed.push((
                format!("named-{other}"),
                Some(right.shown.spelt(renamed)),
                format!("the right MAC under the name {other}"),
            ));
        }
        let upper = right
            .shown
            .token
            .replacen(name, &name.to_ascii_uppercase(), 1);
        prefixed.push((
            "name-in-upper-case".into(),
            Some(right.shown.spelt(upper)),
            "the algorithm's name in upper case".into(),
        ));
        if right.shown.token != right.spelt {
            prefixed.push((
                "mac-alone".into(),
                Some(right.shown.spelt(&*right.spelt)),
                "the MAC without what stands before it".into(),
            ));
        }
    } else {
        for separator in ['=', ':'] {
            let text = format!("{name}{separator}{}", right.spelt);
            let slug = if separator == '=' {
                "equals-sign"
            } else {
                "colon"
            };
            prefixed.push((
                format!("name-and-{slug}-before"),
                Some(right.with_mac_text(&text)),
                format!("{name}{separator} before the MAC"),
            ));
        }
    }
    for (slug, shown, what) in prefixed {
        let observed = format!("accepts {what}");
        let id = format!("spelling-{slug}");
        builder.observed(&OTHER_SPELLINGS, &id, (&observed, note), shown, NOW);
    }
}
