//! Prepares the names in a document for display.

use crate::report::visible::one_line;
use crate::results::{Document, RunResult};

/// Escapes the names of suites, requirements and cases, and everything else that reports show
/// verbatim; the document may come from anyone. Documents that macproof wrote are unchanged. Free
/// text is left alone: reports escape it like output of an implementation.
pub(super) fn presentable(document: &Document) -> Document {
    let mut document = document.clone();
    match &mut document {
        Document::Run(run) => spell_out(run),
        Document::Runs(runs) => runs.runs.iter_mut().for_each(spell_out),
    }
    document
}

fn spell_out(run: &mut RunResult) {
    let mut names = vec![&mut run.macproof_version, &mut run.started];
    names.extend(run.gate.failed.iter_mut().map(|failed| &mut failed.case));
    names.extend(run.profile.iter_mut().map(|one| &mut one.case));
    for suite in &mut run.suites {
        names.extend([&mut suite.name, &mut suite.digest]);
        names.extend(suite.requirements.iter_mut().map(|one| &mut one.id));
    }
    for case in &mut run.cases {
        names.push(&mut case.id);
        names.extend(&mut case.shows);
        if let Some(known) = &mut case.known {
            names.extend(&mut known.issue);
            names.extend(&mut known.expires);
        }
        let causes = case.causes.iter_mut();
        names.extend(causes.flat_map(|cause| cause.mistakes.iter_mut().map(|one| &mut one.id)));
    }
    for name in names {
        *name = one_line(name);
    }
}
