//! The folder of a corpus.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::cli::exit::Stop;
use crate::cli::files::read_document;
use crate::cli::terminal::save;
use crate::fuzz::{corpus_files, corpus_requests};
use crate::signature::Request;

/// Reads the corpus: one file a suite, one request a line. There need not be one yet.
pub(crate) fn read_corpus(folder: &Path) -> Result<Vec<Request>, Stop> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let path = folder.display();
            return Err(Stop::usage(format_args!(
                "cannot read the corpus {path}: {error}"
            )));
        }
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "ndjson"))
        .collect();
    paths.sort();
    let mut requests = Vec::new();
    for path in paths {
        let bytes = read_document(&path)?;
        let read = corpus_requests(&bytes).map_err(|line| {
            Stop::usage(format_args!(
                "{}:{line}: not a valid corpus request; delete the line or the file",
                path.display()
            ))
        })?;
        requests.extend(read);
    }
    Ok(requests)
}

/// Writes the corpus: a file for each suite.
pub(crate) fn write_corpus(folder: &Path, corpus: &[Request]) {
    for (suite, text) in corpus_files(corpus) {
        save(&corpus_file(folder, suite), &text);
    }
}

/// The file of a suite.
pub(crate) fn corpus_file(folder: &Path, suite: &str) -> PathBuf {
    folder.join(format!("{suite}.ndjson"))
}
