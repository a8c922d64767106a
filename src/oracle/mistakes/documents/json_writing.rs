//! JSON that is parsed and written again.

use crate::mistakes::documents::json::{Json, without_blanks};
use crate::mistakes::identity_forms::{as_javascript, as_python};
use crate::mistakes::{Form, Forms};

/// How a program writes JSON.
#[derive(Clone, Copy)]
struct Writer {
    /// Between two items, and between a name and its value.
    comma: &'static str,
    colon: &'static str,
    /// What each level is indented by; on one line where there is none.
    indent: Option<&'static str>,
    /// What is escaped beside quotes, backslashes and controls.
    escapes: Escapes,
    numbers: Numbers,
    /// What an object without names becomes.
    empty: &'static str,
    /// What stands behind it all.
    end: &'static str,
}

/// How a number is written that was parsed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    AsSpelt,
    JavaScript,
    Python,
    Php,
    Java,
}

/// What is escaped in a text.
#[derive(Clone, Copy)]
struct Escapes {
    beyond_ascii: bool,
    slash: bool,
    /// Further characters that become `\u` escapes.
    more: &'static str,
    in_capitals: bool,
}

const FEW: Escapes = Escapes {
    beyond_ascii: false,
    slash: false,
    more: "",
    in_capitals: false,
};
const ASCII: Escapes = Escapes {
    beyond_ascii: true,
    ..FEW
};
/// What could end a script in a page.
const HTML: Escapes = Escapes {
    more: "<>&\u{2028}\u{2029}",
    ..FEW
};

/// As `JSON.stringify` writes it.
const COMPACT: Writer = Writer {
    comma: ",",
    colon: ":",
    indent: None,
    escapes: FEW,
    numbers: Numbers::JavaScript,
    empty: "{}",
    end: "",
};
/// As Python's `json.dumps` writes it.
const SPACED: Writer = Writer {
    comma: ", ",
    colon: ": ",
    escapes: ASCII,
    numbers: Numbers::Python,
    ..COMPACT
};
/// As PHP's `json_encode` writes it.
const PHP: Writer = Writer {
    escapes: Escapes {
        slash: true,
        ..ASCII
    },
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
const WRITERS: [(&str, Writer); 21] = [
    ("compact", COMPACT),
    ("with blanks, \\u escapes", SPACED),
    (
        "with blanks",
        Writer {
            escapes: FEW,
            ..SPACED
        },
    ),
    (
        "compact, \\u escapes",
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
        "compact, \\u escapes, \\/ for a slash",
        Writer { empty: "{}", ..PHP },
    ),
    (
        "compact, \\u escapes, \\/ for a slash, an empty list for an empty object",
        PHP,
    ),
    (
        "compact, \\u escapes, an empty list for an empty object",
        Writer {
            escapes: ASCII,
            ..PHP
        },
    ),
    (
        "compact, an empty list for an empty object",
        Writer {
            escapes: FEW,
            ..PHP
        },
    ),
    (
        "compact, \\/ for a slash",
        Writer {
            escapes: Escapes { slash: true, ..FEW },
            numbers: Numbers::Python,
            ..COMPACT
        },
    ),
    (
        "compact, \\u escapes for < > & = '",
        Writer {
            escapes: Escapes {
                more: "<>&='\u{2028}\u{2029}",
                ..FEW
            },
            numbers: Numbers::AsSpelt,
            ..COMPACT
        },
    ),
    (
        "compact, \\u escapes for < > &",
        Writer {
            escapes: HTML,
            ..COMPACT
        },
    ),
    (
        "compact, \\u escapes in capitals",
        Writer {
            escapes: Escapes {
                beyond_ascii: true,
                more: "\"<>&'+`\u{7f}",
                in_capitals: true,
                ..FEW
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
        "indented by four blanks, \\u escapes",
        Writer {
            indent: Some("    "),
            escapes: ASCII,
            numbers: Numbers::Python,
            ..INDENTED
        },
    ),
    (
        "indented by four blanks, \\u escapes, \\/ for a slash",
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
const SORTED: [(&str, Writer, bool); 10] = [
    ("compact", COMPACT, true),
    ("with blanks, \\u escapes", SPACED, true),
    (
        "compact, \\u escapes",
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
        "compact, \\u escapes for < > &",
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
            escapes: FEW,
            ..SPACED
        },
        true,
    ),
    ("indented by two blanks", INDENTED, true),
    (
        "indented by two blanks, \\u escapes for < > &",
        Writer {
            escapes: HTML,
            ..INDENTED
        },
        true,
    ),
    (
        "indented by four blanks, \\u escapes",
        Writer {
            indent: Some("    "),
            escapes: ASCII,
            numbers: Numbers::Python,
            ..INDENTED
        },
        true,
    ),
];

/// JSON as a program writes what it parsed.
pub(super) fn rewritten(text: &str) -> Forms<Vec<u8>> {
    let document = Json::document(text);
    let is_document = document.is_some();
    let of_javascript = document.clone().map(Json::indices_first);
    let mut forms = vec![];
    for (words, writer) in &WRITERS {
        let document = match writer.numbers {
            Numbers::JavaScript => &of_javascript,
            _ => &document,
        };
        forms.push(Form::new(written(document.as_ref(), writer, text), *words));
    }
    let without = if is_document {
        without_blanks(text)
    } else {
        text.to_owned()
    };
    forms.push(Form::new(without.into_bytes(), "only without its blanks"));
    forms
}

/// JSON as a program writes it that sorts the names of objects.
pub(super) fn with_sorted_names(text: &str) -> Forms<Vec<u8>> {
    let document = Json::document(text);
    let form = |(words, writer, in_all): &(&'static str, Writer, bool)| {
        let sorted = document.clone().map(|document| document.sorted(*in_all));
        Form::new(written(sorted.as_ref(), writer, text), *words)
    };
    SORTED.iter().map(form).collect()
}

fn written(document: Option<&Json<'_>>, writer: &Writer, text: &str) -> Vec<u8> {
    let Some(document) = document else {
        return text.as_bytes().to_vec();
    };
    let mut out = String::with_capacity(text.len() + 16);
    writer.write(document, 0, &mut out);
    out.push_str(writer.end);
    out.into_bytes()
}

impl Writer {
    fn write(&self, value: &Json<'_>, depth: usize, out: &mut String) {
        match value {
            Json::Null => out.push_str("null"),
            Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Number(spelt) => out.push_str(&self.numbers.of(spelt)),
            Json::Text(text) => self.write_text(text, out),
            Json::List(items) if items.is_empty() => out.push_str("[]"),
            Json::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.begin_item(at, depth + 1, out);
                    self.write(item, depth + 1, out);
                }
                self.begin_line(depth, out);
                out.push(']');
            }
            Json::Map(map) if map.is_empty() => out.push_str(self.empty),
            Json::Map(map) => {
                out.push('{');
                for (at, (name, value)) in map.iter().enumerate() {
                    self.begin_item(at, depth + 1, out);
                    self.write_text(name, out);
                    out.push_str(self.colon);
                    self.write(value, depth + 1, out);
                }
                self.begin_line(depth, out);
                out.push('}');
            }
        }
    }

    fn begin_item(&self, at: usize, depth: usize, out: &mut String) {
        if at > 0 {
            out.push_str(self.comma);
        }
        self.begin_line(depth, out);
    }

    fn begin_line(&self, depth: usize, out: &mut String) {
        if let Some(indent) = self.indent {
            out.push('\n');
            for _ in 0..depth {
                out.push_str(indent);
            }
        }
    }

    fn write_text(&self, text: &str, out: &mut String) {
        out.push('"');
        for c in text.chars() {
            let is_escaped = self.escapes.more.contains(c)
                || (self.escapes.beyond_ascii && !(' '..='~').contains(&c));
            match c {
                '"' if !is_escaped => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '/' if self.escapes.slash => out.push_str("\\/"),
                _ if is_escaped || c < ' ' => self.escape(c, out),
                _ => out.push(c),
            }
        }
        out.push('"');
    }

    fn escape(&self, c: char, out: &mut String) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            let escape = if self.escapes.in_capitals {
                format!("\\u{unit:04X}")
            } else {
                format!("\\u{unit:04x}")
            };
            out.push_str(&escape);
        }
    }
}

impl Numbers {
    fn of(self, number: &str) -> String {
        match self {
            Self::AsSpelt => number.to_owned(),
            Self::JavaScript => as_javascript(double(number)),
            Self::Python => of_python(number),
            Self::Php => of_php(number),
            Self::Java => of_java(number),
        }
    }
}

fn double(number: &str) -> f64 {
    number.parse().unwrap_or(f64::NAN)
}

fn is_whole(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

pub(super) fn of_python(number: &str) -> String {
    match number {
        "-0" => "0".to_owned(),
        _ if is_whole(number) => number.to_owned(),
        _ => as_python(double(number)),
    }
}

/// Numbers beyond 64 bits are doubles; a fraction of zero is lost.
fn of_php(number: &str) -> String {
    if is_whole(number) && number.parse::<i64>().is_ok() {
        return of_python(number);
    }
    let value = double(number);
    let (mantissa, exponent) = scientific(value);
    if (-4..17).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{}", exponent.abs())
}

/// Doubles from ten million on, and below a thousandth, have an exponent.
pub(super) fn of_java(number: &str) -> String {
    if is_whole(number) {
        return of_python(number);
    }
    let value = double(number);
    let (mantissa, exponent) = scientific(value);
    if value == 0.0 || (-3..7).contains(&exponent) {
        return format!("{value:?}");
    }
    format!("{mantissa}E{exponent}")
}

/// The shortest mantissa with a fraction, and the exponent.
fn scientific(value: f64) -> (String, i32) {
    let written = format!("{value:e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let fraction = if mantissa.contains('.') { "" } else { ".0" };
    (
        format!("{mantissa}{fraction}"),
        exponent.parse().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::{Numbers, rewritten, with_sorted_names};
    use crate::mistakes::Forms;

    const BODY: &str = r#"{"id": 17, "price": 10.0, "2": {"z": [], "y": {}}, "1": "caf\u00e9 <a>\/", "id": 1e2, "ok": true}"#;

    fn form(forms: &Forms<Vec<u8>>, words: &str) -> String {
        let form = forms.iter().find(|form| form.detail == words).unwrap();
        String::from_utf8(form.value.clone()).unwrap()
    }

    #[test]
    fn each_writer_writes_as_its_model() {
        let forms = rewritten(BODY);
        // Written by the programs themselves: Node.js, Python, PHP, Ruby, .NET.
        for (words, expected) in [
            (
                "compact",
                r#"{"1":"café <a>/","2":{"z":[],"y":{}},"id":100,"price":10,"ok":true}"#,
            ),
            (
                "with blanks, \\u escapes",
                r#"{"id": 100.0, "price": 10.0, "2": {"z": [], "y": {}}, "1": "caf\u00e9 <a>/", "ok": true}"#,
            ),
            (
                "compact, numbers as they were",
                r#"{"id":100.0,"price":10.0,"2":{"z":[],"y":{}},"1":"café <a>/","ok":true}"#,
            ),
            (
                "compact, \\u escapes, \\/ for a slash",
                r#"{"id":100,"price":10,"2":{"z":[],"y":{}},"1":"caf\u00e9 <a>\/","ok":true}"#,
            ),
            (
                "compact, \\u escapes, \\/ for a slash, an empty list for an empty object",
                r#"{"id":100,"price":10,"2":{"z":[],"y":[]},"1":"caf\u00e9 <a>\/","ok":true}"#,
            ),
            (
                "compact, \\u escapes in capitals",
                r#"{"id":1e2,"price":10.0,"2":{"z":[],"y":{}},"1":"caf\u00E9 \u003Ca\u003E/","ok":true}"#,
            ),
            (
                "only without its blanks",
                r#"{"id":17,"price":10.0,"2":{"z":[],"y":{}},"1":"caf\u00e9 <a>\/","id":1e2,"ok":true}"#,
            ),
        ] {
            assert_eq!(form(&forms, words), expected, "{words}");
        }
        let indented = form(&forms, "indented by two blanks");
        assert!(
            indented.starts_with("{\n  \"1\": \"café <a>/\",\n  \"2\": {\n    \"z\": [],"),
            "{indented}"
        );
    }

    #[test]
    fn names_are_sorted_in_all_objects_or_in_the_outermost() {
        let forms = with_sorted_names(BODY);
        assert_eq!(
            form(&forms, "compact, \\u escapes for < > &"),
            r#"{"1":"café \u003ca\u003e/","2":{"y":{},"z":[]},"id":100,"ok":true,"price":10}"#
        );
        assert_eq!(
            form(&forms, "compact, the outermost names only"),
            r#"{"1":"café <a>/","2":{"z":[],"y":{}},"id":100,"ok":true,"price":10}"#
        );
    }

    #[test]
    fn numbers_are_written_as_each_language_writes_them() {
        for (spelt, javascript, python, php, java) in [
            ("1.0", "1", "1.0", "1", "1.0"),
            ("1e2", "100", "100.0", "100", "100.0"),
            ("0.1", "0.1", "0.1", "0.1", "0.1"),
            ("-0", "0", "0", "0", "0"),
            (
                "12345678.5",
                "12345678.5",
                "12345678.5",
                "12345678.5",
                "1.23456785E7",
            ),
            ("1e25", "1e+25", "1e+25", "1.0e+25", "1.0E25"),
            (
                "9007199254740993",
                "9007199254740992",
                "9007199254740993",
                "9007199254740993",
                "9007199254740993",
            ),
            (
                "12345678901234567890",
                "12345678901234567000",
                "12345678901234567890",
                "1.2345678901234567e+19",
                "12345678901234567890",
            ),
            ("0.00001", "0.00001", "1e-05", "1.0e-5", "1.0E-5"),
            ("1.5E-7", "1.5e-7", "1.5e-07", "1.5e-7", "1.5E-7"),
            ("-0.0", "0", "-0.0", "-0", "-0.0"),
        ] {
            for (numbers, expected) in [
                (Numbers::JavaScript, javascript),
                (Numbers::Python, python),
                (Numbers::Php, php),
                (Numbers::Java, java),
            ] {
                assert_eq!(numbers.of(spelt), expected, "{spelt}");
            }
        }
    }

    #[test]
    fn what_is_no_document_stays_as_it_is_in_each_form() {
        for text in ["user-42", "{", "", "[1,"] {
            for forms in [rewritten(text), with_sorted_names(text)] {
                assert!(forms.iter().all(|form| form.value == text.as_bytes()));
            }
        }
        assert_eq!(rewritten("a").len(), rewritten(BODY).len());
    }
}
