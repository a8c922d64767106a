//! Where the JSON documents of a fuzz campaign go, and its progress.

use std::path::PathBuf;

use serde::Serialize;

use crate::cli::exit::Stop;
use crate::cli::render::{is_standard_output, probe};
use crate::cli::terminal::{print, save, say, tell};
use crate::fuzz::FuzzProgress;
use crate::report;

/// The files of `--report json=PATH`.
pub(crate) struct CampaignDocuments(Vec<PathBuf>);

impl CampaignDocuments {
    /// Reads `json=PATH`; the only format there is.
    pub(crate) fn parse(words: &[String]) -> Result<Self, Stop> {
        let path = |word: &String| match word.split_once('=') {
            Some(("json", path)) if !path.is_empty() => Ok(PathBuf::from(path)),
            _ => Err(Stop::usage(format_args!(
                "unsupported campaign report {word:?}; write --report json=PATH, then use macproof report render for other formats"
            ))),
        };
        words.iter().map(path).collect::<Result<_, _>>().map(Self)
    }

    /// Says something before all else, where what is said of the document goes.
    pub(crate) fn announce(&self, words: &str) {
        if self.0.iter().any(|path| is_standard_output(path)) {
            say(words);
        } else {
            tell(&format!("{words}\n"));
        }
    }

    /// Whether they can be written; to be asked before the work begins.
    pub(crate) fn probe(&self) -> Result<(), Stop> {
        let paths = self.0.iter().map(PathBuf::as_path);
        paths
            .filter(|path| !is_standard_output(path))
            .try_for_each(probe)
    }

    /// Writes the document, and what is said of it to standard output, or to standard error where
    /// the document takes that.
    pub(crate) fn write<T: Serialize>(&self, document: &T, words: &str) {
        let json = report::json(document);
        let mut is_taken = false;
        for path in &self.0 {
            if is_standard_output(path) {
                is_taken = true;
                print(&json);
            } else {
                save(path, &json);
            }
        }
        if is_taken {
            say(words.trim_end());
        } else {
            tell(words);
        }
    }
}

/// The progress of a campaign, on one line.
pub(crate) fn progress_line(progress: &FuzzProgress) -> String {
    report::fuzz_progress_line(
        progress.elapsed,
        progress.cases,
        progress.kinds,
        progress.findings,
    )
}
