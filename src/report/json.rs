//! The JSON document itself.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::report::visible::is_visible;
use crate::results::{Document, RUNS_VERSION, RunResult, Runs, SCHEMA_VERSION};

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

/// Why bytes cannot be read as the document of a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The input is not valid JSON, or does not match the schema.
    #[error("not a result of macproof run: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The input is the document of a campaign.
    #[error(
        "written by macproof {command}, but a result of macproof run is needed here; to show both in one HTML page: macproof report render RUN.json --{option} FILE html=PATH"
    )]
    Campaign {
        /// The command that wrote the document.
        command: &'static str,
        /// The option that takes such a document.
        option: &'static str,
    },
    /// The document has another schema version.
    #[error(
        "unsupported schema version {found}; this macproof reads version {known}, so use the macproof that wrote the file"
    )]
    Version {
        /// The version that the document declares.
        found: u32,
        /// The version that this program reads.
        known: u32,
    },
}

/// Reads the document of one run or of several. Fails on malformed JSON, another schema version, or
/// the document of a campaign.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        macproof_result: Option<u32>,
        macproof_runs: Option<u32>,
        runs: Option<Vec<Versioned>>,
        macproof_timing: Option<u32>,
        macproof_fuzz: Option<u32>,
        macproof_versus: Option<u32>,
    }
    // Check the kind and version first: other documents would fail with misleading parse errors.
    let versioned: Versioned = serde_json::from_slice(bytes)?;
    let campaigns = [
        (versioned.macproof_timing, "timing", "timing"),
        (versioned.macproof_fuzz, "fuzz", "fuzz"),
        (versioned.macproof_versus, "fuzz --against", "versus"),
    ];
    for (form, command, option) in campaigns {
        if form.is_some() {
            return Err(ReadError::Campaign { command, option });
        }
    }
    let of_runs = versioned
        .runs
        .iter()
        .flatten()
        .map(|run| run.macproof_result);
    for found in of_runs.chain([versioned.macproof_result]).flatten() {
        if found != SCHEMA_VERSION {
            return Err(ReadError::Version {
                found,
                known: SCHEMA_VERSION,
            });
        }
    }
    match versioned.macproof_runs {
        None => Ok(serde_json::from_slice::<RunResult>(bytes)?
            .brought_up_to_date()
            .into()),
        Some(RUNS_VERSION) => {
            let mut runs = serde_json::from_slice::<Runs>(bytes)?;
            runs.runs = runs
                .runs
                .into_iter()
                .map(RunResult::brought_up_to_date)
                .collect();
            Ok(runs.into())
        }
        Some(found) => Err(ReadError::Version {
            found,
            known: RUNS_VERSION,
        }),
    }
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
    use proptest::prelude::*;

    use super::{ReadError, json, read};
    use crate::report::fixture::{HOSTILE, forty_of_three_hundred, green, rich};
    use crate::report::visible::is_visible;
    use crate::results::{Document, Runs};

    #[test]
    fn the_document_round_trips() {
        let several = Runs::new(vec![green(), rich(1)]);
        for document in [
            green().into(),
            forty_of_three_hundred().into(),
            rich(65_536).into(),
            Document::from(several),
        ] {
            let text = json(&document);
            assert_eq!(read(text.as_bytes()).unwrap(), document);
            assert!(text.chars().all(|c| c == '\n' || is_visible(c)));
        }
    }

    #[test]
    fn the_document_matches_the_snapshot() {
        let mut result = rich(40);
        let keep = ["acme/wrong-token", "hostile/unstable", "hostile/known"];
        result.cases.retain(|case| keep.contains(&case.id.as_str()));
        result.macproof_version = "0.0.0".into();
        insta::assert_snapshot!("document", json(&result));
    }

    #[test]
    fn other_schema_versions_are_refused() {
        let later = json(&green()).replacen("\"macproof_result\": 1", "\"macproof_result\": 2", 1);
        assert!(matches!(
            read(later.as_bytes()),
            Err(ReadError::Version { found: 2, known: 1 })
        ));
        let later = json(&Runs::new(vec![green()]));
        let later = later.replacen("\"macproof_result\": 1", "\"macproof_result\": 2", 1);
        assert!(matches!(
            read(later.as_bytes()),
            Err(ReadError::Version { found: 2, .. })
        ));
        assert!(matches!(read(b"{}"), Err(ReadError::Malformed(_))));
        let campaign = read(br#"{"macproof_fuzz": 1}"#).unwrap_err().to_string();
        assert!(campaign.contains("--fuzz FILE"), "{campaign}");
        assert!(matches!(read(b"rubbish"), Err(ReadError::Malformed(_))));
    }

    proptest! {
        #[test]
        fn untrusted_text_round_trips(said in any::<String>()) {
            let mut result = rich(1);
            result.notes = vec![said.clone(), format!("{HOSTILE}{said}")];
            let document = Document::from(result);
            let text = json(&document);
            prop_assert!(text.chars().all(|c| c == '\n' || is_visible(c)));
            prop_assert_eq!(read(text.as_bytes()).unwrap(), document);
        }
    }
}
