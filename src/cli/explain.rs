//! `macproof explain`: why a token does not match.

use std::fmt::Display;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use crate::cli::exit::{Exit, Stop};
use crate::cli::inputs::{self, Given, SignatureArgs, Sources};

use crate::cli::terminal::{print, tell};
use crate::explain::{Answer, Explanation, NamedSecret, Puzzle, compare, solve, solve_by_any};
use crate::report;
use crate::scheme::Scheme;
use crate::signature::{Fields, Value};
use crate::suite::{self, nearest};

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
    /// The token to explain; other text may stand around it, as in a header line or in JSON.
    #[arg(
        long,
        value_name = "TOKEN",
        allow_hyphen_values = true,
        required_unless_present = "serve"
    )]
    pub(crate) token: Option<String>,
    /// The token that was expected: what the forms of the two tell about each other is said, without a
    /// secret.
    #[arg(
        long,
        value_name = "TOKEN",
        allow_hyphen_values = true,
        conflicts_with_all = ["secret_from", "fields", "platform", "others", "now"]
    )]
    pub(crate) expected: Option<String>,
    /// Another value for which the token may have been made, such as another user's id; written like
    /// a field, and may be repeated.
    #[arg(long = "other", value_name = "NAME=VALUE")]
    pub(crate) others: Vec<String>,
    /// The time at which the token was made, in Unix seconds; the current time by default.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) now: Option<u64>,
    /// Show a page at 127.0.0.1, into which token, secret and fields are pasted instead, and print its
    /// address. Ctrl-C ends it.
    #[arg(
        long,
        conflicts_with_all = ["suite", "secret_from", "fields", "platform", "json", "token", "expected", "others", "now"]
    )]
    pub(crate) serve: bool,
    /// The port of the page; 0 chooses a free one.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "serve")]
    pub(crate) port: u16,
}

/// Says which mistakes produce the token, and what to change.
pub(crate) fn explain(args: &ExplainArgs, now: u64) -> Result<Exit, Stop> {
    let token = args.token.clone().unwrap_or_default();
    if let Some(expected) = &args.expected {
        let scheme = inputs::scheme(&args.signature)?;
        let comparison = compare(&token, expected, scheme.as_ref());
        show(&comparison, args.signature.json);
        return Ok(exit(comparison.answer));
    }
    let sources = Sources::default();
    let given = Given::read(&args.signature, &sources)?;
    let others = inputs::values(&args.others, "--other", &sources)?;
    let scheme = inputs::scheme(&args.signature)?;
    // What does not fit a scheme is told before a secret is asked for.
    let candidates = Candidates::of(scheme, &given, &others)?;
    let secrets = inputs::secrets(&args.signature, &sources)?;
    let explanation = candidates.explanation(&secrets, &token, args.now.unwrap_or(now));
    show(&explanation, args.signature.json);
    Ok(exit(explanation.answer))
}

fn puzzle<'a>(
    candidate: &'a Candidate,
    secrets: &'a [NamedSecret],
    token: &'a str,
    now: u64,
) -> Puzzle<'a> {
    Puzzle {
        scheme: &candidate.scheme,
        secrets,
        fields: &candidate.fields,
        others: &candidate.others,
        token,
        now: Some(now),
    }
}

fn show(answer: &(impl Serialize + Display), as_json: bool) {
    if as_json {
        print(&report::json(answer));
    } else {
        tell(&answer.to_string());
    }
}

fn exit(answer: Answer) -> Exit {
    match answer {
        Answer::Right => Exit::Success,
        Answer::Explained | Answer::Unexplained => Exit::Failed,
        Answer::NotAskable => Exit::Usage,
    }
}

/// A scheme of which the token may be, and what was given as that reads it.
pub(super) struct Candidate {
    scheme: Scheme,
    fields: Fields,
    others: Vec<(String, Value)>,
}

impl Candidate {
    fn new(scheme: Scheme, fields: Fields, others: &[(String, Value)]) -> Result<Self, Stop> {
        Ok(Self {
            fields,
            others: inputs::values_for(others, &scheme)?,
            scheme,
        })
    }
}

/// The schemes of which the token may be.
pub(super) enum Candidates {
    Named(Box<Candidate>),
    Any(Vec<(&'static str, Candidate)>),
}

impl Candidates {
    /// The scheme that was named, or the embedded ones that have all fields that were given.
    pub(super) fn of(
        scheme: Option<Scheme>,
        given: &Given,
        others: &[(String, Value)],
    ) -> Result<Self, Stop> {
        let Some(scheme) = scheme else {
            return embedded(given, others).map(Self::Any);
        };
        let fields = given.selected(&scheme)?;
        let named = Candidate::new(scheme, fields, others)?;
        Ok(Self::Named(Box::new(named)))
    }

    /// Why the token is what it is, and how long it took to find out.
    pub(super) fn explanation(
        &self,
        secrets: &[NamedSecret],
        token: &str,
        now: u64,
    ) -> Explanation {
        let clock = Instant::now();
        let mut explanation = match self {
            Self::Named(one) => solve(&puzzle(one, secrets, token, now)),
            Self::Any(all) => {
                let puzzles = all.iter();
                let puzzles = puzzles.map(|(name, one)| (*name, puzzle(one, secrets, token, now)));
                solve_by_any(&puzzles.collect::<Vec<_>>())
            }
        };
        explanation.tried.took_ms = u64::try_from(clock.elapsed().as_millis()).ok();
        explanation
    }
}

fn embedded(
    given: &Given,
    others: &[(String, Value)],
) -> Result<Vec<(&'static str, Candidate)>, Stop> {
    let mut all = Vec::new();
    // What the others have, and which they are.
    let mut known: Vec<(String, Vec<&str>)> = Vec::new();
    for embedded in suite::embedded() {
        let scheme = embedded.scheme().map_err(Stop::usage)?;
        let has = |name: &str| scheme.fields.index(name).is_some();
        let names = others.iter().map(|(name, _)| name.as_str());
        if given.names().chain(names).all(has)
            && (scheme.secret.per.is_some() || !given.has_platform())
        {
            let fields = given.fields(&scheme)?;
            all.push((embedded.name, Candidate::new(scheme, fields, others)?));
            continue;
        }
        let fields: Vec<&str> = scheme.fields.iter().map(|field| &*field.name).collect();
        let fields = fields.join(", ");
        match known.iter_mut().find(|(other, _)| *other == fields) {
            Some((_, suites)) => suites.push(embedded.name),
            None => known.push((fields, vec![embedded.name])),
        }
    }
    if all.is_empty() {
        return Err(no_scheme(given, others, &known));
    }
    Ok(all)
}

fn no_scheme(given: &Given, others: &[(String, Value)], known: &[(String, Vec<&str>)]) -> Stop {
    let names = known.iter().flat_map(|(fields, _)| fields.split(", "));
    let names: Vec<&str> = names.collect();
    let others = others.iter().map(|(name, _)| name.as_str());
    let unknown = given
        .names()
        .chain(others)
        .find(|name| !names.contains(name));
    let what = match unknown.map(|name| (name, nearest(name, names.iter().copied()))) {
        Some((name, Some(meant))) => {
            format!("no scheme has a field {name:?}; did you mean {meant}?")
        }
        Some((name, None)) => format!("no scheme has a field {name:?}."),
        None => "no scheme has all that was given.".to_owned(),
    };
    let known = known
        .iter()
        .map(|(fields, suites)| format!("\n  {fields} ({})", suites.join(", ")));
    Stop::usage(format_args!(
        "{what} The schemes have:{}",
        known.collect::<String>()
    ))
}
