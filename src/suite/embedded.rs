//! The suites that the program carries with it.

use include_dir::{Dir, include_dir};

use crate::suite::{Suite, SuiteError};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/vectors");

/// A suite file that is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// The suite's name, as it stands in the file's.
    pub name: &'static str,
    /// Its path under `vectors/`.
    path: &'static str,
    /// The file.
    pub text: &'static str,
    /// Whether it is run when no suite is named.
    pub by_default: bool,
}

impl Embedded {
    /// Its path in the repository, as errors and reports name it.
    pub fn path(&self) -> String {
        format!("vectors/{}", self.path)
    }

    /// Reads the suite.
    pub fn parse(&self) -> Result<Suite, SuiteError> {
        Suite::parse(&self.path(), self.text)
    }
}

/// Every embedded suite: `vectors/*.yaml`, which are run by default, then `vectors/more/*.yaml`
/// and `vectors/primitives/*.yaml`, which are run when they are named; each group by name.
pub fn embedded() -> impl Iterator<Item = Embedded> {
    suites_in("", true)
        .chain(suites_in("more", false))
        .chain(suites_in("primitives", false))
}

/// The embedded suite of that name.
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
