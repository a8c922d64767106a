//! Determines which kind of values a vector contains, and so what it requires of an adapter.

use crate::scheme::FieldKind;
use crate::signature::InputKind;
use crate::signature::{Op, Value};
use crate::suite::error::{Fault, Problem};
use crate::suite::position::{At, Position};

/// What a vector's values require of an adapter, in addition to its stated `input`.
pub(super) struct Input {
    /// The `input` that the vector states, if any.
    stated: Option<(InputKind, Position)>,
    /// The first kind of value other than plain text, with its place.
    found: Option<(InputKind, Position)>,
    /// The first value of another kind than `found`, which is an error.
    other: Option<(InputKind, Position)>,
}

impl Input {
    pub(super) fn new(stated: Option<&At<InputKind>>) -> Self {
        Self {
            stated: stated.map(|stated| (stated.value, stated.at)),
            found: None,
            other: None,
        }
    }

    /// Records a value of this kind.
    pub(super) fn holds(&mut self, kind: InputKind, at: Position) {
        match self.found {
            None => self.found = Some((kind, at)),
            Some((known, _)) if known == kind => {}
            Some(_) => self.other = self.other.or(Some((kind, at))),
        }
    }

    /// Records a value or an absence that only `input: json` allows. Fails with `otherwise` if that
    /// was not stated.
    pub(super) fn needs_json(&mut self, at: Position, otherwise: Problem) -> Result<(), Fault> {
        if self
            .stated
            .is_some_and(|(stated, _)| stated == InputKind::Json)
        {
            self.holds(InputKind::Json, at);
            Ok(())
        } else {
            Err(Fault::new(at, otherwise))
        }
    }

    pub(super) fn holds_field(
        &mut self,
        op: Op,
        name: &str,
        kind: &FieldKind,
        value: &Value,
        at: Position,
    ) -> Result<(), Fault> {
        match kind.input_kind(op, value) {
            InputKind::Text => Ok(()),
            kind @ (InputKind::Bytes | InputKind::Number | InputKind::Rotation) => {
                self.holds(kind, at);
                Ok(())
            }
            InputKind::Json => {
                let name = name.to_owned();
                let otherwise = match (kind.is_time(), op) {
                    (true, Op::Sign | Op::Send) => Problem::TimeAtSign(name),
                    (true, Op::Verify | Op::Identify) => Problem::TimeAtVerify(name),
                    (false, _) => Problem::NeedsJson {
                        what: format!("the field {name:?}"),
                        found: found(value),
                    },
                };
                self.needs_json(at, otherwise)
            }
        }
    }

    /// The single kind of the whole vector. Fails if its values are of two kinds, or contradict
    /// `input`.
    pub(super) fn kind(self) -> Result<InputKind, Fault> {
        let found = self.found.map_or(InputKind::Text, |(kind, _)| kind);
        if let Some((other, at)) = self.other {
            return Err(Fault::new(at, Problem::InputMixed { one: found, other }));
        }
        match self.stated {
            Some((stated, at)) if stated != found => {
                Err(Fault::new(at, Problem::InputStated { stated, found }))
            }
            _ => Ok(found),
        }
    }
}

/// Describes a value for an error message.
pub(super) fn found(value: &Value) -> &'static str {
    match value {
        Value::Text(_) => "a text",
        Value::Bytes(_) => "bytes",
        Value::Number(_) => "a number",
        Value::Json(serde_json::Value::Null) => "null",
        Value::Json(serde_json::Value::Bool(_)) => "a boolean",
        Value::Json(serde_json::Value::Array(_)) => "a list",
        Value::Json(_) => "a map",
    }
}
