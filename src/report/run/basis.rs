//! Where a requirement is written down or, if it is not, why it holds: one wording for all reports.

use crate::report::digits::grouped;
use crate::results::{Case, ObservedKind, RequirementSummary, SuiteSummary};
use crate::suite::Basis;

/// Why a requirement holds that the vendor's document does not state; `None` if it does.
fn unwritten(basis: Basis) -> Option<&'static str> {
    match basis {
        Basis::Document => None,
        Basis::Security => Some("not in the document; without it a forgery passes"),
        Basis::Practice => Some("not in the document; good practice"),
    }
}

/// The basis of a requirement, with the title of the document.
pub(super) fn of_requirement(suite: &SuiteSummary, requirement: &RequirementSummary) -> String {
    let written = || match &requirement.place {
        Some(place) => format!("\"{}\", {place}", suite.source.title),
        None => format!("\"{}\"", suite.source.title),
    };
    unwritten(requirement.basis).map_or_else(written, str::to_owned)
}

/// The basis of a requirement where the title of the document is shown beside it.
pub(super) fn within_its_suite(requirement: &RequirementSummary) -> &str {
    let written = requirement.place.as_deref().unwrap_or("in the document");
    unwritten(requirement.basis).unwrap_or(written)
}

/// The basis of a requirement in the words that suit these failed cases of it: an implementation
/// departs only from what the vendor's document states.
pub(super) fn of_failures(
    suite: &SuiteSummary,
    requirement: &RequirementSummary,
    cases: &[&Case],
) -> String {
    let basis = of_requirement(suite, requirement);
    if requirement.basis != Basis::Document {
        return basis;
    }
    let departs = cases.iter().filter(|case| case.departs_from_document());
    match departs.count() {
        0 => format!("see {basis}"),
        all if all == cases.len() => format!("departs from {basis}"),
        1 => format!("1 of them departs from {basis}"),
        some => format!("{} of them depart from {basis}", grouped(some as u64)),
    }
}

/// The basis of a case, which may show several requirements.
pub(super) fn of_case(case: &Case) -> &'static str {
    let written = if case.departs_from_document() {
        "departs from the vendor's document"
    } else {
        "stated in the vendor's document"
    };
    match case.outcome {
        Some(ObservedKind::Unsupported) => "contradicts its hello",
        _ => unwritten(case.basis).unwrap_or(written),
    }
}
