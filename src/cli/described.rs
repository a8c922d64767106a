//! An implementation that `macproof.yaml` describes: built, and with its secret.

use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;

use crate::adapters::{self, AdapterCommand, Authorities, Limits};
use crate::cli::exit::Stop;
use crate::cli::files::read;
use crate::cli::interrupt::interrupt_flag;
use crate::implementations::{Described, SecretSource};
use crate::report::visible;
use crate::runner::WhoseSecret;
use crate::signature::Secret;

/// Makes it ready: builds it where it has to be built, and takes its secret from the environment.
pub(super) fn prepare(described: &Described, directory: &Path) -> Result<WhoseSecret, Stop> {
    if let Some(words) = &described.build {
        build(described, words, directory)?;
    }
    secret(described)
}

/// Builds it, as one would before one starts it. What that says goes to standard error.
fn build(described: &Described, words: &[String], directory: &Path) -> Result<(), Stop> {
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| Stop::harness("no program"))?;
    let command = AdapterCommand::new(program, arguments).in_directory(directory);
    let interrupt = interrupt_flag()?;
    let what = format!("{} is not built: {}", described.name, words.join(" "));
    match adapters::build(&command, Limits::default().grace, &interrupt) {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Stop::harness(format_args!("{what} ended with {status}"))),
        Err(error) => Err(Stop::harness(format_args!("{what}: {error}"))),
    }
}

/// By what the server of a described implementation is trusted, where it says so.
pub(super) fn authorities_of(
    described: &Described,
    directory: &Path,
) -> Result<Option<Authorities>, Stop> {
    let ca_file = described.ca_file.as_ref();
    let authorities = ca_file.map(|file| authorities("ca_file", &directory.join(file)));
    authorities.transpose()
}

/// What a file says by which certificates servers are trusted; `key` is how it was given.
pub(super) fn authorities(key: &str, file: &Path) -> Result<Authorities, Stop> {
    let named = format!("{key} {}", visible(&file.to_string_lossy()));
    Authorities::parse(&read(file)?, &named).map_err(Stop::usage)
}

fn secret(described: &Described) -> Result<WhoseSecret, Stop> {
    let variable = match &described.secret {
        SecretSource::Request => return Ok(WhoseSecret::Request),
        SecretSource::Unknown => return Ok(WhoseSecret::Unknown),
        SecretSource::Env(variable) => variable,
    };
    match std::env::var_os(variable).filter(|secret| !secret.is_empty()) {
        Some(secret) => Ok(WhoseSecret::Own(Secret::new(secret.into_vec()))),
        None => Err(Stop::usage(format_args!(
            "the environment variable {variable}, which holds the secret of {}, is not set",
            described.name
        ))),
    }
}
