//! Where the token and the fields stand in an HTTP request.

use std::fmt;

/// A place in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The body, byte for byte.
    Body,
    /// The whole URL, as it was requested.
    Url,
    /// A header; its name is compared without case.
    Header(String),
    /// A parameter of the query.
    Query(String),
    /// A cookie.
    Cookie(String),
    /// A parameter of a form in the body.
    Form(String),
    /// A JSON Pointer into the body, to a text or a number.
    Json(String),
}

impl Place {
    /// Whether both are the same place in every request.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Header(one), Self::Header(other)) => one.eq_ignore_ascii_case(other),
            _ => self == other,
        }
    }

    /// Whether it lies in the body, or is the body.
    pub fn is_in_body(&self) -> bool {
        matches!(self, Self::Body | Self::Form(_) | Self::Json(_))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => f.write_str("the body"),
            Self::Url => f.write_str("the URL"),
            Self::Header(name) => write!(f, "the header {name}"),
            Self::Query(name) => write!(f, "the query parameter {name}"),
            Self::Cookie(name) => write!(f, "the cookie {name}"),
            Self::Form(name) => write!(f, "the form parameter {name}"),
            Self::Json(pointer) => write!(f, "{pointer} of the JSON body"),
        }
    }
}

/// The places that a scheme states. They do not bind the oracle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Where the token stands.
    pub token: Place,
    /// Where fields stand, by their index in the [`FieldSet`](crate::scheme::FieldSet).
    pub fields: Vec<(usize, Place)>,
}

impl Places {
    /// Where a field stands.
    pub fn field(&self, index: usize) -> Option<&Place> {
        let mut fields = self.fields.iter();
        fields.find_map(|(field, place)| (*field == index).then_some(place))
    }
}

/// Whether HTTP allows it as the name of a header or a cookie.
pub fn is_header_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_allowed)
}
