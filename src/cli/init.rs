//! `macproof init`: an adapter, `macproof.yaml` and a CI job, ready to run.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::exit::{Exit, Stop};
use crate::cli::files::read;
use crate::cli::suites;
use crate::cli::terminal::{lost, save, say, tell};
use crate::implementations::Implementations;
use crate::init::{
    CONFIGURATION, Ci, GITHUB_JOB, GITLAB_JOB, GITLAB_PIPELINE, IGNORED, Job, Language, Project,
    ProjectFile, SENDERS, Side, Start, with_implementation, with_lines,
};
use crate::scheme::NO_PLACES;
use crate::suite::{self, Suite};

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The language of the adapter: python, node, typescript, deno, bun, ruby, php, go, java, csharp
    /// or rust; or http, to describe your server, which is then asked as the schemes of the suites
    /// say.
    #[arg(value_name = "LANGUAGE")]
    start: Start,
    /// Names of suites, or suite files of your own in this folder. Without any, a terminal is asked,
    /// and the five vendors' suites are the default.
    #[arg(value_name = "SUITE")]
    suites: Vec<String>,
    /// Begin a sender of requests, in Python or Node: an adapter that gives back the body and the
    /// headers that your code would send.
    #[arg(long)]
    send: bool,
    /// The CI service that runs macproof on every change.
    #[arg(long, value_enum, default_value_t = CiArg::Github)]
    ci: CiArg,
    /// Write again what is there, and keep the earlier files as backups.
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CiArg {
    /// A workflow for GitHub Actions.
    Github,
    /// A job for GitLab CI.
    Gitlab,
    /// No CI job.
    None,
}

/// Writes the files of a project into this folder, and says what comes next. What is there stays; a
/// language is added to it.
pub(crate) fn init(args: &InitArgs) -> Result<Exit, Stop> {
    let language = match args.start {
        Start::Adapter(language) => language,
        Start::Server if args.send => {
            return Err(Stop::usage(
                "http describes a server, which receives; name a language with --send",
            ));
        }
        Start::Server => return init_server(args),
    };
    let side = side(args, language)?;
    let suites = chosen(&args.suites)?;
    if side == Side::Sender {
        can_be_sent(&suites)?;
    }
    let here = std::env::current_dir().map_err(Stop::harness)?;
    let repository = repository(&here);
    let folder = match args.ci {
        CiArg::None => ".".to_owned(),
        CiArg::Github | CiArg::Gitlab => folder(&here, repository)?,
    };
    let ci = match args.ci {
        CiArg::Github => Some(Ci::Github),
        CiArg::Gitlab => Some(Ci::Gitlab {
            has_pipeline: repository.join(GITLAB_PIPELINE).exists(),
        }),
        CiArg::None => None,
    };
    let job = ci.map(|ci| Job {
        ci,
        folder: &folder,
    });
    let project = Project::new(language, &suites, side, job).map_err(Stop::harness)?;
    let up = "../".repeat(match folder.as_str() {
        "." => 0,
        folder => folder.split('/').count(),
    });
    let shown = |file: &ProjectFile| {
        if file.is_of_repository {
            format!("{up}{}", file.path)
        } else {
            file.path.to_owned()
        }
    };
    let plans = project
        .files
        .iter()
        .map(|file| {
            let path = shown(file);
            let plan = Plan::of(file, &path, language, args.force)?;
            Ok((file, path, plan))
        })
        .collect::<Result<Vec<_>, Stop>>()?;
    let mut said = String::new();
    for (file, path, plan) in &plans {
        let Some(line) = plan.carry_out(file, path) else {
            tell(&said);
            return Ok(Exit::Harness);
        };
        said.push_str(&line);
    }
    let is_kept = |name: &str| {
        let kept = |plan: &Plan| matches!(plan, Plan::Keep | Plan::Tell);
        plans
            .iter()
            .any(|(file, _, plan)| file.path == name && kept(plan))
    };
    said.push_str(&next(language, side, &project, ci, &is_kept));
    tell(&said);
    Ok(Exit::Success)
}

/// Which adapter is asked for, where there is one in that language.
fn side(args: &InitArgs, language: Language) -> Result<Side, Stop> {
    if !args.send {
        return Ok(Side::Signer);
    }
    if args.suites.is_empty() {
        return Err(Stop::usage(
            "name the suites whose requests your code sends, as in: macproof init python github-webhook --send",
        ));
    }
    if SENDERS.contains(&language) {
        return Ok(Side::Sender);
    }
    Err(Stop::usage(format_args!(
        "the starter of a sender is written in Python or Node only, not in {language}; docs/protocol.md says how an adapter in another language answers send"
    )))
}

/// Whether every suite says which header holds the token and which field is the body.
fn can_be_sent(suites: &[(String, Suite)]) -> Result<(), Stop> {
    let cannot = |(_, suite): &&(String, Suite)| suite.scheme.body_to_send().is_none();
    match suites.iter().find(cannot) {
        None => Ok(()),
        Some((called, _)) => Err(Stop::usage(format_args!(
            "{called} has no vector for a sender: {NO_PLACES}; macproof suite list --kind webhook shows suites that have"
        ))),
    }
}

/// What becomes of a file.
enum Plan {
    /// It is not there, and is written.
    Write,
    /// It is as it would be written.
    Same,
    /// It is the user's, and stays.
    Keep,
    /// It stays, because it is written in a way of its own; what to add is said.
    Tell,
    /// It gets this content, which has all that was there.
    Add(String),
    /// It is written again, and the earlier one is kept under this name.
    Replace(String),
}

impl Plan {
    fn of(file: &ProjectFile, path: &str, language: Language, force: bool) -> Result<Self, Stop> {
        if Path::new(path).symlink_metadata().is_err() {
            return Ok(Self::Write);
        }
        let present = String::from_utf8_lossy(&read(Path::new(path))?).into_owned();
        if present == file.content {
            return Ok(Self::Same);
        }
        if force {
            return Ok(Self::Replace(backup(path)));
        }
        match file.path {
            IGNORED => Ok(match with_lines(&present, &file.content) {
                more if more == present => Self::Same,
                more => Self::Add(more),
            }),
            CONFIGURATION => {
                let described = Implementations::parse(path, &present).map_err(|error| {
                    Stop::usage(format_args!(
                        "nothing was written: {error}\n--force replaces {path} and keeps a backup"
                    ))
                })?;
                if described.find(language.name()).is_some() {
                    return Ok(Self::Keep);
                }
                let more = with_implementation(&present, &file.content)
                    .filter(|more| Implementations::parse(path, more).is_ok());
                Ok(more.map_or(Self::Tell, Self::Add))
            }
            _ => Ok(Self::Keep),
        }
    }

    /// Does it, and says so in a line; `None` if a file could not be written.
    fn carry_out(&self, file: &ProjectFile, path: &str) -> Option<String> {
        let target = Path::new(path);
        Some(match self {
            Self::Write => {
                save(target, &file.content).then_some(())?;
                format!("wrote {path}\n")
            }
            Self::Same => format!("{path} is as it should be\n"),
            Self::Keep => format!("kept {path}, which was there\n"),
            Self::Tell => {
                let entry = file.content.split_once("\nimplementations:\n");
                let (_, entry) = entry.unwrap_or_default();
                format!("kept {path}; add to its implementations:\n\n{entry}\n")
            }
            Self::Add(content) => {
                save(target, content).then_some(())?;
                format!("added to {path}\n")
            }
            Self::Replace(backup) => {
                if let Err(error) = fs::rename(target, backup) {
                    lost(format_args!("failed to rename {path}: {error}"));
                    return None;
                }
                save(target, &file.content).then_some(())?;
                format!("wrote {path}; the earlier one is {backup}\n")
            }
        })
    }
}

/// A name for the earlier version of a file that is not taken.
fn backup(path: &str) -> String {
    let names = (1..).map(|number| match number {
        1 => format!("{path}.bak"),
        number => format!("{path}.bak{number}"),
    });
    let mut free = names.filter(|name| Path::new(name).symlink_metadata().is_err());
    free.next().unwrap_or_default()
}

/// Writes the description of a server. What starts it in a CI job only its authors know.
fn init_server(args: &InitArgs) -> Result<Exit, Stop> {
    if args.suites.is_empty() {
        return Err(Stop::usage(
            "name the suites whose requests your server receives, as in: macproof init http SUITE",
        ));
    }
    let suites = chosen(&args.suites)?;
    let without = suites
        .iter()
        .find(|(_, suite)| suite.scheme.places.is_none());
    if let Some((called, _)) = without {
        return Err(Stop::usage(format_args!(
            "{called} does not state where token and fields stand in a request (places), so describe the server by hand; see docs/implementations.md"
        )));
    }
    let project = Project::of_receiver(&suites).map_err(Stop::harness)?;
    let mut said = String::new();
    for file in &project.files {
        let path = Path::new(file.path);
        let is_there = path.symlink_metadata().is_ok();
        if is_there && !args.force {
            return Err(Stop::usage(format_args!(
                "nothing was written: {} already exists; --force replaces it and keeps a backup",
                file.path
            )));
        }
        let plan = if is_there {
            Plan::Replace(backup(file.path))
        } else {
            Plan::Write
        };
        let Some(line) = plan.carry_out(file, file.path) else {
            return Ok(Exit::Harness);
        };
        said.push_str(&line);
    }
    said.push_str(
        "\nFill in the address of your server and how it answers, start it, and:\n\n    HOOK_SECRET=… macproof run\n",
    );
    tell(&said);
    Ok(Exit::Success)
}

/// What is to be done with what was written.
fn next(
    language: Language,
    side: Side,
    project: &Project,
    ci: Option<Ci>,
    is_kept: &dyn Fn(&str) -> bool,
) -> String {
    let adapter = language.path();
    let functions = match side {
        Side::Signer => "sign and verify",
        Side::Sender => "send",
    };
    let mut said = "\nNext:\n\n    macproof run\n\n".to_owned();
    if is_kept(adapter) {
        said.push_str(&format!(
            "It tests {adapter} as it is. --force writes a new one and keeps this one as a backup.\n"
        ));
    } else if project.unwritten.is_empty() {
        said.push_str(&format!(
            "It passes, because it tests the generated code in {adapter}: call your own code in its\n{functions}, then run it again.\n"
        ));
    } else {
        said.push_str(&format!(
            "Fill in {functions} in {adapter} first: {} {} more than a line of code.\n",
            project.unwritten.join(", "),
            if project.unwritten.len() == 1 {
                "takes"
            } else {
                "take"
            },
        ));
    }
    match ci {
        None => {}
        Some(Ci::Github) if is_kept(GITHUB_JOB) => {
            if let Some(step) = language.setup_on_github() {
                said.push_str(&format!(
                    "The CI job that was there needs {}, too: {step}\n",
                    language.toolchain()
                ));
            }
        }
        Some(Ci::Gitlab { .. }) if is_kept(GITLAB_JOB) => {
            said.push_str(&format!(
                "The image of the CI job that was there needs {}, too.\n",
                language.toolchain()
            ));
        }
        Some(Ci::Github) => {
            said.push_str("Set the source of macproof in .github/workflows/macproof.yml.\n");
        }
        Some(Ci::Gitlab { has_pipeline }) => {
            said.push_str("Set the source of macproof in .gitlab/macproof.yml.\n");
            if has_pipeline {
                said.push_str(
                    "Add to .gitlab-ci.yml:\n\n    include:\n      - local: .gitlab/macproof.yml\n",
                );
            }
        }
    }
    said
}

/// Each suite with what `macproof.yaml` calls it.
fn chosen(words: &[String]) -> Result<Vec<(String, Suite)>, Stop> {
    let asked = if words.is_empty() {
        asked()?
    } else {
        Vec::new()
    };
    let words = if words.is_empty() { &asked } else { words };
    if words.is_empty() {
        let suites = suite::default_suites().map_err(Stop::usage)?;
        return Ok(suites
            .into_iter()
            .map(|suite| (suite.name.to_string(), suite))
            .collect());
    }
    for word in words.iter().filter(|word| suites::is_file(word)) {
        if Path::new(word).is_absolute() || word.split('/').any(|part| part == "..") {
            return Err(Stop::usage(format_args!(
                "{word} is outside this folder; macproof.yaml refers to suite files by relative path, so copy it into this folder"
            )));
        }
    }
    let suites = suites::named_or_files(words)?;
    suites::all_different(&suites)?;
    Ok(words.iter().cloned().zip(suites).collect())
}

/// The suites that a person at a terminal names when asked; none elsewhere.
fn asked() -> Result<Vec<String>, Stop> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(Vec::new());
    }
    let five: Vec<&str> = suite::embedded()
        .filter(|suite| suite.by_default)
        .map(|suite| suite.name)
        .collect();
    say(&format!(
        "Which suites? Their names, separated by blanks, as `macproof suite list` shows them; or Enter for {}.",
        five.join(", ")
    ));
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(|error| {
        Stop::usage(format_args!("failed to read the names of suites: {error}"))
    })?;
    Ok(line.split_whitespace().map(str::to_owned).collect())
}

/// The folder of the repository that this folder belongs to; itself if it belongs to none.
fn repository(here: &Path) -> &Path {
    here.ancestors()
        .find(|folder| folder.join(".git").exists())
        .unwrap_or(here)
}

/// The way from the one to the other.
fn folder(here: &Path, repository: &Path) -> Result<String, Stop> {
    let way: PathBuf = here.strip_prefix(repository).map_err(Stop::harness)?.into();
    match way.to_str() {
        Some("") => Ok(".".to_owned()),
        Some(way) => Ok(way.to_owned()),
        None => Err(Stop::usage(format_args!(
            "the name of {} is not valid UTF-8, so a CI job cannot name it; use --ci none",
            here.display()
        ))),
    }
}
