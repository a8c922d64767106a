//! Turns observations into the document of a run.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use crate::protocol::{HelloChanges, ImplementationInfo};
use crate::results::run::baseline::baseline_scores;
use crate::results::run::conformance::{Disturbances, conformance, gate};
use crate::results::run::document::{NOT_APPLICABLE, SKIPPED, cases_and_asked};
use crate::results::run::known_failure_matcher::{KnownFailureMatcher, Ruling};
use crate::results::sent::{SentFault, read_sent};
use crate::results::{
    Case, Counts, Interruption, KnownFailure, KnownFailures, KnownMention, Observation, Observed,
    ObservedKind, Redaction, RequirementSummary, Restarts, RunResult, SCHEMA_VERSION, Scope,
    ScopeNote, ShardSummary, SourceLine, SuiteSummary, Trait, Verdict, words,
};
use crate::signature::{Op, Outcome, Sent};
use crate::suite::{Expect, Level, Requirement, Suite};

/// The facts of a run other than its cases.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The start time, as RFC 3339 in UTC.
    pub started: String,
    /// How long the run took, in milliseconds.
    pub duration_ms: u64,
    /// How the implementation describes itself.
    pub implementation: ImplementationInfo,
    /// How the implementation was reached.
    pub adapter: String,
    /// Whether the built-in reference was tested because no implementation was named.
    pub judged_itself: bool,
    /// The arguments of `macproof run` that select the same implementation and suites: `--command`,
    /// `python3 adapter.py`. Filters, level and repetitions are not included.
    pub arguments: Vec<String>,
    /// The lowest level that counts.
    pub level: Level,
    /// The seed of the order of cases.
    pub seed: u64,
    /// How many times each case was supposed to run.
    pub repeat: u64,
    /// How many rounds over all cases were completed.
    pub rounds: u64,
    /// The restarts that no case accounts for, and how many are allowed.
    pub restarts: Restarts,
    /// What changed between the adapter's first hello and later ones.
    pub hello_changes: HelloChanges,
    /// The signal that interrupted the run, if any.
    pub interruption: Option<Interruption>,
    /// Which part of a run this was; `None` for a whole run.
    pub shard: Option<ShardSummary>,
    /// What was excluded before the run began: filters, shards.
    pub left_out: Vec<ScopeNote>,
    /// Remarks of the harness that belong to no case.
    pub notes: Vec<String>,
    /// What the document must not reveal.
    pub redaction: Redaction,
}

/// Creates the document of a run.
///
/// `today` is the date of the run in UTC, such as `2026-11-20`; it decides which entries of the
/// list have expired. Causes are not determined here; the caller adds them to the cases.
pub fn conclude(
    circumstances: Circumstances,
    mut observations: Vec<Observation<'_>>,
    known: &KnownFailures,
    today: &str,
) -> RunResult {
    in_file_order(&mut observations);
    let mut matcher = KnownFailureMatcher::new(known, today);
    let mut suites: Vec<SuiteSummary> = Vec::new();
    let mut every_case = BTreeSet::new();
    let mut cases = Vec::with_capacity(observations.len());
    let mut profile = Vec::new();
    for observation in &observations {
        let suite = observation.suite;
        if suites
            .last()
            .is_none_or(|last| last.name != suite.name.as_str())
        {
            suites.push(summary(suite));
            every_case.extend(suite.vectors.iter().map(|v| suite.case_id(v).to_string()));
        }
        let mut case = judged(observation, circumstances.level);
        under_the_list(&mut case, &mut matcher);
        if let Some(suite) = suites.last_mut() {
            suite.counts.add(case.verdict);
        }
        profile.extend(observed_trait(observation, &case));
        cases.push(case);
    }
    let troubles = matcher.troubles(&every_case, circumstances.left_out.is_empty());
    let scope = scope(circumstances.left_out, &cases);
    let disturbances = Disturbances {
        restarts: &circumstances.restarts,
        hello_changes: &circumstances.hello_changes,
        interruption: circumstances.interruption,
    };
    let mut result = RunResult {
        macproof_result: SCHEMA_VERSION,
        macproof_version: env!("CARGO_PKG_VERSION").to_owned(),
        started: circumstances.started,
        duration_ms: circumstances.duration_ms,
        conformance: conformance(&cases, circumstances.level, disturbances),
        did_not_start: None,
        scope,
        gate: gate(&cases, troubles, disturbances),
        implementation: circumstances.implementation,
        adapter: circumstances.adapter,
        judged_itself: circumstances.judged_itself,
        arguments: circumstances.arguments,
        level: circumstances.level,
        seed: circumstances.seed,
        repeat: circumstances.rounds,
        repeat_asked: (circumstances.rounds < circumstances.repeat).then_some(circumstances.repeat),
        interrupted: circumstances.interruption.is_some(),
        restarts: circumstances.restarts.clone(),
        hello_changes: circumstances.hello_changes.clone(),
        shard: circumstances.shard,
        suites,
        counts: cases.iter().map(|case| case.verdict).collect(),
        cases,
        profile,
        diagnosis: None,
        verifier_causes: Vec::new(),
        baselines: baseline_scores(&observations),
        notes: circumstances.notes,
    };
    circumstances.redaction.apply(&mut result, &observations);
    result
}

/// Applies the list of known failures to a case.
pub(super) fn under_the_list(case: &mut Case, matcher: &mut KnownFailureMatcher<'_>) {
    match matcher.rule(&case.id, case.verdict, case.outcome) {
        Ruling::Silent => {}
        Ruling::Holds(entry) => {
            case.known = Some(mention(matcher.path(), entry, case.verdict));
            // A skipped case keeps its verdict; the list only allows it.
            if case.verdict != Verdict::Skipped {
                case.verdict = Verdict::KnownFailure;
            }
        }
        Ruling::Passed(entry) => {
            case.known = Some(mention(matcher.path(), entry, case.verdict));
            case.verdict = Verdict::UnexpectedPass;
        }
        Ruling::Changed(entry) => case.known = Some(mention(matcher.path(), entry, case.verdict)),
    }
}

/// Sorts suites by name and the cases of each in file order. The order in which a run executes
/// cases is random and carries no meaning.
fn in_file_order(observations: &mut [Observation<'_>]) {
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for observation in &*observations {
        let suite = observation.suite;
        if !places.contains_key(&(suite.name.as_str(), observation.vector.id.as_str())) {
            for (at, vector) in suite.vectors.iter().enumerate() {
                places.insert((suite.name.as_str(), vector.id.as_str()), at);
            }
        }
    }
    let place = |observation: &Observation<'_>| {
        let suite = observation.suite.name.as_str();
        places
            .get(&(suite, observation.vector.id.as_str()))
            .copied()
    };
    observations.sort_by(|a, b| {
        let by_suite = a.suite.name.cmp(&b.suite.name);
        by_suite
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| a.vector.id.cmp(&b.vector.id))
    });
}

fn summary(suite: &Suite) -> SuiteSummary {
    let requirement = |requirement: &Requirement| RequirementSummary {
        id: requirement.id.to_string(),
        level: requirement.level,
        basis: requirement.basis,
        text: requirement.text.clone(),
        place: requirement.place.clone(),
    };
    SuiteSummary {
        name: suite.name.to_string(),
        version: suite.version,
        title: suite.title.clone(),
        digest: suite.digest.clone(),
        path: suite.text.path.to_string(),
        source: suite.source.clone(),
        requirements: suite.requirements.iter().map(requirement).collect(),
        counts: Counts::default(),
    }
}

/// Judges one case without the list of known failures.
fn judged(observation: &Observation<'_>, level: Level) -> Case {
    let Observation {
        suite,
        vector,
        request,
        expect,
        observed,
        right: _,
    } = observation;
    let op = vector.request.op;
    let (outcome, other) = match observed {
        Observed::Outcome(outcome) => (Some(outcome), None),
        Observed::Unstable(first, other) => (Some(first), Some(words::outcome(other))),
        _ => (None, None),
    };
    let mut reason = words::reason(op, observed);
    let (mut expected, mut actual) = (words::expected(expect), words::actual(observed));
    let mut sent = None;
    let (expected_token, actual_token) = match (&**expect, outcome) {
        (Expect::Token { token, .. }, outcome) => (Some(token.clone()), outcome.and_then(token_of)),
        (Expect::Sent { within, .. }, Some(Outcome::Sent(request_sent))) => {
            sent = Some(Sent::clone(request_sent));
            match read_sent(&suite.scheme, request, within, request_sent) {
                Ok(read) => {
                    if let Some(time) = read.other_time {
                        let fault = SentFault::TimeOfToken {
                            time,
                            within: within.clone(),
                        };
                        reason = reason.or_else(|| Some(fault.to_string()));
                    }
                    expected = format!("sent with the token {}", read.due);
                    actual = actual.map(|words| format!("{words} with the token {}", read.token));
                    (Some(read.due), Some(read.token))
                }
                Err(fault) => {
                    reason = reason.or_else(|| Some(fault.to_string()));
                    (None, None)
                }
            }
        }
        (
            Expect::Sent { .. }
            | Expect::Outcomes(_)
            | Expect::Rejected { .. }
            | Expect::Observe(_),
            outcome,
        ) => (None, outcome.and_then(token_of)),
    };
    Case {
        id: suite.case_id(vector).to_string(),
        level: vector.level,
        basis: vector.basis,
        shows: suite.shown_by(vector).map(|r| r.id.to_string()).collect(),
        verdict: observation.verdict(level),
        request: request.as_sent(),
        expected,
        expected_outcomes: expect
            .outcomes()
            .into_iter()
            .map(ObservedKind::of_outcome)
            .collect(),
        outcome: ObservedKind::of(op, observed),
        outcomes_of_rounds: match observed {
            Observed::Unstable(one, other) => [one, other]
                .map(|outcome| ObservedKind::of_outcome(outcome.kind()))
                .into(),
            _ => Vec::new(),
        },
        actual,
        actual_in_another_round: other,
        expected_token,
        actual_token,
        sent,
        reason,
        known: None,
        note: vector.note.clone(),
        source: SourceLine {
            path: suite.text.path.to_string(),
            line: vector.line,
        },
        causes: Vec::new(),
    }
}

fn token_of(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Token(token) => Some(token.clone()),
        _ => None,
    }
}

fn mention(path: &str, entry: &KnownFailure, own_verdict: Verdict) -> KnownMention {
    KnownMention {
        own_verdict,
        expect: entry.expect,
        reason: entry.reason.clone(),
        at: Some(format!("{path}:{}", entry.line)),
        issue: entry.issue.clone(),
        expires: entry.expires.clone(),
    }
}

fn observed_trait(observation: &Observation<'_>, case: &Case) -> Option<Trait> {
    let (Verdict::Observed, Expect::Observe(what), Some(outcome)) =
        (case.verdict, &*observation.expect, case.outcome)
    else {
        return None;
    };
    let (verb, does) = match observation.vector.request.op {
        // A token alone proves nothing: it has to be the correct one.
        Op::Sign => (
            "signs",
            match outcome {
                ObservedKind::Token => {
                    let right = observation.right.as_ref();
                    right.map(|right| case.actual_token.as_ref() == Some(right))
                }
                _ => Some(false),
            },
        ),
        Op::Send => ("sends", Some(outcome == ObservedKind::Sent)),
        Op::Verify | Op::Identify => ("accepts", Some(outcome == ObservedKind::Accept)),
    };
    let tells = what.split_whitespace().next() == Some(verb) && outcome != ObservedKind::Unstable;
    Some(Trait {
        case: case.id.clone(),
        what: what.clone(),
        does: does.filter(|_| tells),
        outcome,
    })
}

/// What the run did not judge, with the number of cases for each reason.
pub(super) fn scope(mut left_out: Vec<ScopeNote>, cases: &[Case]) -> Scope {
    let mut reasons: IndexMap<String, u64> = IndexMap::new();
    for case in cases {
        let why = match case.verdict {
            Verdict::NotApplicable => NOT_APPLICABLE,
            Verdict::Skipped => SKIPPED,
            _ => continue,
        };
        let reason = case.reason.as_deref().unwrap_or("no reason given");
        *reasons.entry(format!("{why}{reason}")).or_default() += 1;
    }
    left_out.extend(
        reasons
            .into_iter()
            .map(|(what, cases)| ScopeNote { what, cases }),
    );
    let counts = cases.iter().map(|case| case.verdict).collect();
    let (cases, asked) = cases_and_asked(&counts);
    Scope {
        whole: left_out.is_empty(),
        cases,
        asked,
        left_out,
    }
}

#[cfg(test)]
mod tests {
    use crate::results::fixture::{
        accept, circumstances, expect_token, reject, run, small_suite, suite, threw, token,
    };
    use crate::results::{KnownFailures, Observed, ObservedKind, ScopeNote, Verdict, conclude};
    use crate::signature::Op;
    use crate::suite::{Basis, Expect, Level};

    #[test]
    fn cases_are_in_file_order_regardless_of_run_order() {
        let jimo = suite("jimo")
            .requires("r", Level::Must, Basis::Document, "R.")
            .shows("z", &["r"], Op::Sign, expect_token("aa"))
            .shows("a", &["r"], Op::Sign, expect_token("aa"));
        let acme = suite("acme")
            .requires("r", Level::Must, Basis::Document, "R.")
            .shows("m", &["r"], Op::Sign, expect_token("aa"));
        let result = run(
            vec![
                jimo.observe("a", token("aa")),
                acme.observe("m", token("ab")),
                jimo.observe("z", token("ab")),
            ],
            "",
        );
        let ids: Vec<_> = result.cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["acme/m", "jimo/z", "jimo/a"]);
        let names: Vec<_> = result.suites.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["acme", "jimo"]);
        let jimo = &result.suites[1].counts;
        assert_eq!(
            (jimo.total(), jimo.of(Verdict::Pass), jimo.of(Verdict::Fail)),
            (2, 1, 1)
        );
        assert_eq!(
            (result.counts.total(), result.counts.of(Verdict::Fail)),
            (3, 2)
        );
    }

    #[test]
    fn the_scope_names_what_was_not_judged_and_counts_it() {
        let suite = small_suite();
        let mut circumstances = circumstances();
        circumstances.left_out.push(ScopeNote {
            what: "filtered by acme/s*".into(),
            cases: 7,
        });
        let not_applicable = || Observed::NotApplicable("no bytes".into());
        let result = conclude(
            circumstances,
            vec![
                suite.observe("signs", not_applicable()),
                suite.observe("forged", not_applicable()),
                suite.observe("throws", Observed::Skipped("stopped".into())),
            ],
            &KnownFailures::none(),
            "2026-11-20",
        );
        let notes: Vec<_> = result
            .scope
            .left_out
            .iter()
            .map(|note| (note.what.as_str(), note.cases))
            .collect();
        assert_eq!(
            notes,
            [
                ("filtered by acme/s*", 7),
                ("not applicable: no bytes", 2),
                ("skipped: stopped", 1)
            ]
        );
        assert!(!result.scope.whole);
        assert!(
            run(vec![suite.observe("signs", token("aa"))], "")
                .scope
                .whole
        );
    }

    #[test]
    fn the_profile_describes_the_implementation() {
        let suite = small_suite();
        for (observed, does, outcome) in [
            (accept(), Some(true), ObservedKind::Accept),
            (reject(), Some(false), ObservedKind::Reject),
            (threw("x"), Some(false), ObservedKind::Threw),
        ] {
            let result = run(vec![suite.observe("upper", observed)], "");
            let [entry] = &result.profile[..] else {
                panic!("{:?}", result.profile);
            };
            assert_eq!(entry.what, "accepts upper-case hex");
            assert_eq!((entry.does, entry.outcome), (does, outcome));
        }
        let unstable = Observed::Unstable(
            crate::signature::Outcome::Accept,
            crate::signature::Outcome::REJECT,
        );
        let result = run(vec![suite.observe("upper", unstable)], "");
        assert_eq!(result.profile[0].does, None);
    }

    /// A wrong token does not count as a signature.
    #[test]
    fn a_wrong_token_is_not_a_signature() {
        let suite = suite("acme")
            .requires("r", Level::May, Basis::Practice, "R.")
            .shows("odd", &["r"], Op::Sign, Expect::Observe("signs it".into()));
        let does = |observed: Observed, right: Option<&str>| {
            let mut observation = suite.observe("odd", observed);
            observation.right = right.map(str::to_owned);
            run(vec![observation], "").profile[0].does
        };
        assert_eq!(does(token("ab"), Some("ab")), Some(true));
        assert_eq!(does(token("ac"), Some("ab")), Some(false));
        // It cannot be known.
        assert_eq!(does(token("ab"), None), None);
        assert_eq!(does(threw("x"), None), Some(false));
        assert_eq!(does(threw("x"), Some("ab")), Some(false));
    }
}
