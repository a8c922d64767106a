//! Which mistakes are suspected, and which of them the cases contradict.

use std::collections::HashMap;

use crate::explain::inquiry::{Inquiry, Tracked};
use crate::explain::suspects::{Suspect, applicable, suspects_of};
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::InquiryResult;
use crate::scheme::Implementation as _;
use crate::signature::OutcomeKind;

impl Inquiry<'_, '_, '_> {
    /// Finds every suspect, and rules out those that the cases contradict.
    pub(super) fn judge_by_the_cases(&mut self) -> Result<(), InquiryResult> {
        let Some(scheme) = self.inputs.first().map(|input| input.scheme) else {
            return Ok(());
        };
        for mistake in applicable(scheme, self.asking.own_tokens_only) {
            self.tried.insert(mistake.id);
            for suspect in suspects_of(mistake, &self.inputs) {
                self.asking.unless_interrupted()?;
                self.track(suspect);
            }
        }
        self.tracked.sort_by_key(|one| one.suspect.rank());
        Ok(())
    }

    pub(super) fn track(&mut self, suspect: Suspect) -> usize {
        let tokens: Vec<Option<String>> = self
            .inputs
            .iter()
            .map(|input| input.made_by(&suspect.pipeline))
            .collect();
        let makes_a_difference = std::iter::zip(&tokens, &self.inputs)
            .any(|(token, input)| token.is_some() && !input.is_variant);
        let known = |(at, token): (usize, &Option<String>)| {
            let key = token.as_ref().map(|token| (at, token.clone()))?;
            self.answers.get(&key).copied()
        };
        let known: Vec<bool> = tokens.iter().enumerate().filter_map(known).collect();
        let stands =
            makes_a_difference && !known.contains(&false) && self.predicts_what_passed(&suspect);
        self.tracked.push(Tracked {
            suspect,
            tokens,
            stands,
            was_accepted: known.contains(&true),
        });
        let one = self.tracked.len() - 1;
        if !self.makers.is_empty() {
            self.index(one, 0);
        }
        one
    }

    /// Whether it would have accepted the right tokens that were accepted.
    pub(super) fn predicts_what_passed(&self, suspect: &Suspect) -> bool {
        let mut planted = Mistaken::along(suspect.pipeline.clone());
        self.passed.iter().all(|(one, input)| match input {
            Some(input) => input.made_by(&suspect.pipeline).is_none(),
            None => {
                self.asking.own_tokens_only
                    || planted.call(&one.request.call(one.scheme)).kind() == OutcomeKind::Accept
            }
        })
    }

    /// Tries these before the others.
    pub(super) fn put_first(&mut self, first: &[Vec<MistakeId>]) {
        self.first = first.to_vec();
        let is_first = |one: &Tracked| first.contains(&one.suspect.ids());
        self.tracked.sort_by_key(|one| !is_first(one));
        self.makers = vec![HashMap::new(); self.inputs.len()];
        for one in 0..self.tracked.len() {
            self.index(one, 0);
        }
    }

    /// Notes who makes the tokens of the inputs from this one on.
    pub(super) fn index(&mut self, one: usize, from: usize) {
        let tokens = self.tracked[one].tokens.iter().enumerate().skip(from);
        for (at, token) in tokens {
            if let Some(token) = token {
                let makers = self.makers[at].entry(token.clone()).or_default();
                makers.push(one);
            }
        }
    }

    /// Those that make a token of an input.
    pub(super) fn makers_of(&self, at: usize, token: &str) -> impl Iterator<Item = &Tracked> {
        let makers = self.makers.get(at).and_then(|makers| makers.get(token));
        makers.into_iter().flatten().map(|&one| &self.tracked[one])
    }
}
