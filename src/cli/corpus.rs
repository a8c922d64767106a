//! What fuzz campaigns keep between them: requests that brought something new.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::cli::exit::Stop;
use crate::cli::inputs::read_document;
use crate::cli::terminal::save;
use crate::protocol::{Incoming, to_ascii};
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
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            match Incoming::parse(line) {
                Ok(Incoming::Request { request, .. }) => requests.push(request),
                _ => {
                    return Err(Stop::usage(format_args!(
                        "{}:{}: not a valid corpus request; delete the line or the file",
                        path.display(),
                        at + 1
                    )));
                }
            }
        }
    }
    Ok(requests)
}

/// Writes the corpus: a file for each suite.
pub(crate) fn write_corpus(folder: &Path, corpus: &[Request]) {
    let mut names: Vec<&str> = corpus.iter().map(|request| &*request.suite).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let mut lines: Vec<String> = corpus
            .iter()
            .filter(|request| &*request.suite == name)
            .map(to_ascii)
            .collect();
        lines.sort_unstable();
        lines.dedup();
        let text = lines.join("\n") + "\n";
        save(&corpus_file(folder, name), &text);
    }
}

/// The file of a suite.
pub(crate) fn corpus_file(folder: &Path, suite: &str) -> PathBuf {
    folder.join(format!("{suite}.ndjson"))
}
