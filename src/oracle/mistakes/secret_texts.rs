//! Mistakes by which the text of a secret is rewritten on its way to the key.

use crate::mistakes::applicability::{always, secret_is_text};
use crate::mistakes::content_forms::{printed, utf_8_twice};
use crate::mistakes::identity_forms::{html_escaped, latin1, of_text, percent_encoded};
use crate::mistakes::json_text::Escapes;
use crate::mistakes::{Change, Form, Forms, Mistake, MistakeId, Stage};
use crate::signature::Encoding;

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "Give HMAC the secret as it was issued.",
    hints: &[],
    seen: "",
    stage: Stage::Secret,
    case_of: None,
    applies: always,
    change: Change::Key(|key| Form::only(key.to_vec())),
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("secret-encoded-again"),
        title: "the {form:base64} of the secret is the key",
        wrong: "The secret is encoded before it is given to HMAC, as for a header or a file.",
        change: Change::Decoding(|secret| {
            let written = |encoding: Encoding, words: &'static str| {
                Form::new(encoding.encode(secret.stripped).into_bytes(), words)
            };
            vec![
                written(Encoding::Base64, "base64"),
                written(Encoding::Hex, "hex"),
                written(Encoding::Base64url, "base64url"),
                written(Encoding::Base64Unpadded, "base64 without padding"),
                written(Encoding::HexUpper, "upper-case hex"),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-in-another-charset"),
        title: "the secret is encoded in {form:another charset}",
        wrong: "Characters of the secret beyond ASCII, or all of them, become other bytes.",
        remedy: "Encode the secret in UTF-8, or take its bytes as they are.",
        seen: "a key of bytes that is given to CryptoJS as text",
        change: Change::Key(in_another_charset),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-byte-order-mark"),
        title: "a byte-order mark stands before the secret",
        wrong: "An editor put it at the beginning of the file, and it is read as a part of the secret.",
        remedy: "Save the file without the mark, or take it off when the secret is read.",
        change: Change::SecretText(|text| Form::only([b"\xef\xbb\xbf", text].concat())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-escaped"),
        title: "characters of the secret are escaped as for {form:a URL}",
        wrong: "The secret is taken from a URL, a page or a configuration in which some characters are escaped.",
        remedy: "Undo the escapes when the secret is read.",
        applies: secret_is_text,
        change: Change::SecretText(escaped),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-printed"),
        title: "the secret is used as a language prints it",
        wrong: "A value that is wrapped, such as bytes or an optional, is turned into text with what is around it.",
        remedy: "Unwrap or decode the value first, and give HMAC what it holds.",
        change: Change::SecretText(|text| {
            let mut forms = of_text(text, printed);
            let numbers: Vec<String> = text.iter().map(u8::to_string).collect();
            let numbers = numbers.join(",");
            let buffer = format!("{{\"type\":\"Buffer\",\"data\":[{numbers}]}}");
            forms.insert(1, Form::new(buffer.into_bytes(), "a buffer as JSON"));
            forms
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-with-its-name"),
        title: "the name of the secret stands before it",
        wrong: "A whole line of a configuration is read, NAME=value, instead of the value.",
        remedy: "Take what stands behind the equals sign.",
        change: Change::SecretText(|text| {
            let names = [
                "SECRET",
                "secret",
                "WEBHOOK_SECRET",
                "SIGNING_SECRET",
                "API_SECRET",
                "KEY",
            ];
            let form = |name: &&str| {
                let line = [name.as_bytes(), b"=", text].concat();
                Form::new(line, format!("{name}="))
            };
            names.iter().map(form).collect()
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-cut-at-equals-sign"),
        title: "the secret is cut at an equals sign",
        wrong: "A line NAME=value is split at each equals sign, or padding is taken off.",
        remedy: "Split the line at its first equals sign only.",
        applies: secret_is_text,
        change: Change::SecretText(|text| {
            let at = text.iter().position(|&byte| byte == b'=');
            let cut = &text[..at.unwrap_or(text.len())];
            let end = text.iter().rposition(|&byte| byte != b'=');
            let bare = &text[..end.map_or(0, |end| end + 1)];
            vec![
                Form::new(cut.to_vec(), "the first"),
                Form::new(bare.to_vec(), "those at its end"),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("secret-cut"),
        title: "the secret is cut after {form:32 characters}",
        wrong: "Only the beginning of the secret is used, as by a column or a key of fixed length.",
        remedy: "Use the whole secret; HMAC takes any length.",
        change: Change::SecretText(|text| {
            [32, 16, 20, 24, 40, 50]
                .map(|length: usize| {
                    let kept = text.get(..length).unwrap_or(text);
                    Form::new(kept.to_vec(), format!("{length} characters"))
                })
                .into()
        }),
        ..ENTRY
    },
];

/// The key's bytes taken for characters and encoded again, and its characters in other charsets.
fn in_another_charset(key: &[u8]) -> Forms<Vec<u8>> {
    let twice = utf_8_twice(key).into_iter().next();
    let utf_16 = |order: fn(u16) -> [u8; 2]| {
        let text = String::from_utf8_lossy(key);
        text.encode_utf16().flat_map(order).collect::<Vec<u8>>()
    };
    let single = of_text(key, latin1).into_iter().next();
    let or_key = |form: Option<Form<Vec<u8>>>| form.map_or_else(|| key.to_vec(), |form| form.value);
    vec![
        Form::new(utf_16(u16::to_le_bytes), "UTF-16, little-endian"),
        Form::new(or_key(twice), "UTF-8 once more"),
        Form::new(or_key(single), "ISO 8859-1"),
        Form::new(utf_16(u16::to_be_bytes), "UTF-16, big-endian"),
    ]
}

fn escaped(text: &[u8]) -> Forms<Vec<u8>> {
    let first = |forms: Forms<Vec<u8>>| {
        let first = forms.into_iter().next();
        first.map_or_else(|| text.to_vec(), |form| form.value)
    };
    let as_json = |slash: bool| {
        let escapes = Escapes {
            slash,
            ..Escapes::FEW
        };
        first(of_text(text, |text| {
            Form::only(escapes.escaped(text).into_bytes())
        }))
    };
    vec![
        Form::new(first(percent_encoded(text)), "a URL"),
        Form::new(first(of_text(text, html_escaped)), "HTML"),
        Form::new(as_json(false), "JSON"),
        Form::new(as_json(true), "JSON, escaped slashes"),
    ]
}
