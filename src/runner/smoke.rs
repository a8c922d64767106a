//! Whether the adapter works at all, before anybody is judged by it.

use crate::adapters::{Adapter, AdapterError, ask};
use crate::results::{Failure, Observed};
use crate::runner::case::Case;

/// How many requests may fail before the adapter is said not to work.
const TRIED: usize = 3;

/// Asks until one well-formed answer has come; what it says is of no interest. What failed before
/// that comes back, by the place of its case; if no answer comes, the first failure does.
pub(super) fn smoke(
    adapter: &mut dyn Adapter,
    cases: &[Case<'_>],
    order: &[u32],
) -> Result<Result<Vec<(usize, Failure)>, Failure>, AdapterError> {
    let place = |tried: &Case<'_>| cases.iter().position(|one| std::ptr::eq(one, tried));
    let mut failures = Vec::new();
    for case in different(cases, order) {
        let request = std::slice::from_ref(case.request.request());
        for observed in ask(adapter, request, true)? {
            match observed {
                Observed::Failed(failure) => failures.extend(place(case).zip(Some(failure))),
                // It says nothing of whether the adapter works.
                Observed::NotApplicable(_) => {}
                _ => return Ok(Ok(failures)),
            }
        }
    }
    Ok(match failures.first() {
        Some((_, failure)) => Err(failure.clone()),
        None => Ok(failures),
    })
}

/// A few cases, of different suites and operations where there are such.
fn different<'c, 's>(cases: &'c [Case<'s>], order: &[u32]) -> Vec<&'c Case<'s>> {
    let kind = |case: &Case<'_>| (case.suite.name.clone(), case.op());
    let in_order = || order.iter().map(|&at| &cases[at as usize]);
    let mut chosen: Vec<&Case<'_>> = Vec::new();
    for case in in_order() {
        if chosen.len() < TRIED && chosen.iter().all(|other| kind(other) != kind(case)) {
            chosen.push(case);
        }
    }
    let others = in_order().filter(|case| !chosen.iter().any(|other| std::ptr::eq(*other, *case)));
    let missing = TRIED - chosen.len();
    let others: Vec<_> = others.take(missing).collect();
    chosen.extend(others);
    chosen
}
