//! An implementation that is ready to be tested.

use crate::adapters::Transport;
use crate::results::Redaction;
use crate::runner::options::WhoseSecret;

/// Where an implementation is, and what documents call it.
#[derive(Debug)]
pub struct ResolvedTarget {
    /// How it is reached.
    pub transport: Box<dyn Transport>,
    /// Its name in reports.
    pub label: String,
    /// The arguments that select it again.
    pub arguments: Vec<String>,
    /// Whether it is the built-in reference, because no implementation was named.
    pub judged_itself: bool,
    /// Whose secret it uses.
    pub secret: WhoseSecret,
}

impl ResolvedTarget {
    /// What must not be shown of what it says: a secret of its own, the tokens made with it, and
    /// the credentials it is reached with.
    pub fn redaction(&self) -> Redaction {
        self.secret.redaction().and(self.transport.credentials())
    }
}

impl WhoseSecret {
    /// What must not be shown of an implementation that uses it. The secrets of requests are those
    /// of suite files, which are public.
    pub fn redaction(&self) -> Redaction {
        match self {
            Self::Request => Redaction::none(),
            Self::Own(secret) => Redaction::of([secret.clone()]),
            Self::Unknown => Redaction::of([]),
        }
    }
}
