//! A scheme as data.

use crate::scheme::{
    Algorithm, FieldSet, Freshness, Message, Places, Policy, SecretRule, TokenGrammar,
};

/// How a signature is made and checked, as data; compiled and known to be sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The keyed hash function.
    pub algorithm: Algorithm,
    /// How many bytes of the MAC are kept, from its start.
    pub mac_bytes: usize,
    /// How the secret becomes key bytes.
    pub secret: SecretRule,
    /// The named inputs.
    pub fields: FieldSet,
    /// What is signed.
    pub message: Message,
    /// The grammar of the token.
    pub token: TokenGrammar,
    /// How old it may be.
    pub freshness: Freshness,
    /// What becomes of calls with and without it, where the scheme says so.
    pub policy: Option<Policy>,
    /// Where token and fields stand in a request, where the scheme says so.
    pub places: Option<Places>,
}
