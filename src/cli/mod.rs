//! The command line: arguments, files, the terminal, the clock, exit codes.
//!
//! Each command has a file of its own with one function that does it; [`start`] finds it.

mod adapter;
mod args;
mod artifact;
mod campaign_documents;
mod certify;
mod clock;
mod configuration;
mod corpus;
mod described;
mod events;
mod examples;
mod exit;
mod explain;
mod explain_page;
mod files;
mod fuzz;
mod git_tree;
mod init;
mod inputs;
mod interrupt;
mod interruption;
mod measuring;
mod merge;
mod mistakes;
mod modes;
mod no_campaign;
mod oracle;
mod own_hello;
mod random;
mod render;
mod report_command;
mod run;
mod serve;
mod shard;
mod shell;
mod start;
mod suite_command;
mod suite_list;
mod suites;
mod target_args;
mod terminal;
mod timing;
mod values;
mod verify_certificate;
mod versus;

pub use exit::Exit;
pub use start::start;
