//! What a template does to a field before it is signed.

use std::borrow::Cow;
use std::sync::Arc;

use percent_encoding::percent_decode;

use crate::scheme::{Algorithm, Escapes, Params};
use crate::signature::Encoding;

/// A change that a template makes to the bytes of a field, as in `{body|sha256|hex}`.
///
/// Some keep a text a text of the same kind ([`is_normalizing`](Self::is_normalizing)): they say
/// which of several spellings is signed. The others write it in another form: a digest, an
/// encoding, percent escapes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// ASCII letters become lower-case; nothing else changes.
    Lower,
    /// ASCII letters become upper-case; nothing else changes.
    Upper,
    /// ASCII blanks at both ends go: space, tab, line feed, form feed, carriage return.
    Trim,
    /// Every line feed and carriage return goes.
    NoLineEnds,
    /// Percent escapes become the bytes that they stand for; what is no escape stays.
    PercentDecode,
    /// The digest by the hash function of this algorithm, as bytes.
    Digest(Algorithm),
    /// The bytes as text in this encoding.
    Encode(Encoding),
    /// Percent escapes.
    Percent(Escapes),
    /// Parameters as they are signed: what the field says of them.
    Params(Arc<Params>),
}

/// No filter has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown filter {0:?}; expected one of {known}", known = Filter::names().join(", "))]
pub struct UnknownFilter(String);

/// The name of the filter that puts the parameters of a field together.
pub const PARAMS: &str = "params";

impl Filter {
    /// The filter of that name, or the error that tells those that exist.
    pub fn parse(name: &str) -> Result<Self, UnknownFilter> {
        Self::named(name).ok_or_else(|| UnknownFilter(name.to_owned()))
    }

    /// The filter of that name. That of parameters is none of its own: its field says what it does.
    fn named(name: &str) -> Option<Self> {
        let listed = Self::without_parameter();
        let mut listed = listed.iter().cloned();
        let digest = || {
            let named = |algorithm: &Algorithm| algorithm.hash_name() == name;
            Algorithm::ALL.into_iter().find(named).map(Self::Digest)
        };
        listed
            .find(|filter| filter.name() == name)
            .or_else(digest)
            .or_else(|| Encoding::named(name).map(Self::Encode))
    }

    fn without_parameter() -> &'static [Self] {
        &[
            Self::Lower,
            Self::Upper,
            Self::Trim,
            Self::NoLineEnds,
            Self::PercentDecode,
            Self::Percent(Escapes::Unreserved),
            Self::Percent(Escapes::Path),
            Self::Percent(Escapes::Form),
        ]
    }

    /// The names of all filters.
    pub fn names() -> Vec<&'static str> {
        let listed = Self::without_parameter().iter().map(Self::name);
        let digests = Algorithm::ALL.iter().map(|one| one.hash_name());
        let encodings = Encoding::ALL.iter().map(|one| one.name());
        listed.chain(digests).chain(encodings).collect()
    }

    /// The name that a scheme file uses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Trim => "trim",
            Self::NoLineEnds => "no-line-ends",
            Self::PercentDecode => "percent-decode",
            Self::Digest(algorithm) => algorithm.hash_name(),
            Self::Encode(encoding) => encoding.name(),
            Self::Percent(Escapes::Unreserved) => "percent",
            Self::Percent(Escapes::Path) => "percent-path",
            Self::Percent(Escapes::Form) => "form",
            Self::Params(_) => PARAMS,
        }
    }

    /// Applies it.
    pub fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Lower => bytes.to_ascii_lowercase(),
            Self::Upper => bytes.to_ascii_uppercase(),
            Self::Trim => bytes.trim_ascii().to_vec(),
            Self::NoLineEnds => {
                let kept = |byte: &&u8| !matches!(byte, b'\n' | b'\r');
                bytes.iter().filter(kept).copied().collect()
            }
            Self::PercentDecode => percent_decode(bytes).collect(),
            Self::Digest(algorithm) => algorithm.digest(bytes),
            Self::Encode(encoding) => encoding.encode(bytes).into_bytes(),
            Self::Percent(escapes) => escapes.encode(bytes),
            Self::Params(params) => params.apply(bytes),
        }
    }

    /// The bytes of which it makes these; `None` where there are none, or where it keeps too
    /// little to tell.
    pub fn undo(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Encode(encoding) => encoding.decode(std::str::from_utf8(bytes).ok()?),
            Self::Percent(escapes) => escapes.decode(bytes),
            Self::Lower
            | Self::Upper
            | Self::Trim
            | Self::NoLineEnds
            | Self::PercentDecode
            | Self::Digest(_)
            | Self::Params(_) => None,
        }
    }

    /// Whether [`undo`](Self::undo) gives back what it was applied to, whatever that was.
    pub fn can_be_undone(&self) -> bool {
        match self {
            Self::Encode(_) | Self::Percent(_) => true,
            Self::Lower
            | Self::Upper
            | Self::Trim
            | Self::NoLineEnds
            | Self::PercentDecode
            | Self::Digest(_)
            | Self::Params(_) => false,
        }
    }

    /// The names of those that [can be undone](Self::can_be_undone).
    pub fn undoable() -> Vec<&'static str> {
        let all = Self::names().into_iter();
        all.filter(|name| Self::named(name).is_some_and(|filter| filter.can_be_undone()))
            .collect()
    }

    /// Whether `byte` can stand in what it writes.
    pub fn may_write(&self, byte: u8) -> bool {
        match self {
            Self::Encode(encoding) => encoding.may_contain(byte),
            Self::Percent(escapes) => escapes.may_contain(byte),
            Self::Lower
            | Self::Upper
            | Self::Trim
            | Self::NoLineEnds
            | Self::PercentDecode
            | Self::Digest(_)
            | Self::Params(_) => true,
        }
    }

    /// Whether it leaves a text a text of the same kind, and only decides between spellings.
    pub fn is_normalizing(&self) -> bool {
        match self {
            Self::Lower | Self::Upper | Self::Trim | Self::NoLineEnds | Self::PercentDecode => true,
            Self::Digest(_) | Self::Encode(_) | Self::Percent(_) | Self::Params(_) => false,
        }
    }
}

/// The bytes after these filters, in order.
pub fn filtered<'b>(bytes: &'b [u8], filters: &[Filter]) -> Cow<'b, [u8]> {
    filters.iter().fold(Cow::Borrowed(bytes), |bytes, filter| {
        Cow::Owned(filter.apply(&bytes))
    })
}

/// The bytes that these filters turn into `bytes`; `None` where there are none, or where it cannot
/// be told.
pub fn unfiltered(bytes: &[u8], filters: &[Filter]) -> Option<Vec<u8>> {
    let undo = |bytes: Vec<u8>, filter: &Filter| filter.undo(&bytes);
    filters.iter().rev().try_fold(bytes.to_vec(), undo)
}

/// Whether these filters may have written `bytes`.
pub fn may_be_written(bytes: &[u8], filters: &[Filter]) -> bool {
    let mut bytes = Cow::Borrowed(bytes);
    for filter in filters.iter().rev() {
        match filter {
            Filter::Digest(algorithm) => return bytes.len() == algorithm.mac_bytes(),
            Filter::Encode(_) | Filter::Percent(_) => match filter.undo(&bytes) {
                Some(read) => bytes = read.into(),
                None => return false,
            },
            Filter::Lower
            | Filter::Upper
            | Filter::Trim
            | Filter::NoLineEnds
            | Filter::PercentDecode
            | Filter::Params(_) => return true,
        }
    }
    true
}

/// The filters that normalize a text, and those behind them, which write it in another form.
pub fn normalizing(filters: &[Filter]) -> (&[Filter], &[Filter]) {
    let writes = |filter: &Filter| !filter.is_normalizing();
    filters.split_at(filters.iter().position(writes).unwrap_or(filters.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Filter, filtered, normalizing, unfiltered};

    fn apply(name: &str, text: &str) -> String {
        String::from_utf8(Filter::named(name).unwrap().apply(text.as_bytes())).unwrap()
    }

    #[test]
    fn every_filter_is_found_by_its_name() {
        for name in Filter::names() {
            assert_eq!(Filter::named(name).unwrap().name(), name);
        }
        assert_eq!(Filter::named("rot13"), None);
    }

    #[test]
    fn filters_do_what_their_names_say() {
        for (name, text, expected) in [
            ("lower", "AÄb", "aÄb"),
            ("upper", "aäB", "AäB"),
            ("trim", " \ta b\r\n", "a b"),
            ("no-line-ends", "a\r\nb\n", "ab"),
            ("percent-decode", "a%20b%2Fc%zz+", "a b/c%zz+"),
            ("percent", "a b/c~*'é", "a%20b%2Fc~%2A%27%C3%A9"),
            ("percent-path", "a b/c", "a%20b/c"),
            ("form", "a b/c~*+", "a+b%2Fc%7E*%2B"),
            ("hex", "é", "c3a9"),
            ("base64url-unpadded", "??>", "Pz8-"),
        ] {
            assert_eq!(apply(name, text), expected, "{name}");
        }
        // FIPS 180-4, the digest of "abc".
        let of_abc = [Filter::named("sha256"), Filter::named("hex")].map(Option::unwrap);
        assert_eq!(
            filtered(b"abc", &of_abc).as_ref(),
            b"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(normalizing(&of_abc), (&[][..], &of_abc[..]));
    }

    proptest! {
        /// What can be undone is undone to the byte, and no other text is read as its result.
        #[test]
        fn reversible_filters_are_undone(
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
            text in "[a-fA-F0-9%+=/_*~ -]{0,12}",
        ) {
            for filter in Filter::names().into_iter().filter_map(Filter::named) {
                if filter.can_be_undone() {
                    let done = filter.apply(&bytes);
                    prop_assert!(done.iter().all(|&byte| filter.may_write(byte)));
                    prop_assert_eq!(unfiltered(&done, std::slice::from_ref(&filter)), Some(bytes.clone()));
                    if let Some(read) = filter.undo(text.as_bytes()) {
                        prop_assert_eq!(filter.apply(&read), text.as_bytes());
                    }
                } else {
                    prop_assert_eq!(filter.undo(&bytes), None);
                }
            }
        }
    }
}
