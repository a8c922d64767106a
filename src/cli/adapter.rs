//! `macproof adapter`: be an adapter, with or without mistakes.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use crate::adapters::{Served, serve};
use crate::cli::exit::{Exit, Stop};
use crate::cli::own_hello::own_hello;
use crate::cli::suites;
use crate::mistakes::{MistakeId, Mistaken};
use crate::scheme::{Implementation, Reference, Scheme};
use crate::suite::{self, Embedded, Suite};
use crate::timing::Leaky;

#[derive(Debug, Args)]
pub(crate) struct AdapterArgs {
    /// A mistake to make, by its id in the catalogue; may be repeated.
    #[arg(long, value_name = "ID")]
    pub(crate) mistake: Vec<String>,
    /// A leak in its comparison, for `macproof timing` to find: early-exit, equality, or the extra
    /// time if the first character is right, for example 20ns or 2us.
    #[arg(long, value_name = "LEAK", conflicts_with = "mistake")]
    pub(crate) leak: Option<String>,
    /// A suite file of your own, in addition to the built-in suites; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) suite_file: Vec<PathBuf>,
}

/// Speaks the protocol over standard input and output until it is told to end.
pub(crate) fn adapter(args: &AdapterArgs) -> Result<Exit, Stop> {
    let shelf = Shelf::new(args)?;
    let start = Instant::now();
    let clock = || u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let (mut implementation, name): (Box<dyn Implementation + '_>, &str) = match &args.leak {
        Some(leak) => {
            let leak = leak.parse().map_err(Stop::usage)?;
            (Box::new(Leaky::new(leak, &clock)), "macproof-leaky")
        }
        None if args.mistake.is_empty() => (Box::new(Reference::new()), "macproof-reference"),
        None => {
            let mistaken = planted(&args.mistake)?;
            (Box::new(mistaken), "macproof-mistaken")
        }
    };
    let mut served = Served {
        hello: own_hello(name, notes(args.leak.as_slice(), &args.mistake), None),
        scheme: &|name| shelf.scheme(name),
        implementation: &mut *implementation,
        repetitions: None,
    };
    serve(io::stdin().lock(), io::stdout().lock(), &mut served).map_err(Stop::harness)?;
    Ok(Exit::Success)
}

fn planted(names: &[String]) -> Result<Mistaken, Stop> {
    let ids = names
        .iter()
        .map(|name| {
            MistakeId::named(name).map_err(|error| {
                Stop::usage(format_args!("{error}; `macproof mistakes` lists all"))
            })
        })
        .collect::<Result<Vec<_>, Stop>>()?;
    Mistaken::new(&ids).map_err(Stop::usage)
}

/// What the implementation does wrong, if it does.
fn notes(leak: &[String], mistakes: &[String]) -> Option<String> {
    [("makes", mistakes), ("leaks", leak)]
        .into_iter()
        .find(|(_, what)| !what.is_empty())
        .map(|(does, what)| format!("{does} on purpose: {}", what.join(", ")))
}

/// The suites that are served. The scheme of an embedded one is read when it is first asked for,
/// because most runs ask for a few.
struct Shelf {
    embedded: HashMap<&'static str, (Embedded, OnceCell<Option<Scheme>>)>,
    files: Vec<Suite>,
}

impl Shelf {
    fn new(args: &AdapterArgs) -> Result<Self, Stop> {
        let files = args
            .suite_file
            .iter()
            .map(|file| suites::load(file))
            .collect::<Result<_, _>>()?;
        let embedded = suite::embedded()
            .map(|one| (one.name, (one, OnceCell::new())))
            .collect();
        Ok(Self { embedded, files })
    }

    fn scheme(&self, name: &str) -> Option<&Scheme> {
        if let Some(suite) = self.files.iter().find(|suite| suite.name.as_str() == name) {
            return Some(&suite.scheme);
        }
        let (embedded, scheme) = self.embedded.get(name)?;
        scheme.get_or_init(|| embedded.scheme().ok()).as_ref()
    }
}
