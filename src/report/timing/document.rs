//! The JSON document of a timing campaign: its schema and reader.

use crate::results::{TIMING_SCHEMA_VERSION, TimingResult};

/// Why bytes cannot be read as the document of a timing campaign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadTimingError {
    /// The input is not valid JSON, or does not match the schema.
    #[error("not a result of macproof timing: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The document has another schema version.
    #[error(
        "unsupported schema version {found}; this macproof reads version {TIMING_SCHEMA_VERSION}, so use the macproof that wrote the file"
    )]
    Version {
        /// The version that the document declares.
        found: u32,
    },
}

/// Reads the document of a timing campaign. Fails on malformed JSON or another schema version.
pub fn read_timing(bytes: &[u8]) -> Result<TimingResult, ReadTimingError> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        macproof_timing: u32,
    }
    let found = serde_json::from_slice::<Versioned>(bytes)?.macproof_timing;
    if found != TIMING_SCHEMA_VERSION {
        return Err(ReadTimingError::Version { found });
    }
    Ok(serde_json::from_slice(bytes)?)
}

/// The JSON Schema of the document; committed as `reports/timing.schema.json`.
#[expect(
    clippy::expect_used,
    reason = "a schema is a tree of maps with text keys"
)]
pub fn timing_schema() -> String {
    let schema = schemars::schema_for!(TimingResult);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema can be written");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::{ReadTimingError, read_timing, timing_schema};
    use crate::report::json;
    use crate::report::timing::fixture::campaign;

    /// To update the file, run `MACPROOF_UPDATE=1 cargo test schema`.
    #[test]
    fn the_committed_schema_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/timing.schema.json");
        if std::env::var_os("MACPROOF_UPDATE").is_some() {
            crate::report::write(&path, timing_schema().as_bytes()).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == timing_schema(),
            "reports/timing.schema.json is stale: run MACPROOF_UPDATE=1 cargo test schema"
        );
    }

    #[test]
    fn a_document_matches_the_schema_and_round_trips() {
        let text = json(&campaign());
        assert_eq!(read_timing(text.as_bytes()).unwrap(), campaign());
        let schema: Value = serde_json::from_str(&timing_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let mut wrong = document.clone();
        wrong["measurements"][0]["verdict"] = "fine".into();
        assert!(!validator.is_valid(&wrong));
        let later = text.replacen("\"macproof_timing\": 1", "\"macproof_timing\": 2", 1);
        assert!(matches!(
            read_timing(later.as_bytes()),
            Err(ReadTimingError::Version { found: 2 })
        ));
        assert!(matches!(
            read_timing(b"{}"),
            Err(ReadTimingError::Malformed(_))
        ));
    }
}
