//! Named parameters, as a query string or a form holds them, in the form in which they are signed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scheme::Escapes;
use crate::signature::enumerated;

/// How the parameters of a text are put together to be signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Params {
    /// The names of those that are left out, such as the one that holds the signature.
    pub omit: Vec<String>,
    /// Only names that begin so are signed; all, where it is empty.
    pub prefix: String,
    /// In which order.
    pub sort: Sort,
    /// What stands between a name and its value.
    pub pair: String,
    /// What stands between two parameters.
    pub join: String,
    /// How names and values are written.
    pub encode: Written,
    /// What becomes of several values of one name.
    pub repeated: Repeated,
}

enumerated! {
    /// The order in which parameters are signed.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Sort {
        /// By their names, byte by byte; those of one name as they stand.
        #[default]
        Name,
        /// By their names, and those of one name by their values.
        NameAndValue,
        /// By the texts that they become, the mark between name and value included.
        Text,
        /// As they stand.
        None,
    }
}

enumerated! {
    /// How names and values are written.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Written {
        /// Decoded, as they are.
        #[default]
        Plain,
        /// As the filter `percent` writes them.
        Percent,
        /// As the filter `form` writes them.
        Form,
    }
}

/// What becomes of several values of one name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Repeated {
    /// The document leaves it open: the oracle signs each, and no implementation has to.
    #[default]
    Unspecified,
    /// Each is a parameter.
    Kept,
    /// Each is a parameter, and equal ones are one.
    Unique,
    /// They are one value, with this text between.
    Joined(String),
}

/// A name and its value, decoded.
pub type Param = (Vec<u8>, Vec<u8>);

impl Params {
    /// The names and values of a text as they are spelt, in its order: what has no equals sign is a
    /// name with an empty value.
    pub fn split(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
        let params = text.split(|&byte| byte == b'&');
        let params = params.filter(|param| !param.is_empty());
        params.map(|param| match param.iter().position(|&byte| byte == b'=') {
            Some(at) => (&param[..at], &param[at + 1..]),
            None => (param, &[][..]),
        })
    }

    /// The same, decoded.
    pub fn read(text: &[u8]) -> Vec<Param> {
        let half = |text: &[u8]| -> Vec<u8> {
            let blanks: Vec<u8> = text
                .iter()
                .map(|&byte| if byte == b'+' { b' ' } else { byte })
                .collect();
            percent_decode(&blanks).collect()
        };
        let params = Self::split(text);
        params
            .map(|(name, value)| (half(name), half(value)))
            .collect()
    }

    /// Whether every parser reads the same parameters from a text: names of letters, digits, `_`,
    /// `-` and `.`, each with an equals sign, whole escapes of UTF-8, and no name twice where the
    /// document leaves open what that means. Parsers differ on everything else.
    pub fn takes(&self, text: &[u8]) -> bool {
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
        let is_sound = |param: &[u8]| {
            let Some(at) = param.iter().position(|&byte| byte == b'=') else {
                return false;
            };
            let (name, value) = (&param[..at], &param[at + 1..]);
            let escapes = value.split(|&byte| byte == b'%').skip(1);
            !name.is_empty()
                && name.iter().all(is_of_name)
                && !value.contains(&b';')
                && escapes
                    .into_iter()
                    .all(|escape| escape.len() > 1 && escape[..2].iter().all(u8::is_ascii_hexdigit))
        };
        let params = Self::read(text);
        let names: HashSet<&[u8]> = params.iter().map(|(name, _)| name.as_slice()).collect();
        let has_repeated = names.len() < params.len();
        text.split(|&byte| byte == b'&').all(is_sound)
            && params
                .iter()
                .all(|(_, value)| std::str::from_utf8(value).is_ok())
            && (self.repeated != Repeated::Unspecified || !has_repeated)
    }

    /// Whether a parameter of that name is signed.
    pub fn signs(&self, name: &[u8]) -> bool {
        name.starts_with(self.prefix.as_bytes())
            && !self.omit.iter().any(|omitted| omitted.as_bytes() == name)
    }

    /// What is signed of a text.
    pub fn apply(&self, text: &[u8]) -> Vec<u8> {
        let mut params = Self::read(text);
        params.retain(|(name, _)| self.signs(name));
        self.write(params)
    }

    /// What is signed of these parameters, all of them.
    pub fn write(&self, params: Vec<Param>) -> Vec<u8> {
        let mut params = self.gathered(params);
        match self.sort {
            Sort::Name => params.sort_by(|(one, _), (other, _)| one.cmp(other)),
            Sort::NameAndValue => params.sort(),
            Sort::Text | Sort::None => {}
        }
        if self.repeated == Repeated::Unique {
            let mut seen = HashSet::new();
            params.retain(|param| seen.insert(param.clone()));
        }
        let text = |(name, value): &Param| {
            [
                self.encode.apply(name).as_ref(),
                self.pair.as_bytes(),
                self.encode.apply(value).as_ref(),
            ]
            .concat()
        };
        let mut texts: Vec<Vec<u8>> = params.iter().map(text).collect();
        if self.sort == Sort::Text {
            texts.sort();
        }
        texts.join(self.join.as_bytes())
    }

    fn gathered(&self, params: Vec<Param>) -> Vec<Param> {
        let Repeated::Joined(between) = &self.repeated else {
            return params;
        };
        let mut gathered: Vec<Param> = Vec::new();
        let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
        for (name, value) in params {
            match places.get(&name) {
                Some(&at) => {
                    let values = &mut gathered[at].1;
                    values.extend_from_slice(between.as_bytes());
                    values.extend_from_slice(&value);
                }
                None => {
                    places.insert(name.clone(), gathered.len());
                    gathered.push((name, value));
                }
            }
        }
        gathered
    }
}

impl Written {
    /// A name or a value, written so.
    pub fn apply(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Plain => bytes.into(),
            Self::Percent => Escapes::Unreserved.encode(bytes).into(),
            Self::Form => Escapes::Form.encode(bytes).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Params, Repeated, Sort, Written};

    fn params() -> Params {
        Params {
            omit: vec!["hmac".to_owned()],
            prefix: String::new(),
            sort: Sort::Name,
            pair: "=".to_owned(),
            join: "&".to_owned(),
            encode: Written::Plain,
            repeated: Repeated::Kept,
        }
    }

    fn apply(params: &Params, text: &str) -> String {
        String::from_utf8(params.apply(text.as_bytes())).unwrap()
    }

    #[test]
    fn parameters_are_put_together_as_the_scheme_says() {
        let text = "b=2&hmac=ff&a=x+y&b=1&c=%C3%A9%26&&d";
        for (params, expected) in [
            (params(), "a=x y&b=2&b=1&c=é&&d="),
            (
                Params {
                    sort: Sort::NameAndValue,
                    encode: Written::Percent,
                    ..params()
                },
                "a=x%20y&b=1&b=2&c=%C3%A9%26&d=",
            ),
            (
                Params {
                    encode: Written::Form,
                    join: "\n".to_owned(),
                    ..params()
                },
                "a=x+y\nb=2\nb=1\nc=%C3%A9%26\nd=",
            ),
            (
                Params {
                    sort: Sort::Text,
                    join: String::new(),
                    repeated: Repeated::Joined(",".to_owned()),
                    ..params()
                },
                "a=x yb=2,1c=é&d=",
            ),
            (
                Params {
                    omit: Vec::new(),
                    prefix: "h".to_owned(),
                    pair: String::new(),
                    sort: Sort::None,
                    ..params()
                },
                "hmacff",
            ),
        ] {
            assert_eq!(apply(&params, text), expected);
        }
    }

    #[test]
    fn what_parsers_read_differently_is_not_of_the_form() {
        let open = Params {
            repeated: Repeated::Unspecified,
            ..params()
        };
        for (text, kept, unspecified) in [
            ("a=1&b=", true, true),
            ("a=caf%C3%A9+%2b&b-c.d=x=y", true, true),
            ("a=1&a=2", true, false),
            ("a=1&", false, false),
            ("a&b=1", false, false),
            ("a[]=1", false, false),
            ("a=1;b=2", false, false),
            ("a=%E9", false, false),
            ("a=%2", false, false),
            ("=1", false, false),
            ("", false, false),
        ] {
            assert_eq!(params().takes(text.as_bytes()), kept, "{text}");
            assert_eq!(open.takes(text.as_bytes()), unspecified, "{text}");
        }
    }

    #[test]
    fn equal_values_of_one_name_are_one() {
        let unique = Params {
            sort: Sort::NameAndValue,
            repeated: Repeated::Unique,
            ..params()
        };
        assert_eq!(apply(&unique, "b=1&a=2&b=1&a=1"), "a=1&a=2&b=1");
        // Also where they do not stand side by side.
        for (sort, expected) in [
            (Sort::None, "b=1&b=2&a=1"),
            (Sort::Name, "a=1&b=1&b=2"),
            (Sort::Text, "a=1&b=1&b=2"),
        ] {
            let unique = Params {
                sort,
                ..unique.clone()
            };
            assert_eq!(apply(&unique, "b=1&b=2&a=1&b=1"), expected, "{sort:?}");
        }
    }
}
