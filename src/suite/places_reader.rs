//! Reads where the token and the fields of a scheme stand in a request.

use crate::scheme::{FieldSet, Place, Places, TokenGrammar, is_header_name};
use crate::suite::error::{Fault, Problem};
use crate::suite::forms::Entries;
use crate::suite::position::{At, Position};
use crate::suite::raw::{NamedPlaceFile, PlaceFile, PlacesFile};

/// The name of the token among the places.
const TOKEN: &str = "token";

/// Fails on the first error, with its place in the file.
pub(super) fn read_places(
    file: At<PlacesFile>,
    fields: &FieldSet,
    token: &TokenGrammar,
) -> Result<Places, Fault> {
    let Entries(entries) = file.value;
    let mut of_token = None;
    let mut of_fields = Vec::new();
    let mut taken: Vec<(String, Place)> = Vec::new();
    for (name, place) in entries {
        let index = match name.value.as_str() {
            TOKEN => None,
            text => {
                let index = fields.index(text).ok_or_else(|| {
                    let mut names = vec![TOKEN];
                    names.extend(fields.iter().map(|field| &*field.name));
                    let problem = Problem::unknown_name(text, "places are of", &names);
                    Fault::new(name.at, problem)
                })?;
                if token.fields().any(|carried| carried == index) {
                    return Err(Fault::new(name.at, Problem::PlaceInToken(name.value)));
                }
                Some(index)
            }
        };
        let at = place.at;
        let place = read_place(place)?;
        check_taken(&name.value, &place, &taken, at)?;
        taken.push((name.value, place.clone()));
        match index {
            None => of_token = Some(place),
            Some(index) => of_fields.push((index, place)),
        }
    }
    let of_token = of_token.ok_or_else(|| Fault::new(file.at, Problem::NoPlaceOfToken))?;
    Ok(Places {
        token: of_token,
        fields: of_fields,
    })
}

fn check_taken(
    name: &str,
    place: &Place,
    taken: &[(String, Place)],
    at: Position,
) -> Result<(), Fault> {
    for (other, there) in taken {
        if place.is_same(there) {
            let problem = Problem::PlaceTaken {
                what: name.to_owned(),
                place: place.to_string(),
                other: other.clone(),
            };
            return Err(Fault::new(at, problem));
        }
        if let (Place::Form(_), Place::Json(_)) | (Place::Json(_), Place::Form(_)) = (place, there)
        {
            return Err(Fault::new(at, Problem::PlacesInTwoBodies));
        }
    }
    Ok(())
}

fn read_place(file: At<PlaceFile>) -> Result<Place, Fault> {
    let At { value, at } = file;
    let named = match value {
        PlaceFile::Word(word) => {
            return match word.as_str() {
                "body" => Ok(Place::Body),
                "url" => Ok(Place::Url),
                _ => Err(Fault::new(at, Problem::PlaceWord(word))),
            };
        }
        PlaceFile::Named(named) => named,
    };
    let NamedPlaceFile {
        header,
        query,
        cookie,
        form,
        json,
    } = named;
    match (header, query, cookie, form, json) {
        (Some(name), None, None, None, None) => {
            if name.value.eq_ignore_ascii_case("cookie") {
                return Err(Fault::new(name.at, Problem::PlaceOfCookies));
            }
            checked(name, "header", is_header_name).map(Place::Header)
        }
        (None, Some(name), None, None, None) => {
            checked(name, "parameter", |name| !name.is_empty()).map(Place::Query)
        }
        (None, None, Some(name), None, None) => {
            checked(name, "cookie", is_header_name).map(Place::Cookie)
        }
        (None, None, None, Some(name), None) => {
            checked(name, "parameter", |name| !name.is_empty()).map(Place::Form)
        }
        (None, None, None, None, Some(pointer)) => {
            let rest = pointer.value.replace("~0", "").replace("~1", "");
            if pointer.value.starts_with('/') && !rest.contains('~') {
                Ok(Place::Json(pointer.value))
            } else {
                Err(Fault::new(pointer.at, Problem::Pointer(pointer.value)))
            }
        }
        _ => Err(Fault::new(at, Problem::NotOnePlace)),
    }
}

fn checked(name: At<String>, kind: &'static str, good: fn(&str) -> bool) -> Result<String, Fault> {
    if good(&name.value) {
        Ok(name.value)
    } else {
        Err(Fault::new(name.at, Problem::PlaceName(name.value, kind)))
    }
}
