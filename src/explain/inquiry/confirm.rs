//! What it takes to confirm a suspect: acceptance for several messages beside rejected controls, and
//! no rival that makes the same tokens.

use crate::explain::inquiry::{Confirmed, Inquiry, Tracked, right};
use crate::explain::suspects::{Suspect, causes};
use crate::mistakes::MistakeId;
use crate::results::{Causes, InquiryResult};

/// For how many messages a mistake's token has to be accepted.
const LEAST: usize = 3;

/// For how many it is asked, where there are as many.
const MOST: usize = 8;

impl Inquiry<'_, '_, '_> {
    /// Asks for more messages, with a control beside each, and tells it from its rivals.
    pub(super) fn confirm(&mut self, one: usize) -> Result<(), InquiryResult> {
        let mut places = self.places(one);
        if self.by_message(&places).0.len() < LEAST {
            self.vary(one);
            places = self.places(one);
        }
        let in_suites = places.iter().filter(|&&at| !self.inputs[at].is_variant);
        let wanted = in_suites.count().clamp(LEAST, MOST);
        let (mut places, others) = self.by_message(&places);
        let messages = places.len();
        // Not only the first of the file.
        if messages > wanted && wanted == MOST {
            let step = messages / wanted;
            places = places.into_iter().step_by(step.max(1)).collect();
        }
        places.extend(others);
        places.truncate(wanted);
        if messages < LEAST || self.asking.left < 2 * places.len() {
            return Ok(());
        }
        for &at in &places {
            if self.inputs[at].is_variant && self.varied.insert(at) {
                let probe = right(self.inputs[at].clone());
                if self.ask(&[probe])?.contains(&Some(true)) {
                    // It predicted a rejection.
                    self.tracked[one].stands = false;
                    return Ok(());
                }
            }
        }
        let questions: Vec<(usize, usize)> = places.iter().map(|&at| (one, at)).collect();
        self.present(&questions)?;
        let suspect = self.tracked[one].suspect.clone();
        let mut controls = Vec::new();
        for &at in &places {
            let token = self.tracked[one].tokens[at].clone().unwrap_or_default();
            if self.controlled.insert((at, token)) {
                controls.push(self.control(at, &suspect));
            }
        }
        self.all_rejected(&controls)?;
        self.ask_where_others_failed(one)?;
        if !self.tracked[one].stands {
            return Ok(());
        }
        let Some(alike) = self.without_rivals(one)? else {
            return Ok(());
        };
        let accepted = self.tracked[one]
            .tokens
            .iter()
            .enumerate()
            .filter(|(at, token)| {
                let key = token.as_ref().map(|token| (*at, token.clone()));
                key.is_some_and(|key| self.answers.get(&key) == Some(&true))
            });
        let confirmed = Confirmed {
            accepted: accepted.count(),
            alternatives: self.in_words(&alike),
            suspect,
        };
        self.confirmed.push(confirmed);
        Ok(())
    }

    /// Asks where others were ruled out that make the same token elsewhere: what was accepted may
    /// have been theirs, together with something else.
    pub(super) fn ask_where_others_failed(&mut self, one: usize) -> Result<(), InquiryResult> {
        let is_accepted =
            |at: usize, token: &String| self.answers.get(&(at, token.clone())) == Some(&true);
        let mine = &self.tracked[one].tokens;
        let shares = |other: &&Tracked| {
            std::iter::zip(mine, &other.tokens)
                .enumerate()
                .any(|(at, (mine, its))| {
                    mine.as_ref().is_some_and(|token| is_accepted(at, token)) && mine == its
                })
        };
        let mut places: Vec<usize> = Vec::new();
        for other in self
            .tracked
            .iter()
            .filter(|other| !other.stands)
            .filter(shares)
        {
            for (at, token) in other.tokens.iter().enumerate() {
                let Some(token) = token else { continue };
                let is_rejected = self.answers.get(&(at, token.clone())) == Some(&false);
                if is_rejected && !places.contains(&at) {
                    places.push(at);
                }
            }
        }
        places.truncate(MOST.min(self.asking.left));
        let questions: Vec<(usize, usize)> = places.into_iter().map(|at| (one, at)).collect();
        self.present(&questions)
    }

    /// Asks where a suspect and its rivals part; `None` where that speaks for a rival, else itself
    /// and those that no input tells from it.
    pub(super) fn without_rivals(
        &mut self,
        one: usize,
    ) -> Result<Option<Vec<usize>>, InquiryResult> {
        let mut alike = vec![one];
        for other in 0..self.tracked.len() {
            if other == one || !self.tracked[other].stands {
                continue;
            }
            let was_told = |at: usize| {
                let token = self.tracked[one].tokens[at].as_ref();
                let accepted = token
                    .is_some_and(|token| self.answers.get(&(at, token.clone())) == Some(&true));
                accepted && self.tracked[other].tokens[at].as_ref() != token
            };
            if (0..self.inputs.len()).any(was_told) {
                continue;
            }
            let (mine, its) = (&self.tracked[one].tokens, &self.tracked[other].tokens);
            let distinguishing: Vec<usize> = (0..self.inputs.len())
                .filter(|&at| mine[at] != its[at])
                .collect();
            if distinguishing.is_empty() {
                alike.push(other);
                continue;
            }
            // Where only one of them makes a wrong token, that one is asked.
            let mut question = None;
            for at in distinguishing {
                for asked in [one, other] {
                    let token = self.tracked[asked].tokens[at].as_ref();
                    if question.is_none()
                        && token.is_some_and(|token| !self.presented.contains(token))
                    {
                        question = Some((asked, at));
                    }
                }
            }
            let Some((asked, at)) = question else {
                alike.push(other);
                continue;
            };
            if self.asking.left == 0 {
                return Ok(None);
            }
            self.present(&[(asked, at)])?;
            let stands = self.tracked[asked].stands;
            match (asked == one, stands) {
                (true, true) => self.tracked[other].stands = false,
                (true, false) => return Ok(None),
                (false, true) => {
                    self.tracked[one].stands = false;
                    return Ok(None);
                }
                (false, false) => {}
            }
        }
        Ok(Some(alike))
    }

    /// Sets of mistakes, each once: those that signing has shown, where they are among them; else a
    /// special case only where the general one is not.
    pub(super) fn in_words(&self, alike: &[usize]) -> Vec<Causes> {
        let mut sets: Vec<(Vec<MistakeId>, Vec<&Suspect>)> = Vec::new();
        for &one in alike {
            let suspect = &self.tracked[one].suspect;
            let ids = suspect.ids();
            match sets.iter_mut().find(|(known, _)| *known == ids) {
                Some((_, same)) => same.push(suspect),
                None => sets.push((ids, vec![suspect])),
            }
        }
        if sets.iter().any(|(ids, _)| self.first.contains(ids)) {
            sets.retain(|(ids, _)| self.first.contains(ids));
        }
        let known: Vec<Vec<MistakeId>> = sets.iter().map(|(ids, _)| ids.clone()).collect();
        sets.retain(|(ids, _)| {
            let general: Vec<MistakeId> = ids.iter().map(|id| id.general()).collect();
            general == *ids || !known.contains(&general)
        });
        let least = sets.iter().map(|(ids, _)| ids.len()).min();
        sets.retain(|(ids, _)| Some(ids.len()) == least);
        let input = self.inputs.first();
        let words =
            |(_, same): &(Vec<MistakeId>, Vec<&Suspect>)| input.map(|input| causes(same, input));
        sets.iter().filter_map(words).collect()
    }
}
