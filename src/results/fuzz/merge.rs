//! Merges the parts of a fuzz campaign.

use std::fmt;

use crate::results::fuzz::progress_curve::together;
use crate::results::run::merge::complete;
use crate::results::{
    FuzzEnd, FuzzFinding, FuzzResult, FuzzTrait, FuzzWarning, MergeError, ShardSummary,
};

/// Merges the parts of a campaign (`--shard 1/3` and so on) into the document that a single
/// campaign with as many processes would have produced: findings with the same cause become one,
/// and counts add up. The duration is that of the longest part. Fails if the parts are incomplete
/// or do not belong together.
pub fn merge_fuzz(mut parts: Vec<FuzzResult>) -> Result<FuzzResult, MergeError> {
    parts.sort_by_key(|part| part.shard.map(|shard| shard.number));
    match &parts[..] {
        [] => return Err(MergeError::Nothing),
        [whole] if whole.shard.is_none() => return Ok(whole.clone()),
        _ => {}
    }
    belong_together(&parts)?;
    let shards: Vec<ShardSummary> = parts.iter().filter_map(|part| part.shard).collect();
    complete(parts[0].implementation.called(), &shards)?;
    let courses: Vec<_> = parts.iter().map(|part| &part.progress[..]).collect();
    let mut progress = together(&courses);
    let mut parts = parts.into_iter();
    let Some(mut whole) = parts.next() else {
        return Err(MergeError::Nothing);
    };
    whole.shard = None;
    for part in parts {
        join(&mut whole, part);
    }
    let place = |suite: &str| whole.suites.iter().position(|known| known.name == suite);
    let by_suite = |suite: &str, what: &str| (place(suite), what.to_owned());
    whole
        .profile
        .sort_by_key(|one| by_suite(&one.suite, &one.what));
    whole
        .warnings
        .sort_by_key(|one| by_suite(&one.suite, &one.requirement));
    name(&mut whole.findings);
    for point in &mut progress {
        point.findings = point.findings.min(whole.findings.len() as u64);
    }
    whole.progress = progress;
    Ok(whole)
}

/// Checks that all parts belong to one campaign: same implementation, suites, seed and number of
/// processes, so that no two parts sent the same inputs.
fn belong_together(parts: &[FuzzResult]) -> Result<(), MergeError> {
    for part in parts {
        let Some(shard) = part.shard else {
            return Err(MergeError::NotAPart(
                part.implementation.called().to_owned(),
            ));
        };
        let Some((first, of_first)) = parts.first().and_then(|one| Some((one, one.shard?))) else {
            return Ok(());
        };
        let about = |result: &FuzzResult| {
            let version = result.implementation.version.as_deref();
            format!(
                "{} {}",
                result.implementation.called(),
                version.unwrap_or_default()
            )
        };
        same(
            "the implementation",
            about(first).trim(),
            about(part).trim(),
        )?;
        same("the adapter", &first.adapter, &part.adapter)?;
        same("the seed", &first.seed, &part.seed)?;
        same("the number of parts", &of_first.count, &shard.count)?;
        same("the number of processes (--jobs)", &first.jobs, &part.jobs)?;
        same("the level", &first.level, &part.level)?;
        let names = |result: &FuzzResult| {
            let names: Vec<&str> = result.suites.iter().map(|one| one.name.as_str()).collect();
            names.join(", ")
        };
        same("the suites", &names(first), &names(part))?;
        let differs = std::iter::zip(&first.suites, &part.suites).find(|(one, other)| one != other);
        if let Some((suite, _)) = differs {
            return Err(MergeError::OtherSuite {
                implementation: first.implementation.called().to_owned(),
                suite: suite.name.clone(),
            });
        }
    }
    Ok(())
}

fn same<T: PartialEq + fmt::Display + ?Sized>(
    what: &'static str,
    one: &T,
    other: &T,
) -> Result<(), MergeError> {
    if one == other {
        return Ok(());
    }
    Err(MergeError::Unlike {
        what,
        one: one.to_string(),
        other: other.to_string(),
    })
}

fn join(whole: &mut FuzzResult, part: FuzzResult) {
    if part.started < whole.started {
        whole.started = part.started;
    }
    whole.duration_ms = whole.duration_ms.max(part.duration_ms);
    whole.ended = worse(whole.ended, part.ended);
    whole.judged_itself |= part.judged_itself;
    whole.restarts.join(&part.restarts);
    whole.hello_changes.join(&part.hello_changes);
    whole.restarts.allowed = whole.restarts.allowed.min(part.restarts.allowed);
    whole.jobs = whole.jobs.saturating_add(part.jobs);
    whole.cases = whole.cases.saturating_add(part.cases);
    whole.disagreements = whole.disagreements.saturating_add(part.disagreements);
    whole.unsupported = whole.unsupported.saturating_add(part.unsupported);
    whole.kinds = whole.kinds.saturating_add(part.kinds);
    for finding in part.findings {
        match whole
            .findings
            .iter_mut()
            .find(|known| is_one_cause(known, &finding))
        {
            Some(known) => {
                let cases = known.cases.saturating_add(finding.cases);
                if finding.length < known.length {
                    *known = finding;
                }
                known.cases = cases;
            }
            None => whole.findings.push(finding),
        }
    }
    for seen in part.profile {
        let is_it = |known: &&mut FuzzTrait| known.suite == seen.suite && known.what == seen.what;
        match whole.profile.iter_mut().find(is_it) {
            Some(known) => known.cases = known.cases.saturating_add(seen.cases),
            None => whole.profile.push(seen),
        }
    }
    for warning in part.warnings {
        let is_it = |known: &&mut FuzzWarning| {
            known.suite == warning.suite && known.requirement == warning.requirement
        };
        match whole.warnings.iter_mut().find(is_it) {
            Some(known) => known.cases = known.cases.saturating_add(warning.cases),
            None => whole.warnings.push(warning),
        }
    }
    for note in part.notes {
        if !whole.notes.contains(&note) {
            whole.notes.push(note);
        }
    }
}

fn worse(one: FuzzEnd, other: FuzzEnd) -> FuzzEnd {
    let order = [
        FuzzEnd::Broken,
        FuzzEnd::Interrupted,
        FuzzEnd::Findings,
        FuzzEnd::Whole,
    ];
    let worst = order.into_iter().find(|end| [one, other].contains(end));
    worst.unwrap_or(one)
}

/// Whether two processes found the same: the same cause, or, if none is known, the same requirement
/// violated by the same operation.
fn is_one_cause(one: &FuzzFinding, other: &FuzzFinding) -> bool {
    let mistakes = |finding: &FuzzFinding| -> Vec<String> {
        let first = finding.causes.first();
        let ids = first.into_iter().flat_map(|cause| &cause.mistakes);
        ids.map(|mistake| mistake.id.clone()).collect()
    };
    let op = |finding: &FuzzFinding| finding.request.op;
    let is_explained = !one.causes.is_empty();
    one.suite == other.suite
        && mistakes(one) == mistakes(other)
        && (is_explained || (one.requirement == other.requirement && op(one) == op(other)))
        && one.sequence.is_empty() == other.sequence.is_empty()
}

/// Names findings after their requirement, and numbers them if a requirement has several.
fn name(findings: &mut [FuzzFinding]) {
    for at in 0..findings.len() {
        let (before, rest) = findings.split_at_mut(at);
        let finding = &mut rest[0];
        let number = before
            .iter()
            .filter(|other| {
                other.suite == finding.suite && other.requirement == finding.requirement
            })
            .count();
        finding.id = format!("fuzz-{}-{}", finding.requirement, number + 1);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::merge_fuzz;
    use crate::results::{FuzzEnd, FuzzResult, MergeError};

    fn part(number: u64) -> FuzzResult {
        let finding = |requirement: &str, cause: Option<&str>, length: u64| {
            let causes =
                cause.map(|id| json!({"mistakes": [{"id": id, "title": "t", "remedy": "r"}]}));
            json!({
                "id": format!("fuzz-{requirement}-1"),
                "suite": "acme",
                "outcome": "token",
                "requirement": requirement,
                "level": "must",
                "basis": "document",
                "text": "T.",
                "request": {"op": "sign", "secret": "k", "fields": {"length": length}},
                "expected": "token ab",
                "actual": "token ac",
                "length": length,
                "length_before": 9,
                "asked": 1,
                "causes": Vec::from_iter(causes),
                "cases": 10 * number,
                "found_after_cases": 1,
                "found_after_ms": 1,
            })
        };
        let mut findings = vec![finding("a", Some("identity-trimmed"), 5 - number)];
        match number {
            1 => findings.push(finding("a", None, 3)),
            2 => {}
            _ => findings.push(finding("a", Some("identity-nfc"), 2)),
        }
        let result = json!({
            "macproof_fuzz": 1,
            "macproof_version": "0.0.0",
            "started": format!("2026-11-21T08:00:0{}Z", 5 - number),
            "duration_ms": 100 * number,
            "ended": if number == 2 { "findings" } else { "whole" },
            "seed": 7,
            "jobs": 2,
            "shard": {"number": number, "count": 3},
            "level": "must",
            "implementation": {"name": "acme-identity"},
            "adapter": "php adapter.php",
            "suites": [{"name": "acme", "version": 1, "digest": "00"}],
            "cases": number,
            "disagreements": number,
            "unsupported": number,
            "kinds": number,
            "progress": [
                {"at_ms": 0, "cases": 0, "kinds": 0, "findings": 0},
                {"at_ms": 100 * number, "cases": number, "kinds": number, "findings": 2},
            ],
            "findings": findings,
            "profile": [
                {"suite": "acme", "what": format!("z{}", number % 2), "cases": number, "request": {"op": "sign", "secret": "k"}, "actual": "x"},
            ],
            "warnings": [{"suite": "acme", "requirement": "w", "cases": number}],
            "notes": ["one note"],
        });
        serde_json::from_value(result).unwrap()
    }

    #[test]
    fn findings_with_the_same_cause_merge_and_counts_add_up() {
        let whole = merge_fuzz(vec![part(3), part(1), part(2)]).unwrap();
        let found: Vec<(&str, u64, u64)> = whole
            .findings
            .iter()
            .map(|found| (found.id.as_str(), found.cases, found.length))
            .collect();
        assert_eq!(
            found,
            [
                ("fuzz-a-1", 60, 2),
                ("fuzz-a-2", 10, 3),
                ("fuzz-a-3", 30, 2)
            ]
        );
        assert_eq!((whole.cases, whole.jobs, whole.duration_ms), (6, 6, 300));
        assert_eq!(
            (whole.started.as_str(), whole.ended),
            ("2026-11-21T08:00:02Z", FuzzEnd::Findings)
        );
        assert_eq!(whole.shard, None);
        let profile: Vec<_> = whole
            .profile
            .iter()
            .map(|one| (one.what.as_str(), one.cases))
            .collect();
        assert_eq!(profile, [("z0", 2), ("z1", 4)]);
        assert_eq!(whole.warnings[0].cases, 6);
        assert_eq!(whole.notes.len(), 1);
        let last = whole.progress.last().unwrap();
        assert_eq!((last.at_ms, last.cases, last.findings), (300, 6, 3));
        assert_eq!(whole.exit_code(), 1);
        // Merging a whole changes nothing.
        assert_eq!(merge_fuzz(vec![whole.clone()]).unwrap(), whole);
    }

    #[test]
    fn campaigns_that_do_not_fit_are_refused() {
        let with = |change: &dyn Fn(&mut FuzzResult)| {
            let mut other = part(2);
            change(&mut other);
            merge_fuzz(vec![part(1), other, part(3)])
                .unwrap_err()
                .to_string()
        };
        let unlike = "these are not parts of one campaign: ";
        assert_eq!(
            with(&|part| part.seed = 8),
            format!("{unlike}the seed is 7 in one and 8 in another")
        );
        assert_eq!(
            with(&|part| part.jobs = 1),
            format!("{unlike}the number of processes (--jobs) is 2 in one and 1 in another")
        );
        assert_eq!(
            with(&|part| part.implementation.name = "bolt".into()),
            format!("{unlike}the implementation is acme-identity in one and bolt in another")
        );
        assert_eq!(
            with(&|part| part.suites[0].digest = "01".into()),
            "the parts of acme-identity used different versions of the suite acme"
        );
        assert_eq!(
            with(&|part| part.suites[0].name = "bolt".into()),
            format!("{unlike}the suites is acme in one and bolt in another")
        );
        assert_eq!(
            with(&|part| part.shard.as_mut().unwrap().number = 3),
            "duplicate part 3/3 of acme-identity"
        );
        assert!(with(&|part| part.shard = None).contains("is not a part"));
        let two = vec![part(1), part(3)];
        assert_eq!(
            merge_fuzz(two).unwrap_err().to_string(),
            "only 2 of 3 parts of acme-identity given; missing: 2"
        );
        assert_eq!(merge_fuzz(Vec::new()), Err(MergeError::Nothing));
    }
}
