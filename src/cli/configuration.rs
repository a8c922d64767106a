//! The file that describes implementations: where it is looked for, and what is read from it.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::cli::exit::Stop;
use crate::cli::files::read;
use crate::implementations::Implementations;
use crate::report::visible;

/// What the file is called that nobody has to name.
pub(crate) const CONFIG: &str = "macproof.yaml";

/// What marks the root of a repository: a folder, or a file where it is a work tree or a submodule.
const REPOSITORY: &str = ".git";

/// The file that describes implementations, read.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// Where it is, from the current folder.
    pub(crate) path: PathBuf,
    /// Whether it was found in a folder above the current one.
    pub(crate) is_above: bool,
    /// What stands in it.
    pub(crate) file: Implementations,
}

impl Configuration {
    /// The file that was named; else `macproof.yaml` in the current folder or, inside a
    /// repository, in the nearest folder above it, up to the repository's root.
    pub(crate) fn of(named: Option<&Path>) -> Result<Option<Self>, Stop> {
        if let Some(path) = named {
            return Self::read(path.to_owned(), false).map(Some);
        }
        if is_there(Path::new(CONFIG)).map_err(|error| not_found(Path::new(CONFIG), &error))? {
            return Self::read(PathBuf::from(CONFIG), false).map(Some);
        }
        let Ok(folder) = std::env::current_dir() else {
            return Ok(None);
        };
        let me = rustix::process::geteuid().as_raw();
        match above(&folder, me)? {
            Some(path) => Self::read(path, true).map(Some),
            None => Ok(None),
        }
    }

    fn read(path: PathBuf, is_above: bool) -> Result<Self, Stop> {
        let text = String::from_utf8(read(&path)?)
            .map_err(|_| Stop::usage(format_args!("{} is not valid UTF-8", path.display())))?;
        let file =
            Implementations::parse(&path.display().to_string(), &text).map_err(Stop::usage)?;
        Ok(Self {
            path,
            is_above,
            file,
        })
    }

    /// Its path, fit to be seen.
    pub(crate) fn shown(&self) -> String {
        visible(&self.path.to_string_lossy())
    }
}

/// The nearest `macproof.yaml` above this folder, as a path from it. Outside a repository there is
/// none, and one that belongs to another user than `me` is refused: it starts programs.
fn above(folder: &Path, me: u32) -> Result<Option<PathBuf>, Stop> {
    let is_root = |folder: &Path| is_there(&folder.join(REPOSITORY)).unwrap_or(false);
    let Some(depth) = folder.ancestors().position(is_root) else {
        return Ok(None);
    };
    let mut path = PathBuf::new();
    for parent in folder.ancestors().skip(1).take(depth) {
        path.push("..");
        let candidate = parent.join(CONFIG);
        let shown = path.join(CONFIG);
        if !is_there(&candidate).map_err(|error| not_found(&shown, &error))? {
            continue;
        }
        let owners = [fs::symlink_metadata(&candidate), fs::metadata(&candidate)];
        for owner in owners {
            let owner = owner.map_err(|error| not_found(&shown, &error))?.uid();
            if owner != me {
                return Err(Stop::usage(format_args!(
                    "{} belongs to another user (id {owner}) and can start programs; if you trust it, name it with --config",
                    shown.display()
                )));
            }
        }
        return Ok(Some(shown));
    }
    Ok(None)
}

/// Whether there is such an entry, even one that leads nowhere: that is a mistake to be told of,
/// and no reason to go on without it.
fn is_there(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn not_found(path: &Path, error: &io::Error) -> Stop {
    Stop::usage(format_args!(
        "failed to look for {}: {error}",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::{Path, PathBuf};

    use super::{CONFIG, above};

    fn me() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    /// A folder three deep, whose first is the root of a repository.
    fn folders() -> (tempfile::TempDir, PathBuf) {
        let outside = tempfile::tempdir().unwrap();
        let deep = outside.path().join("repository/sdks/python");
        fs::create_dir_all(&deep).unwrap();
        (outside, deep)
    }

    fn found(folder: &Path) -> Option<PathBuf> {
        above(folder, me()).unwrap()
    }

    #[test]
    fn parents_are_searched_up_to_the_root_of_the_repository_and_no_further() {
        let (outside, deep) = folders();
        let repository = outside.path().join("repository");
        fs::write(outside.path().join(CONFIG), "").unwrap();
        assert_eq!(found(&deep), None, "outside a repository nobody looks up");
        fs::create_dir(repository.join(".git")).unwrap();
        assert_eq!(found(&deep), None, "above the root nobody looks");
        fs::write(repository.join(CONFIG), "").unwrap();
        assert_eq!(found(&deep), Some(Path::new("../..").join(CONFIG)));
        fs::write(repository.join("sdks").join(CONFIG), "").unwrap();
        assert_eq!(found(&deep), Some(Path::new("..").join(CONFIG)));
        assert_eq!(found(&repository), None, "the root has nothing above it");
    }

    /// A work tree and a submodule have a file where a repository has a folder.
    #[test]
    fn the_innermost_repository_wins() {
        let (outside, deep) = folders();
        fs::create_dir(outside.path().join(".git")).unwrap();
        fs::write(outside.path().join(CONFIG), "").unwrap();
        assert_eq!(found(&deep), Some(Path::new("../../..").join(CONFIG)));
        fs::write(deep.join("../.git"), "gitdir: elsewhere").unwrap();
        assert_eq!(found(&deep), None);
    }

    #[test]
    fn files_of_other_users_and_dangling_links_are_errors() {
        let (outside, deep) = folders();
        fs::create_dir(outside.path().join(".git")).unwrap();
        let file = deep.join("..").join(CONFIG);
        fs::write(&file, "").unwrap();
        let said = above(&deep, me() + 1).unwrap_err().to_string();
        assert!(
            said.contains("../macproof.yaml belongs to another user"),
            "{said}"
        );
        fs::remove_file(&file).unwrap();
        symlink("nowhere", &file).unwrap();
        assert!(above(&deep, me()).is_err());
    }
}
