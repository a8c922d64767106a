//! Checks that every requirement is shown by a vector, and that those with basis `document` say
//! where.

use crate::lint::source::SourceMap;
use crate::lint::{Finding, Severity, Subject};
use crate::suite::{Basis, Requirement, Suite};

pub(super) fn lint_requirements(suite: &Suite, source: &SourceMap<'_>) -> Vec<Finding> {
    let mut shown = vec![false; suite.requirements.len()];
    for &index in suite.vectors.iter().flat_map(|vector| &vector.shows) {
        shown[index] = true;
    }
    let mut findings = Vec::new();
    for (requirement, shown) in suite.requirements.iter().zip(shown) {
        let mut say = |message: &str| findings.push(error(requirement, source, message));
        if !shown {
            say("no vector shows it; add one, or remove the requirement");
        }
        let no_place = requirement
            .place
            .as_ref()
            .is_none_or(|place| place.trim().is_empty());
        if requirement.basis == Basis::Document && no_place {
            say("its basis is the document, so cite the place: where: \"…\"");
        }
        if requirement.text.trim().is_empty() {
            say("its text is empty; state the requirement");
        }
    }
    findings
}

fn error(requirement: &Requirement, source: &SourceMap<'_>, message: &str) -> Finding {
    let id = requirement.id.as_str();
    Finding {
        severity: Severity::Error,
        position: source.key_place(&format!("requirements/{id}")),
        subject: Subject::Requirement(id.to_owned()),
        message: message.to_owned(),
    }
}
