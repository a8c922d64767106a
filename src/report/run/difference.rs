//! The changes between two results, for people and for programs.

use crate::report::digits::{count, grouped};
use crate::report::json;
use crate::report::visible::excerpt;
use crate::results::{ChangedCase, Difference, Verdict};

/// Longest text in a line, in columns.
const COLUMNS: usize = 120;

/// Renders the changes as text: one line per changed case, and the verdict last.
pub fn difference(difference: &Difference) -> String {
    let mut out = String::new();
    for (title, cases) in [
        ("vanished", &difference.vanished),
        ("appeared", &difference.appeared),
        ("changed", &difference.changed),
        ("fixed", &difference.fixed),
        ("BROKE", &difference.broke),
    ] {
        for case in cases {
            out.push_str(&line(title, case));
        }
    }
    for absent in &difference.did_not_start {
        out.push_str(&format!(
            "BROKE     {} did not start: {}\n",
            excerpt(&absent.adapter, COLUMNS),
            excerpt(&absent.reason, COLUMNS)
        ));
    }
    if let Some([old, new]) = &difference.implementations {
        out.push_str(&format!(
            "note: the results are of two implementations, {} and {}\n",
            excerpt(old, COLUMNS),
            excerpt(new, COLUMNS)
        ));
    }
    for suite in &difference.changed_suites {
        out.push_str(&format!(
            "note: the suite {} changed between the two\n",
            excerpt(suite, COLUMNS)
        ));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let number = |cases: &[ChangedCase]| grouped(cases.len() as u64);
    out.push_str(&format!(
        "{}: {} broke, {} fixed, {} changed, {} appeared, {} vanished, {} as before\n",
        if difference.is_regression() {
            "regression"
        } else {
            "no regression"
        },
        number(&difference.broke),
        number(&difference.fixed),
        number(&difference.changed),
        number(&difference.appeared),
        number(&difference.vanished),
        count(difference.unchanged, "case", "cases"),
    ));
    out
}

/// Renders the changes as JSON.
pub fn difference_json(difference: &Difference) -> String {
    json(difference)
}

fn line(title: &str, case: &ChangedCase) -> String {
    let words = match (case.before, case.now) {
        (Some(before), Some(now)) if before != now => format!("{before} -> {now}"),
        (Some(verdict), _) | (None, Some(verdict)) => verdict.to_string(),
        (None, None) => String::new(),
    };
    // For a case that is fine, the details do not matter.
    let what = match case.now {
        Some(Verdict::Pass) | None => String::new(),
        Some(_) if case.what.is_empty() => String::new(),
        Some(_) => format!(": {}", excerpt(&case.what, COLUMNS)),
    };
    format!(
        "{title:<9} {} ({words}){what}\n",
        excerpt(&case.case, COLUMNS)
    )
}

#[cfg(test)]
mod tests {
    use super::{difference, difference_json};
    use crate::report::fixture::{forty_of_three_hundred, green, rich};
    use crate::results::{Difference, RunResult, Verdict};

    #[test]
    fn the_difference_matches_the_snapshot() {
        let old: RunResult = rich(1);
        let mut new = old.clone();
        new.cases[0].verdict = Verdict::Pass;
        new.cases[2].verdict = Verdict::Fail;
        new.cases[2].actual = Some("threw: \u{1b}[31m\n".into());
        new.cases[2].outcome = Some(crate::results::ObservedKind::Threw);
        new.cases.remove(5);
        let mut appeared = old.cases[4].clone();
        appeared.id = "acme/new".into();
        new.cases.push(appeared);
        new.suites[0].digest = "00".repeat(32);
        let changed = Difference::between(&old.into(), &new.into());
        insta::assert_snapshot!("difference", difference(&changed));
        insta::assert_snapshot!("difference_json", difference_json(&changed));
    }

    #[test]
    fn no_change_is_one_line() {
        let (one, other) = (green().into(), green().into());
        let text = difference(&Difference::between(&one, &other));
        assert!(text.starts_with("no regression: 0 broke"), "{text}");
        let other = forty_of_three_hundred().into();
        let text = difference(&Difference::between(&one, &other));
        assert!(text.contains("\nregression: "), "{text}");
    }
}
