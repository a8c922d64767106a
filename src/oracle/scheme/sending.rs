//! The request that carries an object and its signature: which schemes say where both stand, and
//! how the request is made.

use crate::scheme::{Call, Content, Place, Scheme};
use crate::signature::{Fields, Outcome, Sent, Value};

/// What an implementation says that is asked to send by a scheme that does not say where the token
/// and the body stand.
pub const NO_PLACES: &str =
    "the scheme does not say which header holds the token, and which field is the body";

impl Scheme {
    /// The field that is the body of a request, where the token stands in a header beside it. Other
    /// fields may stand in headers, or be part of the address to which the request goes.
    pub fn body_to_send(&self) -> Option<usize> {
        let places = self.places.as_ref()?;
        let mut body = None;
        for (field, place) in &places.fields {
            match place {
                Place::Body => body = Some(*field),
                Place::Header(_) | Place::Url | Place::Query(_) => {}
                Place::Cookie(_) | Place::Form(_) | Place::Json(_) => return None,
            }
        }
        matches!(places.token, Place::Header(_)).then_some(body)?
    }

    /// Whether a sender states a field itself: a time, and what stands in a header.
    pub(super) fn is_the_senders(&self, field: usize) -> bool {
        let place = self.places.as_ref().and_then(|places| places.field(field));
        self.is_time(field) || matches!(place, Some(Place::Header(_)))
    }

    /// The fields that an implementation signs that sends an object: the object as compact JSON, and
    /// each time as the present.
    fn fields_to_send(&self, given: &Fields, now: u64) -> Fields {
        let mut fields = given.clone();
        let body = self.body_to_send();
        for (at, field) in self.fields.iter().enumerate() {
            if let Some(present) = field.time_at(now) {
                fields.set(&field.name, present);
            }
            if let (true, Some(Value::Json(object))) = (body == Some(at), given.value(&field.name))
            {
                fields.set(&field.name, object.to_string());
            }
        }
        fields
    }

    /// The request that carries these fields and this token.
    fn request_of(&self, fields: &Fields, token: String) -> Option<Sent> {
        let places = self.places.as_ref()?;
        let body = self.fields.at(self.body_to_send()?);
        let mut sent = Sent {
            body: fields.value(&body.name)?.to_bytes()?.into_owned(),
            headers: Vec::new(),
        };
        let media_type = match body.content {
            Content::Json => "application/json",
            Content::Form => "application/x-www-form-urlencoded",
            Content::Text | Content::Url => "text/plain",
        };
        let mut header = |name: &str, value: String| sent.headers.push((name.to_owned(), value));
        header("content-type", media_type.to_owned());
        for (at, place) in &places.fields {
            if let Place::Header(name) = place {
                let value = fields.value(&self.fields.at(*at).name)?.to_bytes()?;
                header(name, String::from_utf8(value.into_owned()).ok()?);
            }
        }
        if let Place::Header(name) = &places.token {
            header(name, token);
        }
        Some(sent)
    }
}

impl Call<'_> {
    /// Sends, where `sign` makes the token of some fields.
    pub fn send(&self, sign: &mut dyn FnMut(&Fields) -> Outcome) -> Outcome {
        if self.scheme.body_to_send().is_none() {
            return Outcome::Refused(NO_PLACES.to_owned());
        }
        let fields = self.scheme.fields_to_send(self.fields, self.now);
        let token = match sign(&fields) {
            Outcome::Token(token) => token,
            other => return other,
        };
        match self.scheme.request_of(&fields, token) {
            Some(sent) => Outcome::Sent(Box::new(sent)),
            None => Outcome::Refused("a field cannot stand at its place".to_owned()),
        }
    }
}
