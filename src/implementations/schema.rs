//! The JSON Schema of `macproof.yaml`.

use schemars::Schema;
use schemars::generate::SchemaSettings;

use crate::implementations::raw::ImplementationsFile;

/// The JSON Schema (2020-12) of `macproof.yaml`. It rejects errors of form; errors of meaning, such
/// as a regular expression that does not compile, are found only by the reader.
pub fn schema() -> Schema {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<ImplementationsFile>();
    schema.insert("title".to_owned(), "macproof implementations".into());
    schema
}
