//! The files of a project, as strings.

use askama::Template;

use crate::init::adapter::Slots;
use crate::init::{Language, SuiteCode};
use crate::suite::Suite;

/// The GitLab job, relative to the repository.
pub const GITLAB_JOB: &str = ".gitlab/macproof.yml";

/// The description of the implementations.
pub const CONFIGURATION: &str = "macproof.yaml";

/// What git ignores in the folder of the adapters.
pub const IGNORED: &str = "macproof/.gitignore";

/// The GitHub job, relative to the repository.
pub const GITHUB_JOB: &str = ".github/workflows/macproof.yml";

/// With what the names of implementations begin that nobody has filled in.
pub const STARTER: &str = "starter-";

/// The GitLab pipeline that includes the job.
pub const GITLAB_PIPELINE: &str = ".gitlab-ci.yml";

/// The CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ci {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab {
        /// Whether a pipeline exists already, which then has to include the job.
        has_pipeline: bool,
    },
}

/// What an adapter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It signs and verifies tokens.
    Signer,
    /// It gives back whole requests that it would send. For languages in [`SENDERS`].
    Sender,
}

/// The languages in which the adapter of a sender can be generated.
pub const SENDERS: [Language; 2] = [Language::Python, Language::Node];

/// The CI job of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job<'a> {
    /// The CI system.
    pub ci: Ci,
    /// The project's folder, relative to the repository.
    pub folder: &'a str,
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFile {
    /// Whether `path` is relative to the repository, not to the project.
    pub is_of_repository: bool,
    /// The path, relative to that folder.
    pub path: &'static str,
    /// The content of the file.
    pub content: String,
}

/// The output of `macproof init`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The files, most interesting first.
    pub files: Vec<ProjectFile>,
    /// The suites whose schemes the user has to fill in.
    pub unwritten: Vec<String>,
}

#[derive(Template)]
#[template(path = "init/macproof.yaml", escape = "none")]
struct Configuration<'a> {
    language: Language,
    suites: String,
    build: Option<&'a str>,
    command: &'a str,
}

/// The description of a server that receives what the schemes of its suites describe.
#[derive(Template)]
#[template(path = "init/http.yaml", escape = "none")]
struct Receiver {
    suites: String,
    names: String,
    has_time: bool,
}

#[derive(Template)]
#[template(path = "init/github.yml", escape = "none")]
struct GithubJob {
    language: Language,
    toolchain: &'static str,
    is_missing: bool,
    steps: &'static [&'static str],
    folder: String,
}

#[derive(Template)]
#[template(path = "init/gitlab.yml", escape = "none")]
struct GitlabJob {
    language: Language,
    image: &'static str,
    install: Option<&'static str>,
    folder: String,
}

impl Project {
    /// Generates the adapter for these suites, `macproof.yaml`, and a CI job. Each suite comes with
    /// how `macproof.yaml` refers to it: its name, or the path of its file.
    ///
    /// Rendering a template into a string cannot fail.
    pub fn new(
        language: Language,
        suites: &[(String, Suite)],
        side: Side,
        job: Option<Job<'_>>,
    ) -> Result<Self, askama::Error> {
        let code: Vec<SuiteCode> = suites
            .iter()
            .map(|(_, suite)| SuiteCode::new(language, suite))
            .collect();
        let first = suites.first().and_then(|(_, suite)| {
            let mut fields = suite.scheme.message.fields();
            fields
                .next()
                .map(|at| suite.scheme.fields.at(at).name.clone())
        });
        let quoted: Vec<String> = code.iter().map(|suite| quoted(language, suite)).collect();
        let slots = Slots {
            names: quoted.join(", "),
            field: first.unwrap_or_default(),
            implementation: format!("{STARTER}{language}"),
            language: language.name(),
            typed: language == Language::TypeScript,
            web: matches!(language, Language::Deno | Language::Bun),
            path: language.path(),
            computed: code.iter().any(|suite| suite.token.is_some()),
            hex: code.iter().any(|suite| suite.is_hex),
            base64: code
                .iter()
                .any(|suite| suite.token.is_some() && !suite.is_hex),
            times: code.iter().any(|suite| suite.carried.is_some()),
            left: code.iter().any(|suite| suite.token.is_none()),
            per: code.iter().any(|suite| suite.per.is_some()),
            suites: &code,
        };
        let sender = match side {
            Side::Sender => slots.rendered_sender(language)?,
            Side::Signer => None,
        };
        let adapter = match sender {
            Some(sender) => sender,
            None => slots.rendered(language)?,
        };
        let mut files = vec![ProjectFile::new(language.path(), adapter)];
        if let Some((path, manifest)) = slots.manifest(language)? {
            files.push(ProjectFile::new(path, manifest));
        }
        if let Some(built) = language.built() {
            files.push(ProjectFile::new(IGNORED, built.to_owned()));
        }
        files.push(ProjectFile::new(
            CONFIGURATION,
            configuration(language, suites)?,
        ));
        if let Some(job) = job {
            files.extend(job_files(language, job)?);
        }
        let unwritten = code.into_iter().filter(|suite| suite.token.is_none());
        Ok(Self {
            files,
            unwritten: unwritten.map(|suite| suite.name).collect(),
        })
    }
}

impl Project {
    /// Generates the `macproof.yaml` of a server that is asked by the places of these suites.
    pub fn of_receiver(suites: &[(String, Suite)]) -> Result<Self, askama::Error> {
        let names = suites.iter().map(|(_, suite)| suite.name.to_string());
        let called = suites.iter().map(|(called, _)| in_yaml(called));
        let receiver = Receiver {
            suites: called.collect::<Vec<_>>().join(", "),
            names: names.collect::<Vec<_>>().join(", "),
            has_time: suites
                .iter()
                .any(|(_, suite)| suite.scheme.time().is_some()),
        };
        Ok(Self {
            files: vec![ProjectFile::new(CONFIGURATION, receiver.render()?)],
            unwritten: Vec::new(),
        })
    }
}

impl ProjectFile {
    fn new(path: &'static str, content: String) -> Self {
        Self {
            is_of_repository: false,
            path,
            content: ended(content),
        }
    }

    fn of_repository(self) -> Self {
        Self {
            is_of_repository: true,
            ..self
        }
    }
}

fn quoted(language: Language, suite: &SuiteCode) -> String {
    match language {
        Language::Node
        | Language::TypeScript
        | Language::Deno
        | Language::Bun
        | Language::Ruby
        | Language::Php => format!("'{}'", suite.name),
        // In a literal that doubles its quotes.
        Language::CSharp => format!("\"\"{}\"\"", suite.name),
        Language::Python | Language::Go | Language::Java | Language::Rust => {
            format!("\"{}\"", suite.name)
        }
    }
}

fn configuration(language: Language, suites: &[(String, Suite)]) -> Result<String, askama::Error> {
    let suites: Vec<String> = suites.iter().map(|(called, _)| in_yaml(called)).collect();
    Configuration {
        language,
        suites: suites.join(", "),
        build: language.build(),
        command: language.command(),
    }
    .render()
}

/// A name as a plain scalar, and any other text in quotes: a JSON string is a YAML string.
fn in_yaml(text: &str) -> String {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.chars().all(is_name) {
        text.to_owned()
    } else {
        in_quotes(text)
    }
}

fn in_quotes(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn job_files(language: Language, job: Job<'_>) -> Result<Vec<ProjectFile>, askama::Error> {
    let folder = in_quotes(job.folder);
    let has_pipeline = match job.ci {
        Ci::Github => {
            let content = GithubJob {
                language,
                toolchain: language.toolchain(),
                is_missing: language.setup_on_github().is_some(),
                steps: language.github_steps(),
                folder,
            };
            let file = ProjectFile::new(GITHUB_JOB, content.render()?);
            return Ok(vec![file.of_repository()]);
        }
        Ci::Gitlab { has_pipeline } => has_pipeline,
    };
    let content = GitlabJob {
        language,
        image: language.image(),
        install: language.install(),
        folder,
    };
    let mut files = vec![ProjectFile::new(GITLAB_JOB, content.render()?).of_repository()];
    if !has_pipeline {
        let include = format!("include:\n  - local: {GITLAB_JOB}\n");
        files.push(ProjectFile::new(GITLAB_PIPELINE, include).of_repository());
    }
    Ok(files)
}

/// Templates omit the final line feed of their file, so add it.
fn ended(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
