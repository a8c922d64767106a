//! `macproof mistakes`: the catalogue.

use std::fmt::Write as _;

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::terminal::tell;
use crate::mistakes::{MistakeId, Stage, catalogue};

#[derive(Debug, Args)]
pub(crate) struct MistakesArgs {
    /// The id of a mistake.
    pub(crate) id: Option<String>,
}

/// Lists the catalogue stage by stage, or shows one entry.
pub(crate) fn mistakes(args: &MistakesArgs) -> Result<Exit, Stop> {
    let mut out = String::new();
    if let Some(name) = &args.id {
        let mistake = MistakeId::named(name).map_err(Stop::usage)?.mistake();
        let words = mistake.words();
        let remedy = mistake.with_every_hint(&words.remedy);
        let _ = writeln!(out, "{} ({}): {}", mistake.id, mistake.stage, words.title);
        let _ = writeln!(out, "\n  wrong:  {}\n  remedy: {remedy}", words.wrong);
        if !mistake.seen.is_empty() {
            let _ = writeln!(out, "  seen:   {}", mistake.seen);
        }
        let _ = writeln!(
            out,
            "  try it: macproof run --command 'macproof adapter --mistake {}'",
            mistake.id
        );
    } else {
        let mut stage: Option<Stage> = None;
        for mistake in catalogue() {
            if stage.replace(mistake.stage) != Some(mistake.stage) {
                let _ = writeln!(
                    out,
                    "{}{}:",
                    if out.is_empty() { "" } else { "\n" },
                    mistake.stage
                );
            }
            let _ = writeln!(out, "  {:<40} {}", mistake.id, mistake.words().title);
        }
    }
    tell(&out);
    Ok(Exit::Success)
}
