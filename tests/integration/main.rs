//! Everything that needs more than one module, a real process, or the whole repository.

mod bad_adapters;
mod commands;
mod floors;
mod generated;
mod generator;
mod languages;
mod laws;
mod lints;
mod oracle;
mod present;
mod runs;
mod suites;
mod wycheproof;
