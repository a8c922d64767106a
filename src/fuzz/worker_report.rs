//! What one process of a campaign came to, and what all of them did together.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::adapters::AdapterError;
use crate::fuzz::coverage::ImplementationDefined;
use crate::fuzz::demand::Demand;
use crate::fuzz::explained::Explained;
use crate::mistakes::MistakeId;
use crate::results::{Failure, Restarts};
use crate::signature::{Outcome, Request};

/// A finding.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) suite: usize,
    pub(crate) request: Request,
    pub(crate) demand: Demand,
    pub(crate) what: Breach,
    pub(super) causes: Vec<Explained>,
    pub(crate) length: usize,
    pub(crate) length_before: usize,
    pub(crate) asked: u64,
    pub(crate) sequence: Vec<Request>,
    pub(crate) cases: u64,
    pub(crate) after_cases: u64,
    pub(crate) after: Duration,
}

impl Finding {
    /// The mistakes of the first cause; none if there is no cause.
    fn first_cause(&self) -> &[MistakeId] {
        self.causes.first().map_or(&[], |one| &one.mistakes)
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Breach {
    /// It answered otherwise than is demanded.
    Answered(Outcome),
    /// It gave no valid answer.
    Failed(Failure),
}

/// What one process came to.
#[derive(Default)]
pub(super) struct WorkerReport {
    pub(super) findings: Vec<Finding>,
    pub(super) behaviors: BTreeMap<(usize, &'static str), ImplementationDefined>,
    pub(super) warnings: BTreeMap<(usize, String), u64>,
    pub(super) cases: u64,
    pub(super) disagreements: u64,
    pub(super) unsupported: u64,
    pub(super) kinds: u64,
    pub(super) corpus: Vec<Request>,
    pub(super) restarts: Restarts,
    pub(super) notes: Vec<String>,
    pub(super) broken: Option<AdapterError>,
}

/// What all processes came to together; what several found is one finding.
pub(super) fn gather(reports: Vec<WorkerReport>, max_findings: usize) -> WorkerReport {
    let mut all = WorkerReport::default();
    for report in reports {
        for finding in report.findings {
            let count = all.findings.len();
            let same = all.findings.iter_mut().find(|known| {
                known.suite == finding.suite
                    && known.first_cause() == finding.first_cause()
                    && (!known.causes.is_empty()
                        || (known.demand.requirement == finding.demand.requirement
                            && known.request.op == finding.request.op))
                    && known.sequence.is_empty() == finding.sequence.is_empty()
            });
            match same {
                Some(known) => {
                    let cases = known.cases + finding.cases;
                    if finding.length < known.length {
                        *known = finding;
                    }
                    known.cases = cases;
                }
                None if count < max_findings => all.findings.push(finding),
                None => {}
            }
        }
        for (key, behavior) in report.behaviors {
            let cases = behavior.cases;
            let known = all.behaviors.entry(key).or_insert(ImplementationDefined {
                cases: 0,
                ..behavior
            });
            known.cases += cases;
        }
        for (key, cases) in report.warnings {
            *all.warnings.entry(key).or_default() += cases;
        }
        all.cases += report.cases;
        all.disagreements += report.disagreements;
        all.unsupported += report.unsupported;
        all.kinds += report.kinds;
        all.corpus.extend(report.corpus);
        all.restarts.join(&report.restarts);
        all.notes.extend(report.notes);
        all.broken = all.broken.or(report.broken);
    }
    all
}
