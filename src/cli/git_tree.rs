//! The git tree of a folder's head, proved from the bytes that lie in the folder.
//!
//! The folder may come from a stranger. Git is only asked which files the head has, with whatever
//! could start a command switched off; neither its index nor its word is trusted for what lies in
//! the folder, since a flag of the index hides changes.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::certificate::{TreeEntry, tree_id};
use crate::cli::exit::Stop;
use crate::report::visible;

/// Settings of a repository that make git start a program, and what switches them off.
const QUIET: [&str; 7] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.sshCommand=false",
    "core.askPass=",
    "core.alternateRefsCommand=",
    "credential.helper=",
    "protocol.allow=never",
];

/// Variables that point git at another repository than the folder's.
const ELSEWHERE: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_REPLACE_REF_BASE",
];

/// The id of the tree of the head of the repository that a folder is in. Every file of it must lie
/// there with the same bytes, and nothing may be staged beside it.
pub(crate) fn git_tree(folder: &str) -> Result<String, Stop> {
    let root = root(Path::new(folder))?;
    if git(&root, folder, &["rev-parse", "--quiet", "--verify", "HEAD"]).is_err() {
        return Err(Stop::usage(format_args!(
            "{} has no commits; commit what was tested first",
            visible(folder)
        )));
    }
    let claimed = git(&root, folder, &["rev-parse", "HEAD^{tree}"])?;
    let claimed = String::from_utf8_lossy(&claimed).trim().to_owned();
    let listing = git(
        &root,
        folder,
        &["ls-tree", "-r", "-z", "--full-tree", &claimed],
    )?;
    let staged = git(&root, folder, &["ls-files", "-z", "--cached"])?;
    let entries: Vec<TreeEntry<'_>> = parts(&listing).filter_map(TreeEntry::parse).collect();
    let mut changed: Vec<String> = Vec::new();
    for entry in &entries {
        if !is_unchanged(entry, &root, folder)? {
            changed.push(String::from_utf8_lossy(entry.path).into_owned());
        }
    }
    let committed: HashSet<&[u8]> = entries.iter().map(|entry| entry.path).collect();
    let added = parts(&staged).filter(|path| !committed.contains(path));
    changed.extend(added.map(|path| String::from_utf8_lossy(path).into_owned()));
    if let Some(first) = changed.first() {
        return Err(Stop::usage(format_args!(
            "{} has uncommitted changes, so its tree is not what was tested; commit them first: {}{}",
            visible(folder),
            visible(first),
            match changed.len() {
                1 => String::new(),
                all => format!(" and {} more", all - 1),
            }
        )));
    }
    let computed = tree_id(&entries, claimed.len() == 64);
    if computed == claimed {
        Ok(computed)
    } else {
        Err(Stop::usage(format_args!(
            "the repository in {} is damaged: its files give the tree {computed}, but its head names {}",
            visible(folder),
            visible(&claimed)
        )))
    }
}

/// The folder that holds `.git`, as git itself looks for it: upward.
fn root(folder: &Path) -> Result<PathBuf, Stop> {
    let absolute = folder.canonicalize().map_err(|error| {
        let shown = visible(&folder.display().to_string());
        Stop::usage(format_args!("failed to read {shown}: {error}"))
    })?;
    let mut above = absolute.ancestors();
    let found = above.find(|one| one.join(".git").symlink_metadata().is_ok());
    found.map(Path::to_owned).ok_or_else(|| {
        let shown = visible(&folder.display().to_string());
        Stop::usage(format_args!("{shown} is not a git repository"))
    })
}

fn git(root: &Path, folder: &str, arguments: &[&str]) -> Result<Vec<u8>, Stop> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root);
    command.args(["--no-replace-objects", "--no-optional-locks", "--no-pager"]);
    for setting in QUIET {
        command.args(["-c", setting]);
    }
    for variable in ELSEWHERE {
        command.env_remove(variable);
    }
    command
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0");
    let output = command
        .args(arguments)
        .output()
        .map_err(|error| Stop::usage(format_args!("failed to run git: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Stop::usage(format_args!(
        "git in {}: {}",
        visible(folder),
        visible(said.trim())
    )))
}

fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == 0)
        .filter(|part| !part.is_empty())
}

/// Whether the same lies in the folder.
fn is_unchanged(entry: &TreeEntry<'_>, root: &Path, folder: &str) -> Result<bool, Stop> {
    let path = root.join(OsStr::from_bytes(entry.path));
    let shown = || visible(&String::from_utf8_lossy(entry.path));
    let Ok(metadata) = path.symlink_metadata() else {
        // A submodule that is not checked out is not part of what was tested.
        return Ok(entry.mode == b"160000");
    };
    let failed = |error| Stop::usage(format_args!("failed to read {}: {error}", shown()));
    let bytes = match entry.mode {
        b"160000" => {
            let mut inside = fs::read_dir(&path).map_err(failed)?;
            return match inside.next() {
                None => Ok(true),
                Some(_) => Err(Stop::usage(format_args!(
                    "{} holds the submodule {}, whose files are not part of its tree; certify a package instead",
                    visible(folder),
                    shown()
                ))),
            };
        }
        b"120000" if metadata.is_symlink() => {
            let target = fs::read_link(&path).map_err(failed)?;
            target.as_os_str().as_bytes().to_vec()
        }
        b"100644" | b"100755" if is_a_file_like(entry, &metadata) => {
            fs::read(&path).map_err(failed)?
        }
        _ => return Ok(false),
    };
    Ok(entry.is_of(&bytes))
}

fn is_a_file_like(entry: &TreeEntry<'_>, metadata: &Metadata) -> bool {
    let is_executable = metadata.permissions().mode() & 0o100 != 0;
    metadata.is_file() && is_executable == (entry.mode == b"100755")
}
