//! The suites that a run leaves out because others were named.

use crate::results::run::document::ScopeNote;
use crate::suite::{self, Embedded, SuiteError};

/// Where some suites were named, those that a run without names would have included: the result
/// says nothing of them, and no list of known failures may be blamed for naming their cases.
///
/// # Errors
///
/// If an embedded suite does not load.
pub fn suites_not_selected(named: &[String]) -> Result<Option<ScopeNote>, SuiteError> {
    if named.is_empty() {
        return Ok(None);
    }
    let absent: Vec<Embedded> = suite::embedded()
        .filter(|one| one.by_default && named.iter().all(|name| name != one.name))
        .collect();
    let names: Vec<&str> = absent.iter().map(|one| one.name).collect();
    let mut cases = 0;
    for one in &absent {
        cases += one.parse()?.vectors.len() as u64;
    }
    let what = format!("suites not selected: {}", names.join(", "));
    Ok((cases > 0).then_some(ScopeNote { what, cases }))
}
