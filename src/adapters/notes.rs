//! What is worth a mention and is nobody's verdict.

/// How many different notes are kept.
const KEPT: usize = 20;

/// Notes, each once, with how often it was made; a bounded number of them.
#[derive(Debug, Default)]
pub(super) struct Notes {
    lines: Vec<(String, u64)>,
    lost: u64,
}

impl Notes {
    pub(super) fn add(&mut self, note: String) {
        if let Some((_, times)) = self.lines.iter_mut().find(|(known, _)| *known == note) {
            *times += 1;
        } else if self.lines.len() < KEPT {
            self.lines.push((note, 1));
        } else {
            self.lost += 1;
        }
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        let line = |(note, times)| match times {
            1 => note,
            times => format!("{note} ({times} times)"),
        };
        let mut lines: Vec<String> = self.lines.into_iter().map(line).collect();
        if self.lost > 0 {
            lines.push(format!("and {} more like this", self.lost));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Notes};

    #[test]
    fn notes_are_counted_and_bounded() {
        let mut notes = Notes::default();
        for number in 0..KEPT + 3 {
            notes.add(format!("note {number}"));
        }
        notes.add("note 1".to_owned());
        let lines = notes.into_lines();
        assert_eq!(lines.len(), KEPT + 1);
        assert_eq!(lines[0], "note 0");
        assert_eq!(lines[1], "note 1 (2 times)");
        assert_eq!(lines[KEPT], "and 3 more like this");
    }
}
