//! The report of a single run: its sections in order.

use crate::report::HumanOptions;
use crate::report::run::human::canvas::Canvas;
use crate::report::run::human::groups::by_requirement;
use crate::report::run::human::{beside, failed, sentence, summary};
use crate::results::{RunResult, Verdict};

/// Renders a single run.
pub(super) fn one(result: &RunResult, options: &HumanOptions) -> String {
    let mut page = Canvas::new(options);
    sentence::judged_itself(&mut page, result);
    let failures = by_requirement(result, Verdict::Fail);
    failed::failures(&mut page, result, &failures, options);
    failed::errors(&mut page, result, options);
    failed::warnings(&mut page, result);
    beside::known_failures(&mut page, result);
    if options.profile {
        beside::profile(&mut page, result);
    }
    beside::notes(&mut page, result);
    beside::left_out(&mut page, result);
    summary::suites(&mut page, result);
    summary::requirements(&mut page, &failures);
    summary::likely_causes(&mut page, result);
    sentence::verdict(&mut page, result);
    sentence::judged_itself(&mut page, result);
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
