//! Reads the documents. All five formats share one envelope: a member that names the format, with
//! the version of its schema.

use std::fmt;

use serde::Deserialize;

use crate::results::{DocumentFormat, Versioned};

/// Why bytes cannot be read as a document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The input is not valid JSON, or does not match the schema.
    #[error("not a result of {}: {error}", expected.command())]
    Malformed {
        /// The format that is needed.
        expected: DocumentFormat,
        /// What is wrong.
        #[source]
        error: serde_json::Error,
    },
    /// The document has another format.
    #[error(
        "written by {}, but a result of {} is needed here{}",
        found.command(), expected.command(), Hint(*expected, *found)
    )]
    OtherFormat {
        /// The format that is needed.
        expected: DocumentFormat,
        /// The format that the document declares.
        found: DocumentFormat,
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

/// How to render the document of a campaign, which was given in place of a run's.
struct Hint(DocumentFormat, DocumentFormat);

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let option = match (self.0, self.1) {
            (DocumentFormat::Run, DocumentFormat::Fuzz) => "fuzz",
            (DocumentFormat::Run, DocumentFormat::Versus) => "versus",
            (DocumentFormat::Run, DocumentFormat::Timing) => "timing",
            _ => return Ok(()),
        };
        write!(
            f,
            "; to show both in one HTML page: macproof report render RUN.json --{option} FILE html=PATH"
        )
    }
}

/// The members that declare a document's format and version.
#[derive(Deserialize)]
struct Envelope {
    macproof_result: Option<u32>,
    macproof_runs: Option<u32>,
    macproof_fuzz: Option<u32>,
    macproof_versus: Option<u32>,
    macproof_timing: Option<u32>,
    /// The runs inside a document of several, each with an envelope of its own.
    #[serde(default)]
    runs: Vec<Self>,
}

impl Envelope {
    /// The declared format and version; `None` if it declares none.
    fn declared(&self) -> Option<(DocumentFormat, u32)> {
        let version = |format| match format {
            DocumentFormat::Run => self.macproof_result,
            DocumentFormat::Runs => self.macproof_runs,
            DocumentFormat::Fuzz => self.macproof_fuzz,
            DocumentFormat::Versus => self.macproof_versus,
            DocumentFormat::Timing => self.macproof_timing,
        };
        let mut formats = DocumentFormat::ALL.into_iter();
        formats.find_map(|format| Some((format, version(format)?)))
    }

    /// Fails if a declared version is not the one that this program reads.
    fn check_version(&self) -> Result<(), ReadError> {
        match self.declared() {
            Some((format, found)) if found != format.version() => Err(ReadError::Version {
                found,
                known: format.version(),
            }),
            _ => self.runs.iter().try_for_each(Self::check_version),
        }
    }
}

/// Reads a document: a [`Document`](crate::results::Document) of one run or of several, or that of a
/// campaign. Fails on malformed JSON, a document of another format, or another schema version.
pub fn read<T: Versioned>(bytes: &[u8]) -> Result<T, ReadError> {
    let expected = T::FORMAT;
    let malformed = |error| ReadError::Malformed { expected, error };
    // Check format and version first: other documents would fail with misleading parse errors.
    let envelope: Envelope = serde_json::from_slice(bytes).map_err(malformed)?;
    let format = match envelope.declared() {
        Some((found, _)) if !T::is_read_from(found) => {
            return Err(ReadError::OtherFormat { expected, found });
        }
        Some((found, _)) => found,
        None => expected,
    };
    envelope.check_version()?;
    T::parse(format, bytes).map_err(malformed)
}

/// The format that the bytes declare; `None` if they declare none.
pub fn declared(bytes: &[u8]) -> Option<DocumentFormat> {
    let envelope: Envelope = serde_json::from_slice(bytes).ok()?;
    envelope.declared().map(|(format, _)| format)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{ReadError, declared, read};
    use crate::report::fixture::{
        HOSTILE, forty_of_three_hundred, green, one_of_each, reread, rich,
    };
    use crate::report::json;
    use crate::report::visible::is_visible;
    use crate::results::{Document, DocumentFormat, Runs};

    #[test]
    fn every_document_round_trips() {
        for (format, text) in one_of_each() {
            assert_eq!(reread(format, text.as_bytes()).unwrap(), text);
        }
        let several = Runs::new(vec![green(), rich(1)]);
        for document in [
            green().into(),
            forty_of_three_hundred().into(),
            rich(65_536).into(),
            Document::from(several),
        ] {
            let text = json(&document);
            assert_eq!(read::<Document>(text.as_bytes()).unwrap(), document);
            assert!(text.chars().all(|c| c == '\n' || is_visible(c)));
        }
    }

    /// Older programs wrote the causes of a verifier without a diagnosis, and no numbers of cases.
    #[test]
    fn documents_of_older_programs_are_migrated() {
        let mut older: Value = serde_json::from_str(&json(&forty_of_three_hundred())).unwrap();
        let members = older.as_object_mut().unwrap();
        members.remove("diagnosis");
        members.remove("baselines");
        members.insert(
            "verifier_causes".into(),
            serde_json::json!([
                {"id": "accepts-prefix", "title": "a prefix", "remedy": "compare all", "explained": 3},
            ]),
        );
        let scope = older["scope"].as_object_mut().unwrap();
        scope.remove("cases");
        scope.remove("asked");
        let several = serde_json::json!({"macproof_runs": 1, "runs": [older]});
        for document in [&older, &several] {
            let document: Document = read(document.to_string().as_bytes()).unwrap();
            let [run] = document.runs() else {
                panic!("{document:?}");
            };
            assert_eq!((run.scope.cases, run.scope.asked), (300, 300));
            assert_eq!(run.verifier_causes, []);
            let diagnosis = run.diagnosis.as_ref().unwrap();
            let explained = diagnosis
                .causes
                .iter()
                .map(|cause| (cause.sign, cause.verify));
            assert_eq!(explained.collect::<Vec<_>>(), [(36, 0), (0, 3)]);
        }
    }

    #[test]
    fn other_schema_versions_are_refused() {
        for (format, text) in one_of_each() {
            let document: Value = serde_json::from_str(&text).unwrap();
            let (member, version) = document.as_object().unwrap().iter().next().unwrap();
            assert_eq!(*version, format.version(), "{member}");
            let mut later = document.clone();
            later[member.as_str()] = (format.version() + 1).into();
            let error = reread(format, later.to_string().as_bytes()).unwrap_err();
            let ReadError::Version { found, known } = error else {
                panic!("{member}: {error}");
            };
            assert_eq!((found, known), (format.version() + 1, format.version()));
        }
        let within = json(&Runs::new(vec![green()]));
        let within = within.replacen("\"macproof_result\": 1", "\"macproof_result\": 2", 1);
        assert!(matches!(
            read::<Document>(within.as_bytes()),
            Err(ReadError::Version { found: 2, .. })
        ));
    }

    #[test]
    fn documents_of_other_formats_are_refused_by_name() {
        let is_run = |format| matches!(format, DocumentFormat::Run | DocumentFormat::Runs);
        for (found, text) in one_of_each() {
            assert_eq!(declared(text.as_bytes()), Some(found));
            for expected in DocumentFormat::ALL {
                let result = reread(expected, text.as_bytes());
                if found == expected || is_run(found) && is_run(expected) {
                    assert!(result.is_ok());
                    continue;
                }
                let error = result.unwrap_err().to_string();
                let named = format!(
                    "written by {}, but a result of {} is needed here",
                    found.command(),
                    expected.command()
                );
                assert!(error.starts_with(&named), "{error}");
                assert_eq!(
                    error.contains(" FILE html=PATH"),
                    is_run(expected),
                    "{error}"
                );
            }
        }
        assert_eq!(declared(b"x"), None);
    }

    #[test]
    fn rubbish_is_malformed() {
        for format in DocumentFormat::ALL {
            for rubbish in ["{}", "rubbish", "[]", ""] {
                let error = reread(format, rubbish.as_bytes()).unwrap_err();
                assert!(matches!(error, ReadError::Malformed { .. }), "{error}");
                let named = format!("not a result of {}: ", format.command());
                assert!(error.to_string().starts_with(&named), "{error}");
            }
        }
    }

    proptest! {
        #[test]
        fn untrusted_text_round_trips(said in any::<String>()) {
            let mut result = rich(1);
            result.notes = vec![said.clone(), format!("{HOSTILE}{said}")];
            let document = Document::from(result);
            let text = json(&document);
            prop_assert!(text.chars().all(|c| c == '\n' || is_visible(c)));
            prop_assert_eq!(read::<Document>(text.as_bytes()).unwrap(), document);
        }
    }
}
