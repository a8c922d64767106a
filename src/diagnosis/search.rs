//! Where the causes of a run are looked for.

use std::sync::atomic::AtomicBool;

use crate::adapters::{Limits, Transport};
use crate::mistakes::MistakeId;
use crate::protocol::Hello;
use crate::results::{Causes, Redaction};
use crate::runner::WhoseSecret;

/// Looks for the causes of a run's failures.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// How the implementation is reached.
    pub target: &'a dyn Transport,
    /// Its hello.
    pub hello: &'a Hello,
    /// The time limits of the inquiry.
    pub limits: Limits,
    /// Once set, the search ends with what it has.
    pub interrupt: &'a AtomicBool,
    /// With which secret it signs.
    pub secret: &'a WhoseSecret,
    /// What may not be shown.
    pub redaction: &'a Redaction,
    /// The seed of the random choices.
    pub seed: u64,
    /// How many requests the verifier may be asked.
    pub most: usize,
    /// Tells the present in Unix seconds.
    pub now: &'a (dyn Fn() -> u64 + Sync),
}

/// The mistakes of a cause; `None` if one of them is not in the catalogue.
pub(super) fn ids(causes: &Causes) -> Option<Vec<MistakeId>> {
    let ids = causes.mistakes.iter().map(|one| MistakeId::named(&one.id));
    ids.collect::<Result<_, _>>().ok()
}
