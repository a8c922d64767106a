//! The buffer that the sections of the report write to, and the rules for its lines.

use std::fmt::Display;

use crate::report::HumanOptions;
use crate::report::beside::Tone;
use crate::report::digits::grouped;
use crate::report::style::Style;

/// How many lines of a list are shown; the rest are counted.
const LISTED: usize = 8;

/// Maximum number of ids named in a line.
const NAMED: usize = 4;

/// The style sheet, or nothing where there are no colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    color: bool,
}

impl Paint {
    pub(super) fn tone(self, tone: Tone, text: &str) -> String {
        self.with(tone.into(), text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.with(Style::Good, text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.with(Style::Bad, text)
    }

    pub(super) fn doubtful(self, text: &str) -> String {
        self.with(Style::Doubtful, text)
    }

    pub(super) fn strong(self, text: &str) -> String {
        self.with(Style::Strong, text)
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.with(Style::Faint, text)
    }

    fn with(self, style: Style, text: &str) -> String {
        if self.color {
            style.paint(text)
        } else {
            text.to_owned()
        }
    }
}

/// Buffer that the sections write to.
pub(super) struct Canvas {
    pub(super) paint: Paint,
    text: String,
}

impl Canvas {
    pub(super) fn new(options: &HumanOptions) -> Self {
        Self {
            paint: Paint {
                color: options.color,
            },
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
