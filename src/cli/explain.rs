//! `macproof explain`: why a token does not match.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use crate::cli::exit::{Exit, Stop};
use crate::cli::inputs::{self, Given, SignatureArgs, Sources};
use crate::cli::terminal::{print, tell};
use crate::explain::{
    Answer, Explanation, NamedSecret, Puzzle, compare, solve, solve_by_any, solve_readings,
};
use crate::received::{self, Readings, Received};
use crate::report;
use crate::scheme::{Place, Scheme};
use crate::signature::{Fields, Value};
use crate::suite;
use crate::suite::nearest;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
    /// The token to explain; other text may stand around it, as in a header line or in JSON.
    #[arg(
        long,
        value_name = "TOKEN",
        allow_hyphen_values = true,
        required_unless_present_any = ["request", "serve"]
    )]
    pub(crate) token: Option<String>,
    /// A saved request from which the token and the fields are read, or `-` for standard input: raw,
    /// as `curl -v` prints it, or a `curl` command as a browser copies it. What `--token` and
    /// `--field` give is not looked for.
    #[arg(long, value_name = "FILE")]
    pub(crate) request: Option<PathBuf>,
    /// The token that was expected: what the forms of the two tell about each other is said, without a
    /// secret.
    #[arg(
        long,
        value_name = "TOKEN",
        allow_hyphen_values = true,
        conflicts_with_all = ["secret_from", "fields", "platform", "others", "now", "request", "depth"]
    )]
    pub(crate) expected: Option<String>,
    /// Another value for which the token may have been made, such as another user's id; written like
    /// a field, and may be repeated.
    #[arg(long = "other", value_name = "NAME=VALUE")]
    pub(crate) others: Vec<String>,
    /// The time at which the token was made, in Unix seconds; the current time by default.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) now: Option<u64>,
    /// Try every combination of up to this many mistakes before the MAC, whatever time that takes; by
    /// default, of one, and of more where that takes no longer than a moment.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4))]
    pub(crate) depth: u8,
    /// Show a page at 127.0.0.1, into which token, secret and fields are pasted instead, and print its
    /// address. Ctrl-C ends it.
    #[arg(
        long,
        conflicts_with_all = ["suite", "secret_from", "fields", "platform", "json", "token", "request", "expected", "others", "now", "depth"]
    )]
    pub(crate) serve: bool,
    /// The port of the page; 0 chooses a free one.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "serve")]
    pub(crate) port: u16,
}

/// Says which mistakes produce the token, and what to change.
pub(crate) fn explain(args: &ExplainArgs, now: u64) -> Result<Exit, Stop> {
    if let Some(expected) = &args.expected {
        let scheme = inputs::scheme(&args.signature)?;
        let token = args.token.as_deref().unwrap_or_default();
        let comparison = compare(token, expected, scheme.as_ref());
        show(&comparison, args.signature.json);
        return Ok(exit(comparison.answer));
    }
    let sources = Sources::default();
    let request = request(args.request.as_deref(), &sources)?;
    let question = Question {
        given: Given::read(&args.signature, &sources)?,
        others: inputs::values(&args.others, "--other", &sources)?,
        token: args.token.as_deref(),
        request: request.as_ref(),
    };
    let scheme = inputs::scheme(&args.signature)?;
    // What does not fit a scheme is told before a secret is asked for.
    let candidates = Candidates::of(scheme, &question)?;
    let secrets = inputs::secrets(&args.signature, &sources)?;
    let search = Search {
        now: args.now.unwrap_or(now),
        depth: args.depth.into(),
    };
    let explanation = candidates.explanation(&secrets, search);
    show(&explanation, args.signature.json);
    Ok(exit(explanation.answer))
}

fn request(file: Option<&Path>, sources: &Sources) -> Result<Option<Received>, Stop> {
    let Some(file) = file else {
        return Ok(None);
    };
    let saved = sources.read(file, "--request")?;
    let request = Received::parse(&saved)
        .map_err(|error| Stop::usage(format_args!("--request {}: {error}", file.display())))?;
    Ok(Some(request))
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

/// What is asked, for whatever scheme.
pub(super) struct Question<'a> {
    pub(super) given: Given,
    pub(super) others: Vec<(String, Value)>,
    pub(super) token: Option<&'a str>,
    pub(super) request: Option<&'a Received>,
}

/// Where and how far is searched.
#[derive(Clone, Copy)]
pub(super) struct Search {
    /// About when the token was made, in Unix seconds.
    pub(super) now: u64,
    /// Up to how many mistakes before the MAC are tried together whatever that takes.
    pub(super) depth: usize,
}

/// A scheme of which the token may be, and what was given as that reads it.
pub(super) struct Candidate {
    scheme: Scheme,
    others: Vec<(String, Value)>,
    /// One, or the ways to read the request; the likeliest first.
    readings: Vec<Reading>,
}

/// The token and the fields, by one way to read the request.
struct Reading {
    token: String,
    fields: Fields,
    notes: Vec<String>,
}

impl Candidate {
    fn reading(&self, at: usize) -> &Reading {
        &self.readings[at.min(self.readings.len() - 1)]
    }

    fn puzzle<'a>(&'a self, at: usize, secrets: &'a [NamedSecret], search: Search) -> Puzzle<'a> {
        let reading = self.reading(at);
        Puzzle {
            scheme: &self.scheme,
            secrets,
            fields: &reading.fields,
            others: &self.others,
            token: &reading.token,
            now: Some(search.now),
            depth: search.depth,
        }
    }
}

/// The schemes of which the token may be.
pub(super) enum Candidates {
    Named(Box<Candidate>),
    Any(Vec<(&'static str, Candidate)>),
}

impl Candidates {
    /// The scheme that was named, or the embedded ones that have all that was given.
    pub(super) fn of(scheme: Option<Scheme>, question: &Question<'_>) -> Result<Self, Stop> {
        match scheme {
            Some(scheme) => Ok(Self::Named(Box::new(question.of_scheme(scheme)?))),
            None => question.of_any_scheme().map(Self::Any),
        }
    }

    fn readings(&self) -> usize {
        match self {
            Self::Named(one) => one.readings.len(),
            Self::Any(all) => {
                let readings = all.iter().map(|(_, one)| one.readings.len());
                readings.max().unwrap_or_default()
            }
        }
    }

    /// Why the token is what it is, and how long it took to find out.
    pub(super) fn explanation(&self, secrets: &[NamedSecret], search: Search) -> Explanation {
        let clock = Instant::now();
        let (reading, mut explanation) = solve_readings(self.readings(), |at| match self {
            Self::Named(one) => solve(&one.puzzle(at, secrets, search)),
            Self::Any(all) => {
                let puzzles = all.iter();
                let puzzles = puzzles.map(|(name, one)| (*name, one.puzzle(at, secrets, search)));
                solve_by_any(&puzzles.collect::<Vec<_>>())
            }
        });
        let explained = |name: &str| explanation.schemes.iter().any(|scheme| scheme == name);
        let one = match self {
            Self::Named(one) => Some(&**one),
            Self::Any(all) => {
                let of_explained = all.iter().find(|(name, _)| explained(name));
                of_explained.or(all.first()).map(|(_, one)| one)
            }
        };
        if let Some(one) = one {
            explanation.notes.extend(one.reading(reading).notes.clone());
        }
        explanation.tried.took_ms = u64::try_from(clock.elapsed().as_millis()).ok();
        explanation
    }
}

impl Question<'_> {
    /// What the request says of a scheme, besides what was given; `None` where nothing is read.
    fn read(&self, scheme: &Scheme) -> Option<Readings> {
        let per = scheme.secret.per.filter(|_| self.given.has_platform());
        let per = per.map(|per| scheme.fields.at(per).name.as_str());
        self.request?.read(scheme, |name| match name {
            None => self.token.is_some(),
            Some(_) if name == per => true,
            Some(name) => self.given.names().any(|given| given == name),
        })
    }

    /// The question as it is put to the scheme that was named.
    fn of_scheme(&self, scheme: Scheme) -> Result<Candidate, Stop> {
        let read = self.read(&scheme);
        if self.request.is_some() && read.is_none() {
            return Err(Stop::usage(
                "this scheme has no places, so a request cannot be read for it; give --token and --field, or state places in a suite file",
            ));
        }
        if let Some(missing) = read.as_ref().and_then(|read| self.missing(read)) {
            return Err(Stop::usage(missing));
        }
        let places = scheme.places.as_ref().filter(|_| read.is_some());
        let selects = scheme.secret.per.zip(places);
        let fields = if selects.is_some_and(|(per, places)| places.field(per).is_some()) {
            // The request selects the secret, or the field was given.
            self.given.fields(&scheme)?
        } else {
            self.given.selected(&scheme)?
        };
        self.candidate(scheme, &fields, read)
    }

    /// What the request lacks, in words.
    fn missing(&self, read: &Readings) -> Option<String> {
        if read.missing.is_empty() {
            return None;
        }
        let missing = read.missing.iter().map(|(name, place)| {
            let option = if name == "token" {
                "--token".to_owned()
            } else {
                format!("--field {name}=…")
            };
            format!("the {name} in {place} (or give {option})")
        });
        let missing: Vec<String> = missing.collect();
        let no_body = self.request.and_then(|request| request.no_body);
        let is_body = |(_, place): &(String, Place)| place.is_in_body();
        let why = no_body.filter(|_| read.missing.iter().any(is_body));
        let note = why.map_or_else(String::new, |why| format!(": {why}"));
        Some(format!(
            "the request lacks {}{note}",
            missing.join(", and ")
        ))
    }

    fn candidate(
        &self,
        scheme: Scheme,
        given: &Fields,
        read: Option<Readings>,
    ) -> Result<Candidate, Stop> {
        let others = inputs::values_for(&self.others, &scheme)?;
        let Readings { all, notes, .. } = read.unwrap_or_else(|| Readings {
            all: vec![received::Reading::default()],
            ..Readings::default()
        });
        let from_request = self.request.map(|request| request.notes.clone());
        let from_request = from_request.unwrap_or_default();
        let reading = |one: received::Reading| {
            let fields = one.fields.into_iter();
            let fields: Vec<(String, Value)> = fields
                .map(|(name, bytes)| (name, inputs::bytes_value(bytes)))
                .collect();
            let mut together = given.clone();
            for (name, value) in inputs::values_for(&fields, &scheme)? {
                together.set(name.as_str(), value);
            }
            let token = match (self.token, one.token) {
                (Some(token), _) => token.to_owned(),
                (None, token) => String::from_utf8_lossy(&token.unwrap_or_default()).into_owned(),
            };
            let of_reading = one.notes.into_iter().chain(from_request.clone());
            Ok(Reading {
                token,
                fields: together,
                notes: of_reading.chain(notes.clone()).collect(),
            })
        };
        let readings = all.into_iter().map(reading);
        Ok(Candidate {
            readings: readings.collect::<Result<_, Stop>>()?,
            others,
            scheme,
        })
    }

    /// The same for each embedded scheme that has all that was given and, where there is a request,
    /// finds its token there.
    fn of_any_scheme(&self) -> Result<Vec<(&'static str, Candidate)>, Stop> {
        let mut all = Vec::new();
        // The fields of the others.
        let mut known: Vec<String> = Vec::new();
        // Where the token was looked for, and what else a request that has it lacks.
        let mut looked_at = 0_usize;
        let mut lacking = Vec::new();
        for embedded in suite::embedded() {
            let scheme = embedded.scheme().map_err(Stop::usage)?;
            let has = |name: &str| scheme.fields.index(name).is_some();
            let names = self.others.iter().map(|(name, _)| name.as_str());
            if !(self.given.names().chain(names).all(has)
                && (scheme.secret.per.is_some() || !self.given.has_platform()))
            {
                known.extend(scheme.fields.iter().map(|field| field.name.clone()));
                continue;
            }
            let read = self.read(&scheme);
            if self.request.is_some() {
                let Some(read) = &read else {
                    continue;
                };
                if read.missing.iter().any(|(name, _)| name == "token") {
                    looked_at += 1;
                    continue;
                }
                if let Some(missing) = self.missing(read) {
                    lacking.push(format!("as one of {}, {missing}", embedded.name));
                    continue;
                }
            }
            let fields = self.given.fields(&scheme)?;
            all.push((embedded.name, self.candidate(scheme, &fields, read)?));
        }
        if let ([], Some(lacking)) = (&all[..], lacking.first()) {
            return Err(Stop::usage(lacking));
        }
        if all.is_empty() && looked_at > 0 {
            return Err(Stop::usage(format_args!(
                "none of the {looked_at} suites that say where their token stands finds it in this request; give --token, or name a suite to see where it is looked for"
            )));
        }
        if all.is_empty() {
            return Err(no_scheme(&self.given, &self.others, &known));
        }
        Ok(all)
    }
}

fn no_scheme(given: &Given, others: &[(String, Value)], known: &[String]) -> Stop {
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
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
    Stop::usage(format_args!(
        "{what} `macproof suite show NAME` shows the fields of a suite, `macproof suite list` all suites"
    ))
}
