//! Forms (`application/x-www-form-urlencoded`) that are parsed and written again.

use percent_encoding::percent_decode;

use crate::mistakes::identity_forms::escape;
use crate::mistakes::json_text::Escapes;
use crate::mistakes::{Form, Forms};
use crate::scheme::{Param, Params};

/// A text without its percent escapes; other percent signs stay as they are.
pub(super) fn decoded(text: &[u8], plus_is_a_blank: bool) -> Vec<u8> {
    let blank = |&byte: &u8| match byte {
        b'+' if plus_is_a_blank => b' ',
        other => other,
    };
    let text: Vec<u8> = text.iter().map(blank).collect();
    percent_decode(&text).collect()
}

/// How a program encodes a form.
#[derive(Clone, Copy)]
struct Encoder {
    /// What is left as it is beside letters and digits.
    kept: &'static [u8],
    in_capitals: bool,
    blank: &'static str,
}

const PLUS: Encoder = Encoder {
    kept: b"*-._",
    in_capitals: true,
    blank: "+",
};
const PERCENT: Encoder = Encoder {
    kept: b"-_.!~*'()",
    blank: "%20",
    ..PLUS
};

/// The ways to encode the pairs again, the usual ones first.
const ENCODERS: [(&str, Encoder); 7] = [
    ("+ for a blank, leaving *", PLUS),
    ("%20 for a blank, leaving !~*'()", PERCENT),
    (
        "+ for a blank, leaving ~",
        Encoder {
            kept: b"-_.~",
            ..PLUS
        },
    ),
    (
        "+ for a blank, escaping * and ~",
        Encoder {
            kept: b"-_.",
            ..PLUS
        },
    ),
    (
        "%20 for a blank, leaving ~",
        Encoder {
            kept: b"-_.~",
            ..PERCENT
        },
    ),
    (
        "+ for a blank, leaving !*(), small digits",
        Encoder {
            kept: b"-_.!*()",
            in_capitals: false,
            ..PLUS
        },
    ),
    (
        "+ for a blank, leaving !~*'()",
        Encoder {
            blank: "+",
            ..PERCENT
        },
    ),
];

/// A form as a program writes what it parsed.
pub(super) fn rewritten(text: &[u8]) -> Forms<Vec<u8>> {
    let known = Params::read(text);
    let mut forms: Forms<Vec<u8>> = ENCODERS
        .iter()
        .map(|(words, encoder)| Form::new(written(&known, *encoder), *words))
        .collect();
    let mut filled = known;
    filled.retain(|(_, value)| !value.is_empty());
    let without = written(&filled, ENCODERS[2].1);
    forms.push(Form::new(without, "without empty values"));
    forms
}

/// The same with the pairs sorted by their names.
pub(super) fn sorted(text: &[u8]) -> Forms<Vec<u8>> {
    let mut sorted = Params::read(text);
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut forms: Forms<Vec<u8>> = ENCODERS[..5]
        .iter()
        .map(|(words, encoder)| Form::new(written(&sorted, *encoder), *words))
        .collect();
    // Sorted as they are spelt, and nothing encoded again.
    let mut spelt: Vec<&[u8]> = text.split(|&byte| byte == b'&').collect();
    spelt.sort_unstable();
    forms.insert(0, Form::new(spelt.join(&b'&'), "pairs as they are spelt"));
    forms
}

/// The pairs as an object of JSON; a name that stands several times has a list.
pub(super) fn as_json(text: &[u8]) -> Forms<Vec<u8>> {
    let known = Params::read(text);
    let with = |escapes: Escapes, colon: &str, comma: &str| {
        let quoted = |bytes: &[u8]| escapes.quoted(&String::from_utf8_lossy(bytes));
        let mut names: Vec<&[u8]> = Vec::new();
        for (name, _) in &known {
            if !names.contains(&name.as_slice()) {
                names.push(name);
            }
        }
        let entry = |name: &&[u8]| {
            let values: Vec<String> = known
                .iter()
                .filter(|(other, _)| other == name)
                .map(|(_, value)| quoted(value))
                .collect();
            let value = match &values[..] {
                [value] => value.clone(),
                values => format!("[{}]", values.join(comma)),
            };
            format!("{}{colon}{value}", quoted(name))
        };
        let entries: Vec<String> = names.iter().map(entry).collect();
        format!("{{{}}}", entries.join(comma)).into_bytes()
    };
    vec![
        Form::new(with(Escapes::FEW, ":", ","), "compact"),
        Form::new(
            with(Escapes::PYTHON, ": ", ", "),
            "with blanks, Unicode escapes",
        ),
        Form::new(with(Escapes::PYTHON, ":", ","), "compact, Unicode escapes"),
        Form::new(with(Escapes::FEW, ": ", ", "), "with blanks"),
    ]
}

fn written(pairs: &[Param], encoder: Encoder) -> Vec<u8> {
    let encode = |bytes: &[u8]| {
        let escaped = escape(bytes, encoder.kept, encoder.in_capitals);
        String::from_utf8(escaped)
            .unwrap_or_default()
            .replace("%20", encoder.blank)
    };
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{as_json, decoded, rewritten, sorted};
    use crate::mistakes::Forms;

    const BODY: &[u8] = b"text=94070+%2A~%27caf%c3%a9&empty=&a=%7e&a=2";

    fn form(forms: &Forms<Vec<u8>>, words: &str) -> String {
        let form = forms.iter().find(|form| form.detail == words).unwrap();
        String::from_utf8(form.value.clone()).unwrap()
    }

    #[test]
    fn each_encoder_encodes_as_its_model() {
        let forms = rewritten(BODY);
        for (words, expected) in [
            // URLSearchParams.
            (
                "+ for a blank, leaving *",
                "text=94070+*%7E%27caf%C3%A9&empty=&a=%7E&a=2",
            ),
            // Node.js's querystring.
            (
                "%20 for a blank, leaving !~*'()",
                "text=94070%20*~'caf%C3%A9&empty=&a=~&a=2",
            ),
            // Python's urlencode.
            (
                "+ for a blank, leaving ~",
                "text=94070+%2A~%27caf%C3%A9&empty=&a=~&a=2",
            ),
            (
                "without empty values",
                "text=94070+%2A~%27caf%C3%A9&a=~&a=2",
            ),
            // PHP's http_build_query.
            (
                "+ for a blank, escaping * and ~",
                "text=94070+%2A%7E%27caf%C3%A9&empty=&a=%7E&a=2",
            ),
        ] {
            assert_eq!(form(&forms, words), expected, "{words}");
        }
    }

    #[test]
    fn pairs_are_sorted_and_become_json() {
        assert_eq!(
            form(&sorted(BODY), "pairs as they are spelt"),
            "a=%7e&a=2&empty=&text=94070+%2A~%27caf%c3%a9"
        );
        assert_eq!(
            form(&as_json(BODY), "compact"),
            r#"{"text":"94070 *~'café","empty":"","a":["~","2"]}"#
        );
    }

    #[test]
    fn any_text_is_a_form() {
        assert_eq!(rewritten(b"user-42")[0].value, b"user-42=");
        assert_eq!(
            rewritten("jos\u{e9} 1".as_bytes())[1].value,
            b"jos%C3%A9%201="
        );
        assert_eq!(as_json(b"a")[0].value, b"{\"a\":\"\"}");
        assert_eq!(rewritten(b"")[0].value, b"");
        for text in [&b"user-42"[..], b""] {
            assert_eq!(sorted(text)[0].value, text);
            assert_eq!(sorted(text).len(), sorted(BODY).len());
            assert_eq!(rewritten(text).len(), rewritten(BODY).len());
        }
    }

    #[test]
    fn other_percent_signs_are_kept() {
        assert_eq!(decoded(b"100%+%zz%4", true), b"100% %zz%4");
        assert_eq!(decoded(b"a%2Bb+c", false), b"a+b+c");
    }
}
