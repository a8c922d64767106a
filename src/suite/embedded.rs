//! The suites embedded in the program: some whole, the others as the schemes of which `generate`
//! makes them.

use std::collections::HashMap;
use std::io;
use std::panic::resume_unwind;
use std::sync::LazyLock;
use std::thread::{self, ScopedJoinHandle};

use include_dir::{Dir, File, include_dir};

use crate::scheme::Scheme;
use crate::suite::load::{before_vectors, parse_head, parse_scheme};
use crate::suite::{Suite, SuiteError, SuiteHead};

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
    /// Whether the file is the whole suite, and not a scheme of which it is generated.
    pub is_whole: bool,
    /// The SHA-256 of the whole suite's text, in hex.
    pub digest: &'static str,
    /// How many vectors the whole suite has.
    pub count: u64,
}

impl Embedded {
    /// Its path in the repository, for errors and reports.
    pub fn path(&self) -> String {
        format!("vectors/{}", self.path)
    }

    /// Parses the file: the whole suite, or a scheme with what is written by hand. Fails only if the
    /// embedded file is invalid.
    pub fn parse(&self) -> Result<Suite, SuiteError> {
        Suite::parse(&self.path(), self.text)
    }

    /// The text of the file without its vectors.
    pub fn before_vectors(&self) -> &'static str {
        before_vectors(self.text)
    }

    /// Reads only what it says of itself.
    pub fn head(&self) -> Result<SuiteHead, SuiteError> {
        parse_head(&self.path(), self.text)
    }

    /// Parses only the scheme, which is all that an adapter needs, and much faster.
    pub fn scheme(&self) -> Result<Scheme, SuiteError> {
        parse_scheme(&self.path(), self.text)
    }
}

/// All embedded suites: `vectors/*.yaml`, which are run by default, then those of
/// `vectors/schemes/more/*.yaml` and `vectors/primitives/*.yaml`, which are run only by name; each
/// group sorted by name.
pub fn embedded() -> impl Iterator<Item = Embedded> {
    suites_in("", true, true)
        .chain(suites_in("schemes/more", false, false))
        .chain(suites_in("primitives", false, true))
}

/// Those over which a law of all suites is held in each run of the tests: enough to have every kind
/// of token, secret and field, and few enough to be generated in seconds.
#[cfg(test)]
pub(crate) fn well_known() -> impl Iterator<Item = Embedded> {
    const MORE: [&str; 6] = [
        "github-webhook",
        "intercom",
        "magicbell",
        "shopify-webhook",
        "standard-webhooks",
        "stripe-webhook",
    ];
    embedded().filter(|one| one.is_whole || MORE.contains(&one.name))
}

/// What `vectors/digests.txt` records of each suite, by its name: the SHA-256 of its text and the
/// number of its vectors. A test holds it true; it is here so that nobody has to generate every
/// suite to know them.
static RECORDED: LazyLock<HashMap<&str, (&str, u64)>> = LazyLock::new(|| {
    let lines = FILES
        .get_file(DIGESTS)
        .and_then(File::contents_utf8)
        .unwrap_or_default()
        .lines();
    let line = |line: &'static str| {
        let mut words = line.split_whitespace();
        let (digest, count, name) = (words.next()?, words.next()?, words.next()?);
        Some((name, (digest, count.parse().ok()?)))
    };
    lines.filter_map(line).collect()
});

/// The file of digests, under `vectors/`.
pub const DIGESTS: &str = "digests.txt";

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

fn suites_in(
    folder: &'static str,
    by_default: bool,
    is_whole: bool,
) -> impl Iterator<Item = Embedded> {
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
            let name = path.file_name()?.to_str()?.strip_suffix(".yaml")?;
            let (digest, count) = RECORDED.get(name).copied().unwrap_or_default();
            Some(Embedded {
                name,
                is_whole,
                digest,
                count,
                path: path.to_str()?,
                text: file.contents_utf8()?,
                by_default,
            })
        })
        .collect();
    suites.sort_unstable_by_key(|suite| suite.name);
    suites.into_iter()
}
