//! Mistakes by which a body or a value is rewritten on its way to the signature.

use crate::mistakes::applicability::signs_text;
use crate::mistakes::content_forms::{
    as_a_json_object, controls_removed, cut, digits_grouped, four_byte_characters_replaced,
    labelled, line_ends_changed, line_ends_removed, line_ends_written_out, placeholders, printed,
    replacement_characters, unicode_escaped, utf_8_twice, zero_padded,
};
use crate::mistakes::identity_forms::of_text;
use crate::mistakes::{Change, Form, Mistake, MistakeId, Stage};
use crate::signature::Encoding;

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "Sign exactly the bytes that are passed on.",
    hints: &[],
    seen: "",
    stage: Stage::Identity,
    case_of: None,
    applies: signs_text,
    change: Change::Identity(|identity| Form::only(identity.right.to_vec())),
};

/// What to call for the bytes of a body as they came.
pub(super) const RAW_BODY: &[(&str, &str)] = &[
    ("javascript", "express.raw()"),
    ("python", "request.get_data()"),
    ("ruby", "request.raw_post"),
    ("php", "file_get_contents('php://input')"),
    ("go", "io.ReadAll before binding"),
    ("java", "@RequestBody byte[]"),
];

/// What to call to send a body that was written before.
pub(super) const WRITTEN_BODY: &[(&str, &str)] = &[
    (
        "javascript",
        "fetch(url, {body}), not an object for the client to write",
    ),
    (
        "python",
        "requests: data=body, httpx: content=body, not json=",
    ),
    ("ruby", "request.body = body"),
    ("php", "CURLOPT_POSTFIELDS => $body"),
    ("go", "bytes.NewReader(body)"),
    ("java", "BodyPublishers.ofString(body)"),
];

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("identity-line-ends-changed"),
        title: "line ends in {identity} are changed",
        wrong: "Line feeds become pairs of carriage return and line feed before signing, or the other way round.",
        remedy: "Sign the bytes as they came; read and write files in binary mode.",
        hints: RAW_BODY,
        change: Change::Identity(|identity| line_ends_changed(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-line-ends-removed"),
        title: "line ends are removed from {identity}",
        wrong: "The text is signed on one line, and passed on with its line ends.",
        remedy: "Sign the bytes as they came, line ends included.",
        hints: RAW_BODY,
        change: Change::Identity(|identity| line_ends_removed(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-line-ends-written-out"),
        title: "line ends in {identity} are written as a backslash and n",
        wrong: "The text is signed as it stands in a log or a string literal.",
        remedy: "Sign the bytes as they came, line ends included.",
        hints: RAW_BODY,
        change: Change::Identity(|identity| line_ends_written_out(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-controls-removed"),
        title: "control characters are removed from {identity}",
        wrong: "The text is cleaned before signing, and passed on as it is.",
        remedy: "Sign exactly the text that is passed on; refuse what is not allowed, instead of removing it.",
        change: Change::Identity(|identity| of_text(identity.right, controls_removed)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-blank-added"),
        title: "{form:a blank} is signed with {identity}",
        wrong: "A blank of a header line, or of a template, is taken for a part of the text.",
        change: Change::Ends(|text| {
            vec![
                Form::new([b" ", text].concat(), "a blank before"),
                Form::new([text, b" "].concat(), "a blank behind"),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-nul-behind"),
        title: "a NUL is signed behind {identity}",
        wrong: "The byte that ends a C string is counted as a part of the text.",
        remedy: "Sign as many bytes as the text has, without the NUL at the end.",
        hints: &[("c", "strlen, not sizeof")],
        change: Change::Ends(|text| Form::only([text, b"\0"].concat())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-cut"),
        title: "{identity} is cut at a length",
        wrong: "Only the first bytes are signed, so that different texts have one signature.",
        remedy: "Sign the whole text; look for a column or a buffer that is too short.",
        change: Change::Ends(cut),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-hex"),
        title: "the hex of {identity} is signed",
        wrong: "The text is hex-encoded before signing.",
        remedy: "Sign {identity} itself.",
        change: Change::Identity(|identity| {
            let written = |encoding: Encoding| encoding.encode(identity.right).into_bytes();
            vec![
                Form::new(written(Encoding::Hex), ""),
                Form::new(written(Encoding::HexUpper), "upper case"),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-utf-8-twice"),
        title: "{identity} is encoded in UTF-8 twice",
        wrong: "The bytes of its UTF-8 are taken for characters, which are encoded once more.",
        remedy: "Decode the text as UTF-8, or sign its bytes as they came.",
        hints: RAW_BODY,
        seen: "mojibake such as Ã© for é",
        change: Change::Identity(|identity| utf_8_twice(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-replacement-characters"),
        title: "replacement characters stand for a part of {identity}",
        wrong: "What a decoder could not read became U+FFFD, so that different texts have one signature.",
        remedy: "Sign the bytes as they came, or decode them as UTF-8.",
        hints: RAW_BODY,
        change: Change::Identity(|identity| replacement_characters(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-four-byte-characters-replaced"),
        title: "characters of four bytes in {identity} are replaced",
        wrong: "Emoji are lost in a column that holds three bytes for each character.",
        remedy: "Store the text in utf8mb4, or sign it before it is stored.",
        seen: "MySQL's utf8",
        change: Change::Identity(|identity| of_text(identity.right, four_byte_characters_replaced)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-unicode-escaped"),
        title: "characters of {identity} beyond ASCII are written as Unicode escapes",
        wrong: "The text is signed as a JSON text has it that was written for ASCII.",
        remedy: "Sign the bytes as they came; where the sender signs the escapes, do not decode them first.",
        hints: RAW_BODY,
        seen: "Python's json.dumps",
        change: Change::Identity(|identity| of_text(identity.right, unicode_escaped)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-printed"),
        title: "{identity} is signed as a language prints it",
        wrong: "A value that is wrapped, such as bytes, an optional or a list, is turned into text with what is around it.",
        remedy: "Sign the text itself: unwrap or decode it first.",
        hints: &[
            ("python", ".decode(), not str(bytes)"),
            ("swift", "unwrap the optional"),
            ("rust", "unwrap the Option, not {:?}"),
        ],
        change: Change::Identity(|identity| of_text(identity.right, printed)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-json-object"),
        title: "a JSON object with {identity} is signed",
        wrong: "The whole object is written as JSON and signed, instead of its value.",
        remedy: "Sign the text itself, not its JSON.",
        change: Change::Identity(|identity| {
            of_text(identity.right, |text| as_a_json_object(identity.name, text))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-object-object"),
        title: "\"[object Object]\" is signed in the place of {identity}",
        wrong: "An object becomes the text [object Object], the same for everybody.",
        remedy: "Sign the value inside the object; for a body, the bytes as they came.",
        hints: RAW_BODY,
        change: Change::Identity(|_| Form::only(b"[object Object]".to_vec())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-placeholder"),
        title: "a placeholder is signed in the place of {identity}",
        wrong: "A template is signed without its value filled in, the same for everybody.",
        remedy: "Check that the text is formatted before it is signed, with the quotes that its language needs.",
        change: Change::Identity(|identity| placeholders(identity.name)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-labelled"),
        title: "a label is signed before {identity}",
        wrong: "The name of the value, or its kind, is signed with it.",
        change: Change::Ends(labelled),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-zero-padded"),
        title: "zeros are put before {identity}",
        wrong: "Digits are filled up to a fixed width before signing.",
        remedy: "Keep {identity} a text from the database to the signature.",
        change: Change::Identity(|identity| of_text(identity.right, zero_padded)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-digits-grouped"),
        title: "digits in {identity} are grouped",
        wrong: "A number is written for people, with a mark between thousands.",
        remedy: "Keep {identity} a text from the database to the signature.",
        hints: &[
            ("php", "number_format is for people"),
            ("javascript", "String(id), not toLocaleString()"),
        ],
        change: Change::Identity(|identity| of_text(identity.right, digits_grouped)),
        ..ENTRY
    },
];
