//! Several runs in one document, one per implementation.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::results::{Conformance, RunResult, gravest_exit_code};

/// The version of the document's schema.
pub const RUNS_VERSION: u32 = 1;

/// The exit code of an incomplete run.
const INCOMPLETE: u8 = 3;
/// The exit code of a run without a usable adapter.
const NO_ADAPTER: u8 = 4;

/// The runs of several implementations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Runs {
    /// The schema version of this document: 1.
    pub macproof_runs: u32,
    /// The runs, in the order in which the implementations were named.
    pub runs: Vec<RunResult>,
}

impl Runs {
    /// Creates a document of these runs.
    pub fn new(runs: Vec<RunResult>) -> Self {
        Self {
            macproof_runs: RUNS_VERSION,
            runs,
        }
    }
}

/// The input of reports: one run or several.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    /// A run of one implementation.
    Run(Box<RunResult>),
    /// Runs of several implementations.
    Runs(Runs),
}

impl Document {
    /// The runs.
    pub fn runs(&self) -> &[RunResult] {
        match self {
            Self::Run(run) => std::slice::from_ref(run),
            Self::Runs(runs) => &runs.runs,
        }
    }

    /// The runs, for adding what is found out later.
    pub fn runs_mut(&mut self) -> &mut [RunResult] {
        match self {
            Self::Run(run) => std::slice::from_mut(run),
            Self::Runs(runs) => &mut runs.runs,
        }
    }

    /// A unique name for each run: the one that the user gave its implementation in
    /// `macproof.yaml`, or else that of its hello; with how it was reached if several share a name,
    /// and with a number if that is not enough.
    pub fn names(&self) -> Vec<String> {
        let about = |run: &RunResult| match (run.named(), &run.implementation.version) {
            (Some(name), _) => name.to_owned(),
            (None, Some(version)) => format!("{} {version}", run.implementation.called()),
            (None, None) => run.implementation.called().to_owned(),
        };
        let mut names: Vec<String> = self.runs().iter().map(about).collect();
        let adapter = |at: usize| format!(" ({})", self.runs()[at].adapter);
        tell_apart(&mut names, adapter);
        tell_apart(&mut names, |at| format!(" #{}", at + 1));
        names
    }

    /// The worst conformance of all runs.
    pub fn conformance(&self) -> Conformance {
        let of = |word| self.runs().iter().any(|run| run.conformance == word);
        if of(Conformance::Nonconformant) {
            Conformance::Nonconformant
        } else if of(Conformance::Incomplete) || self.runs().is_empty() {
            Conformance::Incomplete
        } else {
            Conformance::Conformant
        }
    }

    /// Whether every run tested the built-in reference because no implementation was named.
    pub fn judged_itself(&self) -> bool {
        !self.runs().is_empty() && self.runs().iter().all(|run| run.judged_itself)
    }

    /// The exit code of all runs together, chosen as within a run. If only some implementations
    /// started, the whole is incomplete; the exit code for a missing adapter means that none did.
    pub fn exit_code(&self) -> u8 {
        let is_absent = |run: &RunResult| run.did_not_start.is_some();
        let are_all_absent = self.runs().iter().all(is_absent);
        let code = |run: &RunResult| match (is_absent(run), are_all_absent) {
            (true, false) if run.gate.exit_code == NO_ADAPTER => INCOMPLETE,
            _ => run.gate.exit_code,
        };
        gravest_exit_code(self.runs().iter().map(code))
    }
}

/// Adds a suffix to each name that occurs more than once.
fn tell_apart(names: &mut [String], more: impl Fn(usize) -> String) {
    let mut times: HashMap<String, usize> = HashMap::new();
    for name in &*names {
        *times.entry(name.clone()).or_default() += 1;
    }
    for (at, name) in names.iter_mut().enumerate() {
        if times.get(name.as_str()).is_some_and(|&times| times > 1) {
            name.push_str(&more(at));
        }
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Run(run) => run.serialize(serializer),
            Self::Runs(runs) => runs.serialize(serializer),
        }
    }
}

impl From<RunResult> for Document {
    fn from(run: RunResult) -> Self {
        Self::Run(Box::new(run))
    }
}

impl From<Runs> for Document {
    fn from(runs: Runs) -> Self {
        Self::Runs(runs)
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, Runs};
    use crate::results::fixture::{run, small_suite, token};
    use crate::results::{Conformance, RunResult};

    fn of(name: &str, adapter: &str, came: &str) -> RunResult {
        let suite = small_suite();
        let mut result = run(vec![suite.observe("signs", token(came))], "");
        result.implementation.name = name.into();
        result.adapter = adapter.into();
        result
    }

    #[test]
    fn the_worst_run_decides_and_names_are_unique() {
        let document = Document::from(Runs::new(vec![
            of("a", "x", "aa"),
            of("b", "x", "aa"),
            of("b", "y", "ab"),
            of("b", "y", "aa"),
        ]));
        assert_eq!(
            document.names(),
            ["a 2.1.0", "b 2.1.0 (x)", "b 2.1.0 (y) #3", "b 2.1.0 (y) #4"]
        );
        assert_eq!(document.conformance(), Conformance::Nonconformant);
        assert_eq!(document.exit_code(), 1);
        let one = Document::from(of("a", "x", "aa"));
        assert_eq!(
            (one.names(), one.exit_code()),
            (vec!["a 2.1.0".to_owned()], 0)
        );
        let unnamed = Document::from(of("", "x", "aa"));
        assert_eq!(unnamed.names(), ["an implementation without a name 2.1.0"]);
        let mut named = of("a", "x", "aa");
        named.arguments = ["--implementation", "php-sdk"].map(str::to_owned).into();
        assert_eq!(Document::from(named).names(), ["php-sdk"]);
        let none = Document::from(Runs::new(Vec::new()));
        assert_eq!(none.conformance(), Conformance::Incomplete);
    }
}
