//! The hash functions that implementations use by mistake, and those they should use.

use hmac::digest::{Digest as _, KeyInit};
use hmac::{Hmac, Mac, SimpleHmac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_256};
use sha3::Sha3_256;

use crate::scheme::Algorithm;
use crate::signature::enumerated;

enumerated! {
    /// A hash function.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Hash {
        /// MD5, broken since 2004.
        Md5,
        /// SHA-1, broken since 2017.
        Sha1,
        /// SHA-224.
        Sha224,
        /// SHA-256.
        Sha256,
        /// SHA-384.
        Sha384,
        /// SHA-512.
        Sha512,
        /// SHA-512/256: not the first half of SHA-512, but one with another start.
        Sha512_256,
        /// SHA3-256.
        Sha3_256,
    }
}

/// The result of a hash function or a MAC: up to 64 bytes, without an allocation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    bytes: [u8; 64],
    length: u8,
}

impl Digest {
    /// A digest of these bytes, at most 64 of them.
    fn new(bytes: &[u8]) -> Self {
        let length = bytes.len().min(64);
        let mut digest = Self {
            bytes: [0; 64],
            length: u8::try_from(length).unwrap_or(64),
        };
        digest.bytes[..length].copy_from_slice(&bytes[..length]);
        digest
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The first eight bytes as a number: what candidates are looked up by.
    pub fn head(&self) -> u64 {
        let mut head = [0; 8];
        head.copy_from_slice(&self.bytes[..8]);
        u64::from_be_bytes(head)
    }
}

impl Hash {
    /// The hash function of an algorithm.
    pub fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::HmacSha1 => Self::Sha1,
            Algorithm::HmacSha224 => Self::Sha224,
            Algorithm::HmacSha256 => Self::Sha256,
            Algorithm::HmacSha384 => Self::Sha384,
            Algorithm::HmacSha512 => Self::Sha512,
        }
    }

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha512_256 => "SHA-512/256",
            Self::Sha3_256 => "SHA3-256",
        }
    }

    /// The prefix that names it in a token, as in `sha256=…`.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sha512_256 => "sha512-256",
            Self::Sha3_256 => "sha3-256",
        }
    }

    /// How many bytes its digest has.
    pub fn bytes(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 | Self::Sha512_256 | Self::Sha3_256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// What a block of 64 bytes costs, in those of SHA-256 on a processor that knows it.
    pub fn cost(self) -> u64 {
        match self {
            Self::Sha1 | Self::Sha224 | Self::Sha256 => 1,
            Self::Md5 | Self::Sha384 | Self::Sha512 | Self::Sha512_256 => 2,
            Self::Sha3_256 => 5,
        }
    }

    /// The plain digest.
    pub fn digest(self, bytes: &[u8]) -> Digest {
        match self {
            Self::Md5 => Digest::new(&Md5::digest(bytes)),
            Self::Sha1 => Digest::new(&Sha1::digest(bytes)),
            Self::Sha224 => Digest::new(&Sha224::digest(bytes)),
            Self::Sha256 => Digest::new(&Sha256::digest(bytes)),
            Self::Sha384 => Digest::new(&Sha384::digest(bytes)),
            Self::Sha512 => Digest::new(&Sha512::digest(bytes)),
            Self::Sha512_256 => Digest::new(&Sha512_256::digest(bytes)),
            Self::Sha3_256 => Digest::new(&Sha3_256::digest(bytes)),
        }
    }

    /// Prepares a key for HMAC, so that each message costs only its own blocks.
    pub fn prepare(self, key: &[u8]) -> Prepared {
        match self {
            Self::Md5 => Prepared::Md5(keyed(key)),
            Self::Sha1 => Prepared::Sha1(keyed(key)),
            Self::Sha224 => Prepared::Sha224(keyed(key)),
            Self::Sha256 => Prepared::Sha256(keyed(key)),
            Self::Sha384 => Prepared::Sha384(keyed(key)),
            Self::Sha512 => Prepared::Sha512(keyed(key)),
            Self::Sha512_256 => Prepared::Sha512_256(keyed(key)),
            Self::Sha3_256 => Prepared::Sha3_256(keyed(key)),
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "HMAC takes a key of any length (RFC 2104, section 3)"
)]
fn keyed<M: KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// An HMAC whose key has been taken in.
pub enum Prepared {
    /// With MD5.
    Md5(Hmac<Md5>),
    /// With SHA-1.
    Sha1(Hmac<Sha1>),
    /// With SHA-224.
    Sha224(Hmac<Sha224>),
    /// With SHA-256.
    Sha256(Hmac<Sha256>),
    /// With SHA-384.
    Sha384(Hmac<Sha384>),
    /// With SHA-512.
    Sha512(Hmac<Sha512>),
    /// With SHA-512/256.
    Sha512_256(Hmac<Sha512_256>),
    /// With SHA3-256.
    Sha3_256(SimpleHmac<Sha3_256>),
}

impl Prepared {
    /// The whole MAC of one message.
    pub fn mac(&self, message: &[u8]) -> Digest {
        fn finish<M: Mac + Clone>(keyed: &M, message: &[u8]) -> Digest {
            let mut mac = keyed.clone();
            mac.update(message);
            Digest::new(&mac.finalize().into_bytes())
        }
        match self {
            Self::Md5(keyed) => finish(keyed, message),
            Self::Sha1(keyed) => finish(keyed, message),
            Self::Sha224(keyed) => finish(keyed, message),
            Self::Sha256(keyed) => finish(keyed, message),
            Self::Sha384(keyed) => finish(keyed, message),
            Self::Sha512(keyed) => finish(keyed, message),
            Self::Sha512_256(keyed) => finish(keyed, message),
            Self::Sha3_256(keyed) => finish(keyed, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;
    use crate::scheme::Algorithm;

    #[test]
    fn macs_match_the_oracle() {
        for algorithm in Algorithm::ALL {
            for key in [&b""[..], b"k", &[7; 64], &[7; 129]] {
                let hash = Hash::of(algorithm);
                let mac = hash.prepare(key).mac(b"message");
                assert_eq!(mac.bytes(), algorithm.mac(key, b"message"));
                assert_eq!(mac.bytes().len(), hash.bytes());
            }
        }
    }

    /// Figures of `openssl dgst -mac HMAC -macopt key:k` and `openssl dgst` over `message`.
    #[test]
    fn the_other_digests_match_openssl() {
        for (hash, mac, plain) in [
            (
                Hash::Md5,
                "830e89d40ff8cacbb791807541e5b78e",
                "78e731027d8fd50ed642340b7c9a63b3",
            ),
            (
                Hash::Sha512_256,
                "a7818f146bfd4f10586b9278b003c979250029eae6696b396a719a92ec93c354",
                "0e9ac8bcdf5aeb5a0345108d5e9c9affa9d25601033f70386b4d3533d42d10f8",
            ),
            (
                Hash::Sha3_256,
                "caf3a6a40518c90ccef025d1fabacfa5cc552e1ade686ca7ab5102b0feef0375",
                "7f4a23d90de90d100754f82d6c14073b7fb466f76fd1f61b187b9f39c3ffd895",
            ),
        ] {
            assert_eq!(hex::encode(hash.prepare(b"k").mac(b"message").bytes()), mac);
            assert_eq!(hex::encode(hash.digest(b"message").bytes()), plain);
        }
    }
}
