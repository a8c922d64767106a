//! Everything that needs more than one module, a real process, or the whole repository.

mod bad_adapters;
mod floors;
mod generated;
mod laws;
mod oracle;
mod present;
mod suites;
