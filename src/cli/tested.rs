//! Which implementations are tested, and how each is reached.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;

use crate::adapters::{AdapterCommand, ExecTarget, HttpTarget, Target, WebTarget};
use crate::cli::args::RunArgs;
use crate::cli::exit::Stop;
use crate::cli::inputs::read;
use crate::implementations::{Described, Implementations, Reach, SecretSource, Way, WebAddress};
use crate::runner::WhoseSecret;
use crate::signature::Secret;

/// How an implementation is reached, and how it is called in reports.
pub(crate) struct Tested {
    pub(crate) target: Target,
    pub(crate) label: String,
    /// The arguments that reach it again.
    pub(crate) arguments: Vec<String>,
    /// Whose secret it uses.
    pub(crate) secret: SecretSource,
}

impl Tested {
    /// All that the arguments ask for, the built-in reference if they name none.
    pub(crate) fn of(args: &RunArgs) -> Result<Vec<Self>, Stop> {
        let reach = if args.allow_remote {
            Reach::Anywhere
        } else {
            Reach::Loopback
        };
        let mut tested = if let Some(line) = &args.command {
            let command = AdapterCommand::parse(line).map_err(Stop::usage)?;
            let way = ["--command", line];
            vec![Self::new(Target::Command(command), line, &way)]
        } else if let Some(text) = &args.http {
            let address = WebAddress::parse(text).map_err(Stop::usage)?;
            address.check(reach).map_err(Stop::usage)?;
            let target = Target::Http(HttpTarget { address, reach });
            vec![Self::new(target, text, &["--http", text])]
        } else if args.implementation.is_empty() {
            vec![Self::reference(args)?]
        } else {
            described(args, reach)?
        };
        for one in &mut tested {
            let mut arguments = args.suites.clone();
            arguments.append(&mut one.arguments);
            for file in &args.suite_file {
                arguments.extend(["--suite-file".to_owned(), file.display().to_string()]);
            }
            if args.allow_remote {
                arguments.push("--allow-remote".to_owned());
            }
            one.arguments = arguments;
        }
        Ok(tested)
    }

    /// The secret that it uses.
    pub(crate) fn secret(&self) -> Result<WhoseSecret, Stop> {
        Ok(match &self.secret {
            SecretSource::Request => WhoseSecret::Request,
            SecretSource::Unknown => WhoseSecret::Unknown,
            SecretSource::Env(variable) => {
                let secret = std::env::var_os(variable).filter(|secret| !secret.is_empty());
                let secret = secret.ok_or_else(|| {
                    Stop::usage(format_args!(
                        "the secret of {} is to be in the environment variable {variable}, which is not set",
                        self.label
                    ))
                })?;
                WhoseSecret::Own(Secret::new(secret.into_vec()))
            }
        })
    }

    fn new(target: Target, label: &str, way: &[&str]) -> Self {
        Self {
            target,
            label: label.to_owned(),
            arguments: way.iter().map(|&word| word.to_owned()).collect(),
            secret: SecretSource::Request,
        }
    }

    fn reference(args: &RunArgs) -> Result<Self, Stop> {
        let this = std::env::current_exe().map_err(Stop::harness)?;
        let mut words: Vec<OsString> = vec!["adapter".into()];
        for file in &args.suite_file {
            words.extend(["--suite-file".into(), file.into()]);
        }
        let command = AdapterCommand::new(this, words);
        Ok(Self::new(Target::Command(command), "reference", &[]))
    }
}

/// Those of the file that describes implementations.
fn described(args: &RunArgs, reach: Reach) -> Result<Vec<Tested>, Stop> {
    let file = load(&args.config)?;
    let mut chosen: Vec<&Described> = Vec::new();
    for name in &args.implementation {
        let named: Vec<&Described> = match (name.as_str(), file.find(name)) {
            ("all", _) => file.all().iter().collect(),
            (_, Some(one)) => vec![one],
            (_, None) => {
                let names: Vec<&str> = file.all().iter().map(|one| one.name.as_str()).collect();
                return Err(Stop::usage(format_args!(
                    "{} describes no implementation {name:?}; there are {}",
                    args.config.display(),
                    names.join(", ")
                )));
            }
        };
        for one in named {
            if chosen.iter().all(|other| other.name != one.name) {
                chosen.push(one);
            }
        }
    }
    let config = args.config.display().to_string();
    chosen
        .into_iter()
        .map(|one| {
            let way = ["--implementation", one.name.as_str(), "--config", &config];
            let target = target(one, file.directory(), reach)?;
            let tested = Tested::new(target, one.name.as_str(), &way);
            Ok(Tested {
                secret: one.secret.clone(),
                ..tested
            })
        })
        .collect()
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

fn load(path: &Path) -> Result<Implementations, Stop> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Stop::usage(format_args!("{} is no UTF-8", path.display())))?;
    Implementations::parse(&path.display().to_string(), &text).map_err(Stop::usage)
}
