//! The verdict in one line, which ends the report for people.

use std::collections::HashSet;

use crate::report::digits::{count, duration, grouped};
use crate::report::run::sentence::{counts, so_far, tried};
use crate::report::visible::excerpt;
use crate::results::{Case, Conformance, RunResult, Verdict};

/// How many suites are named; more are counted.
const SUITES: usize = 3;

/// Shortest name of an implementation that a narrow line keeps, in columns.
const NAME: usize = 12;

/// Said of the built-in reference where nobody named it; its name says the rest.
const NOT_TESTED: &str = "your code not tested";

/// The parts of the line; an empty one is left out.
#[derive(Clone, Default)]
struct Parts {
    name: String,
    version: String,
    suites: String,
    suites_counted: String,
    level: String,
    figure: String,
    time: String,
    limits: Vec<String>,
}

/// The verdict without its word: `my-sdk 1.2 (node) · jimo · must · 728 cases in 0.3 s`, in so many
/// columns. What limits it is never left out; the time, the level, the version, the names of the
/// suites and a second word for cases give way to it, in this order.
pub(super) fn verdict_line(result: &RunResult, columns: usize) -> String {
    let mut parts = Parts::of(result);
    let fits = |parts: &Parts| parts.text().chars().count() <= columns;
    let whole = parts.clone();
    for give_way in [
        |parts: &mut Parts, _: &Parts| parts.time.clear(),
        |parts: &mut Parts, _: &Parts| parts.level.clear(),
        |parts: &mut Parts, _: &Parts| parts.version.clear(),
        |parts: &mut Parts, whole: &Parts| parts.suites.clone_from(&whole.suites_counted),
        // That cases are counted is said once, or known.
        |parts: &mut Parts, _: &Parts| {
            for limit in &mut parts.limits {
                if let Some(numbers) = limit.strip_suffix(" cases asked") {
                    *limit = format!("{numbers} asked");
                }
            }
        },
        |parts: &mut Parts, _: &Parts| {
            if let Some(numbers) = parts.figure.strip_suffix(" cases fail") {
                parts.figure = format!("{numbers} fail");
            }
        },
    ] {
        if !fits(&parts) {
            give_way(&mut parts, &whole);
        }
    }
    // What gave way to no use, because more had to, comes back.
    for come_back in [
        |parts: &mut Parts, whole: &Parts| parts.version.clone_from(&whole.version),
        |parts: &mut Parts, whole: &Parts| parts.level.clone_from(&whole.level),
        |parts: &mut Parts, whole: &Parts| parts.time.clone_from(&whole.time),
    ] {
        let mut fuller = parts.clone();
        come_back(&mut fuller, &whole);
        if fits(&fuller) {
            parts = fuller;
        }
    }
    let excess = parts.text().chars().count().saturating_sub(columns);
    if excess > 0 {
        let length = parts.name.chars().count();
        let kept = length.saturating_sub(excess + 1).max(NAME);
        if kept + 1 < length {
            parts.name = parts.name.chars().take(kept).collect();
            parts.name.push('…');
        }
    }
    parts.text()
}

impl Parts {
    fn of(result: &RunResult) -> Self {
        let about = &result.implementation;
        let version = about.version.iter().map(|version| excerpt(version, 40));
        let language = about.language.iter();
        let language = language.map(|language| format!("({})", excerpt(language, 40)));
        let name = excerpt(result.named().unwrap_or(about.called()), 60);
        let suites = suites(result);
        let suites_counted = match suites[..] {
            [] => String::new(),
            [one] => one.to_owned(),
            _ => count(suites.len() as u64, "suite", "suites"),
        };
        if result.did_not_start.is_some() {
            return Self {
                name: format!("{name} did not start"),
                limits: interrupted(result).into_iter().collect(),
                ..Self::default()
            };
        }
        let (figure, mut limits) = figure(result);
        limits.extend(interrupted(result));
        limits.extend(asked(result));
        if !result.scope.is_by_the_oracle() {
            limits.push("not compared with the oracle".to_owned());
        }
        let restarts = result.restarts.count;
        limits.extend((restarts > 0).then(|| {
            let allowed = match result.restarts.allowed {
                0 => String::new(),
                allowed => format!(" ({} allowed)", grouped(allowed)),
            };
            count(restarts, "restart", "restarts") + &allowed
        }));
        if !result.hello_changes.is_empty() {
            limits.push("hello changed".to_owned());
        }
        if result.judged_itself {
            limits.push(NOT_TESTED.to_owned());
        }
        Self {
            name,
            version: version.chain(language).collect::<Vec<_>>().join(" "),
            suites: if suites.len() > SUITES {
                suites_counted.clone()
            } else {
                suites.join(", ")
            },
            suites_counted,
            level: result.level.to_string(),
            figure,
            time: duration(result.duration_ms),
            limits,
        }
    }

    fn text(&self) -> String {
        let name = match self.version.as_str() {
            "" => self.name.clone(),
            version => format!("{} {version}", self.name),
        };
        let figure = match (self.figure.as_str(), self.time.as_str()) {
            (figure, "") => figure.to_owned(),
            ("", time) => time.to_owned(),
            (figure, time) => format!("{figure} in {time}"),
        };
        let head = [name, self.suites.clone(), self.level.clone(), figure];
        let all = head.iter().chain(&self.limits).map(String::as_str);
        let all: Vec<&str> = all.filter(|part| !part.is_empty()).collect();
        all.join(" · ")
    }
}

/// The suites of which something was judged; all if nothing was.
fn suites(result: &RunResult) -> Vec<&str> {
    let judged: HashSet<&str> = result
        .cases
        .iter()
        .filter(|case| tried(case))
        .map(Case::suite)
        .collect();
    let suites = result.suites.iter().map(|suite| suite.name.as_str());
    suites
        .filter(|name| judged.is_empty() || judged.contains(name))
        .collect()
}

/// What became of the cases, and what keeps an incomplete run from its verdict.
fn figure(result: &RunResult) -> (String, Vec<String>) {
    let counting = || {
        let cases = result.cases.iter();
        cases.filter(|case| counts(case, result.level))
    };
    let of = |verdict| {
        let cases = counting().filter(|case| case.own_verdict() == verdict);
        cases.count() as u64
    };
    let is_tried = |case: &&Case| tried(case);
    match result.conformance {
        Conformance::Conformant => {
            let all = result.cases.iter().filter(is_tried).count() as u64;
            (count(all, "case", "cases"), Vec::new())
        }
        Conformance::Nonconformant => {
            let all = counting().filter(is_tried).count() as u64;
            let failed = of(Verdict::Fail);
            let verb = if failed == 1 { "fails" } else { "fail" };
            let of = format!("{} of {}", grouped(failed), count(all, "case", "cases"));
            (format!("{of} {verb}"), Vec::new())
        }
        Conformance::Incomplete => {
            let (errors, skipped) = (of(Verdict::Error), of(Verdict::Skipped));
            let judged = counting().filter(is_tried).count() as u64 - errors;
            let mut limits = Vec::new();
            if errors > 0 {
                limits.push(format!(
                    "{} without an answer",
                    count(errors, "case", "cases")
                ));
            }
            if skipped > 0 {
                limits.push(format!("{} skipped", grouped(skipped)));
            }
            if judged == 0 && limits.is_empty() {
                limits.push("nothing was judged".to_owned());
            }
            let judged = (judged > 0).then(|| format!("{} judged", count(judged, "case", "cases")));
            (judged.unwrap_or_default(), limits)
        }
    }
}

fn interrupted(result: &RunResult) -> Option<String> {
    if !result.interrupted {
        return None;
    }
    Some(match result.cases.len() {
        0 => "interrupted".to_owned(),
        _ => format!("interrupted after {}", so_far(result)),
    })
}

/// How many of the cases of the suites that were asked for were run; `None` if all were.
fn asked(result: &RunResult) -> Option<String> {
    let before: u64 = result.scope.left_out_before().map(|note| note.cases).sum();
    let all = result.scope.cases + before;
    let asked = result.scope.asked;
    // An interruption says the same.
    (asked < all && (!result.interrupted || before > 0)).then(|| {
        let all = count(all, "case", "cases");
        format!("{} of {all} asked", grouped(asked))
    })
}

#[cfg(test)]
mod tests {
    use super::verdict_line;
    use crate::report::fixture::{forty_of_three_hundred, green};
    use crate::results::{RunResult, ScopeNote};

    fn one_suite() -> RunResult {
        let mut result = forty_of_three_hundred();
        result.implementation.name = "my-sdk".into();
        result.implementation.version = Some("1.2".into());
        result.implementation.language = Some("node".into());
        result.duration_ms = 312;
        result
    }

    #[test]
    fn a_line_says_all_where_there_is_room() {
        let result = one_suite();
        assert_eq!(
            verdict_line(&result, 80),
            "my-sdk 1.2 (node) · acme · must · 40 of 300 cases fail in 0.3 s"
        );
        let mut five = green();
        five.implementation = result.implementation;
        five.duration_ms = 65_000;
        assert_eq!(
            verdict_line(&five, 80),
            "my-sdk 1.2 (node) · 5 suites · must · 805 cases in 1 min 5 s"
        );
    }

    #[test]
    fn what_limits_the_verdict_is_never_left_out() {
        let mut result = one_suite();
        result.restarts.count = 2;
        result.judged_itself = true;
        result.scope.left_out.push(ScopeNote {
            what: "not selected by --filter 'acme/*'".into(),
            cases: 411,
        });
        let all = "300 of 711 cases asked · 2 restarts · your code not tested";
        assert_eq!(
            verdict_line(&result, 200),
            format!("my-sdk 1.2 (node) · acme · must · 40 of 300 cases fail in 0.3 s · {all}")
        );
        assert_eq!(
            verdict_line(&result, 60),
            format!(
                "my-sdk · acme · 40 of 300 fail · {}",
                all.replace(" cases asked", " asked")
            )
        );
        // Naming a suite leaves nothing out of it.
        result.scope.left_out = vec![ScopeNote {
            what: "suites not selected: bolt".into(),
            cases: 411,
        }];
        assert!(!verdict_line(&result, 200).contains("asked"));
    }

    #[test]
    fn the_time_gives_way_then_the_level_then_the_version() {
        let result = one_suite();
        for (columns, line) in [
            (62, "my-sdk 1.2 (node) · acme · must · 40 of 300 cases fail"),
            (50, "my-sdk 1.2 (node) · acme · 40 of 300 cases fail"),
            (40, "my-sdk · acme · 40 of 300 cases fail"),
        ] {
            assert_eq!(verdict_line(&result, columns), line);
        }
    }
}
