//! The fields of a scheme, and their values as the bytes that a message is built from.

use std::borrow::Cow;
use std::sync::Arc;

use crate::scheme::{Content, Filter, Params, Pattern, Refusal, TimeForm, filtered};
use crate::signature::{Fields, Slug, Value};

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A time, written in this form.
    Time(TimeForm),
    /// One of these texts.
    Enum(Vec<String>),
}

impl FieldKind {
    /// How it is written, where it is a time.
    pub fn time_form(&self) -> Option<TimeForm> {
        match self {
            Self::Time(form) => Some(*form),
            Self::Text | Self::Enum(_) => None,
        }
    }

    /// Whether it is a time.
    pub fn is_time(&self) -> bool {
        self.time_form().is_some()
    }

    /// Whether it is a time that is written as a date.
    pub fn is_date(&self) -> bool {
        self.time_form().is_some_and(|form| !form.is_number())
    }

    /// How many of its units make a second; 1 for what is no time.
    pub fn per_second(&self) -> u64 {
        self.time_form().map_or(1, TimeForm::per_second)
    }
}

/// A named field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, as in `{user_id}`.
    pub name: String,
    /// Its type.
    pub kind: FieldKind,
    /// The form of its texts, where the scheme states one. It does not bind the oracle.
    pub pattern: Option<Pattern>,
    /// What its texts hold.
    pub content: Content,
    /// How its parameters are signed, where its texts are forms or queries.
    pub params: Option<Arc<Params>>,
}

impl Field {
    /// A field of any form.
    pub fn new(name: impl Into<String>, kind: FieldKind) -> Self {
        Self {
            name: name.into(),
            kind,
            pattern: None,
            content: Content::Text,
            params: None,
        }
    }

    /// A second since 1970, as the field's texts write it: a date in the first of the usual ways
    /// that its pattern allows. `None` where the field is no time.
    pub fn time_at(&self, second: u64) -> Option<Value> {
        let form = self.kind.time_form()?;
        let mut written = form.ways(second).into_iter();
        let allowed = written.find(|text| self.takes(text.as_bytes()));
        Some(allowed.map_or_else(|| form.at(second), |text| form.value_of(&text)))
    }

    /// The text of [that value](Self::time_at).
    pub fn time_text_at(&self, second: u64) -> Option<String> {
        let form = self.kind.time_form()?;
        let value = self.time_at(second)?;
        let text = value
            .to_bytes()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        // One that JSON does not hold is a number all the same.
        text.or_else(|| Some(form.write(second.saturating_mul(form.per_second()))))
    }

    /// Whether it has a form: a pattern, a content, or parameters.
    pub fn has_a_form(&self) -> bool {
        self.pattern.is_some() || self.content != Content::Text || self.params.is_some()
    }

    /// Whether some bytes are of its form.
    pub fn takes(&self, bytes: &[u8]) -> bool {
        let is_read_alike = |params: &Arc<Params>| params.takes(bytes);
        self.content.holds(bytes)
            && self.params.as_ref().is_none_or(is_read_alike)
            && self
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern.matches(bytes))
    }
}

/// The fields of a scheme, in the order of its file. Elsewhere a field is its index here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(Vec<Field>);

impl FieldSet {
    /// A set of fields whose names differ.
    pub fn new(fields: Vec<Field>) -> Self {
        Self(fields)
    }

    /// Where the field of that name stands.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|field| field.name == name)
    }

    /// The field at `index`, which came from this set.
    pub fn at(&self, index: usize) -> &Field {
        &self.0[index]
    }

    /// The fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.0.iter()
    }

    /// The number of fields.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The bytes of each field, by its index in the [`FieldSet`]; `None` where it was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldTexts<'a>(Vec<Option<Cow<'a, [u8]>>>);

impl<'a> FieldTexts<'a> {
    /// Reads the values that were given. A number stands for its decimal text.
    ///
    /// A time is a number or a text of its form ([`TimeForm::takes`]); an enum is
    /// one of its values; a field that the scheme does not have is no one's business.
    pub fn read(set: &FieldSet, fields: &'a Fields) -> Result<Self, Refusal> {
        let read = |field: &Field| -> Result<Option<Cow<'a, [u8]>>, Refusal> {
            let Some(value) = fields.value(&field.name) else {
                return Ok(None);
            };
            let bytes = value
                .to_bytes()
                .ok_or_else(|| Refusal::not_text(field, value))?;
            let fits = match &field.kind {
                FieldKind::Text => true,
                FieldKind::Time(form) => form.takes(&bytes),
                FieldKind::Enum(values) => values.iter().any(|v| v.as_bytes() == &*bytes),
            };
            if fits {
                Ok(Some(bytes))
            } else {
                Err(Refusal::BadField(field.name.clone()))
            }
        };
        set.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The bytes of a field.
    pub fn bytes(&self, index: usize) -> Option<&[u8]> {
        self.0.get(index)?.as_deref()
    }

    /// The bytes of a field as text, where they are UTF-8.
    pub fn text(&self, index: usize) -> Option<&str> {
        std::str::from_utf8(self.bytes(index)?).ok()
    }

    /// What a field's bytes are written as by these filters, where that is a text.
    pub fn written(&self, index: usize, filters: &[Filter]) -> Option<String> {
        let bytes = filtered(self.bytes(index)?, filters);
        std::str::from_utf8(&bytes).ok().map(str::to_owned)
    }

    /// Sets the bytes of a field.
    pub fn set(&mut self, index: usize, bytes: impl Into<Cow<'a, [u8]>>) {
        if self.0.len() <= index {
            self.0.resize(index + 1, None);
        }
        self.0[index] = Some(bytes.into());
    }
}

impl Refusal {
    fn not_text(field: &Field, value: &Value) -> Self {
        let found = match value {
            Value::Json(serde_json::Value::Null) => "null",
            Value::Json(serde_json::Value::Bool(_)) => "a boolean",
            Value::Json(serde_json::Value::Array(_)) => "a list",
            Value::Json(serde_json::Value::Object(_)) => "a map",
            _ => "not an integer that JSON represents exactly",
        };
        Self::NotText {
            field: field.name.clone(),
            found,
        }
    }
}

/// A field's name: like a [`Slug`], but with underscores, as programmers write it.
pub fn is_field_name(name: &str) -> bool {
    name != "mac" && Slug::new(&name.replace('_', "-")).is_ok() && !name.contains('-')
}
