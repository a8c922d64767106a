//! The report of a single run: its sections in order.

use crate::report::HumanOptions;
use crate::report::run::human::canvas::Canvas;
use crate::report::run::human::{beside, faults, summary};
use crate::report::run::view::RunView;

/// Renders a single run.
pub(super) fn one(view: &RunView<'_>, options: &HumanOptions) -> String {
    let run = view.run;
    let mut page = Canvas::new(options);
    summary::judged_itself(&mut page, run);
    faults::faults(&mut page, view, options);
    beside::known_failures(&mut page, view);
    if options.profile {
        beside::profile(&mut page, run);
    }
    beside::notes(&mut page, run);
    beside::left_out(&mut page, run, options);
    summary::suites(&mut page, run);
    summary::remarks(&mut page, view);
    summary::verdict(&mut page, run, options);
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
    fn only_the_gravest_faults_are_shown_with_cases() {
        let options = HumanOptions {
            faults: 1,
            ..HumanOptions::default()
        };
        let text = human(&forty_of_three_hundred().into(), &options);
        assert_eq!(text.matches("    rerun ").count(), 1);
        for line in [
            "FAIL accepts what it must not: 4 verify cases in acme",
            "FAIL signs wrongly: the secret is decoded as hex  36 sign cases in acme",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{text}");
        }
    }

    #[test]
    fn the_verdict_is_the_last_line() {
        for document in [green(), forty_of_three_hundred(), rich(1)] {
            let word = document.conformance.name();
            let text = human(&document.into(), &HumanOptions::default());
            let last = text.lines().last().unwrap();
            assert!(last.starts_with(&format!("{word}: ")), "{text}");
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
