//! Writes report files atomically: a report appears complete or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, OFlags, access, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;

use crate::report::visible;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", visible(&path.to_string_lossy()))]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// The error that the operating system reported.
    pub source: io::Error,
}

/// Writes a file atomically: it appears complete or not at all. Missing parent folders are created,
/// so that a long run does not lose its report. A device or a pipe is written to directly.
///
/// Fails if a folder or the file cannot be created or written; an existing file then stays as it
/// was.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let attempt = || {
        if is_special(path) {
            return create(path)?.write_all(bytes);
        }
        // Replace the target of a symlink, not the link itself.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = folder_of(&target);
        fs::create_dir_all(folder)?;
        let mut file = beside(folder)?;
        file.write_all(bytes)?;
        file.persist(&target)?;
        Ok(())
    };
    attempt().map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}

/// Opens a file for incremental writes and truncates it. A named pipe without a reader is an error,
/// because opening it would block until a reader appears.
pub fn create(path: &Path) -> io::Result<File> {
    let file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(|error| match error.raw_os_error() {
            Some(code) if code == Errno::NXIO.raw_os_error() => {
                io::Error::new(error.kind(), "no process reads from this pipe")
            }
            _ => error,
        })?;
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(file)
}

/// Checks, as far as possible without writing, whether [`write()`] would succeed. Callers check
/// this before they start the work whose result they will write. Leaves nothing behind.
pub fn probe(path: &Path) -> Result<(), WriteError> {
    let attempt = || {
        if is_special(path) {
            // Do not open it: that could end a pipe for its reader or move a device.
            return Ok(access(path, Access::WRITE_OK)?);
        }
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        // `write` creates missing folders, so check the nearest one that exists.
        let mut folder = folder_of(&target);
        while let Err(error) = fs::metadata(folder) {
            match (error.kind(), folder.parent()) {
                (io::ErrorKind::NotFound, Some(above)) => folder = or_here(above),
                _ => return Err(error),
            }
        }
        beside(folder)?.write_all(b"\n")
    };
    attempt().map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}

/// Whether the path is a device, a pipe or a socket, which cannot be replaced.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|known| !known.is_file() && !known.is_dir())
}

fn folder_of(target: &Path) -> &Path {
    or_here(target.parent().unwrap_or(Path::new("")))
}

fn or_here(folder: &Path) -> &Path {
    if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    }
}

/// A temporary file in `folder` that is deleted when its handle is dropped.
fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".macproof-")
        // The default mode of a new file, before the process's umask applies.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{probe, write};

    #[test]
    fn unwritable_paths_are_reported_before_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"old").unwrap();
        for (path, can) in [
            (file.clone(), true),
            (folder.path().join("new"), true),
            (folder.path().join("a/b/c"), true),
            ("/dev/null".into(), true),
            (folder.path().to_owned(), false),
            (file.join("below"), false),
            (file.join("below/that"), false),
            ("/proc/nothing/is/made/here".into(), false),
        ] {
            assert_eq!(probe(&path).is_ok(), can, "{}", path.display());
            if path.starts_with(folder.path()) {
                assert_eq!(write(&path, b"old").is_ok(), can, "{}", path.display());
            }
            let _made = fs::remove_dir_all(folder.path().join("a"));
            let _made = fs::remove_file(folder.path().join("new"));
        }
        assert_eq!(fs::read(&file).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_replaced_atomically_and_its_folder_created() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/report.json");
        write(&path, b"one, and long").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let beside = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(beside, 1, "nothing else is left behind");
    }

    #[test]
    fn reports_have_the_usual_permissions() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| {
            let path = folder.path().join(name);
            fs::metadata(path).unwrap().permissions().mode()
        };
        write(&folder.path().join("ours"), b"").unwrap();
        fs::write(folder.path().join("plain"), b"").unwrap();
        assert_eq!(mode("ours"), mode("plain"));
    }

    #[test]
    fn links_are_followed_and_devices_written() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, b"old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        write(Path::new("/dev/null"), b"gone").unwrap();
    }

    #[test]
    fn a_failed_write_names_the_file_and_keeps_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(folder.path(), b"x").unwrap_err().to_string();
        assert!(
            error.contains(&folder.path().display().to_string()),
            "{error}"
        );
        let file = folder.path().join("file");
        fs::write(&file, b"old").unwrap();
        assert!(write(&file.join("below"), b"x").is_err());
        assert_eq!(fs::read(&file).unwrap(), b"old");
    }
}
