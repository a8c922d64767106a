//! A run: choose the cases, ask the adapter, and bring home what was observed of each.
//!
//! Nothing here says whether an implementation is right; `results::judge` does, from what
//! [`run`] brings home. The way of a case: `plan` (does it apply, and what is asked), `schedule`
//! (when, and by which process), `job` (what came back), `seen` (what all rounds come to),
//! `case` (what that is worth).

mod case;
mod catches;
mod circumstances;
mod job;
#[cfg(test)]
mod laws;
mod live_clock;
mod options;
mod plan;
mod rekey;
mod resolved_target;
mod run;
mod schedule;
mod seen;
mod smoke;
mod unknown_secret;

pub use options::{
    CaseEvent, CaseFilter, FailFast, RunOptions, SelectionError, Shard, Watcher, WhoseSecret,
};
pub use plan::selected;
pub use rekey::{NotWithIt, Rekeyer};
pub use resolved_target::ResolvedTarget;
pub use run::{Ending, Progress, RunError, RunOutput, run};
