//! How ordinary a request is: the more so, the more can be demanded.

use crate::fuzz::bounds::Bounds;
use crate::fuzz::bounds::token_shape::{Texture, of_identity, of_secret};
use crate::generate::Form;
use crate::scheme::{FieldKind, SecretEncoding};
use crate::signature::{Fields, Request, Secrets, Value};

impl Bounds<'_> {
    fn texts<'f>(&'f self, fields: &'f Fields) -> impl Iterator<Item = (usize, &'f Value)> {
        fields.iter().filter_map(|(name, value)| {
            let at = self.suite.scheme.fields.index(name)?;
            self.suite.scheme.is_free_text(at).then_some((at, value))
        })
    }

    pub(super) fn has_number(&self, fields: &Fields) -> bool {
        self.texts(fields)
            .any(|(_, value)| matches!(value, Value::Number(_)))
    }

    /// Whether a field that may be absent has a value that may count as none.
    pub(super) fn may_lack_a_part(&self, fields: &Fields) -> bool {
        let scheme = &self.suite.scheme;
        scheme.message.optional().any(|at| {
            let value = fields.value(&scheme.fields.at(at).name);
            value.is_some_and(|value| self.fixture.may_be_none(at, value))
        })
    }

    pub(super) fn has_json(fields: &Fields) -> bool {
        fields
            .iter()
            .any(|(_, value)| matches!(value, Value::Json(_)))
    }

    pub(super) fn texture(&self, fields: &Fields) -> Texture {
        let splits = |text: &str| {
            self.fixture.message_has_two_texts()
                && self
                    .fixture
                    .delimiters()
                    .iter()
                    .any(|d| text.contains(d.as_str()))
        };
        let is_plain = self.texts(fields).all(|(at, value)| match value {
            Value::Text(text) => {
                of_identity(text) == Texture::Plain
                    && !splits(text)
                    && self.fixture.domain(at).takes(value)
                    && !self.fixture.domain(at).looks_like_json_and_is_none(value)
            }
            _ => false,
        });
        if is_plain {
            Texture::Plain
        } else {
            Texture::Unusual
        }
    }

    /// Whether every choice among several is the ordinary one.
    pub(super) fn enums_are_ordinary(&self, fields: &Fields) -> bool {
        let scheme = &self.suite.scheme;
        fields.iter().all(|(name, value)| {
            let field = scheme.fields.index(name).map(|at| scheme.fields.at(at));
            let is_enum = field.is_some_and(|field| matches!(field.kind, FieldKind::Enum(_)));
            !is_enum || self.fixture.base.fields.value(name) == Some(value)
        })
    }

    /// Whether all that is given, and what the token carries, is of the forms that the scheme
    /// states.
    pub(super) fn is_of_its_form(&self, request: &Request) -> bool {
        let token = request.token.as_ref().and_then(Value::as_text);
        self.fixture
            .is_of_its_form(&request.secrets, &request.fields, token)
    }

    pub(super) fn form(&self, fields: &Fields) -> Form {
        let identity = self.fixture.identity.map(|at| self.fixture.name(at));
        identity
            .and_then(|name| fields.value(name))
            .map_or(Form::AsItIs, |value| self.fixture.form(value))
    }

    /// Whether every secret is one that an implementation may be held to use.
    pub(super) fn secrets(&self, secrets: &Secrets) -> Texture {
        let rule = &self.suite.scheme.secret;
        let is_plain = secrets.iter().all(|(_, secret)| {
            let text = secret.reveal();
            if !rule.is_of_its_form(secret) {
                return false;
            }
            if rule.encoding == SecretEncoding::Utf8 && rule.strip_prefix.is_none() {
                return of_secret(text) == Texture::Plain;
            }
            // A spelt key: written canonically, prefix included.
            rule.decode(secret)
                .is_ok_and(|key| key.len() > 15 && rule.spell(&key).reveal() == text)
        });
        if is_plain {
            Texture::Plain
        } else {
            Texture::Unusual
        }
    }

    pub(super) fn secrets_are_usable(&self, secrets: &Secrets) -> bool {
        secrets
            .iter()
            .all(|(_, secret)| self.suite.scheme.secret.decode(secret).is_ok())
    }
}
