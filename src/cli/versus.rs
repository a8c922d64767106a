//! `macproof fuzz --against`: two implementations, asked the same.

use std::time::Instant;

use crate::cli::campaign_documents::{CampaignDocuments, progress_line};
use crate::cli::clock::{now, unix_now};
use crate::cli::exit::{Exit, Stop};
use crate::cli::interrupt::interrupt_flag;
use crate::cli::interruption::interruption;
use crate::cli::no_campaign::no_campaign;
use crate::cli::terminal::ProgressBar;
use crate::fuzz::{
    FuzzEnding, FuzzProgress, VersusCircumstances, VersusOptions, versus, versus_document,
};
use crate::report::{Campaigns, FIRST_IS_OURS, versus_human};
use crate::results::timestamp;
use crate::runner::ResolvedTarget;
use crate::suite::Suite;

/// Compares two implementations, and reports.
pub(crate) fn against(
    suites: &[Suite],
    sides: [&ResolvedTarget; 2],
    options: &VersusOptions,
    allow_restarts: u64,
    documents: &CampaignDocuments,
) -> Result<Exit, Stop> {
    if sides[0].judged_itself {
        documents.announce(FIRST_IS_OURS);
    }
    let interrupt = interrupt_flag()?;
    let bar = ProgressBar::new();
    let progress = |progress: FuzzProgress| {
        bar.tell(progress.elapsed, options.time, || progress_line(&progress));
    };
    let started = now();
    let began = Instant::now();
    let output = versus(
        suites,
        sides.map(|side| &*side.transport),
        options,
        &interrupt,
        &|| began.elapsed(),
        &unix_now,
        &progress,
    );
    bar.clear();
    let output = output.map_err(no_campaign)?;
    let circumstances = VersusCircumstances {
        started: timestamp(started),
        seed: options.seed,
        allow_restarts,
        adapters: sides.map(|side| side.label.clone()),
        judged_itself: sides.map(|side| side.judged_itself),
    };
    let mut document = versus_document(suites, &output, circumstances);
    if let (FuzzEnding::Interrupted, Some(interruption)) = (&output.ending, interruption()) {
        document.exit_code = interruption.exit_code();
    }
    let campaigns = Campaigns {
        versus: Some(&document),
        ..Campaigns::default()
    };
    documents.write(&document, &campaigns, &versus_human(&document));
    match (Exit::of(document.exit_code), output.ending) {
        (Exit::Harness, FuzzEnding::Broken(error)) => Err(Stop::harness(format_args!(
            "an adapter no longer works: {error}"
        ))),
        (exit, _) => Ok(exit),
    }
}
