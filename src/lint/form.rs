//! Compiles a pattern to a deterministic automaton over bytes.

use std::collections::HashMap;

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use regex_syntax::utf8::Utf8Sequences;

use crate::scheme::Pattern;

/// Maximum number of states of the nondeterministic automaton.
const MOST_STATES: usize = 20_000;

/// A deterministic automaton with initial state 0.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// For each state, the next state for each byte; `None` if no text continues that way.
    pub(super) next: Vec<[Option<u32>; 256]>,
    /// For each state, whether it is accepting.
    pub(super) ends: Vec<bool>,
}

impl Form {
    /// Compiles a pattern. `None` if it needs more than `most` states or contains look-around
    /// assertions.
    pub(super) fn of(pattern: &Pattern, most: usize) -> Option<Self> {
        let mut loose = Loose::default();
        let begin = loose.add()?;
        let end = loose.build(pattern.hir(), begin)?;
        loose.determined(begin, end, most)
    }
}

/// The nondeterministic automaton.
#[derive(Default)]
struct Loose {
    /// For each state, its transitions without a byte.
    idle: Vec<Vec<u32>>,
    /// For each state, its transitions as inclusive byte range and target.
    steps: Vec<Vec<(u8, u8, u32)>>,
}

impl Loose {
    fn add(&mut self) -> Option<u32> {
        let state = u32::try_from(self.idle.len()).ok()?;
        self.idle.push(Vec::new());
        self.steps.push(Vec::new());
        (self.idle.len() <= MOST_STATES).then_some(state)
    }

    fn lead(&mut self, from: u32, to: u32) {
        self.idle[from as usize].push(to);
    }

    /// Adds a chain of transitions for a sequence of byte ranges.
    fn chain(&mut self, from: u32, ranges: &[(u8, u8)], to: u32) -> Option<()> {
        let mut at = from;
        for (place, &(low, high)) in ranges.iter().enumerate() {
            let next = if place + 1 == ranges.len() {
                to
            } else {
                self.add()?
            };
            self.steps[at as usize].push((low, high, next));
            at = next;
        }
        Some(())
    }

    /// Adds the texts of an expression from a state on; returns the state in which they end.
    fn build(&mut self, hir: &Hir, from: u32) -> Option<u32> {
        match hir.kind() {
            HirKind::Empty => Some(from),
            HirKind::Look(_) => None,
            HirKind::Capture(capture) => self.build(&capture.sub, from),
            HirKind::Concat(all) => {
                let mut at = from;
                for one in all {
                    at = self.build(one, at)?;
                }
                Some(at)
            }
            HirKind::Repetition(repetition) => self.repeated(repetition, from),
            HirKind::Literal(literal) => {
                let to = self.add()?;
                let bytes: Vec<(u8, u8)> = literal.0.iter().map(|&byte| (byte, byte)).collect();
                self.chain(from, &bytes, to)?;
                Some(to)
            }
            HirKind::Class(class) => {
                let to = self.add()?;
                self.one_of(class, from, to)?;
                Some(to)
            }
            HirKind::Alternation(all) => {
                let to = self.add()?;
                for one in all {
                    let begin = self.add()?;
                    self.lead(from, begin);
                    let end = self.build(one, begin)?;
                    self.lead(end, to);
                }
                Some(to)
            }
        }
    }

    fn one_of(&mut self, class: &Class, from: u32, to: u32) -> Option<()> {
        match class {
            Class::Bytes(class) => {
                for range in class.iter() {
                    self.chain(from, &[(range.start(), range.end())], to)?;
                }
            }
            Class::Unicode(class) => {
                for range in class.iter() {
                    for sequence in Utf8Sequences::new(range.start(), range.end()) {
                        let ranges: Vec<(u8, u8)> = sequence
                            .as_slice()
                            .iter()
                            .map(|range| (range.start, range.end))
                            .collect();
                        self.chain(from, &ranges, to)?;
                    }
                }
            }
        }
        Some(())
    }

    fn repeated(&mut self, repetition: &Repetition, from: u32) -> Option<u32> {
        let mut at = from;
        for _ in 0..repetition.min {
            at = self.build(&repetition.sub, at)?;
        }
        let end = self.add()?;
        match repetition.max {
            None => {
                // A separate state, so that other transitions through `at` do not take part in the
                // repetition.
                let again = self.add()?;
                self.lead(at, again);
                let after = self.build(&repetition.sub, again)?;
                self.lead(after, again);
                self.lead(again, end);
            }
            Some(max) => {
                self.lead(at, end);
                for _ in repetition.min..max {
                    // A separate state, for the same reason.
                    let once_more = self.add()?;
                    self.lead(at, once_more);
                    at = self.build(&repetition.sub, once_more)?;
                    self.lead(at, end);
                }
            }
        }
        Some(end)
    }

    /// All states reachable from these without reading a byte, sorted, including themselves.
    fn closed(&self, mut states: Vec<u32>) -> Vec<u32> {
        let mut reached: Vec<bool> = vec![false; self.idle.len()];
        let mut found = Vec::new();
        while let Some(state) = states.pop() {
            if !std::mem::replace(&mut reached[state as usize], true) {
                found.push(state);
                states.extend(&self.idle[state as usize]);
            }
        }
        found.sort_unstable();
        found
    }

    fn determined(&self, begin: u32, end: u32, most: usize) -> Option<Form> {
        let mut form = Form::default();
        let mut numbers: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut sets = vec![self.closed(vec![begin])];
        numbers.insert(sets[0].clone(), 0);
        let mut at = 0;
        while let Some(set) = sets.get(at).cloned() {
            let mut reached: Vec<Vec<u32>> = vec![Vec::new(); 256];
            for &(low, high, to) in set.iter().flat_map(|&state| &self.steps[state as usize]) {
                for byte in low..=high {
                    reached[usize::from(byte)].push(to);
                }
            }
            let mut next = [None; 256];
            for (byte, states) in reached.into_iter().enumerate() {
                if states.is_empty() {
                    continue;
                }
                let closed = self.closed(states);
                let number = match numbers.get(&closed) {
                    Some(&number) => number,
                    None => {
                        let number = u32::try_from(sets.len()).ok()?;
                        numbers.insert(closed.clone(), number);
                        sets.push(closed);
                        number
                    }
                };
                next[byte] = Some(number);
            }
            form.next.push(next);
            form.ends.push(set.contains(&end));
            at += 1;
            if sets.len() > most {
                return None;
            }
        }
        Some(form)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Form;
    use crate::scheme::Pattern;

    fn takes(form: &Form, text: &[u8]) -> bool {
        let mut state = Some(0_u32);
        for &byte in text {
            state = state.and_then(|state| form.next[state as usize][usize::from(byte)]);
        }
        state.is_some_and(|state| form.ends[state as usize])
    }

    const PATTERNS: [&str; 14] = [
        "",
        "a*",
        "(a|ab)(c|bcd)*",
        r"\d+\.\d{2,4}",
        "(a?b){0,3}",
        "(a*b*)*c",
        "((a{2}){2}|b)+",
        r"(?s)\s*(\{.*\}|\[.*\])\s*",
        "[^a]b",
        "é|[à-ü]+",
        "(?i)ab",
        "(?s-u:.b)",
        "(a{3,}|)(b|)",
        r"[\w.]+@[a-c.]+",
    ];

    #[test]
    fn patterns_with_assertions_or_too_large_have_no_form() {
        let of = |pattern: &str, most| Form::of(&Pattern::compile(pattern).unwrap(), most);
        assert!(of(r"a\bb", 1000).is_none());
        assert!(of("(a|b)*a(a|b){12}", 1000).is_none());
        assert!(of("(a|b)*a(a|b){5}", 1000).is_some());
    }

    proptest! {
        /// The automaton accepts exactly what the pattern matches.
        #[test]
        fn the_form_matches_what_the_pattern_matches(
            at in 0..PATTERNS.len(),
            text in prop::collection::vec(prop::sample::select(&b"aabbcd.{}[] \n@1\xc3\xa9\xff"[..]), 0..9),
        ) {
            let pattern = Pattern::compile(PATTERNS[at]).unwrap();
            let form = Form::of(&pattern, 10_000).unwrap();
            prop_assert_eq!(takes(&form, &text), pattern.matches(&text), "{}", PATTERNS[at]);
        }
    }
}
