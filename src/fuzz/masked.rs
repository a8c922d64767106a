//! Kinds of answers: what two answers have in common that differ in numbers only.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::signature::{Op, Outcome};

/// How much of a text counts, in characters.
const COUNTED: usize = 96;

/// A kind of answer to a class of input.
pub(super) fn kind(suite: usize, op: Op, class: u32, outcome: &Outcome) -> u64 {
    let mut hasher = DefaultHasher::new();
    (suite, op, class, outcome.kind()).hash(&mut hasher);
    text_of(outcome).map(masked).hash(&mut hasher);
    hasher.finish()
}

fn text_of(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Token(_)
        | Outcome::Accept
        | Outcome::Read(_)
        | Outcome::Anonymous
        | Outcome::Sent(_) => None,
        Outcome::Reject(denial) => denial.code.as_deref(),
        Outcome::Refused(text) | Outcome::Threw(text) => Some(text),
    }
}

/// A text without what differs from input to input: its numbers, and what it quotes.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(COUNTED));
    let mut quote = None;
    let mut last = ' ';
    for c in text.chars().take(4 * COUNTED) {
        if out.len() >= COUNTED {
            break;
        }
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => continue,
            None if matches!(c, '"' | '\'' | '`') && !last.is_alphanumeric() => quote = Some(c),
            None => {}
        }
        let shown = if c.is_ascii_digit() { '#' } else { c };
        if shown != '#' || last != '#' {
            out.push(shown);
        }
        last = shown;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn numbers_and_quotations_are_masked() {
        assert_eq!(masked("at 0x7f: byte 12 of 300"), "at #x#f: byte # of #");
        assert_eq!(
            masked("bad token \"abc\" given"),
            masked("bad token \"x\" given")
        );
        assert_eq!(masked("can't find 'a'"), masked("can't find 'bb'"));
        assert_ne!(masked("too short"), masked("too long"));
    }
}
