//! Which implementation is tested: the arguments that `run`, `fuzz`, `timing` and `certify` have in
//! common.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::adapters::{AdapterCommand, Authorities, HttpTarget, Limits, Transport, transport_to};
use crate::cli::configuration::{CONFIG, Configuration};
use crate::cli::exit::Stop;
use crate::cli::render::{Report, is_standard_output, parse_report};
use crate::cli::{described, suites};
use crate::implementations::{
    Described, REFERENCE, Reach, ReportSetting, Settings, WebAddress, timeout,
};
use crate::results::JUDGED_ITSELF;
use crate::runner::{ResolvedTarget, WhoseSecret};
use crate::signature::Slug;
use crate::suite::{Position, Suite};

/// Where `macproof.yaml` was looked for.
const WHERE: &str = "in this folder or above it, up to the root of the repository";

/// Where an implementation is, and how long it may take.
#[derive(Debug, Args)]
pub(crate) struct ReachArgs {
    /// The adapter's command line; it is split into words and not passed to a shell.
    #[arg(long, value_name = "COMMAND", help_heading = "Implementation")]
    pub(crate) command: Option<String>,
    /// The address of a server that speaks the protocol, for example `http://127.0.0.1:4000`;
    /// https needs --ca-file.
    #[arg(
        long,
        value_name = "URL",
        help_heading = "Implementation",
        conflicts_with = "command"
    )]
    pub(crate) http: Option<String>,
    /// The certificate by which the server of an https address is trusted: its issuer's, or its own,
    /// in PEM. Nothing else is trusted.
    #[arg(long, value_name = "FILE", help_heading = "Implementation")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The name of an implementation in macproof.yaml, or `all`; may be repeated. `reference` is
    /// the built-in one and needs no file. By default, all implementations in macproof.yaml are
    /// tested, or the built-in reference if there is no such file.
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Implementation",
        conflicts_with_all = ["command", "http"]
    )]
    pub(crate) implementation: Vec<String>,
    /// The file that describes implementations and the default suites. By default, macproof.yaml in
    /// this folder or, inside a repository, the nearest one above it, up to the repository's root.
    /// See docs/implementations.md.
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Implementation",
        conflicts_with_all = ["command", "http"]
    )]
    pub(crate) config: Option<PathBuf>,
    /// Exit with code 2 instead of testing the built-in reference if no implementation is named and
    /// there is no macproof.yaml. For CI: in the wrong folder, your code would not be tested.
    #[arg(long, help_heading = "Implementation")]
    pub(crate) require_implementation: bool,
    /// Allow connections to other machines.
    #[arg(long, help_heading = "Implementation")]
    pub(crate) allow_remote: bool,
    /// How many adapter processes to run in parallel; 1 by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// How long to wait for an answer, for example 500ms, 10s or 2m; 10s by default.
    #[arg(long, value_name = "TIME", value_parser = timeout)]
    pub(crate) timeout: Option<Duration>,
    /// How long to wait for the hello of a program that has been started; 10s by default.
    #[arg(long, value_name = "TIME", value_parser = timeout)]
    pub(crate) start_timeout: Option<Duration>,
}

/// An implementation that was chosen, ready to be asked or not.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// How it is called.
    pub(crate) label: String,
    /// The arguments that select it again.
    pub(crate) arguments: Vec<String>,
    /// Whether it is the built-in reference, and nobody named it.
    pub(crate) judged_itself: bool,
    /// Where it is and whose secret it uses; or why it was not built, or what is missing.
    pub(crate) ready: Result<(Box<dyn Transport>, WhoseSecret), Stop>,
}

impl Candidate {
    /// It, where it is ready.
    pub(crate) fn reached(self) -> Result<ResolvedTarget, Stop> {
        let (transport, secret) = self.ready?;
        Ok(ResolvedTarget {
            transport,
            label: self.label,
            arguments: self.arguments,
            judged_itself: self.judged_itself,
            secret,
        })
    }
}

/// Suites by name, and suite files.
#[derive(Debug)]
pub(crate) struct AskedSuites {
    pub(crate) names: Vec<String>,
    pub(crate) files: Vec<PathBuf>,
}

/// What is tested, by what the arguments and the folder say.
#[derive(Debug)]
pub(crate) struct Choice<'a> {
    args: &'a ReachArgs,
    whom: Whom,
    /// The file that describes implementations, where one of them may be tested.
    configuration: Option<Configuration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    /// What a command line or an address reaches.
    Elsewhere,
    /// Those that are named, or all of the file.
    Named,
    /// The built-in reference, for want of anything else.
    Itself,
}

impl ReachArgs {
    /// What is tested. Where that is the built-in reference and nobody named it,
    /// `--require-implementation` makes it an error.
    pub(crate) fn choice(&self) -> Result<Choice<'_>, Stop> {
        self.choice_beside(None)
    }

    /// The same, where another implementation is asked beside it.
    pub(crate) fn choice_beside(&self, other: Option<&str>) -> Result<Choice<'_>, Stop> {
        let mut addresses = self.http.as_deref().into_iter().chain(other);
        if self.ca_file.is_some() && !addresses.any(is_https) {
            return Err(Stop::usage(
                "--ca-file is for an https address, and none is given; in macproof.yaml, write ca_file beside http",
            ));
        }
        let choice = |whom, configuration| Choice {
            args: self,
            whom,
            configuration,
        };
        if self.command.is_some() || self.http.is_some() {
            return Ok(choice(Whom::Elsewhere, None));
        }
        // The built-in reference needs no file.
        let is_only_reference = !self.implementation.is_empty()
            && self.implementation.iter().all(|name| name == REFERENCE)
            && self.config.is_none();
        if is_only_reference {
            return Ok(choice(Whom::Named, None));
        }
        match (
            Configuration::of(self.config.as_deref())?,
            self.implementation.iter().find(|name| *name != REFERENCE),
        ) {
            (Some(configuration), _) => Ok(choice(Whom::Named, Some(configuration))),
            (None, Some(name)) => Err(Stop::usage(format_args!(
                "no {CONFIG} {WHERE} to describe the implementation {name:?}"
            ))),
            (None, None) if self.require_implementation => Err(Stop::usage(format_args!(
                "no implementation is named, and there is no {CONFIG} {WHERE}; with --require-implementation, name the built-in reference explicitly: --implementation {REFERENCE}"
            ))),
            (None, None) => Ok(choice(Whom::Itself, None)),
        }
    }

    fn arguments(&self, way: &[&str]) -> Vec<String> {
        let remote = self.allow_remote.then_some("--allow-remote");
        let words = way.iter().copied().chain(remote);
        words.map(str::to_owned).collect()
    }

    /// Which machines may be contacted.
    pub(crate) fn reach(&self) -> Reach {
        if self.allow_remote {
            Reach::Anywhere
        } else {
            Reach::Loopback
        }
    }

    /// By what the server at an address is trusted.
    fn authorities(&self, address: &WebAddress) -> Result<Option<Authorities>, Stop> {
        match &self.ca_file {
            Some(file) if address.is_https() => described::authorities("--ca-file", file).map(Some),
            None if address.is_https() => Err(Stop::usage(format_args!(
                "{address} needs --ca-file FILE: the certificate by which its server is trusted, which is its issuer's or its own"
            ))),
            _ => Ok(None),
        }
    }
}

impl Choice<'_> {
    /// Whether the built-in reference is tested, and nobody named it.
    pub(crate) fn is_itself(&self) -> bool {
        self.whom == Whom::Itself
    }

    /// What `macproof.yaml` says of options, where an implementation of it is tested.
    pub(crate) fn settings(&self) -> Settings {
        let configuration = self.configuration.as_ref();
        configuration
            .map(|configuration| configuration.file.settings().clone())
            .unwrap_or_default()
    }

    /// The reports that `macproof.yaml` asks for, by paths from the current folder.
    pub(crate) fn reports(&self) -> Result<Vec<Report>, Stop> {
        let Some(configuration) = &self.configuration else {
            return Ok(Vec::new());
        };
        let file = &configuration.file;
        let read = |setting: &ReportSetting| {
            let (format, path) = parse_report(&setting.text).map_err(|stop| {
                let Position { line, column } = setting.at;
                let path = configuration.shown();
                Stop::usage(format_args!("{path}:{line}:{column}: {stop}"))
            })?;
            let is_file = !is_standard_output(&path);
            let path = if is_file { file.beside(&path) } else { path };
            Ok((format, path))
        };
        file.settings().reports.iter().map(read).collect()
    }

    /// How long it may take.
    pub(crate) fn limits(&self) -> Limits {
        let (usual, settings) = (Limits::default(), self.settings());
        let start_up = self.args.start_timeout.or(settings.start_timeout);
        let answer = self.args.timeout.or(settings.timeout);
        Limits {
            start_up: start_up.unwrap_or(usual.start_up),
            answer: answer.unwrap_or(usual.answer),
            ..usual
        }
    }

    /// How many adapter processes run in parallel.
    pub(crate) fn jobs(&self) -> u16 {
        self.args.jobs.or(self.settings().jobs).unwrap_or(1)
    }

    /// What is to be said before anything else: which file above this folder says what is tested.
    pub(crate) fn found_above(&self) -> Option<String> {
        let configuration = self.configuration.as_ref().filter(|file| file.is_above)?;
        let path = configuration.shown();
        Some(format!("using {path}, found above this folder"))
    }

    /// The same; or, for a command whose report comes late, that nothing of the user's is tested.
    pub(crate) fn first_words(&self) -> Option<String> {
        let itself = || self.is_itself().then(|| JUDGED_ITSELF.to_owned());
        self.found_above().or_else(itself)
    }

    /// The suites that are meant: those of the command line; if there are none, those that
    /// `macproof.yaml` names, where an implementation of it is tested, or else those that the
    /// descriptions of the tested implementations name.
    pub(crate) fn asked(&self, names: &[String], files: &[PathBuf]) -> AskedSuites {
        let mut asked = AskedSuites {
            names: names.to_vec(),
            files: files.to_vec(),
        };
        if names.is_empty()
            && files.is_empty()
            && let Some(configuration) = &self.configuration
        {
            let file = &configuration.file;
            for word in file.suites() {
                if suites::is_file(word) {
                    asked.files.push(file.directory().join(word));
                } else {
                    asked.names.push(word.clone());
                }
            }
            if file.suites().is_empty() {
                asked.names = self.implemented().unwrap_or_default();
            }
        }
        asked
    }

    /// The suites that the chosen implementations implement, each once, where every one of their
    /// descriptions says so.
    fn implemented(&self) -> Option<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        for chosen in self.chosen().ok()? {
            let Chosen::Described(one, _) = chosen else {
                return None;
            };
            for name in one.suites()? {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        Some(names)
    }

    /// The same, loaded; the five systems if nobody names any. What describes implementations is
    /// held to their schemes from here on.
    pub(crate) fn suites(
        &mut self,
        names: &[String],
        files: &[PathBuf],
    ) -> Result<Vec<Suite>, Stop> {
        let asked = self.asked(names, files);
        let suites = suites::chosen(&asked.names, &asked.files)?;
        self.know(&suites)?;
        Ok(suites)
    }

    fn know(&mut self, suites: &[Suite]) -> Result<(), Stop> {
        if let Some(configuration) = &mut self.configuration {
            configuration.file = configuration.file.knowing(suites).map_err(Stop::usage)?;
        }
        Ok(())
    }

    /// Where the one implementation is; the built-in reference if nothing is said. The latter is
    /// told of the suite files.
    pub(crate) fn reached(&self, suite_files: &[PathBuf]) -> Result<ResolvedTarget, Stop> {
        match self.one_reached(suite_files)? {
            one if one.secret == WhoseSecret::Request => Ok(one),
            one => Err(Stop::usage(format_args!(
                "{} has its own secret; this command needs an implementation that uses the secret of each request",
                one.label
            ))),
        }
    }

    /// Where the one implementation is, whosever secret it uses.
    pub(crate) fn one_reached(&self, suite_files: &[PathBuf]) -> Result<ResolvedTarget, Stop> {
        if let Some(configuration) = &self.configuration
            && self.args.implementation.is_empty()
            && configuration.file.all().len() > 1
        {
            return Err(Stop::usage(format_args!(
                "{} describes {} implementations, but this command takes one; choose it with --implementation",
                configuration.shown(),
                configuration.file.all().len()
            )));
        }
        let mut all = self.candidates(suite_files)?;
        match (all.pop(), all.is_empty()) {
            (Some(one), true) => one.reached(),
            _ => Err(Stop::usage(
                "this command takes one implementation at a time",
            )),
        }
    }

    /// Where another implementation is: by its name in the file that describes implementations,
    /// where it is there; by its address; else by its adapter's command line.
    pub(crate) fn other(&self, text: &str, suites: &[Suite]) -> Result<ResolvedTarget, Stop> {
        let is_named = text == REFERENCE
            || Slug::new(text).is_ok()
                && Configuration::of(self.args.config.as_deref())?
                    .is_some_and(|configuration| configuration.file.find(text).is_some());
        let is_address = text.starts_with("http://") || text.starts_with("https://");
        let given = || Some(text.to_owned());
        let other = ReachArgs {
            command: given().filter(|_| !is_named && !is_address),
            http: given().filter(|_| is_address),
            implementation: given().filter(|_| is_named).into_iter().collect(),
            config: self.args.config.clone(),
            ca_file: self.args.ca_file.clone().filter(|_| is_https(text)),
            ..*self.args
        };
        let mut choice = other.choice()?;
        choice.know(suites)?;
        choice.reached(&[])
    }

    /// Each implementation; the built-in reference if nothing is said.
    pub(crate) fn candidates(&self, suite_files: &[PathBuf]) -> Result<Vec<Candidate>, Stop> {
        let one = |target, label: &str, way: &[&str]| Candidate {
            label: label.to_owned(),
            arguments: self.args.arguments(way),
            judged_itself: self.is_itself(),
            ready: Ok((target, WhoseSecret::Request)),
        };
        if let Some(line) = &self.args.command {
            let command = AdapterCommand::parse(line).map_err(Stop::usage)?;
            let way = ["--command", line];
            return Ok(vec![one(Box::new(command), line, &way)]);
        }
        if let Some(text) = &self.args.http {
            let address = WebAddress::parse(text).map_err(Stop::usage)?;
            let reach = self.args.reach();
            address.check(reach).map_err(Stop::usage)?;
            let authorities = self.args.authorities(&address)?;
            let target = Box::new(HttpTarget {
                address,
                reach,
                authorities,
            });
            let shown = WebAddress::shown(text);
            let mut way = vec!["--http", &shown];
            let ca_file = self.args.ca_file.as_ref();
            let ca_file = ca_file.map(|file| file.display().to_string());
            if let Some(file) = &ca_file {
                way.extend(["--ca-file", file]);
            }
            return Ok(vec![one(target, &shown, &way)]);
        }
        if self.is_itself() {
            return Ok(vec![one(reference(suite_files)?, REFERENCE, &[])]);
        }
        let chosen = self.chosen()?;
        let candidate = |chosen: &Chosen<'_>| match chosen {
            Chosen::Reference => {
                let way = ["--implementation", REFERENCE];
                Ok(one(reference(suite_files)?, REFERENCE, &way))
            }
            Chosen::Described(one, configuration) => self.described(one, configuration),
        };
        chosen.iter().map(candidate).collect()
    }

    /// Those that are named, all of the file if none is.
    fn chosen(&self) -> Result<Vec<Chosen<'_>>, Stop> {
        let described = |configuration| move |one| Chosen::Described(one, configuration);
        let all = || {
            self.configuration.iter().flat_map(|configuration| {
                configuration
                    .file
                    .all()
                    .iter()
                    .map(described(configuration))
            })
        };
        if self.args.implementation.is_empty() {
            return Ok(all().collect());
        }
        let mut chosen: Vec<Chosen<'_>> = Vec::new();
        for name in &self.args.implementation {
            let named: Vec<Chosen<'_>> = match name.as_str() {
                REFERENCE => vec![Chosen::Reference],
                "all" => all().collect(),
                name => vec![all().find(|one| one.name() == name).ok_or_else(|| {
                    let names: Vec<&str> = all().map(|one| one.name()).collect();
                    Stop::usage(format_args!(
                        "{} has no implementation {name:?}; expected one of {}",
                        self.configuration
                            .as_ref()
                            .map_or_else(|| CONFIG.to_owned(), Configuration::shown),
                        names.join(", ")
                    ))
                })?],
            };
            for one in named {
                if chosen.iter().all(|other| other.name() != one.name()) {
                    chosen.push(one);
                }
            }
        }
        Ok(chosen)
    }

    /// One of the file that describes implementations.
    fn described(&self, one: &Described, configuration: &Configuration) -> Result<Candidate, Stop> {
        let directory = configuration.file.directory();
        let config = configuration.path.display().to_string();
        let way = ["--implementation", one.name.as_str(), "--config", &config];
        // Before it is built: an address that may not be asked is a mistake in the file.
        let authorities = described::authorities_of(one, directory)?;
        let target =
            transport_to(one, directory, self.args.reach(), authorities).map_err(Stop::usage)?;
        Ok(Candidate {
            label: one.name.to_string(),
            arguments: self.args.arguments(&way),
            judged_itself: false,
            ready: described::prepare(one, directory).map(|secret| (target, secret)),
        })
    }
}

fn is_https(address: &str) -> bool {
    WebAddress::parse(address).is_ok_and(|address| address.is_https())
}

/// One of those that are named.
#[derive(Clone, Copy, Debug)]
enum Chosen<'a> {
    Reference,
    Described(&'a Described, &'a Configuration),
}

impl<'a> Chosen<'a> {
    fn name(&self) -> &'a str {
        match self {
            Self::Reference => REFERENCE,
            Self::Described(one, _) => one.name.as_str(),
        }
    }
}

/// The built-in reference, which is told of the suite files.
fn reference(suite_files: &[PathBuf]) -> Result<Box<dyn Transport>, Stop> {
    let this = std::env::current_exe().map_err(Stop::harness)?;
    let mut words: Vec<OsString> = vec!["adapter".into()];
    for file in suite_files {
        words.extend(["--suite-file".into(), file.into()]);
    }
    Ok(Box::new(AdapterCommand::new(this, words)))
}
