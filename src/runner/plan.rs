//! Which cases are asked, and what.

use std::borrow::Cow;
use std::time::Duration;

use crate::adapters::Transport;
use crate::protocol::{Clock, Hello, MAX_LINE, PreparedRequest};
use crate::results::ScopeNote;
use crate::runner::case::{Case, Chosen, Disposition};
use crate::runner::live_clock::LiveCase;
use crate::runner::rekey::Rekeyer;
use crate::runner::unknown_secret::ObservedTokens;
use crate::runner::{RunOptions, WhoseSecret};
use crate::suite::{Suite, Vector};

/// What was chosen, and what was not.
#[derive(Debug)]
pub(super) struct Selection<'s> {
    /// In the order of the suites.
    pub(super) chosen: Vec<Chosen<'s>>,
    pub(super) left_out: Vec<ScopeNote>,
}

/// How many cases are chosen, and what is not.
pub fn selected(suites: &[Suite], options: &RunOptions<'_>) -> (u64, Vec<ScopeNote>) {
    let Selection { chosen, left_out } = Selection::of(suites, options);
    (chosen.len() as u64, left_out)
}

impl<'s> Selection<'s> {
    /// Chooses by filter and shard.
    pub(super) fn of(suites: &'s [Suite], options: &RunOptions<'_>) -> Self {
        let all: Vec<Chosen<'s>> = suites
            .iter()
            .flat_map(|suite| {
                let chosen = move |vector| Chosen { suite, vector };
                suite.vectors.iter().map(chosen)
            })
            .collect();
        let mut left_out = Vec::new();
        let mut keep = |chosen: Vec<Chosen<'s>>, before: usize, what: String| {
            let cases = (before - chosen.len()) as u64;
            if cases > 0 {
                left_out.push(ScopeNote { what, cases });
            }
            chosen
        };
        let mut chosen = all;
        if let Some(filter) = &options.filter {
            let before = chosen.len();
            chosen.retain(|one| filter.selects(&one.suite.case_id(one.vector)));
            chosen = keep(
                chosen,
                before,
                format!("not selected by --filter '{filter}'"),
            );
        }
        if let Some(shard) = options.shard {
            let before = chosen.len();
            let mut place = 0..;
            chosen.retain(|_| place.next().is_some_and(|place| shard.holds(place)));
            chosen = keep(chosen, before, format!("not in the part {shard}"));
        }
        Self { chosen, left_out }
    }
}

/// What is asked of each case. `now` is the present, in Unix seconds, and `answer` how long an
/// answer may take.
pub(super) fn plan<'s>(
    chosen: &[Chosen<'s>],
    target: &dyn Transport,
    hello: &Hello,
    whose: &WhoseSecret,
    mut observed_tokens: ObservedTokens,
    now: u64,
    answer: Duration,
) -> Vec<Case<'s>> {
    let mut latest: Option<Rekeyer<'s>> = None;
    let mut case = |&Chosen { suite, vector }: &Chosen<'s>| {
        let mut with_its_secret = || match whose {
            WhoseSecret::Request => Ok(Cow::Borrowed(vector)),
            WhoseSecret::Own(secret) => Rekeyer::of(&mut latest, suite)
                .with_secret(vector, secret)
                .map(Cow::Owned)
                .map_err(|why| why.to_string()),
            WhoseSecret::Unknown => {
                let rekeyer = Rekeyer::of(&mut latest, suite);
                let other = observed_tokens.held_to_itself(rekeyer, vector, hello);
                other.map(Cow::Owned)
            }
        };
        let asked = unclaimed(suite, vector, hello)
            .or_else(|| target.unpassed(suite, vector))
            .map_or_else(&mut with_its_secret, Err);
        let (asked, fate) = match asked {
            Err(reason) => (Cow::Borrowed(vector), Disposition::NotApplicable(reason)),
            Ok(asked) if hello.clock() == Clock::Injected || *whose == WhoseSecret::Unknown => {
                (asked, Disposition::Asked)
            }
            Ok(asked) => {
                let tracer = &mut Rekeyer::of(&mut latest, suite).tracer;
                match LiveCase::of(tracer, asked.clone(), now, answer) {
                    Ok(None) => (asked, Disposition::Asked),
                    Ok(Some(live)) => (asked, Disposition::AskedLive(live)),
                    Err(why) => (asked, Disposition::NotApplicable(why.to_string())),
                }
            }
        };
        let live = match &fate {
            Disposition::AskedLive(live) => live.request(now),
            Disposition::Asked | Disposition::NotApplicable(_) => None,
        };
        let request = live.unwrap_or_else(|| asked.request.clone());
        let request = PreparedRequest::new(request);
        let fate = match fate {
            Disposition::Asked | Disposition::AskedLive(_) if request.is_longer_than(MAX_LINE) => {
                Disposition::NotApplicable(format!(
                    "its request exceeds the protocol limit of {MAX_LINE} bytes"
                ))
            }
            fate => fate,
        };
        Case::new(suite, vector, asked, request, fate)
    };
    chosen.iter().map(&mut case).collect()
}

/// What the case needs and the adapter does not claim to have.
fn unclaimed(suite: &Suite, vector: &Vector, hello: &Hello) -> Option<String> {
    let op = vector.request.op;
    if !hello.has_suite(suite.name.as_str()) {
        Some(format!(
            "the adapter does not declare the suite {}",
            suite.name
        ))
    } else if !hello.has_op(op) {
        Some(format!("the adapter does not declare the operation {op}"))
    } else if !hello.takes(vector.input) {
        let input = vector.input.name();
        Some(format!("the adapter does not declare the input {input}"))
    } else {
        None
    }
}
