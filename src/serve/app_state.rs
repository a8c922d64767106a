//! What all requests to the server share.

use std::time::Duration;

use axum::http::HeaderValue;
use serde_json::Value as Json;
use tokio::sync::Semaphore;

use crate::protocol::Hello;
use crate::results::Redaction;
use crate::scheme::Scheme;
use crate::serve::platform::Platform;

/// Maximum total size of bodies in memory, in bytes: those being received, and those being
/// answered.
pub(super) const MAX_HELD: usize = 64 << 20;

/// The shared state of the server.
pub struct AppState {
    /// The platforms, each served under its suite's name.
    pub platforms: Vec<Platform>,
    /// The schemes available over the protocol, by suite name.
    pub schemes: Vec<(String, Scheme)>,
    /// The hello of the protocol.
    pub hello: Hello,
    /// The origins whose pages may call, such as `http://localhost:3000`.
    pub allowed_origins: Vec<String>,
    /// Maximum time to receive a body.
    pub body_time: Duration,
    /// The memory left for bodies.
    pub memory: Memory,
    /// The secrets, which a caller may quote: neither the log nor the page repeats them.
    pub redaction: Redaction,
    /// Clock, random names and log.
    pub environment: Environment,
}

/// The memory for bodies, with one permit per byte.
pub struct Memory(pub(super) Semaphore);

impl Default for Memory {
    fn default() -> Self {
        Self(Semaphore::new(MAX_HELD))
    }
}

/// The external dependencies of the server.
pub struct Environment {
    /// Returns the current time in Unix seconds.
    pub now: Box<dyn Fn() -> u64 + Send + Sync>,
    /// Returns an unguessable name.
    pub random_name: Box<dyn Fn() -> String + Send + Sync>,
    /// Receives a log entry, a JSON object without tokens or secrets.
    pub log: Box<dyn Fn(Json) + Send + Sync>,
}

impl AppState {
    /// Whether pages of an origin may call, and if so, whether it is a cross-origin call.
    pub(super) fn lets_in(&self, origin: &HeaderValue, host: &str) -> Option<bool> {
        let origin = origin.to_str().ok()?;
        if origin.strip_prefix("http://") == Some(host) {
            return Some(false);
        }
        let mut allowed = self.allowed_origins.iter();
        allowed.any(|allowed| allowed == origin).then_some(true)
    }

    pub(super) fn log(&self, event: &str, mut line: Json) {
        if let Json::Object(members) = &mut line {
            members.insert("time".to_owned(), (self.environment.now)().into());
            members.insert("event".to_owned(), event.into());
        }
        (self.environment.log)(line);
    }
}
