//! How an implementation is reached: the arguments that `run` and `fuzz` have in common, and what
//! stands in `macproof.yaml`.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Args;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::adapters::{AdapterCommand, ExecTarget, HttpTarget, Limits, Target, WebTarget};
use crate::cli::exit::Stop;
use crate::cli::inputs::read;
use crate::cli::suites;
use crate::implementations::{Described, Implementations, Reach, SecretSource, Way, WebAddress};
use crate::runner::WhoseSecret;
use crate::signature::{Secret, Slug};
use crate::suite::Suite;

/// Where implementations are described, if nobody says where.
const CONFIG: &str = "macproof.yaml";

/// Where an implementation is, and how long it may take.
#[derive(Debug, Args)]
pub(crate) struct ReachArgs {
    /// The adapter's command line; it is split into words, never given to a shell.
    #[arg(long, value_name = "COMMAND", help_heading = "Implementation")]
    pub(crate) command: Option<String>,
    /// The address of a server that speaks the protocol, as in `http://127.0.0.1:4000`.
    #[arg(
        long,
        value_name = "URL",
        help_heading = "Implementation",
        conflicts_with = "command"
    )]
    pub(crate) http: Option<String>,
    /// An implementation of macproof.yaml by its name, or all of them; may be repeated. Where there
    /// is a macproof.yaml, this is what is tested if nothing else is said; where there is none, it
    /// is the built-in reference.
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Implementation",
        conflicts_with_all = ["command", "http"]
    )]
    pub(crate) implementation: Vec<String>,
    /// The file that describes implementations, and says which suites are run if none is named;
    /// ./macproof.yaml if not given. See docs/implementations.md.
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Implementation",
        conflicts_with_all = ["command", "http"]
    )]
    pub(crate) config: Option<PathBuf>,
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

/// Where an implementation is, and how it is called in reports.
#[derive(Debug)]
pub(crate) struct Reached {
    /// Where it is.
    pub(crate) target: Target,
    /// How it is called.
    pub(crate) label: String,
    /// The arguments that reach it again.
    pub(crate) arguments: Vec<String>,
    /// Whose secret it uses.
    pub(crate) secret: WhoseSecret,
}

/// Suites by name, and suite files.
#[derive(Debug)]
pub(crate) struct AskedSuites {
    pub(crate) names: Vec<String>,
    pub(crate) files: Vec<PathBuf>,
}

impl ReachArgs {
    /// The suites that are meant: those of the command line; if there are none, those that
    /// `macproof.yaml` names, where an implementation of it is tested.
    pub(crate) fn asked(&self, names: &[String], files: &[PathBuf]) -> Result<AskedSuites, Stop> {
        let mut asked = AskedSuites {
            names: names.to_vec(),
            files: files.to_vec(),
        };
        if names.is_empty()
            && files.is_empty()
            && let Some(config) = self.configuration()?
        {
            for word in config.suites() {
                if suites::is_file(word) {
                    asked.files.push(config.directory().join(word));
                } else {
                    asked.names.push(word.clone());
                }
            }
        }
        Ok(asked)
    }

    /// The same, loaded; the five systems if nobody names any.
    pub(crate) fn suites(&self, names: &[String], files: &[PathBuf]) -> Result<Vec<Suite>, Stop> {
        let asked = self.asked(names, files)?;
        suites::chosen(&asked.names, &asked.files)
    }

    /// Where the one implementation is; the built-in reference if nothing is said. The latter is
    /// told of the suite files.
    pub(crate) fn reached(&self, suite_files: &[PathBuf]) -> Result<Reached, Stop> {
        match self.one_reached(suite_files)? {
            one if one.secret == WhoseSecret::Request => Ok(one),
            one => Err(Stop::usage(format_args!(
                "{} has a secret of its own; this command needs an implementation that takes that of each request",
                one.label
            ))),
        }
    }

    /// Where the one implementation is, whosever secret it uses.
    pub(crate) fn one_reached(&self, suite_files: &[PathBuf]) -> Result<Reached, Stop> {
        if let Some(config) = self.configuration()?
            && self.implementation.is_empty()
            && config.all().len() > 1
        {
            return Err(Stop::usage(format_args!(
                "{} describes {} implementations, and this command takes one at a time; name it with --implementation",
                self.config().display(),
                config.all().len()
            )));
        }
        let mut all = self.all_reached(suite_files)?;
        match (all.pop(), all.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(Stop::usage(
                "this command takes one implementation at a time",
            )),
        }
    }

    /// Where another implementation is: by its name in the file that describes implementations,
    /// where it is there; by its address; else by its adapter's command line.
    pub(crate) fn other(&self, text: &str) -> Result<Reached, Stop> {
        let is_named = Slug::new(text).is_ok()
            && self.config().exists()
            && load(self.config())?.find(text).is_some();
        let is_address = text.starts_with("http://") || text.starts_with("https://");
        let given = || Some(text.to_owned());
        let other = Self {
            command: given().filter(|_| !is_named && !is_address),
            http: given().filter(|_| is_address),
            implementation: given().filter(|_| is_named).into_iter().collect(),
            config: self.config.clone(),
            ..*self
        };
        other.reached(&[])
    }

    /// Where each implementation is; the built-in reference if nothing is said.
    pub(crate) fn all_reached(&self, suite_files: &[PathBuf]) -> Result<Vec<Reached>, Stop> {
        let one = |target, label: &str, way: &[&str]| Reached {
            target,
            label: label.to_owned(),
            arguments: self.arguments(way),
            secret: WhoseSecret::Request,
        };
        if let Some(line) = &self.command {
            let command = AdapterCommand::parse(line).map_err(Stop::usage)?;
            let way = ["--command", line];
            return Ok(vec![one(Target::Command(command), line, &way)]);
        }
        if let Some(text) = &self.http {
            let address = WebAddress::parse(text).map_err(Stop::usage)?;
            let reach = self.reach();
            address.check(reach).map_err(Stop::usage)?;
            let target = Target::Http(HttpTarget { address, reach });
            return Ok(vec![one(target, text, &["--http", text])]);
        }
        if let Some(config) = self.configuration()? {
            return self.described(&config);
        }
        let this = std::env::current_exe().map_err(Stop::harness)?;
        let mut words: Vec<OsString> = vec!["adapter".into()];
        for file in suite_files {
            words.extend(["--suite-file".into(), file.into()]);
        }
        let command = AdapterCommand::new(this, words);
        Ok(vec![one(Target::Command(command), "reference", &[])])
    }

    fn arguments(&self, way: &[&str]) -> Vec<String> {
        let remote = self.allow_remote.then_some("--allow-remote");
        let words = way.iter().copied().chain(remote);
        words.map(str::to_owned).collect()
    }

    fn config(&self) -> &Path {
        self.config.as_deref().unwrap_or(Path::new(CONFIG))
    }

    /// The file that describes implementations, where one of them is what is tested.
    fn configuration(&self) -> Result<Option<Implementations>, Stop> {
        let is_elsewhere = self.command.is_some() || self.http.is_some();
        let is_said = self.config.is_some() || !self.implementation.is_empty();
        if is_elsewhere || !(is_said || Path::new(CONFIG).exists()) {
            return Ok(None);
        }
        load(self.config()).map(Some)
    }

    /// Those that are named, all if none is.
    fn chosen<'f>(&self, file: &'f Implementations) -> Result<Vec<&'f Described>, Stop> {
        if self.implementation.is_empty() {
            return Ok(file.all().iter().collect());
        }
        let mut chosen: Vec<&Described> = Vec::new();
        for name in &self.implementation {
            let named: Vec<&Described> = match (name.as_str(), file.find(name)) {
                ("all", _) => file.all().iter().collect(),
                (_, Some(one)) => vec![one],
                (_, None) => {
                    let names = file.all().iter().map(|one| one.name.as_str());
                    return Err(Stop::usage(format_args!(
                        "{} describes no implementation {name:?}; there are {}",
                        self.config().display(),
                        names.collect::<Vec<_>>().join(", ")
                    )));
                }
            };
            for one in named {
                if chosen.iter().all(|other| other.name != one.name) {
                    chosen.push(one);
                }
            }
        }
        Ok(chosen)
    }

    /// Those of the file that describes implementations.
    fn described(&self, file: &Implementations) -> Result<Vec<Reached>, Stop> {
        let config = self.config().display().to_string();
        let reached = |one: &Described| {
            if let Some(words) = &one.build {
                build(one, words, file.directory())?;
            }
            let way = ["--implementation", one.name.as_str(), "--config", &config];
            Ok(Reached {
                target: target(one, file.directory(), self.reach())?,
                label: one.name.to_string(),
                arguments: self.arguments(&way),
                secret: secret(one)?,
            })
        };
        self.chosen(file)?.into_iter().map(reached).collect()
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

fn load(path: &Path) -> Result<Implementations, Stop> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Stop::usage(format_args!("{} is no UTF-8", path.display())))?;
    Implementations::parse(&path.display().to_string(), &text).map_err(Stop::usage)
}

/// Builds it, as one would before one starts it. What that says goes to standard error.
fn build(described: &Described, words: &[String], directory: &Path) -> Result<(), Stop> {
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| Stop::harness("no program"))?;
    let status = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status();
    let what = format!("{} is not built: {}", described.name, words.join(" "));
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Stop::harness(format_args!("{what} ended with {status}"))),
        Err(error) => Err(Stop::harness(format_args!("{what}: {error}"))),
    }
}

fn target(described: &Described, directory: &Path, reach: Reach) -> Result<Target, Stop> {
    Ok(match &described.way {
        Way::Command(words) => {
            let mut words = words.iter();
            let program = words.next().cloned().unwrap_or_default();
            Target::Command(AdapterCommand::new(program, words).in_directory(directory))
        }
        Way::Server(address) => {
            address.check(reach).map_err(Stop::usage)?;
            let address = address.clone();
            Target::Http(HttpTarget { address, reach })
        }
        Way::Exec(native) => Target::Exec(Box::new(ExecTarget {
            native: (**native).clone(),
            directory: directory.to_owned(),
        })),
        Way::Web(native) => {
            for address in native.addresses() {
                let address = address.map_err(Stop::usage)?;
                address.check(reach).map_err(Stop::usage)?;
            }
            let native = (**native).clone();
            Target::Web(Box::new(WebTarget { native, reach }))
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
            "the secret of {} is to be in the environment variable {variable}, which is not set",
            described.name
        ))),
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
