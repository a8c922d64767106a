//! A request, and in which ways it can be read.

use crate::signature::Sent;

/// A request as it was saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// The headers, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// What stands behind the method in the request line: a path with its query, or a whole URL.
    pub target: Option<String>,
    /// The scheme of the URL, where it is known.
    pub(super) scheme: Option<String>,
    /// The bodies that it may have had; the likeliest first, at least one.
    pub bodies: Vec<Variant<Vec<u8>>>,
    /// What was taken for granted, in words.
    pub notes: Vec<String>,
    /// Why there is no body, in words, where there must have been one.
    pub no_body: Option<&'static str>,
}

/// One of several ways to read a part of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variant<T> {
    /// The part.
    pub value: T,
    /// What this way takes for granted that the first does not, in words.
    pub note: Option<String>,
}

impl<T> Variant<T> {
    pub(super) fn plain(value: T) -> Self {
        Self { value, note: None }
    }

    pub(super) fn with(value: T, note: impl Into<String>) -> Self {
        Self {
            value,
            note: Some(note.into()),
        }
    }
}

impl Received {
    /// A request as an implementation would send it.
    pub fn of(sent: &Sent) -> Self {
        let headers = sent.headers.iter();
        let header = |(name, value): &(String, String)| (name.clone(), value.clone().into_bytes());
        Self {
            headers: headers.map(header).collect(),
            bodies: vec![Variant::plain(sent.body.clone())],
            ..Self::default()
        }
    }

    /// The values of a header, in order.
    pub fn header<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let name = name.to_owned();
        let named = move |(other, value): &'a (String, Vec<u8>)| {
            other.eq_ignore_ascii_case(&name).then_some(&value[..])
        };
        self.headers.iter().filter_map(named)
    }

    /// A header as text, where it is one.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.header(name).next()?).ok()
    }

    /// The URLs that were requested, the likeliest first; none where the host is not known.
    pub fn urls(&self) -> Vec<Variant<String>> {
        let Some(target) = &self.target else {
            return Vec::new();
        };
        if target.contains("://") {
            return vec![Variant::plain(target.clone())];
        }
        let Some(host) = self.text_of("host") else {
            return Vec::new();
        };
        let forwarded = self.text_of("x-forwarded-proto");
        match self.scheme.as_deref().or(forwarded) {
            Some(scheme) => vec![Variant::plain(format!("{scheme}://{host}{target}"))],
            None => ["https", "http"]
                .map(|scheme| {
                    let note = format!("the URL was taken to begin with {scheme}://");
                    Variant::with(format!("{scheme}://{host}{target}"), note)
                })
                .into(),
        }
    }
}
