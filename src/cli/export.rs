//! `macproof suite export`: vectors for a project's own test suite.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::files::read;
use crate::cli::suites;
use crate::cli::terminal::{save, say, tell};
use crate::export::{Export, ExportedFile, Format, Framework, Owner, Place};

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Names of suites, or suite files.
    #[arg(required = true, value_name = "SUITE")]
    suites: Vec<String>,
    /// json, for the vectors alone; or pytest, vitest, jest, go, junit5, rspec, phpunit or rust, for
    /// tests that read them.
    #[arg(long)]
    format: Format,
    /// The folder to write to.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Write nothing; fail if a file is missing or out of date.
    #[arg(long)]
    check: bool,
}

/// Writes the files of each suite, all or none, or compares them with those that are there.
pub(crate) fn export(args: &ExportArgs) -> Result<Exit, Stop> {
    let folder = args.out.to_str().ok_or_else(|| {
        Stop::usage("the name of the folder is not valid UTF-8, so a test cannot name it")
    })?;
    let package = match args.format {
        Format::Tests(Framework::Go) => go_package(&args.out),
        Format::Tests(_) | Format::Json => None,
    };
    let place = Place {
        folder,
        package: package.as_deref(),
    };
    let chosen = suites::named_or_files(&args.suites)?;
    suites::all_different(&chosen)?;
    let exports = args.suites.iter().zip(&chosen);
    let exports = exports
        .map(|(called, suite)| Export::new(args.format, suite, called, place))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Stop::harness)?;
    let files = || exports.iter().flat_map(|export| &export.files);
    if args.check {
        return Ok(check(&args.out, files()));
    }
    for file in files().filter(|file| file.owner == Owner::Macproof) {
        let path = inside(&args.out, &file.path);
        let is_ours = |bytes: &[u8]| file.is_generated(&String::from_utf8_lossy(bytes));
        if path.symlink_metadata().is_ok() && !is_ours(&read(&path)?) {
            return Err(Stop::usage(format_args!(
                "nothing was written: {} exists, and is not an earlier export",
                path.display()
            )));
        }
    }
    let mut said = String::new();
    for file in files() {
        let path = inside(&args.out, &file.path);
        if file.owner == Owner::User && path.symlink_metadata().is_ok() {
            said.push_str(&format!("kept {}, which is yours\n", path.display()));
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| {
                Stop::usage(format_args!(
                    "failed to create {}: {error}",
                    folder.display()
                ))
            })?;
        }
        if !save(&path, &file.content) {
            tell(&said);
            return Ok(Exit::Harness);
        }
        said.push_str(&format!("wrote {}\n", path.display()));
    }
    for export in &exports {
        said.push_str(&next(&args.out, export));
    }
    tell(&said);
    Ok(Exit::Success)
}

/// A path in a folder; in this one as it is.
fn inside(folder: &Path, path: &str) -> PathBuf {
    match folder.to_str() {
        Some(".") => path.into(),
        _ => folder.join(path),
    }
}

/// What is to be done with what was written.
fn next(out: &Path, export: &Export) -> String {
    let (Some(command), Some(code)) = (&export.command, export.files.first()) else {
        return String::new();
    };
    let code = inside(out, &code.path);
    let code = code.display();
    if export.is_unwritten {
        return format!(
            "\nFill in sign and verify in {code}, name them in its OPS, and:\n\n    {command}\n"
        );
    }
    format!(
        "\nNext:\n\n    {command}\n\nAs written, {code} has generated code: call your own in its sign and verify.\n"
    )
}

/// Whether all files are there and up to date. The user's own only have to be there.
fn check<'f>(out: &Path, files: impl Iterator<Item = &'f ExportedFile>) -> Exit {
    let mut exit = Exit::Success;
    for file in files {
        let path = inside(out, &file.path);
        let wrong = match read(&path) {
            Err(_) if path.symlink_metadata().is_err() => "is missing",
            Ok(_) if file.owner == Owner::User => continue,
            Ok(present) if present == file.content.as_bytes() => continue,
            Ok(_) | Err(_) => "is out of date",
        };
        say(&format!(
            "{} {wrong}; export it again without --check",
            path.display()
        ));
        exit = Exit::Failed;
    }
    exit
}

/// The package of the Go files in a folder. All of them have the same one, but for the tests, which
/// may have another.
fn go_package(folder: &Path) -> Option<String> {
    let entries = fs::read_dir(folder).ok()?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "go"));
    paths.sort_by_key(|path| (path.to_string_lossy().ends_with("_test.go"), path.clone()));
    paths.iter().find_map(|path| {
        let text = fs::read_to_string(path).ok()?;
        let package = text
            .lines()
            .find_map(|line| line.strip_prefix("package "))?;
        let word = package.split_whitespace().next()?;
        let is_identifier = |c: char| c.is_ascii_alphanumeric() || c == '_';
        word.chars().all(is_identifier).then(|| word.to_owned())
    })
}
