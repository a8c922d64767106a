//! What a test may need of the machine that runs it. Whether it is there is asked when the test
//! is about to run, once for each program.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use rustix::process::{Resource, getrlimit};

/// Something that a test needs.
pub(crate) enum Need {
    /// Programs, each with an argument by which it does nothing but succeed.
    Programs(&'static [(&'static str, &'static str)]),
    /// So many files open at once.
    OpenFiles(u64),
}

pub(crate) const CHROMIUM: Need =
    Need::Programs(&[("chromedriver", "--version"), ("chromium", "--version")]);
pub(crate) const CURL: Need = Need::Programs(&[("curl", "--version")]);
pub(crate) const GIT: Need = Need::Programs(&[("git", "--version")]);
pub(crate) const GO: Need = Need::Programs(&[("go", "version")]);
pub(crate) const JAVA: Need = Need::Programs(&[("javac", "-version"), ("java", "-version")]);
pub(crate) const NODE: Need = Need::Programs(&[("node", "--version")]);
pub(crate) const NOHUP: Need = Need::Programs(&[("nohup", "--version")]);
pub(crate) const NPM: Need = Need::Programs(&[("npm", "--version")]);
pub(crate) const OPENSSL: Need = Need::Programs(&[("openssl", "version")]);
pub(crate) const OPEN_FILES: Need = Need::OpenFiles(10_500);
pub(crate) const PDFTOTEXT: Need = Need::Programs(&[("pdftotext", "-v")]);
pub(crate) const PHP: Need = Need::Programs(&[("php", "--version")]);
pub(crate) const PRE_COMMIT: Need = Need::Programs(&[("pre-commit", "--version")]);
pub(crate) const PYTHON: Need = Need::Programs(&[("python3", "--version")]);
pub(crate) const RUBY: Need = Need::Programs(&[("ruby", "--version")]);
pub(crate) const SETSID: Need = Need::Programs(&[("setsid", "--version")]);
/// To become another user, which only root may without a password.
pub(crate) const SU: Need = Need::Programs(&[("su", "--command=true")]);
/// Environments of Python, which Debian has in a package of its own.
pub(crate) const VENV: Need = Need::Programs(&[("python3", "-cimport venv, ensurepip")]);
/// A library of Ruby, which no longer comes with it.
pub(crate) const WEBRICK: Need = Need::Programs(&[("ruby", "-rwebrick")]);
pub(crate) const XMLLINT: Need = Need::Programs(&[("xmllint", "--version")]);

impl Need {
    /// What is missing, as a reason to ignore a test.
    pub(crate) fn lack(&self) -> Option<String> {
        match self {
            Self::Programs(programs) => programs
                .iter()
                .find_map(|(program, argument)| lack_of(program, argument)),
            Self::OpenFiles(needed) => {
                let most = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
                (most < *needed).then(|| format!("only {most} files may be open at once"))
            }
        }
    }
}

/// Why a program cannot be used. The answer is kept.
fn lack_of(program: &'static str, argument: &str) -> Option<String> {
    static KNOWN: Mutex<BTreeMap<&str, Option<String>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let ask = || tried(program, argument);
    known.entry(program).or_insert_with(ask).clone()
}

fn tried(program: &str, argument: &str) -> Option<String> {
    let started = Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match started {
        Ok(status) if status.success() => None,
        Ok(status) => Some(format!("`{program} {argument}` ends with {status}")),
        Err(_) => Some(format!("{program} is not installed")),
    }
}
