//! The triage of a run: what is wrong with the implementation, worst first.
//!
//! A fault is a cause with all cases that it explains, whatever their suite and operation. Cases
//! that nothing explains are one fault if they violate the same requirement in the same way. The
//! level comes first, then how grave the fault is; every fault has its place before any of them has
//! a second example.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::report::digits::{count, grouped};
use crate::report::run::causes::{CauseInWords, causes};
use crate::report::run::finding::{Finding, FindingKind};
use crate::report::run::requirements::Requirements;
use crate::report::visible::visible;
use crate::results::{Case, Causes, Diagnosis, ObservedKind, RunResult, Verdict};
use crate::signature::{Context, Op, Request};
use crate::suite::Level;

/// What is said of an operation that always declines in the same words.
const IDLE: &str = "it declines every request in the same words, as if nothing were behind it yet";

/// How many answers have to be alike for that.
const IDLE_CASES: usize = 10;

/// How many suites are named; more are counted.
const SUITES: usize = 3;

/// How grave a misbehaviour is; the gravest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Gravity {
    /// It accepts what it must not.
    Accepts,
    /// It throws, or gives no answer.
    Throws,
    /// It rejects what it must accept, or refuses what it must sign.
    Rejects,
    /// It signs another token than the right one.
    Signs,
    /// Anything else, such as another code of rejection, or an unexpected pass.
    Otherwise,
}

/// What is wrong with an implementation.
pub(super) struct Triage<'r> {
    /// Worst first.
    pub(super) faults: Vec<Fault<'r>>,
    /// The causes that explain none of the cases that need attention: those of known failures, and
    /// those of older documents, which do not say which cases a verifier's mistake explains.
    pub(super) further_causes: Vec<CauseInWords>,
}

/// The cases that need attention and have a cause or a requirement in common.
pub(super) struct Fault<'r> {
    /// The most severe level of its cases.
    pub(super) level: Level,
    /// How grave the gravest of its cases at that level is.
    pub(super) gravity: Gravity,
    /// What is wrong: the cause as a clause, otherwise the requirement as a sentence.
    pub(super) title: String,
    /// Whether a likely cause explains these cases.
    pub(super) is_explained: bool,
    /// What the verifier's answers showed of the cause.
    pub(super) evidence: Option<String>,
    /// How to fix it, without repetitions.
    pub(super) remedies: Vec<String>,
    /// The index of the most severe requirement that its first case shows.
    pub(super) requirement: Option<usize>,
    /// Its cases: the best example first, then the suites take turns.
    pub(super) findings: Vec<Finding<'r>>,
    /// Its suites and how many of its cases each has.
    pub(super) suites: Vec<(&'r str, u64)>,
}

impl Gravity {
    /// The gravity of a case that needs attention.
    fn of(finding: &Finding<'_>) -> Self {
        if finding.kind == FindingKind::UnexpectedPass {
            return Self::Otherwise;
        }
        let case = finding.case;
        match case.outcome {
            Some(ObservedKind::Unstable) => {
                let rounds = case.outcomes_of_rounds.iter();
                let of_rounds = rounds.map(|kind| of_outcome(case, *kind));
                of_rounds.min().unwrap_or(Self::Otherwise)
            }
            Some(kind) => of_outcome(case, kind),
            None => Self::Otherwise,
        }
    }

    /// What the implementation does, in words that suit the level.
    pub(super) fn words(self, level: Level) -> String {
        let must = match level {
            Level::Must => "must",
            Level::Should | Level::May => "should",
        };
        match self {
            Self::Accepts => format!("accepts what it {must} not"),
            Self::Throws => "throws or gives no answer".to_owned(),
            Self::Rejects => format!("rejects what it {must} accept"),
            Self::Signs => "signs wrongly".to_owned(),
            Self::Otherwise => format!("answers otherwise than it {must}"),
        }
    }
}

/// The gravity of this outcome of a case.
fn of_outcome(case: &Case, outcome: ObservedKind) -> Gravity {
    use ObservedKind::{
        Accept, Anonymous, Crash, Protocol, Refused, Reject, Sent, Threw, TimeOut, Token, Unstable,
        Unsupported,
    };
    let due = &case.expected_outcomes;
    // What accepts as it must and fails reads another text than was signed.
    if due.contains(&outcome) && !matches!(outcome, Accept | Token | Sent) {
        return Gravity::Otherwise;
    }
    let is_to_pass = due
        .iter()
        .any(|kind| matches!(kind, Accept | Token | Anonymous | Sent));
    match outcome {
        Anonymous if due.contains(&Accept) => Gravity::Rejects,
        Accept | Anonymous => Gravity::Accepts,
        Threw | Crash | TimeOut | Protocol => Gravity::Throws,
        Reject | Refused if is_to_pass => Gravity::Rejects,
        Token | Sent => Gravity::Signs,
        Reject | Refused | Unstable | Unsupported => Gravity::Otherwise,
    }
}

/// What the cases of a fault have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Common<'r> {
    Cause(usize),
    /// No valid answer, an answer that its hello contradicts, or an unexpected pass.
    Kind(&'static str),
    Requirement(Level, Gravity, &'r str),
}

impl<'r> Triage<'r> {
    pub(super) fn of(run: &'r RunResult, requirements: &Requirements<'r>) -> Self {
        let causes: Vec<CauseInWords> = run.diagnosis.iter().flat_map(causes).collect();
        let idle = idle(run);
        let mut findings: Vec<(Level, Gravity, Finding<'_>)> = run
            .cases
            .iter()
            .filter_map(Finding::of)
            .map(|finding| (finding.case.level, Gravity::of(&finding), finding))
            .collect();
        findings.sort_by_key(|&(level, gravity, _)| (level, gravity));
        let judged: HashMap<String, Common<'_>> = findings
            .iter()
            .filter(|(_, _, finding)| finding.case.request.op == Op::Verify)
            .map(|one| (credentials(one), common(run, requirements, &idle, one)))
            .filter(|(_, common)| matches!(common, Common::Cause(_)))
            .collect();
        let mut groups: IndexMap<Common<'r>, Vec<(Level, Gravity, Finding<'r>)>> = IndexMap::new();
        // A case that only another requirement sets apart from an earlier one stands with it.
        let mut twins: HashMap<String, Common<'r>> = HashMap::new();
        for one in findings {
            let case = one.2.case;
            let mut common = common(run, requirements, &idle, &one);
            if matches!(common, Common::Requirement(..)) {
                // A call is identified as its token is judged.
                let of_verify = judged.get(&credentials(&one));
                let of_verify = of_verify.filter(|_| case.request.op == Op::Identify);
                let request = serde_json::to_string(&case.request).unwrap_or_default();
                let outcome = case.outcome.map_or("", ObservedKind::name);
                common = *twins
                    .entry(format!("{outcome} {request}"))
                    .or_insert_with(|| of_verify.copied().unwrap_or(common));
            }
            groups.entry(common).or_default().push(one);
        }
        let mut faults: Vec<Fault<'_>> = Vec::new();
        let mut explaining = HashSet::new();
        for (common, cases) in groups {
            if let Common::Cause(at) = common {
                explaining.insert(at);
            }
            faults.extend(Fault::new(common, cases, requirements, &causes));
        }
        faults.sort_by_key(|fault| (fault.level, fault.gravity, Reverse(fault.findings.len())));
        let further_causes = causes.into_iter().enumerate();
        let further_causes = further_causes.filter(|(at, _)| !explaining.contains(at));
        Self {
            faults,
            further_causes: further_causes.map(|(_, cause)| cause).collect(),
        }
    }
}

impl<'r> Fault<'r> {
    fn new(
        common: Common<'r>,
        mut cases: Vec<(Level, Gravity, Finding<'r>)>,
        requirements: &Requirements<'r>,
        causes: &[CauseInWords],
    ) -> Option<Self> {
        let &(level, gravity, _) = cases.first()?;
        // The token shows what is wrong with it; a rejection shows nothing.
        cases.sort_by_key(|&(level, gravity, _)| match gravity {
            Gravity::Signs => (level, Gravity::Rejects, 0),
            gravity => (level, gravity, 1),
        });
        let mut by_suite: IndexMap<&str, Vec<Finding<'_>>> = IndexMap::new();
        for (_, _, finding) in cases {
            let of_suite = by_suite.entry(finding.case.suite()).or_default();
            of_suite.push(finding);
        }
        let suites = by_suite.iter();
        let suites = suites.map(|(suite, findings)| (*suite, findings.len() as u64));
        let suites = suites.collect();
        let findings = in_turns(by_suite.into_values().collect());
        let first = findings.first()?.case;
        let requirement = gravest_requirement(requirements, first);
        let mut fault = Self {
            level,
            gravity,
            title: String::new(),
            is_explained: false,
            evidence: None,
            remedies: Vec::new(),
            requirement,
            findings,
            suites,
        };
        match common {
            Common::Cause(at) => {
                let cause = causes.get(at)?;
                fault.title.clone_from(&cause.title);
                fault.is_explained = true;
                fault.evidence.clone_from(&cause.evidence);
                fault.remedies.clone_from(&cause.remedies);
            }
            Common::Kind(title) => title.clone_into(&mut fault.title),
            Common::Requirement(..) => {
                let text = requirement.map(|at| &requirements.all[at].summary.text);
                fault.title = visible(text.unwrap_or(&first.id));
            }
        }
        Some(fault)
    }

    /// Whether all of it is below the level that counts.
    pub(super) fn is_warning(&self) -> bool {
        self.findings.iter().all(|finding| finding.is_warning())
    }

    /// Whether none of its cases got a valid answer.
    pub(super) fn is_error(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.all(|finding| finding.kind == FindingKind::Error)
    }

    /// How many of its cases have this operation.
    fn number(&self, is_meant: impl Fn(Op) -> bool) -> u64 {
        let findings = self.findings.iter();
        findings
            .filter(|finding| is_meant(finding.case.request.op))
            .count() as u64
    }

    /// `16 sign and 12 verify cases in acme and bolt`.
    pub(super) fn extent(&self) -> String {
        let of = Op::ALL.map(|op| (op, self.number(|one| one == op)));
        let parts: Vec<String> = of
            .iter()
            .filter(|(_, number)| *number > 0)
            .map(|(op, number)| format!("{} {op}", grouped(*number)))
            .collect();
        let cases = match self.findings.len() {
            1 => "case",
            _ => "cases",
        };
        format!("{} {cases} in {}", listed(&parts), self.suites_in_words())
    }

    /// `acme`, `acme and bolt`, or `5 suites`.
    fn suites_in_words(&self) -> String {
        if self.suites.len() > SUITES {
            return count(self.suites.len() as u64, "suite", "suites");
        }
        let names: Vec<String> = self.suites.iter().map(|(name, _)| visible(name)).collect();
        listed(&names)
    }
}

/// What the implementation was given to judge in a case, and how it misjudged that.
fn credentials((_, gravity, finding): &(Level, Gravity, Finding<'_>)) -> String {
    let request = &finding.case.request;
    let judged = Request {
        op: Op::Verify,
        context: Context::default(),
        now: 0,
        ..request.clone()
    };
    let judged = serde_json::to_string(&judged).unwrap_or_default();
    format!("{gravity:?} {judged}")
}

fn listed(parts: &[String]) -> String {
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// What a case has in common with others.
fn common<'r>(
    run: &'r RunResult,
    requirements: &Requirements<'r>,
    idle: &[Op],
    &(level, gravity, finding): &(Level, Gravity, Finding<'r>),
) -> Common<'r> {
    let case = finding.case;
    if finding.kind == FindingKind::UnexpectedPass {
        return Common::Kind("passes although the list of known failures says that it fails");
    }
    if idle.contains(&case.request.op) {
        return Common::Kind(IDLE);
    }
    match case.outcome {
        Some(ObservedKind::Crash) => Common::Kind("the adapter exited before it answered"),
        Some(ObservedKind::TimeOut) => Common::Kind("no answer in time"),
        Some(ObservedKind::Protocol) => Common::Kind("the adapter broke the protocol"),
        Some(ObservedKind::Unsupported) => {
            Common::Kind("its hello declares what its answer calls unsupported")
        }
        _ => {
            let cause = run.diagnosis.as_ref();
            if let Some(cause) = cause.and_then(|diagnosis| cause_of(diagnosis, case)) {
                return Common::Cause(cause);
            }
            let requirement = gravest_requirement(requirements, case);
            let id = requirement.map_or("", |at| requirements.all[at].summary.id.as_str());
            Common::Requirement(level, gravity, id)
        }
    }
}

/// The operations that an implementation declines whatever it is asked, and always in the same
/// words, as one does that nobody has filled in.
fn idle(run: &RunResult) -> Vec<Op> {
    let is_idle = |op: &Op| {
        let asked = run.cases.iter().filter(|case| {
            let is_left_out = matches!(case.verdict, Verdict::Skipped | Verdict::NotApplicable);
            case.request.op == *op && !is_left_out
        });
        let declines = |case: &Case| {
            matches!(
                case.outcome,
                Some(ObservedKind::Refused | ObservedKind::Threw)
            )
        };
        let answers: Vec<_> = asked.map(|case| (declines(case), &case.actual)).collect();
        let is_alike = answers.windows(2).all(|pair| pair[0] == pair[1]);
        answers.len() >= IDLE_CASES && is_alike && answers[0].0
    };
    Op::ALL.into_iter().filter(is_idle).collect()
}

/// The index of the cause that explains a case: the one with the fewest mistakes, of these the one
/// that explains the most cases.
fn cause_of(diagnosis: &Diagnosis, case: &Case) -> Option<usize> {
    let explains = |known: &Causes| {
        let mut causes = case.causes.iter();
        causes.any(|causes| ids(causes).eq(ids(known)))
    };
    let causes = diagnosis.causes.iter().enumerate();
    causes
        .filter_map(|(at, cause)| {
            let alternatives = cause.alternatives.iter().filter(|one| explains(one));
            let mistakes = alternatives.map(|one| one.mistakes.len()).min()?;
            Some((mistakes, Reverse(cause.sign + cause.verify), at))
        })
        .min()
        .map(|(_, _, at)| at)
}

fn ids(causes: &Causes) -> impl Iterator<Item = &str> {
    causes.mistakes.iter().map(|mistake| mistake.id.as_str())
}

/// The index of the requirement with the most severe level of those that a case shows.
fn gravest_requirement(requirements: &Requirements<'_>, case: &Case) -> Option<usize> {
    let shown = case.shows.iter();
    let shown = shown.filter_map(|name| requirements.index(case, name));
    shown.min_by_key(|&at| requirements.all[at].summary.level)
}

/// The items of several lists, one of each in turn.
pub(super) fn in_turns<T>(lists: Vec<Vec<T>>) -> Vec<T> {
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    let mut all = Vec::new();
    loop {
        let before = all.len();
        all.extend(lists.iter_mut().filter_map(Iterator::next));
        if all.len() == before {
            return all;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::in_turns;
    use crate::report::run::view::RunView;
    use crate::results::fixture::{
        accept, expect_token, not_accepted, reject, run, suite, threw, token,
    };
    use crate::results::{Causes, Diagnosis, Failure, MistakeMention, Observed, RunResult};
    use crate::signature::{Op, OutcomeKind};
    use crate::suite::{Basis, Expect, Level, Suite};

    fn requirements(name: &str) -> Suite {
        suite(name)
            .requires("exact", Level::Must, Basis::Document, "The token is exact.")
            .requires(
                "forgery",
                Level::Must,
                Basis::Security,
                "No forgery passes.",
            )
            .requires("quiet", Level::Should, Basis::Practice, "It is quiet.")
    }

    /// Sixty wrong tokens of one mistake in two suites; after them one of each other fault, the
    /// gravest last.
    fn forgery_among_others() -> RunResult {
        let must_accept = || Expect::Outcomes(vec![OutcomeKind::Accept]);
        let quietly = || Expect::Outcomes(vec![OutcomeKind::Reject, OutcomeKind::Refused]);
        let (mut acme, mut zeta) = (requirements("acme"), requirements("zeta"));
        for number in 0..40 {
            acme = acme.shows(
                &format!("s{number}"),
                &["exact"],
                Op::Sign,
                expect_token("aa"),
            );
        }
        for number in 0..20 {
            zeta = zeta.shows(
                &format!("s{number}"),
                &["exact"],
                Op::Sign,
                expect_token("aa"),
            );
        }
        zeta = zeta
            .shows("loud", &["quiet"], Op::Verify, quietly())
            .shows("right", &["exact"], Op::Verify, must_accept())
            .shows("throws", &["exact"], Op::Verify, must_accept())
            .shows("crashes", &["exact"], Op::Verify, must_accept())
            .shows("forged-quietly", &["quiet"], Op::Verify, quietly())
            .shows("forged", &["forgery", "quiet"], Op::Verify, not_accepted());
        let mut observations = Vec::new();
        for (suite, number) in [(&acme, 40), (&zeta, 20)] {
            let wrong = (0..number).map(|at| suite.observe(&format!("s{at}"), token("ab")));
            observations.extend(wrong);
        }
        observations.extend([
            zeta.observe("loud", threw("x")),
            zeta.observe("right", reject()),
            zeta.observe("throws", threw("x")),
            zeta.observe("crashes", Observed::Failed(Failure::Crashed("x".into()))),
            zeta.observe("forged-quietly", accept()),
            zeta.observe("forged", accept()),
        ]);
        let mut result = run(observations, "");
        // The same request, once for each of two requirements.
        let [quiet, forged] = result.cases.last_chunk_mut().unwrap();
        quiet.request.clone_from(&forged.request);
        let cause = |remedy: &str| Causes {
            mistakes: vec![MistakeMention {
                id: "upper".into(),
                title: "the MAC is in upper case".into(),
                detail: String::new(),
                remedy: remedy.into(),
                explained: None,
            }],
        };
        for case in result
            .cases
            .iter_mut()
            .filter(|case| case.request.op == Op::Sign)
        {
            case.causes = vec![cause("Print small letters.")];
        }
        let right = result.cases.iter_mut().find(|case| case.id == "zeta/right");
        right.unwrap().causes = vec![cause("Compare small letters.")];
        let mut diagnosis = Diagnosis::of_signing(&result.cases, 100);
        diagnosis.causes[0].verify = 1;
        result.diagnosis = Some(diagnosis);
        result
    }

    #[test]
    fn the_gravest_comes_first_and_a_mistake_is_one_fault() {
        let result = forgery_among_others();
        let view = RunView::of(&result);
        let told: Vec<String> = view
            .faults
            .iter()
            .map(|fault| {
                let words = fault.gravity.words(fault.level);
                format!("{words}; {}: {}", fault.title, fault.extent())
            })
            .collect();
        assert_eq!(
            told,
            [
                "accepts what it must not; No forgery passes.: 2 verify cases in zeta",
                "throws or gives no answer; The token is exact.: 1 verify case in zeta",
                "throws or gives no answer; the adapter exited before it answered: 1 verify case in zeta",
                "rejects what it must accept; the MAC is in upper case: 60 sign and 1 verify cases in acme and zeta",
                "throws or gives no answer; It is quiet.: 1 verify case in zeta",
            ]
        );
        // Each fault has a place before any has a second example, and the suites take turns.
        let ids = view.findings.iter().map(|finding| finding.case.id.as_str());
        assert_eq!(
            ids.take(9).collect::<Vec<_>>(),
            [
                "zeta/forged",
                "zeta/throws",
                "zeta/crashes",
                "acme/s0",
                "zeta/loud",
                "zeta/forged-quietly",
                "zeta/s0",
                "acme/s1",
                "zeta/s1"
            ]
        );
    }

    /// An adapter that nobody has filled in is one finding; one answer of its own makes it several.
    #[test]
    fn an_implementation_that_does_nothing_yet_is_one_finding() {
        let mut acme = requirements("acme");
        for number in 0..20 {
            let requirement = ["exact", "forgery"][number % 2];
            let id = format!("s{number}");
            acme = acme.shows(&id, &[requirement], Op::Sign, expect_token("aa"));
        }
        let titles = |answer: &dyn Fn(usize) -> Observed| {
            let ids = (0..20).map(|at| (at, format!("s{at}")));
            let observed = ids.map(|(at, id)| acme.observe(&id, answer(at)));
            let result = run(observed.collect(), "");
            let view = RunView::of(&result);
            let faults = view.faults.iter();
            faults.map(|fault| fault.title.clone()).collect::<Vec<_>>()
        };
        assert_eq!(titles(&|_| threw("not written yet")), [super::IDLE]);
        let various = titles(&|at| threw(if at == 7 { "no key" } else { "not written yet" }));
        assert_eq!(various, ["The token is exact.", "No forgery passes."]);
        let working = titles(&|at| if at == 7 { token("ab") } else { threw("x") });
        assert!(!working.contains(&super::IDLE.to_owned()), "{working:?}");
    }

    #[test]
    fn lists_take_turns() {
        assert_eq!(
            in_turns(vec![vec![1, 4, 6], vec![2], vec![3, 5]]),
            [1, 2, 3, 4, 5, 6]
        );
        assert_eq!(in_turns::<u8>(Vec::new()), [] as [u8; 0]);
    }
}
