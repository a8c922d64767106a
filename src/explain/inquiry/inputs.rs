//! On which inputs a suspect's token is presented, and variants of them where there are too few.

use std::collections::{HashMap, HashSet};

use crate::explain::inquiry::Inquiry;
use crate::explain::suspects::Input;

/// From how many inputs variants are made for one suspect, how many from each, and how many for
/// all suspects.
const VARIED: usize = 3;
const VARIANTS: u8 = 4;
const MOST_VARIANTS: usize = 60;

impl<'a> Inquiry<'_, 'a, '_> {
    /// Where a suspect's token can be presented, or was: what stands in a suite first, and what
    /// fewer others would have made the same.
    pub(super) fn places(&self, one: usize) -> Vec<usize> {
        let tracked = &self.tracked[one];
        let mut places: Vec<(bool, usize, usize)> = Vec::new();
        for (at, token) in tracked.tokens.iter().enumerate() {
            let Some(token) = token else { continue };
            let is_known = self.answers.contains_key(&(at, token.clone()));
            if !is_known && self.presented.contains(token) {
                continue;
            }
            // What is accepted of a pair has to be its own.
            let mut makers = self.makers_of(at, token);
            if !tracked.suspect.is_single() && makers.any(|other| other.suspect.is_single()) {
                continue;
            }
            let rivals = self.makers_of(at, token).filter(|other| other.stands);
            places.push((self.inputs[at].is_variant, rivals.count(), at));
        }
        places.sort_unstable();
        // The same token for another message is no other evidence, and is not presented again.
        let mut known = HashSet::new();
        let places = places.into_iter().map(|(.., at)| at);
        places
            .filter(|&at| known.insert(tracked.tokens[at].as_ref()))
            .collect()
    }

    /// The inputs of suites that show a suspect, whether its token was presented elsewhere or not.
    pub(super) fn grounds(&self, one: usize) -> Vec<usize> {
        let tracked = &self.tracked[one];
        let is_ground = |at: &usize| {
            let Some(token) = &tracked.tokens[*at] else {
                return false;
            };
            let mut makers = self.makers_of(*at, token);
            !self.inputs[*at].is_variant
                && (tracked.suspect.is_single() || !makers.any(|other| other.suspect.is_single()))
        };
        (0..self.inputs.len()).filter(is_ground).collect()
    }

    /// Adds inputs like those that show a suspect, where its tokens are others: of other messages,
    /// and under other secrets where the messages alone make no difference to it.
    pub(super) fn vary(&mut self, one: usize) {
        let mut grounds = self.places(one);
        grounds.retain(|&at| !self.inputs[at].is_variant);
        for at in self.grounds(one) {
            if !grounds.contains(&at) {
                grounds.push(at);
            }
        }
        let pipeline = self.tracked[one].suspect.pipeline.clone();
        for at in grounds.into_iter().take(VARIED) {
            for by in 1..=VARIANTS {
                let variants = self.inputs.iter().filter(|input| input.is_variant).count();
                if variants >= MOST_VARIANTS {
                    return;
                }
                let age = 1 + variants as u64;
                let is_new = |variant: &Input<'a>| {
                    let token = variant.made_by(&pipeline);
                    token.is_some_and(|token| !self.presented.contains(&token))
                };
                let input = &self.inputs[at];
                let mut variant = input.varied(by, age, false);
                if !variant.as_ref().is_some_and(is_new) && !self.asking.own_secret {
                    variant = input.varied(by, age, true);
                }
                let Some(variant) = variant.filter(is_new) else {
                    continue;
                };
                if self.inputs.iter().all(|known| !known.is_same(&variant)) {
                    self.add(variant);
                }
            }
        }
    }

    pub(super) fn add(&mut self, variant: Input<'a>) {
        let from = self.inputs.len();
        self.makers.push(HashMap::new());
        for one in 0..self.tracked.len() {
            let token = variant.made_by(&self.tracked[one].suspect.pipeline);
            self.tracked[one].tokens.push(token);
            self.index(one, from);
        }
        self.inputs.push(variant);
    }

    /// The first of these places for each message, and the others.
    pub(super) fn by_message(&self, places: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let mut known: HashSet<&[u8]> = HashSet::new();
        let is_first = |at: &usize| known.insert(&self.inputs[*at].message);
        places.iter().copied().partition(is_first)
    }
}
