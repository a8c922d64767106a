//! Where two tokens differ, character by character.

use crate::report::visible::visible;
use crate::results::Case;

/// Longest token whose characters are compared.
const LONGEST: usize = 400;

/// Two tokens, each character with whether it differs.
pub(super) struct Compared {
    pub(super) expected: Vec<(char, bool)>,
    pub(super) actual: Vec<(char, bool)>,
}

/// Compares the tokens of a case; `None` if there is nothing to compare, or too much.
pub(super) fn compared(case: &Case) -> Option<Compared> {
    let (expected, actual) = (case.expected_token.as_ref()?, case.actual_token.as_ref()?);
    if case.actual_in_another_round.is_some() || expected == actual || actual.is_empty() {
        return None;
    }
    let (expected, actual) = (visible(expected), visible(actual));
    let expected: Vec<char> = expected.chars().collect();
    let actual: Vec<char> = actual.chars().collect();
    (expected.len().max(actual.len()) <= LONGEST).then(|| Compared::of(&expected, &actual))
}

impl Compared {
    /// Tokens of the same length are compared place by place; of others, what remains between their
    /// common beginning and their common end differs.
    fn of(expected: &[char], actual: &[char]) -> Self {
        let differs: Box<dyn Fn(usize, usize) -> bool> = if expected.len() == actual.len() {
            Box::new(|at, _| expected[at] != actual[at])
        } else {
            let shorter = expected.len().min(actual.len());
            let pairs = std::iter::zip(expected, actual);
            let head = pairs.take_while(|(one, other)| one == other).count();
            let pairs = std::iter::zip(expected.iter().rev(), actual.iter().rev());
            let tail = pairs.take_while(|(one, other)| one == other).count();
            let tail = tail.min(shorter - head);
            Box::new(move |at, length| at >= head && at < length - tail)
        };
        let marked = |token: &[char]| {
            let characters = token.iter().enumerate();
            let marked = characters.map(|(at, c)| (*c, differs(at, token.len())));
            marked.collect::<Vec<_>>()
        };
        Self {
            expected: marked(expected),
            actual: marked(actual),
        }
    }

    /// Whether so much is the same that what differs is worth a mark: of two other hashes, one
    /// character in sixteen is the same by chance.
    pub(super) fn are_alike(&self) -> bool {
        let differing = self.expected.iter().filter(|(_, differs)| *differs).count();
        differing * 4 <= self.expected.len() * 3
    }

    /// Both in lines of so many columns, one above the other.
    pub(super) fn lines(&self, columns: usize) -> Vec<[&[(char, bool)]; 2]> {
        let columns = columns.max(1);
        let length = self.expected.len().max(self.actual.len());
        let part = |token: &'_ [(char, bool)], from: usize| {
            let from = from.min(token.len());
            from..(from + columns).min(token.len())
        };
        (0..length)
            .step_by(columns)
            .map(|from| {
                [
                    &self.expected[part(&self.expected, from)],
                    &self.actual[part(&self.actual, from)],
                ]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Compared;

    fn marks(expected: &str, actual: &str) -> [String; 2] {
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        let compared = Compared::of(&characters(expected), &characters(actual));
        [compared.expected, compared.actual].map(|token| {
            let marks = token
                .iter()
                .map(|(_, differs)| if *differs { '^' } else { ' ' });
            marks.collect()
        })
    }

    #[test]
    fn what_differs_is_marked() {
        for (expected, actual, of_expected, of_actual) in [
            ("abcd", "aBcD", " ^ ^", " ^ ^"),
            ("abcd", "abXcd", "    ", "  ^  "),
            ("abcd", "ab", "  ^^", "  "),
            ("aaa", "aaaa", "   ", "   ^"),
            ("ab", "xyz", "^^", "^^^"),
            ("ab", "", "^^", ""),
        ] {
            assert_eq!(
                marks(expected, actual),
                [of_expected, of_actual],
                "{actual}"
            );
        }
    }

    #[test]
    fn tokens_without_much_in_common_are_not_alike() {
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        let are_alike = |expected: &str, actual: &str| {
            Compared::of(&characters(expected), &characters(actual)).are_alike()
        };
        assert!(are_alike("6a403a1fcfcc", "6A403A1FCFCC"));
        assert!(are_alike("abcd", "abcd\\n"));
        assert!(!are_alike("67b4161b9839", "e6d86fab7e3d"));
    }

    #[test]
    fn long_tokens_are_cut_into_lines_together() {
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        let compared = Compared::of(&characters("abcde"), &characters("abc"));
        let lines = compared.lines(2);
        let lengths: Vec<[usize; 2]> = lines.iter().map(|line| line.map(<[_]>::len)).collect();
        assert_eq!(lengths, [[2, 2], [2, 1], [1, 0]]);
    }
}
