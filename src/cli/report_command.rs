//! `macproof report`: from saved results.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::cli::exit::{Exit, Stop};
use crate::cli::files::read_document;
use crate::cli::merge::merge;
use crate::cli::render::Reports;
use crate::cli::terminal::{print, say, tell};
use crate::report::{self, Campaigns, Format};
use crate::results::{
    Difference, Document, DocumentFormat, FuzzResult, TimingResult, VersusResult,
};

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Render a saved JSON result in other formats.
    Render {
        /// The JSON result of one or more runs. As html, a campaign of `macproof fuzz` or `macproof
        /// timing` has a page of its own, too.
        result: PathBuf,
        /// A format and a file, or - for standard output; may be repeated. Formats as for `macproof
        /// run --report`.
        #[arg(value_name = "FORMAT=PATH", required = true)]
        report: Vec<String>,
        /// The JSON result of `macproof timing` to include: in full on an HTML page, in brief in
        /// the other formats for people. It must be about the same implementation.
        #[arg(long, value_name = "FILE")]
        timing: Option<PathBuf>,
        /// The JSON document of `macproof fuzz` to include in the same way.
        #[arg(long, value_name = "FILE")]
        fuzz: Option<PathBuf>,
        /// The JSON document of `macproof fuzz --against` to include in the same way.
        #[arg(long, value_name = "FILE")]
        versus: Option<PathBuf>,
    },
    /// Show what was fixed, broke, appeared and vanished between two results. Exits with 1 if
    /// something broke.
    Diff {
        /// The earlier JSON result.
        old: PathBuf,
        /// The later JSON result.
        new: PathBuf,
        /// Write JSON.
        #[arg(long)]
        json: bool,
        /// Write the changes as html, markdown or json: a format and a file, or - for standard
        /// output; may be repeated.
        #[arg(long, value_name = "FORMAT=PATH", conflicts_with = "json")]
        report: Vec<String>,
    },
    /// Merge the parts of a run or of a fuzz campaign, or the runs of several implementations, into
    /// one document.
    Merge {
        /// The JSON results.
        #[arg(required = true)]
        results: Vec<PathBuf>,
        /// Where to write it; standard output by default.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// The list of known failures that the parts were run with. It is needed to report entries
        /// that match no case.
        #[arg(long, value_name = "FILE")]
        known_failures: Option<PathBuf>,
    },
}

/// Renders, compares or joins.
pub(crate) fn report(command: &ReportCommand) -> Result<Exit, Stop> {
    match command {
        ReportCommand::Render {
            result,
            report,
            timing,
            fuzz,
            versus,
        } => {
            let reports = Reports::parse(report, true)?;
            let beside = [timing, fuzz, versus];
            if reports.are_only("a campaign", &[Format::Html]).is_ok()
                && beside.iter().all(|one| one.is_none())
                && let Some(page) = campaign_page(result)?
            {
                reports.write_rendered(|_| page.clone());
                return Ok(Exit::Success);
            }
            let timing = timing.as_deref().map(saved_timing).transpose()?;
            let fuzz = fuzz.as_deref().map(saved_fuzz).transpose()?;
            let versus = versus.as_deref().map(saved_versus).transpose()?;
            let campaigns = Campaigns {
                timing: timing.as_ref(),
                fuzz: fuzz.as_ref(),
                versus: versus.as_ref(),
            };
            let document = saved(result)?;
            let campaigns = campaigns.beside(&document).map_err(Stop::usage)?;
            reports.show_campaigns(&campaigns)?;
            reports.write_with(&document, &campaigns);
            Ok(Exit::Success)
        }
        ReportCommand::Diff {
            old,
            new,
            json,
            report,
        } => {
            let reports = Reports::parse(report, true)?;
            reports.are_only(
                "a difference",
                &[Format::Html, Format::Markdown, Format::Json],
            )?;
            let documents = [&saved(old)?, &saved(new)?];
            let difference = Difference::between(documents[0], documents[1]);
            if *json {
                print(&report::difference_json(&difference));
            } else if reports.take_standard_output() {
                say(report::difference(&difference, documents).trim_end());
            } else {
                tell(&report::difference(&difference, documents));
            }
            reports.write_rendered(|format| match format {
                Format::Markdown => report::difference_markdown(&difference, documents),
                Format::Json => report::difference_json(&difference),
                _ => report::difference_html(&difference, documents),
            });
            Ok(if difference.is_regression() {
                Exit::Failed
            } else {
                Exit::Success
            })
        }
        ReportCommand::Merge {
            results,
            output,
            known_failures,
        } => merge(results, output.as_deref(), known_failures.as_deref()),
    }
}

/// The page of a campaign; `None` if the file is no campaign's.
fn campaign_page(path: &Path) -> Result<Option<String>, Stop> {
    let format = report::declared(&read_document(path)?);
    let page = |campaigns: &Campaigns<'_>| Ok(Some(report::campaign_html(campaigns)));
    let none = Campaigns::default();
    match format {
        Some(DocumentFormat::Timing) => page(&Campaigns {
            timing: Some(&saved_timing(path)?),
            ..none
        }),
        Some(DocumentFormat::Fuzz) => page(&Campaigns {
            fuzz: Some(&saved_fuzz(path)?),
            ..none
        }),
        Some(DocumentFormat::Versus) => page(&Campaigns {
            versus: Some(&saved_versus(path)?),
            ..none
        }),
        Some(DocumentFormat::Run | DocumentFormat::Runs) | None => Ok(None),
    }
}

fn saved_timing(path: &Path) -> Result<TimingResult, Stop> {
    report::read(&read_document(path)?)
        .map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))
}

fn saved_fuzz(path: &Path) -> Result<FuzzResult, Stop> {
    report::read(&read_document(path)?)
        .map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))
}

fn saved_versus(path: &Path) -> Result<VersusResult, Stop> {
    report::read(&read_document(path)?)
        .map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))
}

fn saved(path: &Path) -> Result<Document, Stop> {
    report::read(&read_document(path)?)
        .map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))
}
