//! What kind of input a request needs an adapter to take.

use crate::scheme::{FieldKind, Scheme};
use crate::signature::{InputKind, Op, Request, Secrets, Value};

impl FieldKind {
    /// The kind of a value of a field. A date is ordinary, which is [`InputKind::Text`], as a text;
    /// any other time as a number when signing and as the text of a header when verifying.
    pub fn input_kind(&self, op: Op, value: &Value) -> InputKind {
        match (self.time_form(), op, value) {
            (Some(form), Op::Sign, Value::Text(_)) if form.is_number() => InputKind::Json,
            (Some(form), Op::Sign, Value::Number(_)) if form.is_number() => InputKind::Text,
            (_, _, Value::Text(_)) => InputKind::Text,
            (Some(_), _, _) | (None, _, Value::Json(_)) => InputKind::Json,
            (None, _, Value::Bytes(_)) => InputKind::Bytes,
            (None, _, Value::Number(_)) => InputKind::Number,
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
        let rotation =
            matches!(request.secrets, Secrets::Rotated { .. }).then_some(InputKind::Rotation);
        let body = (op == Op::Send).then(|| self.body_to_send()).flatten();
        let fields = self.fields.iter().enumerate().map(|(at, field)| {
            match request.fields.value(&field.name) {
                // What is to be sent is an object.
                Some(Value::Json(_)) if body == Some(at) => InputKind::Text,
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
            .chain(rotation)
            .filter(|kind| *kind != InputKind::Text);
        let first = kinds.next().unwrap_or(InputKind::Text);
        kinds.all(|kind| kind == first).then_some(first)
    }
}
