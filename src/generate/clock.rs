//! The field of a scheme that holds a time.

use crate::generate::fixture::{Claim, Fixture, NOW, Presented};
use crate::scheme::{Field, MessagePart, TimeForm, filtered};

/// The field that holds the time, and its form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// Its index.
    pub(super) field: usize,
    /// How it is written.
    pub(super) form: TimeForm,
}

impl Clock {
    /// The time of a scheme, where it has one.
    pub(super) fn of(fixture: &Fixture<'_>) -> Option<Self> {
        let field = fixture.time?;
        let form = fixture.scheme.time_form(field)?;
        Some(Self { field, form })
    }

    /// Whether the time is a part of the message.
    pub(super) fn is_signed(self, fixture: &Fixture<'_>) -> bool {
        fixture.scheme.signs(self.field)
    }

    /// The field itself.
    pub(super) fn of_scheme<'f>(self, fixture: &'f Fixture<'_>) -> &'f Field {
        fixture.scheme.fields.at(self.field)
    }

    /// The ordinary claim at another time.
    pub(super) fn at(self, fixture: &Fixture<'_>, second: u64) -> Claim {
        let time = self.of_scheme(fixture).time_at(second);
        fixture.with(self.field, time.unwrap_or_else(|| self.form.at(second)))
    }

    /// The ordinary time in its own unit.
    pub(super) fn now(self) -> u64 {
        NOW * self.form.per_second()
    }

    /// The text of the ordinary time.
    pub(super) fn text(self, fixture: &Fixture<'_>) -> String {
        let time = fixture.base.fields.value(fixture.name(self.field));
        let bytes = time.and_then(|time| Some(time.to_bytes()?.into_owned()));
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    }

    /// The ordinary token whose MAC is that of the other parts of the message, without the time and
    /// the literal text beside it.
    pub(super) fn left_out(self, fixture: &Fixture<'_>) -> Option<Presented> {
        let parts = fixture.scheme.message.parts();
        let is_time = |part: &MessagePart| matches!(part, MessagePart::Field { field, .. } if *field == self.field);
        let is_literal = |part: Option<&MessagePart>| matches!(part, Some(MessagePart::Literal(_)));
        let time = parts.iter().position(is_time)?;
        let literal_before = time.checked_sub(1).filter(|&at| is_literal(parts.get(at)));
        let literal_after = Some(time + 1).filter(|&at| is_literal(parts.get(at)));
        let beside = literal_before.or(literal_after);
        let mut message = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            match part {
                _ if at == time || Some(at) == beside => {}
                MessagePart::Literal(bytes) => message.extend_from_slice(bytes),
                MessagePart::Field { field, filters } => {
                    let value = fixture.base.fields.value(fixture.name(*field))?;
                    let bytes = value.to_bytes()?.into_owned();
                    message.extend_from_slice(&filtered(&bytes, filters));
                }
            }
        }
        let key = fixture.key(&fixture.base)?;
        fixture.present(&fixture.base, &fixture.mac_of(&key, &message))
    }
}
