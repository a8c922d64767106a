//! The ways in which programs write JSON.

use crate::mistakes::documents::json_numbers::Numbers;
use crate::mistakes::json_text::{Escapes, Others};

/// How a program writes JSON.
#[derive(Clone, Copy)]
pub(super) struct Writer {
    /// Between two items, and between a name and its value.
    pub(super) comma: &'static str,
    pub(super) colon: &'static str,
    /// What each level is indented by; on one line where there is none.
    pub(super) indent: Option<&'static str>,
    /// What is escaped beside quotes, backslashes and controls.
    pub(super) escapes: Escapes,
    pub(super) numbers: Numbers,
    /// What an object without names becomes.
    pub(super) empty: &'static str,
    /// What stands behind it all.
    pub(super) end: &'static str,
}

/// What could end a script in a page.
const HTML: Escapes = Escapes {
    more: "<>&\u{2028}\u{2029}",
    ..Escapes::FEW
};

/// As `JSON.stringify` writes it.
const COMPACT: Writer = Writer {
    comma: ",",
    colon: ":",
    indent: None,
    escapes: Escapes::FEW,
    numbers: Numbers::JavaScript,
    empty: "{}",
    end: "",
};
/// As Python's `json.dumps` writes it.
const SPACED: Writer = Writer {
    comma: ", ",
    colon: ": ",
    escapes: Escapes::PYTHON,
    numbers: Numbers::Python,
    ..COMPACT
};
/// As PHP's `json_encode` writes it.
const PHP: Writer = Writer {
    escapes: Escapes::PHP,
    numbers: Numbers::Php,
    empty: "[]",
    ..COMPACT
};
const INDENTED: Writer = Writer {
    colon: ": ",
    indent: Some("  "),
    ..COMPACT
};

/// The ways to write a document again in which its names keep their order, the usual ones first.
pub(super) const WRITERS: [(&str, Writer); 22] = [
    ("compact", COMPACT),
    ("with blanks, Unicode escapes", SPACED),
    (
        "with blanks",
        Writer {
            escapes: Escapes::FEW,
            ..SPACED
        },
    ),
    (
        "compact, Unicode escapes",
        Writer {
            comma: ",",
            colon: ":",
            ..SPACED
        },
    ),
    (
        "compact, numbers as they were",
        Writer {
            numbers: Numbers::Python,
            ..COMPACT
        },
    ),
    (
        "compact, Unicode escapes, escaped slashes",
        Writer { empty: "{}", ..PHP },
    ),
    (
        "compact, Unicode escapes, escaped slashes, an empty list for an empty object",
        PHP,
    ),
    (
        "compact, Unicode escapes, an empty list for an empty object",
        Writer {
            escapes: Escapes {
                slash: false,
                ..Escapes::PHP
            },
            ..PHP
        },
    ),
    (
        "compact, an empty list for an empty object",
        Writer {
            escapes: Escapes::FEW,
            ..PHP
        },
    ),
    (
        "compact, Unicode escapes for line separators",
        Writer {
            escapes: Escapes {
                more: "\u{2028}\u{2029}",
                ..Escapes::FEW
            },
            empty: "{}",
            ..PHP
        },
    ),
    (
        "compact, escaped slashes",
        Writer {
            escapes: Escapes {
                slash: true,
                ..Escapes::FEW
            },
            numbers: Numbers::Python,
            ..COMPACT
        },
    ),
    (
        "compact, Unicode escapes for < > & = '",
        Writer {
            escapes: Escapes {
                more: "<>&='\u{2028}\u{2029}",
                ..Escapes::FEW
            },
            numbers: Numbers::AsSpelt,
            ..COMPACT
        },
    ),
    (
        "compact, Unicode escapes for < > &",
        Writer {
            escapes: HTML,
            ..COMPACT
        },
    ),
    (
        "compact, Unicode escapes in capitals",
        Writer {
            escapes: Escapes {
                others: Others::Unprintable,
                more: "\"<>&'+`",
                in_capitals: true,
                ..Escapes::FEW
            },
            numbers: Numbers::AsSpelt,
            ..COMPACT
        },
    ),
    (
        "compact, numbers with E",
        Writer {
            numbers: Numbers::Java,
            ..COMPACT
        },
    ),
    ("indented by two blanks", INDENTED),
    (
        "indented by two blanks, numbers as they were",
        Writer {
            numbers: Numbers::Python,
            ..INDENTED
        },
    ),
    (
        "indented by four blanks",
        Writer {
            indent: Some("    "),
            ..INDENTED
        },
    ),
    (
        "indented by four blanks, Unicode escapes",
        Writer {
            indent: Some("    "),
            escapes: Escapes::PYTHON,
            numbers: Numbers::Python,
            ..INDENTED
        },
    ),
    (
        "indented by four blanks, Unicode escapes, escaped slashes",
        Writer {
            colon: ": ",
            indent: Some("    "),
            ..PHP
        },
    ),
    (
        "indented by tabs",
        Writer {
            indent: Some("\t"),
            ..INDENTED
        },
    ),
    (
        "compact, a line feed behind",
        Writer {
            end: "\n",
            ..COMPACT
        },
    ),
];

/// The same where the names are sorted; whether in the maps inside, too.
pub(super) const SORTED: [(&str, Writer, bool); 10] = [
    ("compact", COMPACT, true),
    ("with blanks, Unicode escapes", SPACED, true),
    (
        "compact, Unicode escapes",
        Writer {
            comma: ",",
            colon: ":",
            ..SPACED
        },
        true,
    ),
    (
        "compact, numbers as they were",
        Writer {
            numbers: Numbers::Python,
            ..COMPACT
        },
        true,
    ),
    (
        "compact, Unicode escapes for < > &",
        Writer {
            escapes: HTML,
            ..COMPACT
        },
        true,
    ),
    ("compact, the outermost names only", COMPACT, false),
    (
        "with blanks",
        Writer {
            escapes: Escapes::FEW,
            ..SPACED
        },
        true,
    ),
    ("indented by two blanks", INDENTED, true),
    (
        "indented by two blanks, Unicode escapes for < > &",
        Writer {
            escapes: HTML,
            ..INDENTED
        },
        true,
    ),
    (
        "indented by four blanks, Unicode escapes",
        Writer {
            indent: Some("    "),
            escapes: Escapes::PYTHON,
            numbers: Numbers::Python,
            ..INDENTED
        },
        true,
    ),
];
