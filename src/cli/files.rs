//! Files as a person names them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::cli::exit::Stop;
use crate::report::visible;
use crate::suite::is_foreign_pipe;

/// The largest file that a person writes and this program reads, in bytes: a list, a description,
/// a key, a secret, a certificate.
const MAX_FILE: u64 = 16 << 20;

/// The largest document that a program writes and this program reads, in bytes.
const MAX_DOCUMENT: u64 = 512 << 20;

/// Reads a file that a person wrote.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    read_up_to(path, MAX_FILE)
}

/// Reads a document that a program wrote: results, recordings, a corpus.
pub(crate) fn read_document(path: &Path) -> Result<Vec<u8>, Stop> {
    read_up_to(path, MAX_DOCUMENT)
}

/// Reads standard input to its end, as a file that a person wrote.
pub(crate) fn read_standard_input() -> Result<Vec<u8>, Stop> {
    up_to(MAX_FILE, io::stdin()).map_err(|error| unread(Path::new("standard input"), &error))
}

fn read_up_to(path: &Path, limit: u64) -> Result<Vec<u8>, Stop> {
    let attempt = || up_to(limit, open(path)?);
    attempt().map_err(|error| unread(path, &error))
}

fn up_to(limit: u64, from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!(
            "it has more than {} MiB",
            limit >> 20
        )));
    }
    Ok(bytes)
}

/// Opens a file to be read.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    if is_foreign_pipe(path) {
        return Err(io::Error::other(
            "it is a named pipe, which may block; give a file, or /dev/stdin",
        ));
    }
    File::open(path)
}

pub(crate) fn unread(path: &Path, error: &io::Error) -> Stop {
    let path = visible(&path.to_string_lossy());
    Stop::usage(format_args!("failed to read {path}: {error}"))
}
