//! DSSE envelopes: a payload and its signature in one file
//! (<https://github.com/secure-systems-lab/dsse>).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::{Deserialize, Serialize};

use crate::certificate::{PrivateKey, PublicKey};

/// The payload type of an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A signed payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The media type of the payload.
    #[serde(rename = "payloadType")]
    payload_type: String,
    /// The payload in base64.
    payload: String,
    /// The signatures.
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct EnvelopeSignature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// Why an envelope is rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The file is not a valid envelope.
    #[error("not a DSSE envelope: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The payload has another type.
    #[error("unexpected payload type {0:?}; expected an in-toto statement")]
    OtherPayload(String),
    /// A member is not valid base64.
    #[error("its {0} is not base64")]
    NoBase64(&'static str),
    /// No signature is valid under the given key.
    #[error("no signature verifies with the given key")]
    NotSigned,
}

impl Envelope {
    /// Signs a statement.
    pub fn sign(payload: &[u8], key: &PrivateKey) -> Self {
        let signature = key.sign(&pre_authentication(PAYLOAD_TYPE, payload));
        Self {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: STANDARD.encode(payload),
            signatures: vec![EnvelopeSignature {
                keyid: key.public().id(),
                sig: STANDARD.encode(signature),
            }],
        }
    }

    /// Parses an envelope without verifying anything. Fails if it is malformed.
    pub fn read(text: &[u8]) -> Result<Self, EnvelopeError> {
        Ok(serde_json::from_slice(text)?)
    }

    /// The payload, if it is signed by this key. Key hints in the envelope are ignored. Fails if
    /// the payload type differs, base64 is invalid, or no signature is valid.
    pub fn opened(&self, key: &PublicKey) -> Result<Vec<u8>, EnvelopeError> {
        if self.payload_type != PAYLOAD_TYPE {
            return Err(EnvelopeError::OtherPayload(self.payload_type.clone()));
        }
        let payload = decoded(&self.payload).ok_or(EnvelopeError::NoBase64("payload"))?;
        let signed = pre_authentication(&self.payload_type, &payload);
        for signature in &self.signatures {
            let signature = decoded(&signature.sig).ok_or(EnvelopeError::NoBase64("signature"))?;
            if key.verifies(&signed, &signature) {
                return Ok(payload);
            }
        }
        Err(EnvelopeError::NotSigned)
    }
}

/// Decodes base64; DSSE allows "either standard or URL-safe encoding".
fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .ok()
}

/// The signed bytes: DSSE's pre-authentication encoding (PAE), version 1.
pub fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    )
    .into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{Envelope, EnvelopeError, pre_authentication};
    use crate::certificate::key::tests::{PRIVATE, PUBLIC};
    use crate::certificate::{PrivateKey, PublicKey};

    fn keys() -> (PrivateKey, PublicKey) {
        (
            PrivateKey::from_pem(PRIVATE).unwrap(),
            PublicKey::from_pem(PUBLIC).unwrap(),
        )
    }

    #[test]
    fn the_encoding_follows_the_specification() {
        let bytes = pre_authentication("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            bytes,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn the_payload_round_trips() {
        let (private, public) = keys();
        let envelope = Envelope::sign(b"{\"a\":1}", &private);
        let text = serde_json::to_vec(&envelope).unwrap();
        let read = Envelope::read(&text).unwrap();
        assert_eq!(read.opened(&public).unwrap(), b"{\"a\":1}");
        let mut other = read.clone();
        other.payload_type = "text/plain".into();
        assert!(matches!(
            other.opened(&public),
            Err(EnvelopeError::OtherPayload(_))
        ));
        let mut unsigned = read;
        unsigned.signatures.clear();
        assert!(matches!(
            unsigned.opened(&public),
            Err(EnvelopeError::NotSigned)
        ));
    }

    /// Every single-bit change to payload or signature is rejected.
    #[test]
    fn every_change_of_the_payload_is_rejected() {
        let (private, public) = keys();
        let payload: Vec<u8> = (0..200).map(|n| b"{\"level\":\"core\"}"[n % 16]).collect();
        let envelope = Envelope::sign(&payload, &private);
        let signature = STANDARD.decode(&envelope.signatures[0].sig).unwrap();
        for (bytes, is_payload) in [(&payload, true), (&signature, false)] {
            for at in 0..bytes.len() {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[at] ^= 1 << bit;
                    let mut other = envelope.clone();
                    let place = if is_payload {
                        &mut other.payload
                    } else {
                        &mut other.signatures[0].sig
                    };
                    *place = STANDARD.encode(&changed);
                    assert!(other.opened(&public).is_err(), "byte {at}, bit {bit}");
                }
            }
        }
    }

    /// Every change of a byte in the file either invalidates it or leaves the statement unchanged.
    #[test]
    fn every_change_of_the_file_is_rejected_or_changes_nothing() {
        let (private, public) = keys();
        let payload = b"{\"level\":\"core\"}";
        let text = serde_json::to_vec(&Envelope::sign(payload, &private)).unwrap();
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone();
                changed[at] ^= 1 << bit;
                let opened = Envelope::read(&changed).and_then(|one| one.opened(&public));
                assert!(opened.is_err() || opened.is_ok_and(|same| same == payload));
            }
        }
    }
}
