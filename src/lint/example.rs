//! A valid example request of a suite, for use in remarks.

use crate::scheme::{Field, FieldKind, Scheme, Verification};
use crate::signature::{Fields, Op, Secrets, Value};
use crate::suite::{Basis, InputKind, Suite};

/// A secret and fields that can be signed, with their token.
#[derive(Clone, Debug)]
pub(super) struct Exemplar {
    pub(super) secrets: Secrets,
    pub(super) fields: Fields,
    pub(super) token: String,
}

/// Whether the fields are short enough to read at a glance.
fn is_short(fields: &Fields) -> bool {
    let length = |value: &Value| value.as_text().map_or(0, str::len);
    fields.iter().all(|(_, value)| length(value) <= 80)
}

/// The time of examples if the suite has none: 2026-01-01T00:00:00Z.
const NOW: u64 = 1_767_225_600;

impl Exemplar {
    /// The suite's first example: the fields and secret of the first plain `sign` vector,
    /// preferably one with basis `document`. Generated if the suite has none.
    pub(super) fn of(suite: &Suite) -> Option<Self> {
        let signs = |basis: Option<Basis>| {
            suite
                .vectors
                .iter()
                .filter(|vector| vector.request.op == Op::Sign && vector.input == InputKind::Text)
                .filter(|vector| basis.is_none_or(|basis| vector.basis == basis))
                .map(|vector| &vector.request)
                .filter(|request| is_short(&request.fields))
                .find_map(|request| {
                    Self::signed(&suite.scheme, &request.secrets, request.fields.clone())
                })
        };
        signs(Some(Basis::Document))
            .or_else(|| signs(None))
            .or_else(|| Self::made_up(&suite.scheme))
    }

    /// An example with these secrets and fields; `None` if they cannot be signed.
    pub(super) fn signed(scheme: &Scheme, secrets: &Secrets, fields: Fields) -> Option<Self> {
        let token = scheme.sign(secrets, &fields).ok()?;
        Some(Self {
            secrets: secrets.clone(),
            fields,
            token,
        })
    }

    fn made_up(scheme: &Scheme) -> Option<Self> {
        let value = |field: &Field| match &field.kind {
            FieldKind::Text => Some(Value::Text("user-42".to_owned())),
            FieldKind::Time(_) => field.time_at(NOW),
            FieldKind::Enum(values) => values.first().cloned().map(Value::Text),
        };
        let fields: Fields = scheme
            .fields
            .iter()
            .filter_map(|field| Some((field.name.clone(), value(field)?)))
            .collect();
        let key = b"an example secret of 32 bytes...";
        let secret = scheme.secret.spell(key);
        let selector = scheme.secret.per.map(|field| &scheme.fields.at(field).name);
        let secrets = match selector.and_then(|name| fields.value(name)?.as_text()) {
            Some(value) => Secrets::Per(vec![(value.to_owned(), secret)]),
            None => Secrets::One(secret),
        };
        Self::signed(scheme, &secrets, fields)
    }

    /// The same example with one field changed and signed again.
    pub(super) fn with(&self, scheme: &Scheme, field: &str, value: Value) -> Option<Self> {
        let fields = self.fields.clone().with(field, value);
        Self::signed(scheme, &self.secrets, fields)
    }

    /// Whether the oracle accepts the token with these fields at `now` (Unix seconds).
    pub(super) fn passes(&self, scheme: &Scheme, beside: &Fields, now: u64) -> bool {
        let token = Value::Text(self.token.clone());
        scheme.verify(&self.secrets, beside, Some(&token), now) == Verification::Accepted
    }

    /// The current time of the example, in Unix seconds: the time it is signed with, if it has one.
    pub(super) fn now(&self, scheme: &Scheme) -> u64 {
        let signed = scheme.times().next().and_then(|(field, form)| {
            let text = self.fields.value(&field.name)?.to_bytes()?;
            let time = form.read(std::str::from_utf8(&text).ok()?)?;
            Some(time / form.per_second())
        });
        signed.unwrap_or(NOW)
    }
}
