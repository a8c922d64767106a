//! What kind of values a vector holds, and so what it needs of an adapter.

use crate::scheme::FieldKind;
use crate::signature::InputKind;
use crate::signature::{Op, Value};
use crate::suite::error::{Fault, Problem};
use crate::suite::position::{At, Position};

/// What a vector's values demand of an adapter, beside what the file says of it.
pub(super) struct Input {
    stated: Option<(InputKind, Position)>,
    found: Option<(InputKind, Position)>,
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

    /// A value of this kind stands there.
    pub(super) fn holds(&mut self, kind: InputKind, at: Position) {
        match self.found {
            None => self.found = Some((kind, at)),
            Some((known, _)) if known == kind => {}
            Some(_) => self.other = self.other.or(Some((kind, at))),
        }
    }

    /// Something stands there, or is absent, that only `input: json` allows.
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
            kind @ (InputKind::Bytes | InputKind::Number) => {
                self.holds(kind, at);
                Ok(())
            }
            InputKind::Json => {
                let name = name.to_owned();
                let otherwise = match (kind.is_time(), op) {
                    (true, Op::Sign) => Problem::TimeAtSign(name),
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

    /// The one kind that the whole vector is of.
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

/// What a value is, for a sentence about it.
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
