//! Suites as a person names them.

use std::path::Path;

use crate::cli::exit::Stop;
use crate::generate::whole;
use crate::protocol::Hello;
use crate::scheme::Scheme;
use crate::signature::Op;
use crate::suite::{self, Embedded, Suite, nearest};

/// The suite of that name among those in this program.
pub(crate) fn named(name: &str) -> Result<Suite, Stop> {
    whole(&found(name)?).map_err(Stop::harness)
}

/// The scheme of the suite of that name.
pub(crate) fn scheme_named(name: &str) -> Result<Scheme, Stop> {
    found(name)?.scheme().map_err(Stop::usage)
}

/// Where to turn with an implementation that does nothing but send, where none of these suites asks
/// for that: suites in this program that do.
pub(crate) fn others_for(hello: &Hello, suites: &[Suite]) -> Option<String> {
    let sends = hello.ops.as_ref()?.iter().eq([Op::Send.name()]);
    let mut vectors = suites.iter().flat_map(|suite| &suite.vectors);
    if !sends || vectors.any(|vector| vector.request.op == Op::Send) {
        return None;
    }
    let asks = |embedded: &Embedded| {
        let scheme = embedded.scheme();
        scheme.is_ok_and(|scheme| scheme.body_to_send().is_some())
    };
    let names: Vec<&str> = suite::embedded()
        .filter(asks)
        .map(|embedded| embedded.name)
        .collect();
    let (count, first) = (names.len(), names.first()?);
    Some(format!(
        "no vector here asks for send, the only operation that the adapter declares; {count} suites do, as in: macproof run {first} (macproof suite list --kind webhook shows more): {}",
        names.join(", ")
    ))
}

fn found(name: &str) -> Result<Embedded, Stop> {
    suite::find(name).ok_or_else(|| {
        let known = || suite::embedded().map(|embedded| embedded.name);
        let hint = if Path::new(name).exists() {
            "; to use your own file, pass --suite-file;".to_owned()
        } else {
            match nearest(name, known()) {
                Some(near) => format!("; did you mean {near}?"),
                None => ";".to_owned(),
            }
        };
        let count = known().count();
        Stop::usage(format_args!(
            "unknown suite {name:?}{hint} `macproof suite list` shows all {count}"
        ))
    })
}

/// The suite in a file.
pub(crate) fn load(path: &Path) -> Result<Suite, Stop> {
    Suite::load(path).map_err(Stop::usage)
}

/// The scheme in a file, which may hold a whole suite or no more than the scheme.
pub(crate) fn load_scheme(path: &Path) -> Result<Scheme, Stop> {
    suite::load_scheme(path).map_err(Stop::usage)
}

/// Suites by name and files; the default ones if neither is given.
pub(crate) fn chosen(names: &[String], files: &[std::path::PathBuf]) -> Result<Vec<Suite>, Stop> {
    let mut suites = names
        .iter()
        .map(|name| named(name))
        .collect::<Result<Vec<_>, _>>()?;
    for file in files {
        suites.push(load(file)?);
    }
    if names.is_empty() && files.is_empty() {
        suites = suite::default_suites().map_err(Stop::usage)?;
    }
    all_different(&suites)?;
    Ok(suites)
}

/// That no two suites have one name.
pub(crate) fn all_different(suites: &[Suite]) -> Result<(), Stop> {
    for (at, suite) in suites.iter().enumerate() {
        if suites[..at].iter().any(|other| other.name == suite.name) {
            return Err(Stop::usage(format_args!("duplicate suite {}", suite.name)));
        }
    }
    Ok(())
}

/// Whether a word means a file, and not the name of a suite.
pub(crate) fn is_file(word: &str) -> bool {
    word.contains(['/', '.'])
}

/// Suites by name or by file, whichever each word is; all in this program if there is none.
pub(crate) fn named_or_files(words: &[String]) -> Result<Vec<Suite>, Stop> {
    if words.is_empty() {
        return suite::embedded()
            .map(|embedded| whole(&embedded).map_err(Stop::harness))
            .collect();
    }
    words
        .iter()
        .map(|word| {
            if is_file(word) {
                load(Path::new(word))
            } else {
                named(word)
            }
        })
        .collect()
}
