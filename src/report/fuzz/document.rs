//! JSON documents of fuzz campaigns and of comparisons of two implementations: their schemas and
//! readers.

use serde::Deserialize;

use crate::report::json;
use crate::results::{FUZZ_SCHEMA_VERSION, FuzzResult, VERSUS_SCHEMA_VERSION, VersusResult};

/// Why bytes cannot be read as the document of a fuzz campaign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadFuzzError {
    /// The input is not valid JSON, or does not match the schema.
    #[error("not a document of macproof fuzz: {0}")]
    Malformed(#[from] serde_json::Error),
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
    /// The document compares two implementations.
    #[error("a document of macproof fuzz --against; expected one about a single implementation")]
    Versus,
    /// The document is about a single implementation.
    #[error(
        "a document of macproof fuzz about a single implementation; expected one of macproof fuzz --against"
    )]
    NotVersus,
}

/// The members that declare a document's kind and version.
#[derive(Deserialize)]
struct Versioned {
    macproof_fuzz: Option<u32>,
    macproof_versus: Option<u32>,
}

/// Whether the bytes declare themselves to be the document of a campaign against one
/// implementation.
pub fn is_fuzz(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Versioned>(bytes).is_ok_and(|found| found.macproof_fuzz.is_some())
}

/// Reads the document of a fuzz campaign. Fails on malformed JSON, another schema version, or the
/// document of a comparison.
pub fn read_fuzz(bytes: &[u8]) -> Result<FuzzResult, ReadFuzzError> {
    // Check the kind and version first: other documents would fail with misleading parse errors.
    let versioned: Versioned = serde_json::from_slice(bytes)?;
    match (versioned.macproof_fuzz, versioned.macproof_versus) {
        (None, Some(_)) => Err(ReadFuzzError::Versus),
        (Some(found), _) if found != FUZZ_SCHEMA_VERSION => Err(ReadFuzzError::Version {
            found,
            known: FUZZ_SCHEMA_VERSION,
        }),
        _ => Ok(serde_json::from_slice(bytes)?),
    }
}

/// Reads the document of a comparison of two implementations. Fails on malformed JSON, another
/// schema version, or the document of a campaign.
pub fn read_versus(bytes: &[u8]) -> Result<VersusResult, ReadFuzzError> {
    let versioned: Versioned = serde_json::from_slice(bytes)?;
    match (versioned.macproof_versus, versioned.macproof_fuzz) {
        (None, Some(_)) => Err(ReadFuzzError::NotVersus),
        (Some(found), _) if found != VERSUS_SCHEMA_VERSION => Err(ReadFuzzError::Version {
            found,
            known: VERSUS_SCHEMA_VERSION,
        }),
        _ => Ok(serde_json::from_slice(bytes)?),
    }
}

/// The JSON Schema of a campaign's document; committed as `reports/fuzz.schema.json`.
pub fn fuzz_schema() -> String {
    json(&schemars::schema_for!(FuzzResult))
}

/// The JSON Schema of a comparison's document; committed as `reports/versus.schema.json`.
pub fn versus_schema() -> String {
    json(&schemars::schema_for!(VersusResult))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::{ReadFuzzError, fuzz_schema, is_fuzz, read_fuzz, read_versus, versus_schema};
    use crate::report::json as written;

    /// A document with every possible member.
    fn campaign() -> Value {
        let request =
            json!({"op": "sign", "suite": "acme", "secret": "k", "fields": {"user_id": " "}});
        let finding = json!({
            "id": "fuzz-token-is-exact-1",
            "suite": "acme",
            "outcome": "token",
            "requirement": "token-is-exact",
            "level": "must",
            "basis": "document",
            "text": "The token is exact.",
            "request": request,
            "expected": "token ab",
            "actual": "token ac",
            "length": 2,
            "length_before": 51,
            "asked": 30,
            "sequence": [request],
            "causes": [{"mistakes": [
                {"id": "identity-trimmed", "title": "trimmed", "remedy": "do not"},
            ]}],
            "cases": 2,
            "found_after_cases": 5,
            "found_after_ms": 40,
        });
        json!({
            "macproof_fuzz": 1,
            "macproof_version": "0.0.0",
            "started": "2026-11-21T08:00:00Z",
            "duration_ms": 90,
            "ended": "findings",
            "seed": 7,
            "jobs": 2,
            "shard": {"number": 2, "count": 3},
            "level": "should",
            "implementation": {"name": "acme-identity", "version": "2.1.0"},
            "adapter": "php adapter.php",
            "arguments": ["--command", "php adapter.php"],
            "suites": [{"name": "acme", "version": 1, "digest": "00"}],
            "cases": 9,
            "disagreements": 2,
            "unsupported": 0,
            "kinds": 4,
            "progress": [
                {"at_ms": 0, "cases": 0, "kinds": 0, "findings": 0},
                {"at_ms": 90, "cases": 9, "kinds": 4, "findings": 1},
            ],
            "restarts": {"count": 2, "allowed": 3, "reasons": [{"kind": "time-out", "count": 2, "first": "no answer within 5 ms"}]},
            "hello_changes": ["name", "ops"],
            "findings": [finding],
            "profile": [{
                "suite": "acme", "what": "refuses", "cases": 1, "request": request, "actual": "refused: no",
            }],
            "warnings": [{"suite": "acme", "requirement": "r", "cases": 1}],
            "notes": ["restarted"],
        })
    }

    fn versus() -> Value {
        let request = json!({
            "op": "verify", "suite": "acme", "secret": "k", "fields": {"user_id": "a"},
            "token": "ab", "now": 5,
        });
        let answer = |outcome: &str| json!({"outcome": outcome, "actual": outcome});
        let side = |name: &str| {
            json!({
                "implementation": {"name": name}, "adapter": name, "hello_changes": ["ops"],
                "restarts": {"count": 1, "allowed": 0, "reasons": [{"kind": "crash", "count": 1, "first": "x"}]},
            })
        };
        json!({
            "macproof_versus": 1,
            "macproof_version": "0.0.0",
            "started": "2026-11-21T08:00:00Z",
            "duration_ms": 90,
            "ended": "whole",
            "seed": 7,
            "sides": [side("php"), side("node")],
            "suites": [{"name": "acme", "version": 1, "digest": "00"}],
            "cases": 512,
            "unanswered": 2,
            "kinds": 40,
            "progress": [{"at_ms": 0, "cases": 0, "kinds": 0, "findings": 0}],
            "differences": [{
                "suite": "acme",
                "request": request,
                "answers": [answer("accept"), answer("reject")],
                "length": 3,
                "length_before": 12,
                "cases": 4,
            }],
            "matrix": [{
                "suite": "acme", "signer": 0, "verifier": 1, "tokens": 9, "accepted": 8,
                "example": {"request": request, "answer": answer("crash")},
            }],
            "notes": ["restarted"],
            "exit_code": 1,
        })
    }

    fn is_of(schema: &str, document: &Value) -> bool {
        let schema: Value = serde_json::from_str(schema).unwrap();
        jsonschema::validator_for(&schema)
            .unwrap()
            .is_valid(document)
    }

    /// To update the files, run `MACPROOF_UPDATE=1 cargo test schema`.
    #[test]
    fn the_committed_schemas_are_current() {
        for (name, schema) in [
            ("reports/fuzz.schema.json", fuzz_schema()),
            ("reports/versus.schema.json", versus_schema()),
        ] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
            if std::env::var_os("MACPROOF_UPDATE").is_some() {
                crate::report::write(&path, schema.as_bytes()).unwrap();
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                committed == schema,
                "{name} is stale: run MACPROOF_UPDATE=1 cargo test schema"
            );
        }
    }

    #[test]
    fn documents_match_their_schema_and_round_trip() {
        assert!(is_of(&fuzz_schema(), &campaign()));
        let read = read_fuzz(campaign().to_string().as_bytes()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), campaign());
        assert_eq!(read_fuzz(written(&read).as_bytes()).unwrap(), read);
        assert!(is_of(&versus_schema(), &versus()));
        let read = read_versus(versus().to_string().as_bytes()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), versus());
        for (pointer, wrong) in [
            ("/ended", json!("fine")),
            ("/shard", json!("2/3")),
            ("/findings/0/outcome", json!("failed")),
            ("/progress/0", json!({})),
        ] {
            let mut document = campaign();
            *document.pointer_mut(pointer).unwrap() = wrong;
            assert!(!is_of(&fuzz_schema(), &document), "{pointer}");
            assert!(read_fuzz(document.to_string().as_bytes()).is_err());
        }
        let mut document = versus();
        document["sides"] = json!([versus()["sides"][0]]);
        assert!(!is_of(&versus_schema(), &document));
    }

    #[test]
    fn document_kinds_are_not_confused() {
        let (one, two) = (campaign().to_string(), versus().to_string());
        assert!(is_fuzz(one.as_bytes()) && !is_fuzz(two.as_bytes()) && !is_fuzz(b"x"));
        assert!(matches!(
            read_fuzz(two.as_bytes()),
            Err(ReadFuzzError::Versus)
        ));
        assert!(matches!(
            read_versus(one.as_bytes()),
            Err(ReadFuzzError::NotVersus)
        ));
        let later = one.replacen("\"macproof_fuzz\":1", "\"macproof_fuzz\":2", 1);
        assert!(matches!(
            read_fuzz(later.as_bytes()),
            Err(ReadFuzzError::Version { found: 2, known: 1 })
        ));
        assert!(matches!(read_fuzz(b"{}"), Err(ReadFuzzError::Malformed(_))));
    }
}
