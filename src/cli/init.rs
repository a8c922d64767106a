//! `macproof init`: an adapter, `macproof.yaml` and a CI job, ready to run.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::exit::{Exit, Stop};
use crate::cli::suites;
use crate::cli::terminal::{save, tell};
use crate::init::{Ci, GITLAB_PIPELINE, Job, Language, Project, ProjectFile, Start};
use crate::suite::{self, Suite};

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The language of the adapter: python, node, ruby, php, go, java or rust; or http, to describe
    /// your server, which is then asked as the schemes of the suites say.
    #[arg(value_name = "LANGUAGE")]
    start: Start,
    /// Names of suites, or suite files of your own in this folder; the five vendors' suites by
    /// default.
    #[arg(value_name = "SUITE")]
    suites: Vec<String>,
    /// The CI service that runs macproof on every change.
    #[arg(long, value_enum, default_value_t = CiArg::Github)]
    ci: CiArg,
    /// Overwrite existing files.
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

/// Writes the files of a project into this folder, all or none, and says what comes next.
pub(crate) fn init(args: &InitArgs) -> Result<Exit, Stop> {
    let language = match args.start {
        Start::Adapter(language) => language,
        Start::Server => return init_server(args),
    };
    let suites = chosen(&args.suites)?;
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
    let project = Project::new(language, &suites, job).map_err(Stop::harness)?;
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
    let there: Vec<&ProjectFile> = project
        .files
        .iter()
        .filter(|file| Path::new(&shown(file)).symlink_metadata().is_ok())
        .collect();
    if !args.force && !there.is_empty() {
        return Err(taken(&there, shown));
    }
    let mut said = String::new();
    for file in &project.files {
        let path = shown(file);
        if !save(Path::new(&path), &file.content) {
            tell(&said);
            return Ok(Exit::Harness);
        }
        said.push_str(&format!("wrote {path}\n"));
    }
    said.push_str(&next(language, &project, ci));
    tell(&said);
    Ok(Exit::Success)
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
    let there: Vec<&ProjectFile> = project.files.iter().collect();
    if !args.force
        && there
            .iter()
            .any(|file| Path::new(file.path).symlink_metadata().is_ok())
    {
        return Err(taken(&there, |file| file.path.to_owned()));
    }
    let mut said = String::new();
    for file in &project.files {
        if !save(Path::new(file.path), &file.content) {
            return Ok(Exit::Harness);
        }
        said.push_str(&format!("wrote {}\n", file.path));
    }
    said.push_str(
        "\nFill in the address of your server and how it answers, start it, and:\n\n    HOOK_SECRET=… macproof run\n",
    );
    tell(&said);
    Ok(Exit::Success)
}

/// Files are in the way.
fn taken(there: &[&ProjectFile], shown: impl Fn(&ProjectFile) -> String) -> Stop {
    let paths: Vec<String> = there.iter().map(|file| shown(file)).collect();
    let (exist, them) = if there.len() == 1 {
        ("exists", "it")
    } else {
        ("exist", "them")
    };
    let without_job = if there.iter().any(|file| file.is_of_repository) {
        ", and --ci none writes no CI job"
    } else {
        ""
    };
    Stop::usage(format_args!(
        "nothing was written: {} already {exist}; --force replaces {them}{without_job}",
        paths.join(" and ")
    ))
}

/// What is to be done with what was written.
fn next(language: Language, project: &Project, ci: Option<Ci>) -> String {
    let adapter = language.path();
    let mut said = "\nNext:\n\n    macproof run\n\n".to_owned();
    if project.unwritten.is_empty() {
        said.push_str(&format!(
            "It passes, because it tests the generated code in {adapter}: call your own code in its\nsign and verify, then run it again.\n"
        ));
    } else {
        said.push_str(&format!(
            "Fill in sign and verify in {adapter} first: {} {} more than a line of code.\n",
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
