//! The report of a single run: its sections in order.

use crate::report::HumanOptions;
use crate::report::run::human::canvas::Canvas;
use crate::report::run::human::{beside, failed, summary};
use crate::report::run::view::RunView;
use crate::results::Verdict;

/// Renders a single run.
pub(super) fn one(view: &RunView<'_>, options: &HumanOptions) -> String {
    let run = view.run;
    let mut page = Canvas::new(options);
    summary::judged_itself(&mut page, run);
    let failures = view.ranked(|case| case.verdict == Verdict::Fail);
    failed::failures(&mut page, run, &failures, options);
    failed::errors(&mut page, view, options);
    failed::warnings(&mut page, view);
    beside::known_failures(&mut page, view);
    if options.profile {
        beside::profile(&mut page, run);
    }
    beside::notes(&mut page, run);
    beside::left_out(&mut page, run);
    summary::suites(&mut page, run);
    summary::requirements(&mut page, &failures);
    summary::likely_causes(&mut page, view);
    summary::verdict(&mut page, run);
    summary::judged_itself(&mut page, run);
    page.into_text()
}

#[cfg(test)]
mod tests {
    use crate::report::HumanOptions;
    use crate::report::fixture::{forty_of_three_hundred, green, rich};
    use crate::report::run::human::human;
    use crate::report::visible::is_visible;

    #[test]
    fn a_green_run_is_short() {
        let text = human(&green().into(), &HumanOptions::default());
        insta::assert_snapshot!("green", text);
        assert!(text.lines().count() <= 7);
    }

    #[test]
    fn many_failures_are_understood_at_a_glance() {
        insta::assert_snapshot!(
            "forty_of_three_hundred",
            human(&forty_of_three_hundred().into(), &HumanOptions::default())
        );
    }

    #[test]
    fn every_section_of_the_report() {
        let options = HumanOptions {
            shown: 2,
            profile: true,
            ..HumanOptions::default()
        };
        let text = human(&rich(65_536).into(), &options);
        insta::assert_snapshot!("rich", text);
        assert!(text.chars().all(|c| c == '\n' || is_visible(c)));
    }

    #[test]
    fn colour_adds_only_escape_codes() {
        let plain = HumanOptions::default();
        let colored = HumanOptions {
            color: true,
            ..plain.clone()
        };
        let text = human(&rich(65_536).into(), &colored);
        assert!(text.contains("\u{1b}[1;31mnonconformant\u{1b}[0m"));
        let mut stripped = text;
        for code in ["0", "1", "2", "1;31", "1;32", "1;33"] {
            stripped = stripped.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(stripped, human(&rich(65_536).into(), &plain));
    }

    #[test]
    fn only_the_most_severe_requirements_are_shown_with_cases() {
        let options = HumanOptions {
            requirements: 1,
            ..HumanOptions::default()
        };
        let text = human(&forty_of_three_hundred().into(), &options);
        assert_eq!(text.matches("    rerun ").count(), 1);
        assert!(
            text.contains("2 more requirements failed, listed below"),
            "{text}"
        );
        for requirement in ["secret-is-text", "no-forgery", "utf8"] {
            assert!(
                text.contains(&format!("acme/{requirement}: ")),
                "{requirement}"
            );
        }
    }

    #[test]
    fn all_cases_are_shown_on_request() {
        let options = HumanOptions::default().in_full();
        let text = human(&forty_of_three_hundred().into(), &options);
        assert_eq!(text.matches("    rerun ").count(), 40);
        assert!(!text.contains(&options.see_all));
    }
}
