//! `macproof explain`: why a token does not match.

use std::time::Instant;

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::inputs::{self, SignatureArgs, Sources};
use crate::cli::terminal::{print, tell};
use crate::explain::{Answer, Puzzle, solve};
use crate::report;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
    /// The token to explain; other text may stand around it, as in a header line or in JSON.
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    pub(crate) token: String,
    /// Another value for which the token may have been made, such as another user's id; written like
    /// a field, and may be repeated.
    #[arg(long = "other", value_name = "NAME=VALUE")]
    pub(crate) others: Vec<String>,
    /// The time at which the token was made, in Unix seconds; the current time by default.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) now: Option<u64>,
}

/// Says which mistakes produce the token, and what to change.
pub(crate) fn explain(args: &ExplainArgs, now: u64) -> Result<Exit, Stop> {
    let scheme = inputs::scheme(&args.signature)?;
    let sources = Sources::default();
    let fields = inputs::fields(&args.signature, &scheme, &sources)?;
    let others = inputs::others(&args.others, &scheme, &sources)?;
    let secrets = inputs::secrets(&args.signature, &sources)?;
    let clock = Instant::now();
    let mut explanation = solve(&Puzzle {
        scheme: &scheme,
        secrets: &secrets,
        fields: &fields,
        others: &others,
        token: &args.token,
        now: Some(args.now.unwrap_or(now)),
    });
    explanation.tried.took_ms = u64::try_from(clock.elapsed().as_millis()).ok();
    if args.signature.json {
        print(&report::json(&explanation));
    } else {
        tell(&explanation.to_string());
    }
    Ok(match explanation.answer {
        Answer::Right => Exit::Success,
        Answer::Explained | Answer::Unexplained => Exit::Failed,
        Answer::NotAskable => Exit::Usage,
    })
}
