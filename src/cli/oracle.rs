//! `macproof sign` and `macproof verify`: the oracle by hand.

use clap::Args;
use serde_json::json;

use crate::cli::exit::{Exit, Stop};
use crate::cli::inputs::{Inputs, SignatureArgs};
use crate::cli::terminal::{print, tell};
use crate::scheme::Verification;
use crate::signature::Value;

#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
    /// The token.
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    pub(crate) token: String,
    /// The time of verification in Unix seconds; the current time by default.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) now: Option<u64>,
}

/// Prints the token of the fields.
pub(crate) fn sign(args: &SignArgs) -> Result<Exit, Stop> {
    let inputs = Inputs::read(&args.signature)?;
    let token = inputs
        .scheme
        .sign(&inputs.secrets, &inputs.fields)
        .map_err(|refusal| Stop::usage(format_args!("failed to sign: {refusal}")))?;
    if args.signature.json {
        print(&format!("{}\n", json!({ "token": token })));
    } else {
        print(&format!("{token}\n"));
    }
    Ok(Exit::Success)
}

/// Says whether the token is that of the fields, and if not at which stage it fails.
pub(crate) fn verify(args: &VerifyArgs, now: u64) -> Result<Exit, Stop> {
    let inputs = Inputs::read(&args.signature)?;
    let token = Value::from(args.token.as_str());
    let now = args.now.unwrap_or(now);
    let verification = inputs
        .scheme
        .verify(&inputs.secrets, &inputs.fields, Some(&token), now);
    let (outcome, reason, exit) = match &verification {
        Verification::Accepted => ("accept", None, Exit::Success),
        Verification::Rejected(rejection) => ("reject", Some(rejection.to_string()), Exit::Failed),
        Verification::Refused(refusal) => {
            return Err(Stop::usage(format_args!("failed to verify: {refusal}")));
        }
    };
    if args.signature.json {
        print(&format!(
            "{}\n",
            json!({ "outcome": outcome, "reason": reason })
        ));
    } else {
        match reason {
            None => print("accept\n"),
            Some(reason) => tell(&format!("reject: {reason}\n")),
        }
    }
    Ok(exit)
}
