//! JSON that is parsed and signed as a language prints the result.

use crate::mistakes::documents::json::Json;
use crate::mistakes::documents::json_numbers::{of_java, of_python};
use crate::mistakes::identity_forms::as_go;
use crate::mistakes::{Form, Forms};

/// How a language prints values.
struct Print {
    null: &'static str,
    yes: &'static str,
    no: &'static str,
    /// What stands around an object, and around a list.
    braces: [&'static str; 2],
    brackets: [&'static str; 2],
    /// Between a name and its value, and between two items.
    colon: &'static str,
    comma: &'static str,
    number: fn(&str) -> String,
    /// A name, and a text, with what is around them.
    name: fn(&str) -> String,
    text: fn(&str) -> String,
    is_sorted: bool,
}

/// As Java prints a map.
const JAVA: Print = Print {
    null: "null",
    yes: "true",
    no: "false",
    braces: ["{", "}"],
    brackets: ["[", "]"],
    colon: "=",
    comma: ", ",
    number: of_java,
    name: str::to_owned,
    text: str::to_owned,
    is_sorted: false,
};
/// As Ruby did before 3.4.
const RUBY: Print = Print {
    null: "nil",
    colon: "=>",
    number: of_python,
    name: ruby,
    text: ruby,
    ..JAVA
};

const PRINTS: [(&str, Print); 5] = [
    (
        "names and texts in single quotes",
        Print {
            null: "None",
            yes: "True",
            no: "False",
            colon: ": ",
            number: of_python,
            name: python,
            text: python,
            ..JAVA
        },
    ),
    ("no quotes, = behind names", JAVA),
    ("=> behind names", RUBY),
    (
        "=> between blanks behind names",
        Print {
            colon: " => ",
            ..RUBY
        },
    ),
    (
        "map[…], items separated by blanks",
        Print {
            null: "<nil>",
            braces: ["map[", "]"],
            colon: ":",
            comma: " ",
            number: |number| as_go(number.parse().unwrap_or(f64::NAN)),
            is_sorted: true,
            ..JAVA
        },
    ),
];

/// JSON as languages print what they parsed.
pub(super) fn printed(text: &str) -> Forms<Vec<u8>> {
    let document = Json::document(text);
    let form = |(words, print): &(&'static str, Print)| {
        let written = document.clone().map(|document| {
            let document = if print.is_sorted {
                document.sorted(true)
            } else {
                document
            };
            print.of(&document)
        });
        let written = written.unwrap_or_else(|| text.to_owned());
        Form::new(written.into_bytes(), *words)
    };
    PRINTS.iter().map(form).collect()
}

impl Print {
    fn of(&self, value: &Json<'_>) -> String {
        let joined = |items: Vec<String>, [before, behind]: [&str; 2]| {
            format!("{before}{}{behind}", items.join(self.comma))
        };
        match value {
            Json::Null => self.null.to_owned(),
            Json::Bool(true) => self.yes.to_owned(),
            Json::Bool(false) => self.no.to_owned(),
            Json::Number(spelt) => (self.number)(spelt),
            Json::Text(text) => (self.text)(text),
            Json::List(items) => joined(
                items.iter().map(|item| self.of(item)).collect(),
                self.brackets,
            ),
            Json::Map(map) => {
                let entry = |(name, value): &(String, Json<'_>)| {
                    format!("{}{}{}", (self.name)(name), self.colon, self.of(value))
                };
                joined(map.iter().map(entry).collect(), self.braces)
            }
        }
    }
}

/// A text as Python's `repr` writes it.
fn python(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut written = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            c if c == quote => {
                written.push('\\');
                written.push(c);
            }
            c if c.is_ascii_control() => written.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => written.push(c),
        }
    }
    written.push(quote);
    written
}

/// A text as Ruby's `inspect` writes it.
fn ruby(text: &str) -> String {
    let mut written = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                written.push('\\');
                written.push(c);
            }
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\u{1b}' => written.push_str("\\e"),
            c if c.is_ascii_control() => written.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => written.push(c),
        }
    }
    written.push('"');
    written.replace("#{", "\\#{")
}

#[cfg(test)]
mod tests {
    use super::printed;

    #[test]
    fn each_print_is_that_of_its_model() {
        let text = r#"{"n": null, "a": [true, 1.0, "it's"], "b": {"c": "é\n"}, "d": 1e7}"#;
        let printed: Vec<String> = printed(text)
            .into_iter()
            .map(|form| String::from_utf8(form.value).unwrap())
            .collect();
        // Printed by the languages: Python, Java, Ruby 3.1 and 3.4, Go.
        let expected = [
            r#"{'n': None, 'a': [True, 1.0, "it's"], 'b': {'c': 'é\n'}, 'd': 10000000.0}"#,
            "{n=null, a=[true, 1.0, it's], b={c=é\n}, d=1.0E7}",
            r#"{"n"=>nil, "a"=>[true, 1.0, "it's"], "b"=>{"c"=>"é\n"}, "d"=>10000000.0}"#,
            r#"{"n" => nil, "a" => [true, 1.0, "it's"], "b" => {"c" => "é\n"}, "d" => 10000000.0}"#,
            "map[a:[true 1 it's] b:map[c:é\n] d:1e+07 n:<nil>]",
        ];
        assert_eq!(printed, expected);
    }
}
