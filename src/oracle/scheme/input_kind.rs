//! What kind of input a request needs an adapter to take.

use crate::scheme::{FieldKind, Scheme};
use crate::signature::{InputKind, Op, Request, Value};

impl FieldKind {
    /// The kind of a value of a field. A time is ordinary, which is [`InputKind::Text`], as a
    /// number when signing and as the text of a header when verifying.
    pub fn input_kind(&self, op: Op, value: &Value) -> InputKind {
        match (self.is_time(), op, value) {
            (true, Op::Sign, Value::Number(_))
            | (true, Op::Verify | Op::Identify, Value::Text(_))
            | (false, _, Value::Text(_)) => InputKind::Text,
            (true, _, _) | (false, _, Value::Json(_)) => InputKind::Json,
            (false, _, Value::Bytes(_)) => InputKind::Bytes,
            (false, _, Value::Number(_)) => InputKind::Number,
        }
    }
}

impl Scheme {
    /// What an adapter must take in for a request; `None` where it holds values of several kinds,
    /// so that no vector can ask it.
    pub fn input_kind(&self, request: &Request) -> Option<InputKind> {
        let op = request.op;
        let secrets = request
            .secrets
            .iter()
            .map(|(_, secret)| match secret.to_value() {
                Value::Bytes(_) => InputKind::Bytes,
                _ => InputKind::Text,
            });
        let fields = self.fields.iter().enumerate().map(|(at, field)| {
            match request.fields.value(&field.name) {
                Some(value) => field.kind.input_kind(op, value),
                None if self.needs(op, at) => InputKind::Json,
                None => InputKind::Text,
            }
        });
        let token = match &request.token {
            None if op.verifies() => InputKind::Json,
            None | Some(Value::Text(_)) => InputKind::Text,
            Some(Value::Bytes(_)) => InputKind::Bytes,
            Some(Value::Number(_) | Value::Json(_)) => InputKind::Json,
        };
        let mut kinds = secrets
            .chain(fields)
            .chain([token])
            .filter(|kind| *kind != InputKind::Text);
        let first = kinds.next().unwrap_or(InputKind::Text);
        kinds.all(|kind| kind == first).then_some(first)
    }
}
