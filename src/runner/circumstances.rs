//! What a run adds to the circumstances of its document.

use crate::results::{Circumstances, Restarts};
use crate::runner::run::RunOutput;

impl RunOutput<'_> {
    /// The circumstances of the run's document, from those that were known before it. Its
    /// interruption is the caller's to add: the run knows of no signal.
    pub fn circumstances(&self, mut before: Circumstances) -> Circumstances {
        before.left_out.extend(self.left_out.iter().cloned());
        Circumstances {
            implementation: self.hello.implementation.clone(),
            rounds: self.rounds,
            restarts: Restarts {
                allowed: before.restarts.allowed,
                ..self.unanswered.clone()
            },
            hello_changes: self.hello_changes.clone(),
            notes: self.notes.clone(),
            ..before
        }
    }
}
