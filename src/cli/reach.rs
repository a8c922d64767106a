//! How an implementation is reached: the arguments that `run` and `fuzz` have in common.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Args;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::adapters::{AdapterCommand, HttpTarget, Limits, Target};
use crate::cli::exit::Stop;
use crate::implementations::{Reach, WebAddress};

/// Where an implementation is, and how long it may take.
#[derive(Debug, Args)]
pub(crate) struct ReachArgs {
    /// The adapter's command line; it is split into words, never given to a shell.
    #[arg(long, value_name = "COMMAND", help_heading = "Implementation")]
    pub(crate) command: Option<String>,
    /// The address of a server that speaks the protocol, as in http://127.0.0.1:4000.
    #[arg(
        long,
        value_name = "URL",
        help_heading = "Implementation",
        conflicts_with = "command"
    )]
    pub(crate) http: Option<String>,
    /// Contact other machines than this one, too.
    #[arg(long, help_heading = "Implementation")]
    pub(crate) allow_remote: bool,
    /// How many adapter processes to run side by side.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// How long to wait for an answer, as in 500ms, 10s or 2m.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = timeout)]
    pub(crate) timeout: Duration,
}

/// Where the implementation is, and how it is called in reports.
#[derive(Debug)]
pub(crate) struct Reached {
    /// Where it is.
    pub(crate) target: Target,
    /// How it is called.
    pub(crate) label: String,
    /// The arguments that reach it again.
    pub(crate) arguments: Vec<String>,
}

impl ReachArgs {
    /// Where the implementation is; the built-in reference if nothing is said. The latter is told
    /// of the suite files.
    pub(crate) fn reached(&self, suite_files: &[PathBuf]) -> Result<Reached, Stop> {
        if let Some(line) = &self.command {
            return Ok(Reached {
                target: Target::Command(AdapterCommand::parse(line).map_err(Stop::usage)?),
                label: line.clone(),
                arguments: vec!["--command".to_owned(), line.clone()],
            });
        }
        if let Some(text) = &self.http {
            let address = WebAddress::parse(text).map_err(Stop::usage)?;
            let reach = self.reach();
            address.check(reach).map_err(Stop::usage)?;
            return Ok(Reached {
                target: Target::Http(HttpTarget { address, reach }),
                label: text.clone(),
                arguments: vec!["--http".to_owned(), text.clone()],
            });
        }
        let this = std::env::current_exe().map_err(Stop::harness)?;
        let mut words: Vec<OsString> = vec!["adapter".into()];
        for file in suite_files {
            words.extend(["--suite-file".into(), file.into()]);
        }
        Ok(Reached {
            target: Target::Command(AdapterCommand::new(this, words)),
            label: "reference".to_owned(),
            arguments: Vec::new(),
        })
    }

    /// Which machines may be contacted.
    pub(crate) fn reach(&self) -> Reach {
        if self.allow_remote {
            Reach::Anywhere
        } else {
            Reach::Loopback
        }
    }

    /// How long it may take.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            answer: self.timeout,
            ..Limits::default()
        }
    }
}

/// Ctrl-C ends what is under way, and what was done is still reported; a second one ends the
/// program.
pub(crate) fn interrupt_flag() -> Result<Arc<AtomicBool>, Stop> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&flag))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)))
            .map_err(Stop::harness)?;
    }
    Ok(flag)
}

/// Reads `500ms`, `10s`, `2m`, between 1 ms and a day.
fn timeout(text: &str) -> Result<Duration, String> {
    let time = duration(text)?;
    if time.is_zero() || time > Duration::from_secs(24 * 60 * 60) {
        return Err("a time-out lies between 1ms and a day".to_owned());
    }
    Ok(time)
}

/// Reads `500ms`, `10s`, `2m`, `1h`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number
        .parse()
        .map_err(|_| format!("{text:?} is no time; write 500ms, 10s or 2m"))?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        "h" => Ok(Duration::from_secs(number.saturating_mul(3600))),
        _ => Err(format!("{text:?} needs a unit; write 500ms, 10s or 2m")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, timeout};

    #[test]
    fn times_have_units() {
        assert_eq!(timeout("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(timeout("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("3h"), Ok(Duration::from_secs(3 * 3600)));
        for bad in ["", "5", "s", "-1s", "0s", "25h", "1.5s", "100000000000m"] {
            assert!(timeout(bad).is_err(), "{bad}");
        }
    }
}
