//! What stands at a place of a request.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::received::request::{Received, Variant};
use crate::scheme::{Params, Place};

/// What stands at a place: every way to read it, the likeliest first; empty where it is not there.
pub type Found = Vec<Variant<Vec<u8>>>;

impl Received {
    /// What stands at a place.
    pub fn at(&self, place: &Place) -> Found {
        let one = |value: Option<Vec<u8>>| value.map(Variant::plain).into_iter().collect();
        match place {
            Place::Body => self.bodies.clone(),
            Place::Url => {
                let urls = self.urls().into_iter();
                let url = |url: Variant<String>| Variant {
                    value: url.value.into_bytes(),
                    note: url.note,
                };
                urls.map(url).collect()
            }
            Place::Header(name) => one(self.header(name).next().map(<[u8]>::to_vec)),
            Place::Query(name) => {
                let query = self.target.as_deref().and_then(|target| {
                    let (_, query) = target.split('#').next()?.split_once('?')?;
                    parameter(query, name)
                });
                one(query)
            }
            Place::Cookie(name) => one(self.cookie(name)),
            Place::Form(name) => one(self.body_text().and_then(|body| parameter(body, name))),
            Place::Json(pointer) => one(self.body_text().and_then(|body| pointed(body, pointer))),
        }
    }

    /// Whether a header stands several times, with different values.
    pub fn is_ambiguous(&self, place: &Place) -> bool {
        let Place::Header(name) = place else {
            return false;
        };
        let mut values = self.header(name);
        values
            .next()
            .is_some_and(|first| values.any(|other| other != first))
    }

    fn body_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bodies.first()?.value).ok()
    }

    fn cookie(&self, name: &str) -> Option<Vec<u8>> {
        let pairs = self
            .header("cookie")
            .filter_map(|value| std::str::from_utf8(value).ok());
        let mut pairs = pairs.flat_map(|value| value.split(';'));
        pairs.find_map(|pair| {
            let (other, value) = pair.trim().split_once('=')?;
            (other == name).then(|| value.as_bytes().to_vec())
        })
    }
}

/// The first parameter of that name, decoded.
fn parameter(text: &str, name: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches(['\r', '\n']);
    let mut params = Params::read(text.as_bytes()).into_iter();
    params.find_map(|(other, value)| (other == name.as_bytes()).then_some(value))
}

/// What a JSON pointer leads to: the characters of a text, or the digits of a number as they stand.
fn pointed(body: &str, pointer: &str) -> Option<Vec<u8>> {
    let mut value: &RawValue = serde_json::from_str(body).ok()?;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        value = if value.get().starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
            let at: usize = step.parse().ok()?;
            items.get(at).copied()?
        } else {
            let members: HashMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
            members.get(&step).copied()?
        };
    }
    let text = value.get();
    match text.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(text)
            .ok()
            .map(String::into_bytes),
        b'-' | b'0'..=b'9' => Some(text.as_bytes().to_vec()),
        _ => None,
    }
}
