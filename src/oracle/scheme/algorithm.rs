//! The keyed hash functions, over `RustCrypto`.

use hmac::{Hmac, KeyInit, Mac};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

use crate::signature::enumerated;

enumerated! {
    /// An HMAC (RFC 2104) over one of the hash functions that identity schemes use.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
    )]
    #[serde(rename_all = "kebab-case")]
    pub enum Algorithm {
        /// HMAC over SHA-1.
        HmacSha1,
        /// HMAC over SHA-224.
        HmacSha224,
        /// HMAC over SHA-256.
        HmacSha256,
        /// HMAC over SHA-384.
        HmacSha384,
        /// HMAC over SHA-512.
        HmacSha512,
    }
}

impl Algorithm {
    /// The name that a scheme file uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "hmac-sha1",
            Self::HmacSha224 => "hmac-sha224",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha384 => "hmac-sha384",
            Self::HmacSha512 => "hmac-sha512",
        }
    }

    /// The name of its hash function, as a filter.
    pub fn hash_name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "sha1",
            Self::HmacSha224 => "sha224",
            Self::HmacSha256 => "sha256",
            Self::HmacSha384 => "sha384",
            Self::HmacSha512 => "sha512",
        }
    }

    /// The digest of some bytes by its hash function.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::HmacSha1 => Sha1::digest(bytes).to_vec(),
            Self::HmacSha224 => Sha224::digest(bytes).to_vec(),
            Self::HmacSha256 => Sha256::digest(bytes).to_vec(),
            Self::HmacSha384 => Sha384::digest(bytes).to_vec(),
            Self::HmacSha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    /// How many bytes its MAC has before any truncation.
    pub fn mac_bytes(self) -> usize {
        match self {
            Self::HmacSha1 => 20,
            Self::HmacSha224 => 28,
            Self::HmacSha256 => 32,
            Self::HmacSha384 => 48,
            Self::HmacSha512 => 64,
        }
    }

    /// The block size of its hash function in bytes: a key is padded to it with NUL, or hashed
    /// when it is longer.
    pub fn block_bytes(self) -> usize {
        match self {
            Self::HmacSha1 | Self::HmacSha224 | Self::HmacSha256 => 64,
            Self::HmacSha384 | Self::HmacSha512 => 128,
        }
    }

    /// Prepares a key, so that each message costs only its own blocks.
    pub fn keyed(self, key: &[u8]) -> Keyed {
        match self {
            Self::HmacSha1 => Keyed::Sha1(prepare(key)),
            Self::HmacSha224 => Keyed::Sha224(prepare(key)),
            Self::HmacSha256 => Keyed::Sha256(prepare(key)),
            Self::HmacSha384 => Keyed::Sha384(prepare(key)),
            Self::HmacSha512 => Keyed::Sha512(prepare(key)),
        }
    }

    /// The whole MAC of one message.
    pub fn mac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        self.keyed(key).mac(message)
    }
}

#[expect(
    clippy::expect_used,
    reason = "HMAC takes a key of any length (RFC 2104, section 3)"
)]
fn prepare<M: KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// A key that has been prepared for its algorithm.
#[derive(Clone)]
pub enum Keyed {
    /// For [`Algorithm::HmacSha1`].
    Sha1(Hmac<Sha1>),
    /// For [`Algorithm::HmacSha224`].
    Sha224(Hmac<Sha224>),
    /// For [`Algorithm::HmacSha256`].
    Sha256(Hmac<Sha256>),
    /// For [`Algorithm::HmacSha384`].
    Sha384(Hmac<Sha384>),
    /// For [`Algorithm::HmacSha512`].
    Sha512(Hmac<Sha512>),
}

impl Keyed {
    /// The whole MAC of one message.
    pub fn mac(&self, message: &[u8]) -> Vec<u8> {
        fn finish<M: Mac + Clone>(keyed: &M, message: &[u8]) -> Vec<u8> {
            let mut mac = keyed.clone();
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        match self {
            Self::Sha1(keyed) => finish(keyed, message),
            Self::Sha224(keyed) => finish(keyed, message),
            Self::Sha256(keyed) => finish(keyed, message),
            Self::Sha384(keyed) => finish(keyed, message),
            Self::Sha512(keyed) => finish(keyed, message),
        }
    }
}
