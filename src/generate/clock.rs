//! The field of a scheme that holds a time.

use crate::generate::fixture::{Claim, Fixture, NOW, time_value};
use crate::scheme::FieldKind;

/// The field that holds the time, and its unit.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// Its index.
    pub(super) field: usize,
    /// Its unit.
    pub(super) kind: FieldKind,
}

impl Clock {
    /// The time of a scheme, where it has one.
    pub(super) fn of(fixture: &Fixture<'_>) -> Option<Self> {
        let field = fixture.time?;
        Some(Self {
            field,
            kind: fixture.scheme.fields.at(field).kind.clone(),
        })
    }

    /// Whether the time is a part of the message.
    pub(super) fn is_signed(&self, fixture: &Fixture<'_>) -> bool {
        let mut signed = fixture.scheme.message.fields();
        signed.any(|field| field == self.field)
    }

    /// The ordinary claim at another time.
    pub(super) fn at(&self, fixture: &Fixture<'_>, seconds: u64) -> Claim {
        fixture.with(self.field, time_value(&self.kind, seconds))
    }

    /// The ordinary time in its own unit.
    pub(super) fn now(&self) -> u64 {
        NOW * self.kind.per_second()
    }
}
