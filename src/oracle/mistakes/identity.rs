//! Mistakes from the identity to the bytes that are signed.

use unicode_normalization::UnicodeNormalization as _;

use crate::mistakes::applicability::{
    has_another_field, signs_filtered, signs_text, signs_text_untrimmed,
};
use crate::mistakes::identity_forms::{
    as_double, as_go, as_integer, as_javascript, as_python, ascii_with_question_marks,
    backslash_escaped, form_encoded, html_escaped, json_escaped, json_quoted, latin1, of_text,
    percent_encoded, windows_1252, without, without_accents,
};
use crate::mistakes::stringified::{JAVASCRIPT, PHP, PYTHON, stringified};
use crate::mistakes::{Change, Form, Forms, IdentityText, Mistake, MistakeId, Stage};
use crate::signature::Encoding;

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "",
    hints: &[],
    seen: "",
    stage: Stage::Identity,
    case_of: None,
    applies: signs_text,
    change: Change::Identity(|identity| Form::only(identity.right.to_vec())),
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("identity-lower-cased"),
        title: "{identity} is lower-cased",
        wrong: "The text is signed in lower case and passed on as it is.",
        remedy: "Sign exactly the text that is passed on; if it is to be lower-cased, do it in both places.",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                vec![
                    Form::new(text.to_lowercase().into_bytes(), ""),
                    Form::new(text.to_ascii_lowercase().into_bytes(), "ASCII letters only"),
                ]
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-trimmed"),
        title: "blanks around {identity} are taken off",
        wrong: "The text is signed without its blanks and passed on with them.",
        remedy: "Sign exactly the text that is passed on.",
        applies: signs_text_untrimmed,
        change: Change::Ends(|text| {
            of_text(text, |text| {
                vec![
                    Form::new(text.trim().as_bytes().to_vec(), ""),
                    Form::new(text.trim_ascii().as_bytes().to_vec(), "ASCII blanks only"),
                    Form::new(text.trim_end().as_bytes().to_vec(), "at the end"),
                    Form::new(text.trim_start().as_bytes().to_vec(), "at the start"),
                ]
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-blanks-removed"),
        title: "all blanks are removed from {identity}",
        wrong: "The text is signed without the blanks inside it and passed on with them.",
        remedy: "Sign exactly the text that is passed on.",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                vec![
                    Form::new(text.replace(' ', "").into_bytes(), "spaces only"),
                    Form::new(
                        without(text, |c| c.is_ascii_whitespace() || c == '\u{b}'),
                        "tabs and line ends, too",
                    ),
                    Form::new(without(text, char::is_whitespace), "those of Unicode, too"),
                ]
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-another-field"),
        title: "another field is signed in the place of {identity}",
        wrong: "Another value is signed than the one that is passed on.",
        remedy: "Sign the very value that is passed on.",
        applies: has_another_field,
        change: Change::Identity(another_field),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-undefined"),
        title: "\"undefined\" is signed in the place of {identity}",
        wrong: "A variable that is not set becomes the text undefined, the same for everybody.",
        remedy: "Check that {identity} reaches the code that signs; refuse to sign without one.",
        seen: "Node.js template strings",
        change: Change::Identity(|_| Form::only(b"undefined".to_vec())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-empty"),
        title: "an empty text is signed in the place of {identity}",
        wrong: "A variable that is not set becomes the empty text, the same for everybody.",
        remedy: "Check that {identity} reaches the code that signs; refuse to sign without one.",
        seen: "Ruby's nil.to_s, PHP's null",
        change: Change::Identity(|_| Form::only(Vec::new())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-null"),
        title: "\"null\" is signed in the place of {identity}",
        wrong: "A missing value becomes the text null, the same for everybody.",
        remedy: "Check that {identity} reaches the code that signs; refuse to sign without one.",
        seen: "Java's string concatenation",
        change: Change::Identity(|_| Form::only(b"null".to_vec())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-none"),
        title: "\"None\" is signed in the place of {identity}",
        wrong: "A missing value becomes the text None, the same for everybody.",
        remedy: "Check that {identity} reaches the code that signs; refuse to sign without one.",
        seen: "Python's str(None)",
        change: Change::Identity(|_| Form::only(b"None".to_vec())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-stringified"),
        title: "a value that is not a string is converted to one and signed in the place of {identity}",
        wrong: "A missing value, null, a list or a map is turned into some text instead of being refused.",
        remedy: "Refuse to sign what is neither a text nor a number.",
        seen: "Node.js \"undefined\", Python \"None\", Ruby and PHP \"\"",
        change: Change::Reading(|value| {
            vec![
                stringified(value, &JAVASCRIPT),
                stringified(value, &PYTHON),
                stringified(value, &PHP),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-as-integer"),
        title: "digits in {identity} are taken as a whole number",
        wrong: "Leading zeros and a sign are lost when digits become a whole number.",
        remedy: "Keep {identity} a text from the database to the signature.",
        seen: "intercom-react-native#79, capacitor intercom#68",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                Form::only(
                    as_integer(text)
                        .unwrap_or_else(|| text.to_owned())
                        .into_bytes(),
                )
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-as-double"),
        title: "digits in {identity} are taken as a floating-point number",
        wrong: "Past 2^53 the number is rounded, and large ones are written with an exponent.",
        remedy: "Keep {identity} a text from the database to the signature.",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| match as_double(text) {
                None => Form::only(text.as_bytes().to_vec()),
                Some(number) => vec![
                    Form::new(as_javascript(number).into_bytes(), "without a fraction"),
                    Form::new(as_python(number).into_bytes(), "with .0 behind"),
                ],
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-with-exponent"),
        title: "digits in {identity} are written with an exponent",
        wrong: "A number that went through JSON is printed as 1.741761604e+09.",
        remedy: "Keep {identity} a text from where it is read to the signature.",
        hints: &[("go", "Decoder.UseNumber")],
        seen: "Go's decoded JSON numbers",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                let written = |form: fn(f64) -> String| {
                    let number = as_double(text).map(form);
                    number.unwrap_or_else(|| text.to_owned()).into_bytes()
                };
                vec![
                    Form::new(written(as_go), "a sign and two digits of exponent"),
                    Form::new(written(|number| format!("{number:e}")), "a bare exponent"),
                ]
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-line-feed-added"),
        title: "{identity} ends with {form:a line feed}",
        wrong: "A line ending is signed with the text, as of a line that is read from a file.",
        remedy: "Take the line ending off before signing.",
        hints: &[("shell", "echo -n, printf %s")],
        change: Change::Ends(|text| {
            vec![
                Form::new([text, b"\n"].concat(), "a line feed"),
                Form::new(
                    [text, b"\r\n"].concat(),
                    "a carriage return and a line feed",
                ),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-percent-encoded"),
        title: "{identity} is percent-encoded",
        wrong: "The text is signed as it stands in a URL.",
        remedy: "Sign {identity} before it is encoded for a URL.",
        change: Change::Identity(|identity| percent_encoded(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-form-encoded"),
        title: "{identity} is form-encoded",
        wrong: "The text is signed as it stands in a posted form, with + for a blank.",
        remedy: "Sign {identity} before it is encoded for a form.",
        change: Change::Identity(|identity| form_encoded(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-json-quoted"),
        title: "{identity} is signed as JSON, with its quotes",
        wrong: "The text is written as JSON before it is signed.",
        remedy: "Sign the text itself, not its JSON.",
        change: Change::Identity(|identity| of_text(identity.right, json_quoted)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-json-escaped"),
        title: "{identity} is signed with the escapes of JSON",
        wrong: "Characters of the text are signed as \\u00e9 or \\/, as they stand in a JSON text.",
        remedy: "Decode the JSON and sign the text that it stands for.",
        seen: "PHP's json_encode",
        change: Change::Identity(|identity| of_text(identity.right, json_escaped)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-html-escaped"),
        title: "{identity} is HTML-escaped",
        wrong: "The text is signed as a template engine writes it into a page.",
        remedy: "Sign {identity} before it is escaped for HTML.",
        change: Change::Identity(|identity| of_text(identity.right, html_escaped)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-backslash-escaped"),
        title: "quotes in {identity} are escaped with backslashes",
        wrong: "The text is signed as it is escaped for a database or a string literal.",
        remedy: "Sign {identity} before it is escaped.",
        hints: &[("php", "sign before addslashes()")],
        seen: "PHP's addslashes, WordPress's wp_slash",
        change: Change::Identity(|identity| of_text(identity.right, backslash_escaped)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-nfc"),
        title: "{identity} is normalised to NFC",
        wrong: "Letters with separate accents are composed before signing.",
        remedy: "Sign the bytes that are passed on, without Unicode normalisation.",
        seen: "onetimesecret#2913",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                Form::only(text.nfc().collect::<String>().into_bytes())
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-nfkc"),
        title: "{identity} is normalised to NFKC",
        wrong: "Full-width letters, ligatures and the like are replaced by plain ones before signing.",
        remedy: "Sign the bytes that are passed on, without Unicode normalisation.",
        case_of: Some("identity-nfc"),
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                Form::only(text.nfkc().collect::<String>().into_bytes())
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-nfd"),
        title: "{identity} is normalised to NFD",
        wrong: "Letters with accents are taken apart before signing, as in macOS file names.",
        remedy: "Sign the bytes that are passed on, without Unicode normalisation.",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                Form::only(text.nfd().collect::<String>().into_bytes())
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-accents-removed"),
        title: "accents are removed from {identity}",
        wrong: "Letters are signed without their accents, as in a slug that is made from a name.",
        remedy: "Sign exactly the text that is passed on.",
        seen: "Ruby's transliterate, PHP's //TRANSLIT",
        change: Change::Identity(|identity| of_text(identity.right, without_accents)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-latin-1"),
        title: "{identity} is signed in ISO 8859-1",
        wrong: "Characters beyond ASCII become one byte each instead of their UTF-8.",
        remedy: "Encode {identity} in UTF-8 before signing.",
        hints: &[
            ("java", "getBytes(UTF_8)"),
            ("javascript", "'utf8'"),
            ("csharp", "Encoding.UTF8"),
        ],
        change: Change::Identity(|identity| of_text(identity.right, latin1)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-windows-1252"),
        title: "{identity} is signed in Windows-1252",
        wrong: "The system's default character set is used instead of UTF-8.",
        remedy: "Encode {identity} in UTF-8 before signing; name the character set.",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| Form::only(windows_1252(text)))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-utf-16-le"),
        title: "{identity} is signed in UTF-16, little-endian",
        wrong: "The text's two bytes for each character are signed, the lower first.",
        remedy: "Encode {identity} in UTF-8 before signing.",
        hints: &[
            ("csharp", "Encoding.UTF8, not Encoding.Unicode"),
            ("python", ".encode('utf-8')"),
        ],
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                utf16(text, &[0xff, 0xfe], u16::to_le_bytes)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-utf-16-be"),
        title: "{identity} is signed in UTF-16, big-endian",
        wrong: "The text's two bytes for each character are signed, the higher first.",
        remedy: "Encode {identity} in UTF-8 before signing.",
        hints: &[("java", "StandardCharsets.UTF_8")],
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                utf16(text, &[0xfe, 0xff], u16::to_be_bytes)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-ascii-with-question-marks"),
        title: "question marks are signed for all that is not ASCII in {identity}",
        wrong: "The text is encoded in ASCII, so that different texts have one signature.",
        remedy: "Encode {identity} in UTF-8 before signing.",
        change: Change::Identity(|identity| of_text(identity.right, ascii_with_question_marks)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-ascii-only"),
        title: "characters of {identity} that are not ASCII are dropped",
        wrong: "The text is encoded in ASCII with losses, so that different texts have one signature.",
        remedy: "Encode {identity} in UTF-8 before signing.",
        change: Change::Identity(|identity| {
            let ascii = |byte: &u8| byte.is_ascii();
            Form::only(identity.right.iter().copied().filter(ascii).collect())
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-byte-order-mark-added"),
        title: "a byte-order mark stands before {identity}",
        wrong: "The three bytes EF BB BF are signed with the text.",
        remedy: "Encode in UTF-8 without a byte-order mark.",
        change: Change::Ends(|text| Form::only([b"\xef\xbb\xbf", text].concat())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-cut-at-nul"),
        title: "{identity} is cut at a NUL",
        wrong: "A C string ends at the first NUL, so that different texts have one signature.",
        remedy: "Hand over the length of the text with its bytes.",
        change: Change::Ends(|text| {
            let end = text.iter().position(|&byte| byte == 0);
            Form::only(text[..end.unwrap_or(text.len())].to_vec())
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-upper-cased"),
        title: "{identity} is upper-cased",
        wrong: "The text is signed in upper case and passed on as it is.",
        remedy: "Sign exactly the text that is passed on.",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| {
                vec![
                    Form::new(text.to_uppercase().into_bytes(), ""),
                    Form::new(text.to_ascii_uppercase().into_bytes(), "ASCII letters only"),
                ]
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-base64"),
        title: "the base64 of {identity} is signed",
        wrong: "The text is base64-encoded before signing.",
        remedy: "Sign {identity} itself.",
        change: Change::Identity(|identity| {
            vec![
                Form::new(Encoding::Base64.encode(identity.right).into_bytes(), ""),
                Form::new(
                    Encoding::Base64urlUnpadded
                        .encode(identity.right)
                        .into_bytes(),
                    "base64url without padding",
                ),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-unfiltered"),
        title: "{identity} is signed as it was given",
        wrong: "The scheme wants it {filters}, and that is left out.",
        remedy: "Change the text as the scheme says before signing it: {filters}.",
        applies: signs_filtered,
        change: Change::Identity(|identity| Form::only(identity.raw.to_vec())),
        ..ENTRY
    },
];

fn another_field(identity: &IdentityText<'_>) -> Forms<Vec<u8>> {
    let forms: Forms<Vec<u8>> = identity
        .fields
        .iter()
        .filter(|(name, _)| *name != identity.name)
        .filter_map(|(name, value)| {
            let bytes = value.to_bytes()?;
            Some(Form::new(
                bytes.into_owned(),
                format!("{name} for {}", identity.name),
            ))
        })
        .collect();
    if forms.is_empty() {
        Form::only(identity.right.to_vec())
    } else {
        forms
    }
}

fn utf16(text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]) -> Forms<Vec<u8>> {
    let encoded: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
    vec![
        Form::new(encoded.clone(), ""),
        Form::new([mark, &encoded].concat(), "with a byte-order mark"),
    ]
}
