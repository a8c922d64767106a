//! The tables of inputs with the mistakes that each row reveals.

use crate::generate::identities::{IDENTITIES, TWINS};
use crate::generate::row::Row;
use crate::generate::{encoded_secrets, secrets};
use crate::mistakes::MistakeId;

/// Every row of the tables. A law of `strength` holds what they say to be true.
pub(crate) fn rows() -> impl Iterator<Item = Row> {
    let identities = IDENTITIES.iter().map(|row| Row {
        prefix: "identity-",
        slug: row.slug,
        mistakes: row.mistakes,
    });
    let twins = TWINS.iter().map(|row| Row {
        prefix: "twin-",
        slug: row.slug,
        mistakes: row.mistakes,
    });
    identities
        .chain(twins)
        .chain(secrets::rows())
        .chain(encoded_secrets::rows())
}

/// The mistakes that the vector of this id is in a table for.
pub(super) fn revealed_by(id: &str) -> &'static [MistakeId] {
    rows()
        .find(|row| row.has(id))
        .map_or(&[], |row| row.mistakes)
}
