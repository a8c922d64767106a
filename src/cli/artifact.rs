//! What a certificate is about: the digest of a file, a directory or a git tree.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::certificate::Subject;
use crate::cli::exit::Stop;
use crate::cli::files::{open, unread};
use crate::cli::git_tree::git_tree;

/// The artefact at a path: a file by its SHA-256; a directory by in-toto's `dirHash1`, the SHA-256
/// of the sorted lines that `sha256sum` prints of its files; `git:DIRECTORY` by the tree of its
/// head.
pub(crate) fn artifact(text: &str) -> Result<Subject, Stop> {
    if let Some(folder) = text.strip_prefix("git:") {
        let digest = git_tree(folder)?;
        return Ok(subject(&name(Path::new(folder)), "gitTree", digest));
    }
    let path = Path::new(text);
    let (algorithm, digest) = if path.is_dir() {
        ("dirHash1", directory(path)?)
    } else {
        ("sha256", sha256(path)?)
    };
    Ok(subject(&name(path), algorithm, digest))
}

fn subject(name: &str, algorithm: &str, digest: String) -> Subject {
    Subject {
        name: name.to_owned(),
        digest: BTreeMap::from([(algorithm.to_owned(), digest)]),
    }
}

/// Its last part: where it lies on this machine is nobody's business.
fn name(path: &Path) -> String {
    let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let last = absolute
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    last.unwrap_or_else(|| "artefact".to_owned())
}

/// The digest of a file, however large it is. It has an end: it is no device and no pipe.
fn sha256(path: &Path) -> Result<String, Stop> {
    let attempt = || {
        let mut file = open(path)?;
        if !file.metadata()?.is_file() {
            return Err(std::io::Error::other("it is not a regular file"));
        }
        let mut digest = Sha256::new();
        let mut block = vec![0; 1 << 16];
        loop {
            match file.read(&mut block)? {
                0 => return Ok(hex::encode(digest.finalize())),
                length => digest.update(&block[..length]),
            }
        }
    };
    attempt().map_err(|error| unread(path, &error))
}

fn directory(root: &Path) -> Result<String, Stop> {
    let mut files = Vec::new();
    gather(root, root, &mut files)?;
    if files.is_empty() {
        return Err(Stop::usage(format_args!(
            "{} contains no files",
            root.display()
        )));
    }
    files.sort();
    let mut lines = Sha256::new();
    for name in files {
        let digest = sha256(&root.join(&name))?;
        lines.update(format!("{digest}  {name}\n"));
    }
    Ok(hex::encode(lines.finalize()))
}

fn gather(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<(), Stop> {
    let failed = |error: std::io::Error| unread(folder, &error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let kind = fs::symlink_metadata(&path).map_err(failed)?.file_type();
        let name = path.strip_prefix(root).ok().and_then(Path::to_str);
        let name = name.filter(|name| !name.contains('\n')).ok_or_else(|| {
            let path = path.display();
            Stop::usage(format_args!(
                "cannot include {path:?} in the digest: its name is not a single line of UTF-8"
            ))
        })?;
        if kind.is_dir() {
            gather(root, &path, files)?;
        } else if kind.is_file() {
            files.push(name.to_owned());
        } else {
            return Err(Stop::usage(format_args!(
                "{} is not a regular file, and the target of a link can change without changing the digest; certify a package or git:DIRECTORY",
                path.display()
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::artifact;

    #[test]
    fn a_directory_digest_covers_all_of_its_contents() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        assert!(artifact(&path).is_err());
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("b/c"), "1").unwrap();
        fs::write(folder.path().join("a"), "2").unwrap();
        let digest = || artifact(&path).unwrap().digest["dirHash1"].clone();
        // printf '%s  a\n%s  b/c\n' $(printf 2|sha256sum|cut -c-64) $(printf 1|sha256sum|cut -c-64) | sha256sum
        let first = digest();
        assert_eq!(first.len(), 64);
        fs::write(folder.path().join("b/c"), "3").unwrap();
        assert_ne!(digest(), first);
        fs::write(folder.path().join("b/c"), "1").unwrap();
        assert_eq!(digest(), first);
        fs::rename(folder.path().join("a"), folder.path().join("d")).unwrap();
        assert_ne!(digest(), first);
        std::os::unix::fs::symlink("d", folder.path().join("e")).unwrap();
        assert!(artifact(&path).is_err());
    }
}
