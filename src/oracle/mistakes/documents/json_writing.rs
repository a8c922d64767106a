//! JSON that is parsed and written again.

use crate::mistakes::documents::json::{Json, without_blanks};
use crate::mistakes::documents::json_numbers::Numbers;
use crate::mistakes::documents::json_writers::{SORTED, WRITERS, Writer};
use crate::mistakes::{Form, Forms};

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
            Json::Text(text) => self.escapes.write_quoted(text, out),
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
                    self.escapes.write_quoted(name, out);
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
}

#[cfg(test)]
mod tests {
    use super::{rewritten, with_sorted_names};
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
                "with blanks, Unicode escapes",
                r#"{"id": 100.0, "price": 10.0, "2": {"z": [], "y": {}}, "1": "caf\u00e9 <a>/", "ok": true}"#,
            ),
            (
                "compact, numbers as they were",
                r#"{"id":100.0,"price":10.0,"2":{"z":[],"y":{}},"1":"café <a>/","ok":true}"#,
            ),
            (
                "compact, Unicode escapes, escaped slashes",
                r#"{"id":100,"price":10,"2":{"z":[],"y":{}},"1":"caf\u00e9 <a>\/","ok":true}"#,
            ),
            (
                "compact, Unicode escapes, escaped slashes, an empty list for an empty object",
                r#"{"id":100,"price":10,"2":{"z":[],"y":[]},"1":"caf\u00e9 <a>\/","ok":true}"#,
            ),
            (
                "compact, Unicode escapes in capitals",
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
            form(&forms, "compact, Unicode escapes for < > &"),
            r#"{"1":"café \u003ca\u003e/","2":{"y":{},"z":[]},"id":100,"ok":true,"price":10}"#
        );
        assert_eq!(
            form(&forms, "compact, the outermost names only"),
            r#"{"1":"café <a>/","2":{"z":[],"y":{}},"id":100,"ok":true,"price":10}"#
        );
    }

    #[test]
    fn every_form_leaves_other_texts_than_documents_alone() {
        for text in ["user-42", "{", "", "[1,"] {
            for forms in [rewritten(text), with_sorted_names(text)] {
                assert!(forms.iter().all(|form| form.value == text.as_bytes()));
            }
        }
        assert_eq!(rewritten("a").len(), rewritten(BODY).len());
    }
}
