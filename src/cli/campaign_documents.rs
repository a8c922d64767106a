//! Where the documents and the pages of campaigns go.

use serde::Serialize;

use crate::cli::exit::Stop;
use crate::cli::render::Reports;
use crate::cli::terminal::{say, tell};
use crate::fuzz::FuzzProgress;
use crate::report::{self, Campaigns, Format};

/// The files of `--report json=PATH` and `--report html=PATH`.
pub(crate) struct CampaignDocuments(Reports);

impl CampaignDocuments {
    /// Reads `json=PATH` or `html=PATH`.
    pub(crate) fn parse(words: &[String]) -> Result<Self, Stop> {
        let reports = Reports::parse(words, false)?;
        reports.are_only("a campaign", &[Format::Json, Format::Html])?;
        Ok(Self(reports))
    }

    /// Says something before all else, where what is said of the document goes.
    pub(crate) fn announce(&self, words: &str) {
        self.0.announce(words, false);
    }

    /// Whether they can be written; to be asked before the work begins.
    pub(crate) fn probe(&self) -> Result<(), Stop> {
        self.0.probe()
    }

    /// Writes the document and its page, and what is said of it to standard output, or to standard
    /// error where one of them takes that.
    pub(crate) fn write<T: Serialize>(&self, document: &T, campaigns: &Campaigns<'_>, words: &str) {
        self.0.write_rendered(|format| match format {
            Format::Html => report::campaign_html(campaigns),
            _ => report::json(document),
        });
        if self.0.take_standard_output() {
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
