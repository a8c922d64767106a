//! Writes the report: its sections in order, and the rules for their lines.

use std::fmt::Display;

use crate::report::HumanOptions;
use crate::report::digits::grouped;
use crate::report::human::groups::by_requirement;
use crate::report::human::paint::Paint;
use crate::report::human::several::several;
use crate::report::human::{beside, failed, sentence, summary};
use crate::results::{Document, RunResult, Verdict};

/// How many lines of a list are shown; the rest are counted.
const LISTED: usize = 8;

/// Maximum number of ids named in a line.
const NAMED: usize = 4;

/// Renders the document for a person.
pub fn human(document: &Document, options: &HumanOptions) -> String {
    match document {
        Document::Run(result) => one(result, options),
        Document::Runs(_) => several(document, options),
    }
}

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
    page.text
}

/// Buffer that the sections write to.
pub(super) struct Canvas {
    pub(super) paint: Paint,
    text: String,
}

impl Canvas {
    pub(super) fn new(options: &HumanOptions) -> Self {
        Self {
            paint: Paint::new(options.color),
            text: String::new(),
        }
    }

    /// Returns the text written.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Appends a line. The caller has already escaped it.
    pub(super) fn line(&mut self, line: impl Display) {
        let line = line.to_string();
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Appends an empty line between sections, if one is due.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// Appends a section of lines; a long list is cut and the rest counted.
    pub(super) fn list(&mut self, lines: &[String]) {
        self.list_up_to(LISTED, lines);
    }

    /// Like [`list`](Self::list), with a limit of `most` lines.
    pub(super) fn list_up_to(&mut self, most: usize, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        self.gap();
        // Showing the one remaining line takes no more space than "one more".
        let listed = if lines.len() > most + 1 {
            most
        } else {
            lines.len()
        };
        for line in &lines[..listed] {
            self.line(line);
        }
        if lines.len() > listed {
            self.line(format_args!(
                "… and {} more",
                grouped((lines.len() - listed) as u64)
            ));
        }
    }
}

/// Names some of these ids, and how many more there are.
pub(super) fn some_of(ids: &[&str]) -> String {
    let named = if ids.len() > NAMED + 1 {
        NAMED
    } else {
        ids.len()
    };
    let line = ids[..named].join(", ");
    match ids.len() - named {
        0 => line,
        more => format!("{line}, … and {} more", grouped(more as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::human;
    use crate::report::HumanOptions;
    use crate::report::fixture::{forty_of_three_hundred, green, rich};
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
