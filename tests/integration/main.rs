//! Everything that needs more than one module, a real process, or the whole repository.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and says on standard error why it cannot start"
)]

#[path = "../support/mod.rs"]
mod support;

mod absent;
mod backends;
mod bad_adapters;
mod bad_servers;
mod beside;
mod carried;
mod causes;
mod certificates;
mod chosen;
mod ci_jobs;
mod commands;
mod configured;
mod descriptions;
mod events;
mod explain_page;
mod explain_requests;
mod field_bodies;
mod field_receivers;
mod field_tokens;
mod field_words;
mod floors;
mod fuzz;
mod fuzz_shards;
mod fuzz_versus;
mod gallery;
mod generated;
mod generator;
mod hostile_canaries;
mod hostile_certificates;
mod hostile_processes;
mod hostile_serve;
mod hostile_suites;
mod hostile_texts;
mod hostile_times;
mod https;
mod ignored;
mod init;
mod interpreting;
mod interrupted;
mod languages;
mod laws;
mod laws_of_suites;
mod laws_of_the_language;
mod lints;
mod long_heads;
mod native_tests;
mod no_shell;
mod oracle;
mod packages;
mod pages;
mod policies;
mod published;
mod reads;
mod real_clock;
mod reports;
mod restarts;
mod rotation;
mod runs;
mod second_lives;
mod sending;
mod serve_page;
mod serving;
mod signer_causes;
mod strength;
mod suites;
mod triage;
mod writes;
mod wycheproof;

use support::{browser, compiled, harness, needs, program, served, web_server};

fn main() -> std::process::ExitCode {
    harness::main("tests/integration")
}
