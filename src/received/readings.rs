//! What a request says of a scheme's token and fields.

use crate::received::request::{Received, Variant};
use crate::scheme::{Place, Scheme};

/// How many readings there are at most.
const MOST: usize = 8;

/// What a scheme finds in a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// The ways to read it, the likeliest first; at least one.
    pub all: Vec<Reading>,
    /// What is not there: the token or a field, and its place.
    pub missing: Vec<(String, Place)>,
    /// What was taken for granted, in words.
    pub notes: Vec<String>,
}

/// One way to read a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The token, where it is looked for and there.
    pub token: Option<Vec<u8>>,
    /// The fields by name.
    pub fields: Vec<(String, Vec<u8>)>,
    /// What this way takes for granted that the first does not, in words.
    pub notes: Vec<String>,
}

impl Received {
    /// Reads what the scheme has in its places. What is known from elsewhere, the token or a field
    /// by its name, is not looked for. `None` where the scheme has no places.
    pub fn read(
        &self,
        scheme: &Scheme,
        is_known: impl Fn(Option<&str>) -> bool,
    ) -> Option<Readings> {
        let places = scheme.places.as_ref()?;
        let mut readings = Readings {
            all: vec![Reading::default()],
            ..Readings::default()
        };
        let token = std::iter::once((None, &places.token, false));
        let fields = places.fields.iter().map(|(field, place)| {
            let name = scheme.fields.at(*field).name.as_str();
            (Some(name), place, scheme.message.is_optional(*field))
        });
        for (name, place, may_be_absent) in token.chain(fields) {
            if is_known(name) {
                continue;
            }
            let found = self.at(place);
            if found.is_empty() {
                let what = name.unwrap_or("token").to_owned();
                if may_be_absent {
                    let note = format!("the request lacks {place}, so {what} was taken as absent");
                    readings.notes.push(note);
                } else {
                    readings.missing.push((what, place.clone()));
                }
            }
            if self.is_ambiguous(place) {
                let note = format!("{place} stands several times; the first was taken");
                readings.notes.push(note);
            }
            readings.take(name, &found);
        }
        Some(readings)
    }
}

impl Readings {
    fn take(&mut self, name: Option<&str>, found: &[Variant<Vec<u8>>]) {
        if found.is_empty() {
            return;
        }
        let before = std::mem::take(&mut self.all);
        for variant in found {
            for reading in &before {
                let mut reading = reading.clone();
                match name {
                    None => reading.token = Some(variant.value.clone()),
                    Some(name) => reading
                        .fields
                        .push((name.to_owned(), variant.value.clone())),
                }
                reading.notes.extend(variant.note.clone());
                self.all.push(reading);
            }
        }
        self.all.truncate(MOST);
    }
}
