//! The suites that a run leaves out because others were named.

use crate::results::run::document::{SUITES_NOT_SELECTED, ScopeNote};
use crate::suite::{self, Embedded};

/// Where some suites were named, those that a run without names would have included: the result
/// says nothing of them, and no list of known failures may be blamed for naming their cases.
pub fn suites_not_selected(named: &[String]) -> Option<ScopeNote> {
    if named.is_empty() {
        return None;
    }
    let absent: Vec<Embedded> = suite::embedded()
        .filter(|one| one.by_default && named.iter().all(|name| name != one.name))
        .collect();
    let names: Vec<&str> = absent.iter().map(|one| one.name).collect();
    let cases = absent.iter().map(|one| one.count).sum();
    let what = format!("{SUITES_NOT_SELECTED}{}", names.join(", "));
    (cases > 0).then_some(ScopeNote { what, cases })
}
