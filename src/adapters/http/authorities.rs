//! The certificates by which a server is trusted.

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore,
    SignatureScheme,
};

/// The certificates of a PEM file: a server over TLS is trusted if one of them issued its
/// certificate, or is its certificate. Nothing else is trusted, and nothing turns that off.
#[derive(Clone)]
pub struct Authorities {
    config: Arc<ClientConfig>,
    /// How the file was given: what messages call it.
    named: Arc<str>,
}

/// Why there are no authorities in a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthoritiesError {
    /// The file has no certificate in PEM.
    #[error(
        "{0} has no certificate in it; a PEM file with -----BEGIN CERTIFICATE----- is expected"
    )]
    NoCertificate(String),
    /// A certificate is damaged.
    #[error("{named} has a certificate that cannot be read: {problem}")]
    Unreadable {
        /// How the file was given.
        named: String,
        /// What is wrong.
        problem: String,
    },
}

impl Authorities {
    /// Reads the text of a PEM file. `named` says how it was given, as in `--ca-file ca.pem`.
    pub fn parse(pem: &[u8], named: &str) -> Result<Self, AuthoritiesError> {
        let unreadable = |problem: String| AuthoritiesError::Unreadable {
            named: named.to_owned(),
            problem,
        };
        let mut roots = RootCertStore::empty();
        let mut listed = Vec::new();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
            let added = roots.add(certificate.clone());
            added.map_err(|error| unreadable(error.to_string()))?;
            listed.push(certificate);
        }
        if listed.is_empty() {
            return Err(AuthoritiesError::NoCertificate(named.to_owned()));
        }
        let provider = Arc::new(ring::default_provider());
        let chains = WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone())
            .build()
            .map_err(|error| unreadable(error.to_string()))?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unreadable(error.to_string()))?
            // Not to check less: `Verifier` adds to the chains only what stands in the file itself.
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier { chains, listed }))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
            named: named.into(),
        })
    }

    pub(super) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    pub(super) fn named(&self) -> &str {
        &self.named
    }
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorities({})", self.named)
    }
}

/// Checks a server's certificate: its chain up to the file, its time, its names.
///
/// A certificate that stands in the file itself needs no chain, which would not do, for it is not
/// its own issuer, or one that `openssl req -x509` made as an authority. Its time and names, and
/// that the server has its key, are checked all the same.
#[derive(Debug)]
struct Verifier {
    chains: Arc<WebPkiServerVerifier>,
    listed: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let checked = self
            .chains
            .verify_server_cert(certificate, intermediates, name, ocsp, now);
        match checked {
            // The chain is looked for once the time is known to be right, and before the names are.
            Err(Error::InvalidCertificate(ref why))
                if has_no_chain(why) && self.listed.contains(certificate) =>
            {
                let parsed = ParsedCertificate::try_from(certificate)?;
                rustls::client::verify_server_name(&parsed, name)?;
                Ok(ServerCertVerified::assertion())
            }
            // It bears the name of an authority in the file, and was signed by another key.
            Err(Error::InvalidCertificate(CertificateError::BadSignature)) => {
                Err(CertificateError::UnknownIssuer.into())
            }
            checked => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

/// Whether all that is wrong is that no issuer is known, or that it is an authority itself.
fn has_no_chain(why: &CertificateError) -> bool {
    match why {
        CertificateError::UnknownIssuer => true,
        CertificateError::Other(OtherError(why)) => {
            matches!(why.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
        }
        _ => false,
    }
}
