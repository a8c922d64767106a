//! Where a finding is: in the user's own files, where the suites that come with macproof are not, or
//! in the document that a suite is based on.

use std::path::{Component, Path};

use crate::report::run::requirements::web_address;
use crate::report::visible::visible;
use crate::results::{Case, RunResult};

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) line: u32,
}

/// Where a person reads a vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin<'r> {
    /// In a suite that is a file of the user's.
    File(Place),
    /// In the document at this address.
    Document(&'r str),
}

impl<'r> Origin<'r> {
    /// `None` for a suite that comes with macproof and has no address.
    pub(super) fn of(run: &'r RunResult, case: &Case) -> Option<Self> {
        match Place::of_vector(run, case) {
            Some(place) => Some(Self::File(place)),
            None => {
                let suite = run.suites.iter().find(|suite| suite.name == case.suite())?;
                web_address(suite).map(Self::Document)
            }
        }
    }

    /// `vector` or `document`.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::File(_) => "vector",
            Self::Document(_) => "document",
        }
    }

    /// `vectors/acme.yaml:108`, or the address.
    pub(super) fn words(&self) -> String {
        match self {
            Self::File(place) => format!("{}:{}", visible(&place.path), place.line),
            Self::Document(address) => (*address).to_owned(),
        }
    }

    /// The address, if that is what it is.
    pub(super) fn address(&self) -> Option<&'r str> {
        match self {
            Self::File(_) => None,
            Self::Document(address) => Some(address),
        }
    }
}

impl Place {
    /// The vector of a case, if its suite is a file of the user's; otherwise what was tested.
    pub(super) fn of_case(run: &RunResult, case: &Case) -> Option<Self> {
        Self::of_vector(run, case).or_else(|| Self::of_run(run))
    }

    /// The vector of a case, if its suite is a file of the user's.
    fn of_vector(run: &RunResult, case: &Case) -> Option<Self> {
        let files = values_of(run, "--suite-file");
        let is_own = files.into_iter().any(|file| file == case.source.path);
        is_own.then(|| Self {
            path: case.source.path.clone(),
            line: case.source.line.max(1),
        })
    }

    /// The adapter's file, or the file that describes the implementation; `None` if it is known by
    /// an address or an installed program only.
    pub(super) fn of_run(run: &RunResult) -> Option<Self> {
        let configuration = values_of(run, "--config").into_iter().next();
        let command = values_of(run, "--command").into_iter().next();
        let adapter = command.and_then(|command| {
            let mut words = command.split_whitespace();
            words.find(|word| is_file(word))
        });
        let path = configuration.or(adapter)?;
        let path = path.strip_prefix("./").unwrap_or(path).to_owned();
        Some(Self { path, line: 1 })
    }
}

/// Whether a word of a command names a file below the folder in which it is run.
fn is_file(word: &str) -> bool {
    let path = Path::new(word);
    let is_below = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let is_plain = word
        .chars()
        .all(|c| c.is_alphanumeric() || "._-/".contains(c));
    is_plain && is_below && !word.starts_with('-') && path.extension().is_some()
}

/// The values that an argument has in the command that repeats the run.
fn values_of<'r>(run: &'r RunResult, argument: &str) -> Vec<&'r str> {
    let pairs = run.arguments.windows(2);
    let pairs = pairs.filter(|pair| pair[0] == argument);
    pairs.map(|pair| pair[1].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Origin, Place};
    use crate::report::fixture::rich;

    #[test]
    fn places_are_in_the_files_of_the_user() {
        let place = |arguments: &[&str]| {
            let mut run = rich(1);
            run.arguments = arguments.iter().map(|&word| word.to_owned()).collect();
            let place = Place::of_case(&run, &run.cases[1]);
            place.map(|place| format!("{}:{}", place.path, place.line))
        };
        for (arguments, due) in [
            (
                vec!["--command", "php -f ./sdk/adapter.php"],
                Some("sdk/adapter.php:1"),
            ),
            (
                vec!["--command", "node adapter.mjs --x=a.b"],
                Some("adapter.mjs:1"),
            ),
            (vec!["--command", "/usr/bin/python3.12 ../a.py"], None),
            (vec!["--command", "macproof adapter"], None),
            (vec!["--http", "http://localhost:1"], None),
            (
                vec!["--implementation", "php-sdk", "--config", "./macproof.yaml"],
                Some("macproof.yaml:1"),
            ),
            (
                vec![
                    "--command",
                    "node a.mjs",
                    "--suite-file",
                    "vectors/acme.yaml",
                ],
                Some("vectors/acme.yaml:108"),
            ),
        ] {
            assert_eq!(place(&arguments).as_deref(), due, "{arguments:?}");
        }
    }
    #[test]
    fn a_vector_that_the_user_does_not_have_is_told_by_its_document() {
        let mut run = rich(1);
        run.suites[0].source.url = Some("https://acme.example/identity".into());
        let words = |run: &crate::results::RunResult| {
            let origin = Origin::of(run, &run.cases[1]);
            origin.map(|origin| format!("{} {}", origin.label(), origin.words()))
        };
        assert_eq!(
            words(&run).as_deref(),
            Some("document https://acme.example/identity")
        );
        run.arguments = vec!["--suite-file".into(), "vectors/acme.yaml".into()];
        assert_eq!(words(&run).as_deref(), Some("vector vectors/acme.yaml:108"));
        run.arguments.clear();
        run.suites[0].source.url = Some("javascript:alert(1)".into());
        assert_eq!(words(&run), None);
    }
}
