//! The JSON Schemas of the documents, generated from their types.

use schemars::schema_for;

use crate::report::json;
use crate::results::{DocumentFormat, FuzzResult, RunResult, Runs, TimingResult, VersusResult};

/// The JSON Schema of a format; the folder `reports` has all of them.
pub fn schema(format: DocumentFormat) -> String {
    json(&match format {
        DocumentFormat::Run => schema_for!(RunResult),
        DocumentFormat::Runs => schema_for!(Runs),
        DocumentFormat::Fuzz => schema_for!(FuzzResult),
        DocumentFormat::Versus => schema_for!(VersusResult),
        DocumentFormat::Timing => schema_for!(TimingResult),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json as value};

    use super::schema;
    use crate::report::fixture::{forty_of_three_hundred, green, one_of_each, reread, rich};
    use crate::report::json;
    use crate::results::DocumentFormat;

    fn validator(format: DocumentFormat) -> jsonschema::Validator {
        let schema: Value = serde_json::from_str(&schema(format)).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    }

    fn errors(validator: &jsonschema::Validator, document: &Value) -> Vec<String> {
        let errors = validator.iter_errors(document);
        let words = errors.map(|error| format!("{}: {error}", error.instance_path()));
        words.collect()
    }

    /// To update the files, run `MACPROOF_UPDATE=1 cargo test schema`.
    #[test]
    fn the_committed_schemas_are_current() {
        for format in DocumentFormat::ALL {
            let name = match format {
                DocumentFormat::Run => "reports/result.schema.json",
                DocumentFormat::Runs => "reports/runs.schema.json",
                DocumentFormat::Fuzz => "reports/fuzz.schema.json",
                DocumentFormat::Versus => "reports/versus.schema.json",
                DocumentFormat::Timing => "reports/timing.schema.json",
            };
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
            if std::env::var_os("MACPROOF_UPDATE").is_some() {
                crate::report::write(&path, schema(format).as_bytes()).unwrap();
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                committed == schema(format),
                "{name} is stale: run MACPROOF_UPDATE=1 cargo test schema"
            );
        }
    }

    #[test]
    fn documents_match_their_schema() {
        for (format, text) in one_of_each() {
            let document: Value = serde_json::from_str(&text).unwrap();
            let errors = errors(&validator(format), &document);
            assert!(errors.is_empty(), "{format:?}: {errors:#?}");
        }
        let validator = validator(DocumentFormat::Run);
        for result in [green(), forty_of_three_hundred(), rich(65_536)] {
            let document: Value = serde_json::from_str(&json(&result)).unwrap();
            let errors = errors(&validator, &document);
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    /// What the schema refuses is not read either.
    #[test]
    fn other_documents_match_no_schema() {
        for (format, text) in one_of_each() {
            let wrong: &[(&str, Value)] = match format {
                DocumentFormat::Run => &[
                    ("/conformance", value!("perfect")),
                    ("/gate/exit_code", value!(256)),
                    ("/cases/0/verdict", value!("passed")),
                    ("/cases/0/level", Value::Null),
                    ("/counts", value!({"passed": 3})),
                    ("/suites/0", value!({})),
                ],
                DocumentFormat::Runs => &[("/runs/0", value!({}))],
                DocumentFormat::Fuzz => &[
                    ("/ended", value!("fine")),
                    ("/shard", value!("2/3")),
                    ("/findings/0/outcome", value!("failed")),
                    ("/progress/0", value!({})),
                ],
                DocumentFormat::Versus => &[("/sides", value!([{}]))],
                DocumentFormat::Timing => &[("/measurements/0/verdict", value!("fine"))],
            };
            let validator = validator(format);
            for (pointer, wrong) in wrong {
                let mut document: Value = serde_json::from_str(&text).unwrap();
                *document.pointer_mut(pointer).unwrap() = wrong.clone();
                assert!(!validator.is_valid(&document), "{pointer}");
                assert!(reread(format, document.to_string().as_bytes()).is_err());
            }
        }
    }
}
