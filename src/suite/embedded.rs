//! The suites embedded in the program.

use std::io;
use std::panic::resume_unwind;
#[cfg(test)]
use std::sync::{LazyLock, OnceLock};
use std::thread::{self, ScopedJoinHandle};

use include_dir::{Dir, include_dir};

use crate::scheme::Scheme;
use crate::suite::load::parse_scheme;
use crate::suite::{Suite, SuiteError};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/vectors");

/// An embedded suite file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// The suite's name, as in the file.
    pub name: &'static str,
    /// Its path under `vectors/`.
    path: &'static str,
    /// The text of the file.
    pub text: &'static str,
    /// Whether the suite is run if none is named.
    pub by_default: bool,
}

impl Embedded {
    /// Its path in the repository, for errors and reports.
    pub fn path(&self) -> String {
        format!("vectors/{}", self.path)
    }

    /// Parses the whole suite. Fails only if the embedded file is invalid.
    pub fn parse(&self) -> Result<Suite, SuiteError> {
        Suite::parse(&self.path(), self.text)
    }

    /// The whole suite, parsed once for all tests.
    #[cfg(test)]
    pub(crate) fn parsed(&self) -> &'static Suite {
        static PARSED: LazyLock<Vec<(&str, OnceLock<Suite>)>> =
            LazyLock::new(|| embedded().map(|one| (one.name, OnceLock::new())).collect());
        let (_, suite) = PARSED.iter().find(|(name, _)| *name == self.name).unwrap();
        suite.get_or_init(|| self.parse().unwrap())
    }

    /// How many vectors the suite has, counted and not parsed.
    pub fn count(&self) -> u64 {
        let (_, vectors) = self.text.split_once("\nvectors:").unwrap_or_default();
        let items = vectors.lines().filter(|line| line.starts_with("  - "));
        items.count() as u64
    }

    /// Parses only the scheme, which is all that an adapter needs, and much faster.
    pub fn scheme(&self) -> Result<Scheme, SuiteError> {
        parse_scheme(&self.path(), self.text)
    }
}

/// All embedded suites: `vectors/*.yaml`, which are run by default, then `vectors/more/*.yaml` and
/// `vectors/primitives/*.yaml`, which are run only by name; each group sorted by name.
pub fn embedded() -> impl Iterator<Item = Embedded> {
    suites_in("", true)
        .chain(suites_in("more", false))
        .chain(suites_in("primitives", false))
}

/// The suites that are run if none is named. They are parsed in parallel, because a run waits for
/// all of them.
pub fn default_suites() -> Result<Vec<Suite>, SuiteError> {
    thread::scope(|scope| {
        let reading: Vec<_> = embedded()
            .filter(|suite| suite.by_default)
            .map(|suite| {
                let parsed = thread::Builder::new().spawn_scoped(scope, move || suite.parse());
                (suite, parsed)
            })
            .collect();
        let parsed = |(suite, thread): (Embedded, io::Result<ScopedJoinHandle<'_, _>>)| match thread
        {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            // No thread is left for it.
            Err(_) => suite.parse(),
        };
        reading.into_iter().map(parsed).collect()
    })
}

/// The embedded suite with this name.
pub fn find(name: &str) -> Option<Embedded> {
    embedded().find(|suite| suite.name == name)
}

fn suites_in(folder: &'static str, by_default: bool) -> impl Iterator<Item = Embedded> {
    let dir = if folder.is_empty() {
        Some(&FILES)
    } else {
        FILES.get_dir(folder)
    };
    let mut suites: Vec<Embedded> = dir
        .into_iter()
        .flat_map(Dir::files)
        .filter_map(|file| {
            let path = file.path();
            Some(Embedded {
                name: path.file_name()?.to_str()?.strip_suffix(".yaml")?,
                path: path.to_str()?,
                text: file.contents_utf8()?,
                by_default,
            })
        })
        .collect();
    suites.sort_unstable_by_key(|suite| suite.name);
    suites.into_iter()
}

#[cfg(test)]
mod tests {
    use super::embedded;

    #[test]
    fn as_many_vectors_are_counted_as_parsed() {
        for one in embedded() {
            assert_eq!(
                one.count(),
                one.parsed().vectors.len() as u64,
                "{}",
                one.name
            );
        }
    }
}
