//! `macproof report merge`: parts become the whole.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::exit::{Exit, Stop};
use crate::cli::files::read_document;
use crate::cli::render::is_standard_output;
use crate::cli::run::known_failures;
use crate::cli::terminal::{print, save};
use crate::report;
use crate::results::{Document, DocumentFormat, RunResult, merge as merged, merge_fuzz};

/// Joins the documents of runs, or those of fuzz campaigns.
pub(crate) fn merge(
    paths: &[PathBuf],
    output: Option<&Path>,
    list: Option<&Path>,
) -> Result<Exit, Stop> {
    let files = paths.iter().map(|path| Ok((path, read_document(path)?)));
    let files: Vec<(&PathBuf, Vec<u8>)> = files.collect::<Result<_, Stop>>()?;
    let of_campaigns =
        |(_, bytes): &&(&PathBuf, Vec<u8>)| report::declared(bytes) == Some(DocumentFormat::Fuzz);
    match files.iter().filter(of_campaigns).count() {
        0 => merge_runs(&files, output, list),
        some if some == files.len() => {
            if list.is_some() {
                return Err(Stop::usage(
                    "--known-failures does not apply to fuzz campaigns",
                ));
            }
            merge_campaigns(&files, output)
        }
        _ => Err(Stop::usage(
            "cannot merge results of runs with fuzz campaigns; merge each kind separately",
        )),
    }
}

fn merge_campaigns(files: &[(&PathBuf, Vec<u8>)], output: Option<&Path>) -> Result<Exit, Stop> {
    let part = |(path, bytes): &(&PathBuf, Vec<u8>)| {
        report::read(bytes)
            .map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))
    };
    let parts = files.iter().map(part).collect::<Result<Vec<_>, _>>()?;
    let whole = merge_fuzz(parts).map_err(Stop::usage)?;
    write(&whole, output);
    Ok(Exit::of(whole.exit_code()))
}

fn merge_runs(
    files: &[(&PathBuf, Vec<u8>)],
    output: Option<&Path>,
    list: Option<&Path>,
) -> Result<Exit, Stop> {
    let mut runs: Vec<RunResult> = Vec::new();
    for (path, bytes) in files {
        let document = report::read(bytes)
            .map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))?;
        match document {
            Document::Run(run) => runs.push(*run),
            Document::Runs(several) => runs.extend(several.runs),
        }
    }
    let known = list.map(|path| known_failures(Some(path))).transpose()?;
    let document = merged(runs, known.as_ref()).map_err(Stop::usage)?;
    write(&document, output);
    Ok(Exit::of(document.exit_code()))
}

fn write<T: Serialize>(document: &T, output: Option<&Path>) {
    let text = report::json(document);
    match output.filter(|path| !is_standard_output(path)) {
        Some(path) => {
            save(path, &text);
        }
        None => print(&text),
    }
}
