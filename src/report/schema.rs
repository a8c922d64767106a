//! The JSON Schema of the document, generated from its types.

use crate::report::json;
use crate::results::{RunResult, Runs};

/// The JSON Schema of a run's document; committed as `reports/result.schema.json`.
pub fn result_schema() -> String {
    json(&schemars::schema_for!(RunResult))
}

/// The JSON Schema of a document of several runs; committed as `reports/runs.schema.json`.
pub fn runs_schema() -> String {
    json(&schemars::schema_for!(Runs))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::{result_schema, runs_schema};
    use crate::report::fixture::{forty_of_three_hundred, green, rich};
    use crate::report::json;

    /// To update the files, run `MACPROOF_UPDATE=1 cargo test schema`.
    #[test]
    fn the_committed_schemas_are_current() {
        for (name, schema) in [
            ("reports/result.schema.json", result_schema()),
            ("reports/runs.schema.json", runs_schema()),
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
    fn documents_match_the_schema_and_others_do_not() {
        let schema: Value = serde_json::from_str(&result_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for result in [green(), forty_of_three_hundred(), rich(65_536)] {
            let document: Value = serde_json::from_str(&json(&result)).unwrap();
            let errors: Vec<_> = validator
                .iter_errors(&document)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
        let document: Value = serde_json::from_str(&json(&rich(1))).unwrap();
        for (pointer, wrong) in [
            ("/conformance", Value::from("perfect")),
            ("/gate/exit_code", Value::from(256)),
            ("/cases/0/verdict", Value::from("passed")),
            ("/cases/0/level", Value::Null),
            ("/counts", serde_json::json!({"passed": 3})),
            ("/suites/0", serde_json::json!({})),
        ] {
            let mut document = document.clone();
            *document.pointer_mut(pointer).unwrap() = wrong;
            assert!(!validator.is_valid(&document), "{pointer}");
        }
    }
}
