//! TLS to a server: the handshake, and what it fails by in words that say what to do.

use std::fmt;
use std::io::{self, ErrorKind};
use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::adapters::connection::in_millis;
use crate::adapters::http::authorities::Authorities;
use crate::adapters::stderr_tail::shown;

/// How many names of a certificate a message lists.
const NAMES_LISTED: usize = 4;

/// The first bytes of what a TLS server answers to plain HTTP: an alert.
const ALERT: [u8; 2] = [21, 3];

/// A connection that fails because of TLS; it says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TlsTrouble(pub(super) String);

impl TlsTrouble {
    /// The server has to be trusted, and nothing says by what.
    pub(super) fn no_authorities() -> Self {
        Self("no CA file is given for this https address; give it with --ca-file".to_owned())
    }

    /// What a server that was asked in plain HTTP has answered, if that is TLS.
    pub(super) fn of_plain(answer: &[u8]) -> Option<Self> {
        let is_tls = answer.starts_with(&ALERT);
        is_tls.then(|| {
            Self(
                "the server speaks TLS at this port; write https:// in the address, and say with --ca-file (in macproof.yaml: ca_file) by which certificate it is trusted".to_owned(),
            )
        })
    }

    /// What an error is about, if it is this.
    pub(super) fn in_chain(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            let inner = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            if let Some(trouble) = inner.and_then(|inner| inner.downcast_ref::<Self>()) {
                return Some(trouble.clone());
            }
            next = error.source();
        }
        None
    }
}

impl fmt::Display for TlsTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsTrouble {}

impl From<TlsTrouble> for io::Error {
    fn from(trouble: TlsTrouble) -> Self {
        Self::other(trouble)
    }
}

/// Makes the connection one over TLS, with a server whose certificate is right for the host.
pub(super) async fn handshake(
    stream: TcpStream,
    host: &str,
    authorities: &Authorities,
    patience: Duration,
) -> Result<TlsStream<TcpStream>, TlsTrouble> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| {
        let host = shown(host.as_bytes());
        TlsTrouble(format!("no certificate can be for the host {host}"))
    })?;
    let connector = TlsConnector::from(authorities.config());
    let handshake = connector.connect(name, stream);
    let trouble = match tokio::time::timeout(patience, handshake).await {
        Ok(Ok(stream)) => return Ok(stream),
        Ok(Err(error)) => of_handshake(&error, host, authorities.named()),
        Err(_) => format!(
            "the server did not finish the TLS handshake within {} ms; check that it speaks TLS at this port",
            in_millis(patience)
        ),
    };
    Err(TlsTrouble(trouble))
}

/// What becomes of an error while something is read.
///
/// Many servers close a connection without the farewell of TLS. It ends then, as it does without
/// TLS: an answer that says how long it is shows whether it is whole.
pub(super) fn after_handshake(error: io::Error) -> io::Result<()> {
    if error.kind() == ErrorKind::UnexpectedEof {
        return Ok(());
    }
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        // With TLS 1.3 a server tells only now that it demands a certificate.
        Some(Error::AlertReceived(alert)) => Err(TlsTrouble(of_alert(*alert)).into()),
        _ => Err(error),
    }
}

fn of_handshake(error: &io::Error, host: &str, named: &str) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(Error::InvalidCertificate(why)) => of_certificate(why, host, named),
        Some(Error::InvalidMessage(_)) => {
            "what the server answers is not TLS; if it speaks plain HTTP, write http:// in the address".to_owned()
        }
        Some(Error::AlertReceived(alert)) => of_alert(*alert),
        Some(error) => format!("the TLS handshake failed: {error}"),
        None if error.kind() == ErrorKind::UnexpectedEof => {
            "the server closed the connection during the TLS handshake; check that it speaks TLS at this port, and its log".to_owned()
        }
        None => format!("the connection was lost during the TLS handshake: {error}"),
    }
}

fn of_certificate(why: &CertificateError, host: &str, named: &str) -> String {
    match why {
        CertificateError::UnknownIssuer => format!(
            "no certificate in {named} issued the server's certificate; name a file with the certificate of its issuer"
        ),
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            format!(
                "the server's certificate names no host; make one with {host} as a subject alternative name"
            )
        }
        CertificateError::NotValidForNameContext { presented, .. } => format!(
            "the server's certificate is for {}, not for {host}; use an address with a name that it has",
            listed(presented)
        ),
        CertificateError::ExpiredContext { not_after, .. } => format!(
            "the server's certificate expired on {}; renew it",
            date(*not_after)
        ),
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "the server's certificate is not valid before {}; check the clock of this machine",
            date(*not_before)
        ),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the server's certificate is not for servers; make one with the extended key usage serverAuth".to_owned()
        }
        CertificateError::Other(other) => match other.0.downcast_ref() {
            Some(webpki::Error::CaUsedAsEndEntity) => format!(
                "the server's certificate is that of an authority, and is not in {named}; name a file that has it"
            ),
            Some(webpki::Error::UnsupportedCertVersion) => {
                "the server's certificate is of version 1, which has no host names; make one of version 3 with subject alternative names".to_owned()
            }
            _ => not_accepted(why),
        },
        why => not_accepted(why),
    }
}

fn not_accepted(why: &CertificateError) -> String {
    format!("the server's certificate is not accepted: {why}")
}

fn of_alert(alert: AlertDescription) -> String {
    let also = match alert {
        AlertDescription::ProtocolVersion => "; macproof speaks TLS 1.2 and 1.3",
        AlertDescription::NoApplicationProtocol => "; macproof speaks HTTP/1.1",
        AlertDescription::CertificateRequired => {
            "; it demands a certificate of the client, and macproof has none"
        }
        AlertDescription::UnrecognisedName => "; it has no certificate for this host",
        _ => "",
    };
    format!("the server ended the TLS connection with the alert {alert:?}{also}")
}

/// The names in a certificate, which the library writes as `DnsName("localhost")`.
fn listed(presented: &[String]) -> String {
    let one = |name: &String| {
        let (_, bare) = name.split_once('(').unwrap_or(("", name));
        let bare = bare.strip_suffix(')').unwrap_or(bare);
        shown(bare.trim_matches('"').as_bytes())
    };
    let mut names: Vec<String> = presented.iter().take(NAMES_LISTED).map(one).collect();
    if presented.len() > NAMES_LISTED {
        names.push(format!("{} more", presented.len() - NAMES_LISTED));
    }
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match Timestamp::from_second(seconds) {
        Ok(time) => time.to_string(),
        Err(_) => format!("Unix time {}", time.as_secs()),
    }
}
