//! The address of a server, as a user writes it.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::signature::Secret;

/// The address of an HTTP server, with or without TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress(Url);

/// The replacement for a user name and password.
const HIDDEN: &str = "[redacted]";

/// Which machines may be contacted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// This machine only.
    #[default]
    Loopback,
    /// Any machine.
    Anywhere,
}

/// Why an address is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebAddressError {
    /// The text is not a URL.
    #[error("invalid address {text:?} ({problem}); write for example http://127.0.0.1:4000")]
    NoUrl {
        /// The text.
        text: String,
        /// The problem.
        problem: String,
    },
    /// The URL has another scheme.
    #[error("{0:?} is not the address of an HTTP server; write for example http://127.0.0.1:4000")]
    OtherScheme(String),
    /// The URL has a fragment.
    #[error("{0:?} has a fragment (#…), which is never sent to a server; remove it")]
    Fragment(String),
    /// The address is on another machine.
    #[error("{0} is not on this machine; allow it with --allow-remote")]
    Remote(IpAddr),
}

impl WebAddress {
    /// Parses an address. Fails unless it is an HTTP or HTTPS URL.
    pub fn parse(text: &str) -> Result<Self, WebAddressError> {
        let url = Url::parse(text).map_err(|error| WebAddressError::NoUrl {
            text: Self::shown(text),
            problem: error.to_string(),
        })?;
        match url.scheme() {
            "http" | "https" if url.fragment().is_some() => {
                Err(WebAddressError::Fragment(Self::shown(text)))
            }
            "http" | "https" => Ok(Self(url)),
            _ => Err(WebAddressError::OtherScheme(Self::shown(text))),
        }
    }

    /// An address, or text meant as one, that is safe to show: without user name and password.
    pub fn shown(text: &str) -> String {
        let start = match text.split_once("://") {
            Some((scheme, _)) => scheme.len() + "://".len(),
            None => 0,
        };
        let (scheme, rest) = text.split_at(start);
        let parsed = Url::parse(text).ok();
        let end = match parsed {
            Some(url) if start > 0 && url.username().is_empty() && url.password().is_none() => None,
            // A password with a slash makes the URL invalid, but users may still write one.
            Some(_) if start > 0 => {
                let host = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
                rest[..host].rfind('@')
            }
            _ => rest.rfind('@'),
        };
        match end {
            Some(end) => format!("{scheme}{HIDDEN}{}", &rest[end..]),
            None => text.to_owned(),
        }
    }

    /// Whether the address has a user name or a password, which are sent with every request.
    fn has_credentials(&self) -> bool {
        !self.0.username().is_empty() || self.0.password().is_some()
    }

    /// The user name and the password in the address, because a server may echo them.
    pub fn credentials(&self) -> Vec<Secret> {
        if !self.has_credentials() {
            return Vec::new();
        }
        let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
        let (name, password) = (self.0.username(), self.0.password());
        let (name, password) = (decoded(name), decoded(password.unwrap_or_default()));
        let both = [&name[..], b":", &password[..]].concat();
        [name, password, both].map(Secret::new).into()
    }

    /// The address with the default path of the protocol, if it has no path.
    #[must_use]
    pub fn of_protocol(&self) -> Self {
        let mut url = self.0.clone();
        if url.path() == "/" {
            url.set_path("/macproof");
        }
        Self(url)
    }

    /// Checks whether the address may be contacted. A host name has to be checked again once it is
    /// resolved.
    pub fn check(&self, reach: Reach) -> Result<(), WebAddressError> {
        let address = self.0.host_str().and_then(|host| {
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            bare.parse::<IpAddr>().ok()
        });
        match address {
            Some(address) if !reach.includes(address) => Err(WebAddressError::Remote(address)),
            _ => Ok(()),
        }
    }

    /// Whether the server is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address as a URL.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl Reach {
    /// Whether an IP address may be contacted.
    pub fn includes(self, address: IpAddr) -> bool {
        self == Self::Anywhere || address.to_canonical().is_loopback()
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Self::shown(self.0.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Reach, WebAddress, WebAddressError};

    #[test]
    fn only_http_is_an_address() {
        let error = |text| WebAddress::parse(text).unwrap_err();
        assert!(WebAddress::parse("https://a/").unwrap().is_https());
        assert!(matches!(
            error("https://a/#b"),
            WebAddressError::Fragment(_)
        ));
        assert!(matches!(error("ftp://a/"), WebAddressError::OtherScheme(_)));
        assert!(matches!(
            error("localhost:4000"),
            WebAddressError::OtherScheme(_)
        ));
        assert!(matches!(error("http://a/#b"), WebAddressError::Fragment(_)));
        for text in ["", "127.0.0.1:4000", "http://", "http://a:b"] {
            assert!(
                matches!(error(text), WebAddressError::NoUrl { .. }),
                "{text}"
            );
        }
    }

    #[test]
    fn the_path_of_the_protocol_is_understood() {
        for (text, full) in [
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000/macproof"),
            ("http://127.0.0.1:4000/", "http://127.0.0.1:4000/macproof"),
            ("http://127.0.0.1:4000/other", "http://127.0.0.1:4000/other"),
        ] {
            let address = WebAddress::parse(text).unwrap().of_protocol();
            assert_eq!(address.to_string(), full);
        }
    }

    #[test]
    fn an_address_without_a_user_has_no_credentials() {
        let of = |text| WebAddress::parse(text).unwrap().credentials();
        assert!(of("http://127.0.0.1:4000/").is_empty());
        assert!(of("http://user@127.0.0.1/").len() > 1);
        assert!(of("http://:word@127.0.0.1/").len() > 1);
    }

    #[test]
    fn other_machines_are_refused_in_every_notation() {
        for (text, is_here) in [
            ("http://127.0.0.1", true),
            ("http://127.9.9.9", true),
            ("http://2130706433", true),
            ("http://0x7f.1", true),
            ("http://[::1]:80", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://a-name-is-looked-at-later", true),
            ("http://0.0.0.0", false),
            ("http://10.0.0.1", false),
            ("http://[::]", false),
            ("http://[::ffff:10.0.0.1]", false),
            ("http://134744072", false),
            ("http://169.254.169.254/latest", false),
        ] {
            let address = WebAddress::parse(text).unwrap();
            assert_eq!(address.check(Reach::Loopback).is_ok(), is_here, "{text}");
            assert_eq!(address.check(Reach::Anywhere), Ok(()), "{text}");
        }
    }
}
