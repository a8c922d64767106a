//! Ed25519 keys in PEM, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write
//! them.

use std::fmt;

use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePublicKey as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// Why a key cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is not a private key.
    #[error(
        "not an Ed25519 private key in PKCS#8 PEM; create one with: openssl genpkey -algorithm ed25519 -out key.pem"
    )]
    Private,
    /// The text is not a public key.
    #[error(
        "not an Ed25519 public key in SPKI PEM; derive it with: openssl pkey -in key.pem -pubout -out key.pub.pem"
    )]
    Public,
}

/// A signing key. It is never displayed.
pub struct PrivateKey(SigningKey);

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl PrivateKey {
    /// Reads PKCS#8 PEM. Fails if the text is not an Ed25519 private key.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        SigningKey::from_pkcs8_pem(text.trim_start())
            .map(Self)
            .map_err(|_| KeyError::Private)
    }

    /// The corresponding public key.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

/// A verification key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads SPKI PEM. Fails if the text is not an Ed25519 public key.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        VerifyingKey::from_public_key_pem(text.trim_start())
            .map(Self)
            .map_err(|_| KeyError::Public)
    }

    /// The key id for envelopes: the SHA-256 of the SPKI DER. It is a hint that verification
    /// ignores.
    pub fn id(&self) -> String {
        let der = self.0.to_public_key_der();
        der.map(|der| hex::encode(Sha256::digest(der.as_bytes())))
            .unwrap_or_default()
    }

    /// Whether the signature is valid. Only its canonical encoding is accepted.
    pub(super) fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(bytes, &signature).is_ok())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{KeyError, PrivateKey, PublicKey};

    /// The example keys of RFC 8410, sections 10.3 and 10.1.
    pub(in crate::certificate) const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    pub(in crate::certificate) const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

    #[test]
    fn the_keys_of_the_rfc_are_a_pair() {
        let private = PrivateKey::from_pem(PRIVATE).unwrap();
        let public = PublicKey::from_pem(PUBLIC).unwrap();
        assert_eq!(private.public(), public);
        assert_eq!(public.id().len(), 64);
        assert!(!format!("{private:?}").contains("212"));
        let signature = private.sign(b"x");
        assert!(public.verifies(b"x", &signature));
        assert!(!public.verifies(b"y", &signature));
        assert!(!public.verifies(b"x", &signature[1..]));
    }

    #[test]
    fn invalid_keys_are_refused_with_the_command_that_makes_one() {
        for text in ["", "rubbish", PUBLIC] {
            assert_eq!(PrivateKey::from_pem(text).unwrap_err(), KeyError::Private);
        }
        for text in ["", "rubbish", PRIVATE] {
            assert_eq!(PublicKey::from_pem(text).unwrap_err(), KeyError::Public);
        }
        assert!(KeyError::Private.to_string().contains("openssl genpkey"));
    }
}
