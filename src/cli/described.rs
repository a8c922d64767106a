//! An implementation that `macproof.yaml` describes: built, with its secret, where it is reached.

use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;

use crate::adapters::{self, AdapterCommand, ExecTarget, HttpTarget, Limits, Transport, WebTarget};
use crate::cli::exit::Stop;
use crate::cli::interrupt::interrupt_flag;
use crate::implementations::{Access, Described, Reach, SecretSource};
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

/// Where it is.
pub(super) fn target(
    described: &Described,
    directory: &Path,
    reach: Reach,
) -> Result<Box<dyn Transport>, Stop> {
    Ok(match &described.way {
        Access::Command(words) => {
            let mut words = words.iter();
            let program = words.next().cloned().unwrap_or_default();
            Box::new(AdapterCommand::new(program, words).in_directory(directory))
        }
        Access::Server(address) => {
            address.check(reach).map_err(Stop::usage)?;
            let address = address.clone();
            Box::new(HttpTarget { address, reach })
        }
        Access::Exec(native) => Box::new(ExecTarget {
            native: (**native).clone(),
            directory: directory.to_owned(),
        }),
        Access::Web(native) => {
            for address in native.addresses() {
                let address = address.map_err(Stop::usage)?;
                address.check(reach).map_err(Stop::usage)?;
            }
            let native = (**native).clone();
            Box::new(WebTarget { native, reach })
        }
    })
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
