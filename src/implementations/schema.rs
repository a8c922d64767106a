//! The JSON Schema of `macproof.yaml`.

use schemars::Schema;
use schemars::generate::SchemaSettings;

use crate::implementations::raw::ImplementationsFile;

/// The JSON Schema (2020-12) of `macproof.yaml`. It refuses what is wrong in form; what is wrong in
/// meaning (an expression that does not compile) the reader alone can tell.
pub fn schema() -> Schema {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<ImplementationsFile>();
    schema.insert("title".to_owned(), "macproof implementations".into());
    schema
}
