//! The servers that can be asked.

use crate::adapters::http::authorities::Authorities;
use crate::implementations::{Native, Reach, WebAddress, WebCall};

/// How many events wait to be looked at.
pub(super) const EVENTS: usize = 64;

/// A server that speaks the protocol.
#[derive(Clone, Debug)]
pub struct HttpTarget {
    /// Where it listens; its path is `/macproof` unless it names one.
    pub address: WebAddress,
    /// Which machines may be contacted.
    pub reach: Reach,
    /// By what a server over TLS is trusted.
    pub authorities: Option<Authorities>,
}

/// A server that is asked as its description says.
#[derive(Clone, Debug)]
pub struct WebTarget {
    /// How it is asked.
    pub native: Native<WebCall>,
    /// Which machines may be contacted.
    pub reach: Reach,
    /// By what a server over TLS is trusted.
    pub authorities: Option<Authorities>,
}
