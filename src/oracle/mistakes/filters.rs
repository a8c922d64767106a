//! Mistakes in the filters that write a text in another form before it is signed: digests,
//! encodings, percent escapes.

use md5::Digest as _;

use crate::mistakes::applicability::{
    signs_a_digest, signs_an_encoded_text, signs_escapes, signs_written_otherwise,
};
use crate::mistakes::{Change, FilteredText, Form, Forms, Mistake, MistakeId, Stage};
use crate::scheme::{Algorithm, Escapes, Filter};
use crate::signature::Encoding;

const ENTRY: Mistake = Mistake::entry(Stage::Message);

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("filter-left-out"),
        title: "{identity} is signed as it is",
        wrong: "The scheme signs {written}.",
        remedy: "Sign {written}.",
        applies: signs_written_otherwise,
        change: Change::Filtering(left_out),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("filter-other-encoding"),
        title: "a text in the message is encoded in {form:another way}",
        wrong: "The scheme signs {written}.",
        remedy: "Sign {written}.",
        applies: signs_an_encoded_text,
        change: Change::Filtering(other_encoding),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("filter-other-digest"),
        title: "a text in the message is hashed by {form:another function}",
        wrong: "The scheme signs {written}.",
        remedy: "Sign {written}.",
        applies: signs_a_digest,
        change: Change::Filtering(other_digest),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("filter-other-escapes"),
        title: "a text in the message is percent-encoded {form:in another way}",
        wrong: "Programs differ in what they leave as it is, in the digits of escapes, and in the blank.",
        remedy: "Escape every byte that the scheme does not leave, in capital digits, and once.",
        hints: &[
            (
                "javascript",
                "encodeURIComponent(s).replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase())",
            ),
            ("python", "urllib.parse.quote(s, safe='')"),
            ("php", "rawurlencode($s)"),
            ("ruby", "ERB::Util.url_encode(s)"),
            (
                "java",
                "URLEncoder.encode(s, UTF_8).replace(\"+\", \"%20\").replace(\"*\", \"%2A\").replace(\"%7E\", \"~\")",
            ),
            (
                "go",
                "strings.ReplaceAll(url.QueryEscape(s), \"+\", \"%20\")",
            ),
        ],
        applies: signs_escapes,
        change: Change::Filtering(other_escapes),
        ..ENTRY
    },
];

fn left_out(text: &FilteredText<'_>) -> Forms<Vec<u8>> {
    Form::only(text.text.to_vec())
}

/// The text with each filter that fits replaced by some of another kind.
fn replaced<T: Copy>(
    text: &FilteredText<'_>,
    others: &[(&'static str, T)],
    is_own: impl Fn(&Filter, T) -> bool,
    replace: impl Fn(&Filter, &[u8], T) -> Option<Vec<u8>>,
) -> Forms<Vec<u8>> {
    let form = |(words, other): &(&'static str, T)| {
        let step = |bytes: Vec<u8>, filter: &Filter| {
            replace(filter, &bytes, *other).unwrap_or_else(|| filter.apply(&bytes))
        };
        Form::new(text.filters.iter().fold(text.text.to_vec(), step), *words)
    };
    let is_another = |(_, other): &&(&'static str, T)| {
        let mut filters = text.filters.iter();
        !filters.any(|filter| is_own(filter, *other))
    };
    others.iter().filter(is_another).map(form).collect()
}

/// How a program may encode bytes.
#[derive(Clone, Copy)]
enum Written {
    In(Encoding),
    Bytes,
    /// In the scheme's own encoding, and that text in it once more.
    Twice,
    /// In base64 with a line feed after so many characters and at the end.
    Lines(usize),
}

pub(super) fn other_encoding(text: &FilteredText<'_>) -> Forms<Vec<u8>> {
    use Written::{Bytes, In, Lines, Twice};
    let others = [
        ("hex", In(Encoding::Hex)),
        ("base64", In(Encoding::Base64)),
        ("hex with capital letters", In(Encoding::HexUpper)),
        ("base64 without padding", In(Encoding::Base64Unpadded)),
        ("base64url", In(Encoding::Base64url)),
        ("base64url without padding", In(Encoding::Base64urlUnpadded)),
        ("no way, its bytes are signed", Bytes),
        ("its own way twice", Twice),
        ("base64 in lines of 60", Lines(60)),
        ("base64 in lines of 76", Lines(76)),
    ];
    let is_own = |filter: &Filter, other| matches!((filter, other), (Filter::Encode(own), In(encoding)) if *own == encoding);
    replaced(text, &others, is_own, |filter, bytes, other| {
        let Filter::Encode(own) = filter else {
            return None;
        };
        Some(match other {
            In(encoding) => encoding.encode(bytes).into_bytes(),
            Bytes => bytes.to_vec(),
            Twice => own.encode(own.encode(bytes).as_bytes()).into_bytes(),
            Lines(length) => {
                let whole = Encoding::Base64.encode(bytes).into_bytes();
                let lines = whole.chunks(length);
                lines.flat_map(|line| [line, b"\n"].concat()).collect()
            }
        })
    })
}

fn other_digest(text: &FilteredText<'_>) -> Forms<Vec<u8>> {
    let others = [
        ("SHA-1", Some(Algorithm::HmacSha1)),
        ("SHA-256", Some(Algorithm::HmacSha256)),
        ("SHA-512", Some(Algorithm::HmacSha512)),
        ("MD5", None),
        ("SHA-384", Some(Algorithm::HmacSha384)),
        ("SHA-224", Some(Algorithm::HmacSha224)),
    ];
    let is_own = |filter: &Filter, other: Option<Algorithm>| matches!(filter, Filter::Digest(own) if Some(*own) == other);
    replaced(text, &others, is_own, |filter, bytes, other| {
        let digest = || match other {
            Some(other) => other.digest(bytes),
            None => md5::Md5::digest(bytes).to_vec(),
        };
        matches!(filter, Filter::Digest(_)).then(digest)
    })
}

/// How a program may escape text.
#[derive(Clone, Copy)]
enum Escaper {
    As(Escapes),
    /// As the scheme says, but for these characters, which stay as they are.
    Leaving(&'static [u8]),
    SmallDigits,
    Twice,
    BlankAsPlus,
}

pub(super) fn other_escapes(text: &FilteredText<'_>) -> Forms<Vec<u8>> {
    use Escaper::{As, BlankAsPlus, Leaving, SmallDigits, Twice};
    let others = [
        ("with + for a blank, as a form", As(Escapes::Form)),
        (
            "with %20 for a blank, leaving only -._~",
            As(Escapes::Unreserved),
        ),
        ("with !'()* left as they are", Leaving(b"!'()*")),
        ("with small digits", SmallDigits),
        ("with slashes left as they are", Leaving(b"/")),
        ("twice", Twice),
        ("with + for a blank", BlankAsPlus),
        (
            "with the marks of a URL left as they are",
            Leaving(b"!'()*/:?#[]@$&+,;="),
        ),
        ("with colons left as they are", Leaving(b":")),
        ("with at signs left as they are", Leaving(b"@")),
    ];
    let is_own = |filter: &Filter, other| matches!((filter, other), (Filter::Percent(own), As(escapes)) if *own == escapes);
    replaced(text, &others, is_own, |filter, bytes, other| {
        let Filter::Percent(own) = filter else {
            return None;
        };
        Some(match other {
            As(escapes) => escapes.encode(bytes),
            Leaving(kept) => bytes
                .chunks(1)
                .flat_map(|byte| {
                    if kept.contains(&byte[0]) {
                        byte.to_vec()
                    } else {
                        own.encode(byte)
                    }
                })
                .collect(),
            SmallDigits => in_small_digits(&own.encode(bytes)),
            Twice => own.encode(&own.encode(bytes)),
            BlankAsPlus => bytes
                .chunks(1)
                .flat_map(|byte| match byte {
                    b" " => b"+".to_vec(),
                    _ => own.encode(byte),
                })
                .collect(),
        })
    })
}

/// Escapes with their digits in small letters.
fn in_small_digits(escaped: &[u8]) -> Vec<u8> {
    let mut text = escaped.to_vec();
    let mut at = 0;
    while let Some(percent) = text[at..].iter().position(|&byte| byte == b'%') {
        let end = (at + percent + 3).min(text.len());
        text[at + percent..end].make_ascii_lowercase();
        at = end;
    }
    text
}
