//! What part each field plays in a scheme: who, when, which secret, any text.

use crate::scheme::{Field, FieldKind, Scheme, TimeForm};

impl Scheme {
    /// Whether the message holds a field.
    pub fn signs(&self, field: usize) -> bool {
        self.message.fields().any(|signed| signed == field)
    }

    /// Whether the token carries a field, so that it is not given when the token is verified.
    pub fn carries(&self, field: usize) -> bool {
        self.token.fields().any(|carried| carried == field)
    }

    /// The field that says who it is: the first free text of the message, one that is always given
    /// before those that may be absent.
    pub fn identity(&self) -> Option<usize> {
        let texts = || {
            let fields = self.message.fields();
            fields.filter(|&field| self.is_free_text(field))
        };
        let is_required = |field: &usize| !self.message.is_optional(*field);
        texts().find(is_required).or_else(|| texts().next())
    }

    /// Whether a field takes any text. One that selects the secret takes only the names of
    /// secrets.
    pub fn is_free_text(&self, field: usize) -> bool {
        self.fields.at(field).kind == FieldKind::Text && self.secret.per != Some(field)
    }

    /// Whether the field of that name is there and takes any text.
    pub fn has_free_text(&self, name: &str) -> bool {
        let field = self.fields.index(name);
        field.is_some_and(|field| self.is_free_text(field))
    }

    /// Whether a field is a time.
    pub fn is_time(&self, field: usize) -> bool {
        self.time_form(field).is_some()
    }

    /// How a field's times are written, where it is a time.
    pub fn time_form(&self, field: usize) -> Option<TimeForm> {
        self.fields.at(field).kind.time_form()
    }

    /// Every field that is a time, with its form, in the order of the file, whether it is signed or
    /// not.
    pub fn times(&self) -> impl Iterator<Item = (&Field, TimeForm)> {
        self.fields
            .iter()
            .filter_map(|field| Some((field, field.kind.time_form()?)))
    }

    /// The field that says when: the time that is signed; the one in the token, where none is.
    pub fn time(&self) -> Option<usize> {
        self.signed_time().or_else(|| self.carried_time())
    }

    /// The time that is signed.
    pub fn signed_time(&self) -> Option<usize> {
        self.message.fields().find(|&field| self.is_time(field))
    }

    /// The time that the token carries.
    pub fn carried_time(&self) -> Option<usize> {
        self.token.fields().find(|&field| self.is_time(field))
    }
}
