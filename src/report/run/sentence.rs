//! The verdict in one or two sentences.

use std::collections::BTreeMap;

use crate::report::digits::{count, grouped};
use crate::report::run::case::{reason_line, reason_lines};
use crate::report::visible::excerpt;
use crate::results::{
    Case, Conformance, GateFailureKind, JUDGED_ITSELF, ObservedKind, RunResult, Verdict,
};
use crate::suite::{Basis, Level};

/// The word for a run whose implementation did not start.
pub(super) const DID_NOT_START: &str = "did not start";

/// The word for a run in a table: its conformance, or that it did not start.
pub(super) fn verdict_word(result: &RunResult) -> &'static str {
    match (result.conformance, &result.did_not_start) {
        (Conformance::Incomplete, Some(_)) => DID_NOT_START,
        (conformance, _) => conformance.name(),
    }
}

/// The run's result in one or two sentences, starting with the word for it and a colon. Untrusted
/// text in it is escaped.
pub(super) fn verdict_sentence(result: &RunResult) -> String {
    format!("{}: {}", result.conformance.name(), verdict_words(result))
}

/// Like [`verdict_sentence`], without the word.
pub(super) fn verdict_words(result: &RunResult) -> String {
    let part = part(result).map(|words| format!(" ({words})"));
    let itself = if result.judged_itself {
        format!(". This is {JUDGED_ITSELF}")
    } else {
        String::new()
    };
    format!("{}{}{itself}", said(result), part.unwrap_or_default())
}

/// How many of the cases were run; `None` if all were.
fn part(result: &RunResult) -> Option<String> {
    let (all, asked) = (result.scope.cases, result.scope.asked);
    (asked < all).then(|| format!("{} of {}", grouped(asked), count(all, "case", "cases")))
}

/// What the run shows of the implementation.
pub(super) fn said(result: &RunResult) -> String {
    if let (Conformance::Incomplete, Some(reason)) = (result.conformance, &result.did_not_start) {
        let reason = reason_line(reason);
        return format!("{} did not start: {reason}", name(result));
    }
    let mut said = match result.conformance {
        Conformance::Conformant => conformant(result),
        Conformance::Nonconformant => nonconformant(result),
        Conformance::Incomplete => incomplete(result),
    };
    if result.interrupted {
        said = format!("interrupted after {}; {said}", so_far(result));
    }
    if let Some(restarts) = result.restarts.in_words() {
        said = format!("{said}; {restarts}");
    }
    if let Some(changes) = result.hello_changes.in_words() {
        said = format!("{said}; {changes}");
    }
    if let Some(baseline) = unbeaten_baseline(result) {
        said = format!("{said}; {baseline}");
    }
    said
}

/// A warning if an implementation that computes nothing would pass as many cases.
fn unbeaten_baseline(result: &RunResult) -> Option<String> {
    let mut judged = result.cases.iter().filter(|case| tried(case));
    let only_signing = judged.all(|case| case.request.op.signs());
    result.unbeaten_baseline().map(|best| {
        format!(
            "an implementation that {} would pass as many cases ({})",
            if only_signing {
                best.baseline.name_of_signer()
            } else {
                best.baseline.name()
            },
            grouped(best.passed)
        )
    })
}

/// How far an interrupted run got.
pub(super) fn so_far(result: &RunResult) -> String {
    match result.repeat_asked.unwrap_or(result.repeat) {
        0 | 1 => {
            let tried = result.cases.iter().filter(|case| tried(case)).count();
            let skipped = result.counts.of(Verdict::Skipped);
            format!(
                "{} of {}",
                grouped(tried as u64),
                count(tried as u64 + skipped, "case", "cases")
            )
        }
        asked => format!(
            "{} of {}",
            grouped(result.repeat),
            count(asked, "round", "rounds")
        ),
    }
}

fn conformant(result: &RunResult) -> String {
    let within = if result.scope.left_out_of_asked().next().is_none() {
        ""
    } else {
        ", in a partial run"
    };
    format!(
        "{} conforms to {} at level {}{within}",
        name(result),
        match judged_suites(result)[..] {
            [one] => one.to_owned(),
            ref several => format!("{} suites", several.len()),
        },
        result.level
    )
}

fn nonconformant(result: &RunResult) -> String {
    let counting = || {
        result
            .cases
            .iter()
            .filter(|case| counts(case, result.level))
    };
    let failed: Vec<&Case> = counting()
        .filter(|case| case.own_verdict() == Verdict::Fail)
        .collect();
    let all = counting().filter(|case| tried(case)).count();
    let mut suites: Vec<&str> = failed.iter().map(|case| suite_of(case)).collect();
    suites.dedup();
    format!(
        "{} fails {} of {} cases at level {}, in {}: {}",
        name(result),
        grouped(failed.len() as u64),
        grouped(all as u64),
        result.level,
        listed(&suites),
        rests_on(&failed),
    )
}

/// What these failures rest on: the vendor's document, or something else.
fn rests_on(failed: &[&Case]) -> String {
    let departs = failed.iter().filter(|c| c.departs_from_document()).count();
    let adapter = failed
        .iter()
        .filter(|c| c.outcome == Some(ObservedKind::Unsupported))
        .count();
    let beyond = failed
        .iter()
        .filter(|c| c.basis != Basis::Document && c.outcome != Some(ObservedKind::Unsupported))
        .count();
    let mut parts = Vec::new();
    let mut part = |number: usize, words: &str| match number {
        0 => {}
        _ if number == failed.len() && failed.len() == 1 => parts.push(format!("it {words}")),
        _ => parts.push(format!("{} {words}", grouped(number as u64))),
    };
    let s = |number: usize| if number == 1 { "s" } else { "" };
    part(
        departs,
        &format!("depart{} from the vendor's document", s(departs)),
    );
    part(
        beyond,
        &format!("concern{} what the document leaves open", s(beyond)),
    );
    part(
        adapter,
        &format!("contradict{} what its adapter declares", s(adapter)),
    );
    parts.join(", ")
}

/// What the verdict in one line has no room for.
pub(super) fn details(result: &RunResult) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(reason) = &result.did_not_start {
        return reason_lines(reason);
    }
    if result.conformance == Conformance::Nonconformant {
        let failed: Vec<&Case> = result
            .cases
            .iter()
            .filter(|case| counts(case, result.level) && case.own_verdict() == Verdict::Fail)
            .collect();
        // What failed may depend on the order of the cases.
        let (rests_on, seed) = (rests_on(&failed), result.seed);
        lines.push(match failed.len() {
            1 => format!("failure: {rests_on}; seed {seed}"),
            _ => format!("failures: {rests_on}; seed {seed}"),
        });
    }
    lines.extend(result.hello_changes.in_words());
    lines.extend(unbeaten_baseline(result));
    lines
}

fn incomplete(result: &RunResult) -> String {
    let counting = || {
        result
            .cases
            .iter()
            .filter(|case| counts(case, result.level))
    };
    let of = |verdict| {
        counting()
            .filter(|case| case.own_verdict() == verdict)
            .count() as u64
    };
    let (errors, skipped) = (of(Verdict::Error), of(Verdict::Skipped));
    let is_open_otherwise =
        result.interrupted || !result.restarts.are_allowed() || !result.hello_changes.is_empty();
    if errors + skipped == 0 && is_open_otherwise {
        return format!("{} has no failures at level {}", name(result), result.level);
    }
    if errors + skipped == 0 {
        return format!(
            "no case of {} that counts at level {} was judged",
            name(result),
            result.level
        );
    }
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(format!(
            "{} got no valid answer",
            count(errors, "case", "cases")
        ));
    }
    if skipped > 0 {
        parts.push(count(skipped, "case was skipped", "cases were skipped"));
    }
    format!(
        "{} has no failures at level {}, but {}",
        name(result),
        result.level,
        parts.join(" and ")
    )
}

/// The gate's result; `None` if it follows from the conformance.
pub(super) fn gate_sentence(result: &RunResult) -> Option<String> {
    if result.gate.passed {
        let listed = result.cases.iter().filter(|case| case.known.is_some());
        let list = "the list of known failures";
        return match (result.conformance, listed.count()) {
            (Conformance::Conformant, _) | (_, 0) => None,
            (Conformance::Nonconformant, 1) => {
                Some(format!("gate passed: the only failure is on {list}"))
            }
            (Conformance::Nonconformant, _) => {
                Some(format!("gate passed: all failures are on {list}"))
            }
            (Conformance::Incomplete, _) => Some(format!("gate passed: {list} allows it")),
        };
    }
    let mut kinds: BTreeMap<GateFailureKind, u64> = BTreeMap::new();
    for failure in &result.gate.failed {
        *kinds.entry(failure.kind).or_default() += 1;
    }
    let only_failures = kinds.keys().eq([&GateFailureKind::Fail]);
    if only_failures && result.conformance == Conformance::Nonconformant {
        return None;
    }
    let causes: Vec<_> = kinds
        .into_iter()
        .map(|(kind, number)| named(kind, number))
        .collect();
    Some(format!(
        "gate failed (exit code {}): {}",
        result.gate.exit_code,
        causes.join(", ")
    ))
}

fn named(kind: GateFailureKind, number: u64) -> String {
    match kind {
        GateFailureKind::Fail => count(number, "failure", "failures"),
        GateFailureKind::UnexpectedPass => count(number, "unexpected pass", "unexpected passes"),
        GateFailureKind::ChangedOutcome => count(number, "changed outcome", "changed outcomes"),
        GateFailureKind::ExpiredEntry => count(number, "expired entry", "expired entries"),
        GateFailureKind::UnmatchedEntry => count(
            number,
            "entry that matches nothing",
            "entries that match nothing",
        ),
        GateFailureKind::UnexplainedEntry => {
            count(number, "entry without a reason", "entries without a reason")
        }
        GateFailureKind::Error => count(number, "error", "errors"),
        GateFailureKind::Skipped => count(number, "skipped case", "skipped cases"),
        GateFailureKind::NothingJudged => "no case was judged".to_owned(),
        GateFailureKind::Restarts => "unattributed restarts".to_owned(),
        GateFailureKind::HelloChanged => "changed hello".to_owned(),
        GateFailureKind::Interrupted => "interrupted".to_owned(),
        GateFailureKind::DidNotStart => "the implementation did not start".to_owned(),
    }
}

/// `acme-identity 2.1.0 (php)`.
fn name(result: &RunResult) -> String {
    let about = &result.implementation;
    let mut words = vec![excerpt(about.called(), 60)];
    words.extend(about.version.iter().map(|version| excerpt(version, 40)));
    let language = about.language.iter();
    words.extend(language.map(|language| format!("({})", excerpt(language, 40))));
    words.join(" ")
}

/// The suites with at least one judged case that counts for the conformance.
fn judged_suites(result: &RunResult) -> Vec<&str> {
    let passed = |case: &&Case| counts(case, result.level) && case.own_verdict() == Verdict::Pass;
    let mut suites: Vec<_> = result.cases.iter().filter(passed).map(suite_of).collect();
    suites.dedup();
    suites
}

fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn suite_of(case: &Case) -> &str {
    case.id.split_once('/').map_or("", |(suite, _)| suite)
}

/// Whether a case counts for the conformance at this level.
pub(super) fn counts(case: &Case, level: Level) -> bool {
    case.level <= level && case.level != Level::May
}

pub(super) fn tried(case: &Case) -> bool {
    !matches!(case.verdict, Verdict::Skipped | Verdict::NotApplicable)
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use crate::report::{HumanOptions, human};
    use crate::results::fixture::{
        accept, circumstances, reject, run, small_suite, suite, threw, token,
    };
    use crate::results::{Failure, Interruption, KnownFailures, Observed, RunResult, conclude};
    use crate::signature::Op;
    use crate::suite::{Basis, Level};

    /// The last section of the report.
    fn ends_with(result: &RunResult) -> String {
        let text = human(&result.clone().into(), &HumanOptions::default());
        let section = text.trim_end().rsplit("\n\n").next().unwrap_or_default();
        section.replace("acme-identity 2.1.0 (php)", "it")
    }

    fn said(outcomes: &[(&str, Observed)], known: &str) -> String {
        let suite = small_suite();
        let observe = |(id, o): &(&str, Observed)| suite.observe(id, o.clone());
        ends_with(&run(outcomes.iter().map(observe).collect(), known))
    }

    #[test]
    fn the_verdict_of_a_run() {
        let right = ("signs", token("aa"));
        let wrong = ("signs", token("ab"));
        let crash = || Observed::Failed(Failure::Crashed("exit status 1".into()));
        let unsupported = |declared| Observed::Unsupported {
            reason: "no clock".into(),
            declared,
        };
        let known = |case: &str, expect: &str| {
            format!("- {{case: acme/{case}, expect: {expect}, reason: x}}")
        };
        let cases = [
            said(from_ref(&right), ""),
            said(
                &[
                    right.clone(),
                    ("forged", Observed::NotApplicable("x".into())),
                ],
                "",
            ),
            said(from_ref(&wrong), ""),
            said(&[wrong.clone(), ("forged", accept())], ""),
            said(from_ref(&wrong), &known("signs", "token")),
            said(&[right.clone(), ("forged", unsupported(true))], ""),
            said(&[right.clone(), ("upper", unsupported(true))], ""),
            said(&[right.clone(), ("forged", crash())], ""),
            said(&[right.clone(), ("forged", unsupported(false))], ""),
            said(
                &[right.clone(), ("forged", unsupported(false))],
                &known("forged", "unsupported"),
            ),
            said(&[right.clone(), ("throws", crash())], ""),
            said(from_ref(&right), &known("signs", "threw")),
            said(&[("throws", threw("x"))], ""),
            said(&[("signs", Observed::NotApplicable("x".into()))], ""),
        ];
        insta::assert_snapshot!("last_words", cases.join("\n\n"));
    }

    #[test]
    fn restarts_and_interruptions_are_in_the_verdict() {
        let suite = small_suite();
        let said = |restarts: u64, allowed: u64, asked: u64, is_interrupted: bool, came: &str| {
            let mut circumstances = circumstances();
            for at in 0..restarts {
                circumstances.restarts.add_failure(&match at {
                    0 => Failure::TimedOut(5),
                    _ => Failure::Crashed("exit status 1".into()),
                });
            }
            circumstances.restarts.allowed = allowed;
            circumstances.repeat = asked;
            circumstances.interruption = is_interrupted.then_some(Interruption::Interrupt);
            let mut observations = vec![suite.observe("signs", token(came))];
            if is_interrupted && asked == 1 {
                circumstances.rounds = 0;
                observations.push(suite.observe("forged", Observed::Skipped("interrupted".into())));
            }
            ends_with(&conclude(
                circumstances,
                observations,
                &KnownFailures::none(),
                "2026-11-20",
            ))
        };
        let cases = [
            said(1, 0, 1, false, "aa"),
            said(3, 0, 1, false, "aa"),
            said(3, 5, 1, false, "aa"),
            said(3, 0, 1, false, "ab"),
            said(0, 0, 1, true, "aa"),
            said(0, 0, 9_000_000, true, "aa"),
            said(2, 0, 9_000_000, true, "ab"),
        ];
        insta::assert_snapshot!("last_words_of_a_troubled_run", cases.join("\n\n"));
    }

    #[test]
    fn an_implementation_without_a_name_gets_a_placeholder() {
        let suite = small_suite();
        for name in ["", " ", "\u{a0}\t"] {
            for came in ["aa", "ab"] {
                let mut result = run(vec![suite.observe("signs", token(came))], "");
                result.implementation.name = name.into();
                result.implementation.version = None;
                let said = super::verdict_sentence(&result);
                let called = ": an implementation without a name (php) ";
                assert!(said.contains(called), "{said}");
            }
        }
    }

    #[test]
    fn suites_without_a_judged_case_are_not_claimed() {
        let suites = ["acme", "bolt"].map(|name| {
            suite(name)
                .requires("r", Level::Must, Basis::Document, "R.")
                .shows(
                    "a",
                    &["r"],
                    Op::Verify,
                    crate::results::fixture::not_accepted(),
                )
        });
        let result = run(
            vec![
                suites[0].observe("a", reject()),
                suites[1].observe("a", Observed::NotApplicable("not declared".into())),
            ],
            "",
        );
        let said = ends_with(&result);
        assert!(said.contains("it · acme · "), "{said}");
        assert!(said.contains("1 of 2 cases asked"), "{said}");
        let said = super::verdict_sentence(&result);
        assert!(said.contains("conforms to acme"), "{said}");
        assert!(said.contains("in a partial run"), "{said}");
    }
}
