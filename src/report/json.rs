//! Writes documents as JSON.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::report::visible::is_visible;

/// Renders a document as indented JSON with a trailing line feed. Equal documents give equal bytes.
/// Invisible characters are escaped, so that the file is safe to print in a terminal.
#[expect(
    clippy::expect_used,
    reason = "a vector takes every byte, and our maps have text keys"
)]
pub fn json<T: Serialize>(document: &T) -> String {
    let mut out = Vec::with_capacity(64 << 10);
    let formatter = VisibleFormatter(PrettyFormatter::new());
    document
        .serialize(&mut Serializer::with_formatter(&mut out, formatter))
        .expect("a document can be written");
    out.push(b'\n');
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// Escapes invisible characters; otherwise formats like `serde_json`'s `PrettyFormatter`.
struct VisibleFormatter<'a>(PrettyFormatter<'a>);

impl Formatter for VisibleFormatter<'_> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        // A CI job would execute `##[word]` in its log as a command.
        let mut before = ' ';
        let mut is_escaped = |c: char| {
            let is_second = c == '#' && before == '#';
            before = c;
            is_second || !is_visible(c)
        };
        while let Some(at) = rest.find(&mut is_escaped) {
            writer.write_all(&rest.as_bytes()[..at])?;
            let mut following = rest[at..].chars();
            for unit in following
                .next()
                .unwrap_or_default()
                .encode_utf16(&mut [0; 2])
            {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = following.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::json;
    use crate::report::fixture::rich;

    #[test]
    fn the_document_matches_the_snapshot() {
        let mut result = rich(40);
        let keep = ["acme/wrong-token", "hostile/unstable", "hostile/known"];
        result.cases.retain(|case| keep.contains(&case.id.as_str()));
        result.macproof_version = "0.0.0".into();
        insta::assert_snapshot!("document", json(&result));
    }
}
