//! Everything that needs more than one module, a real process, or the whole repository.

mod floors;
mod generated;
mod generator;
mod laws;
mod oracle;
mod present;
