//! Two mistakes at once.

use std::collections::HashSet;

use crate::explain::inquiry::Inquiry;
use crate::mistakes::MistakeId;
use crate::results::InquiryResult;

/// How many kinds of pairs are thought of before the usual ones are chosen.
const PAIRED: usize = 40;

impl Inquiry<'_, '_, '_> {
    /// Pairs: those of a mistake that was accepted for some messages only, then the usual ones.
    pub(super) fn try_in_pairs(&mut self) -> Result<(), InquiryResult> {
        self.in_pairs = true;
        let singles: Vec<usize> = (0..self.tracked.len())
            .filter(|&at| self.predicts_what_passed(&self.tracked[at].suspect))
            .collect();
        let partly: Vec<usize> = singles
            .iter()
            .copied()
            .filter(|&at| self.tracked[at].was_accepted)
            .collect();
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for &one in &partly {
            pairs.extend(
                singles
                    .iter()
                    .filter(|&&two| two != one)
                    .map(|&two| (one, two)),
            );
        }
        if partly.is_empty() {
            let mut usual = Vec::new();
            for (place, &one) in singles.iter().take(PAIRED).enumerate() {
                for &two in singles.iter().take(PAIRED).skip(place + 1) {
                    let rank = self.tracked[one].suspect.rank() + self.tracked[two].suspect.rank();
                    usual.push((rank, one, two));
                }
            }
            usual.sort_unstable();
            pairs.extend(usual.into_iter().map(|(_, one, two)| (one, two)));
        }
        let mut seen: HashSet<Vec<MistakeId>> = HashSet::new();
        let mut order = Vec::new();
        for (one, two) in pairs {
            self.asking.unless_interrupted()?;
            if order.len() >= self.asking.left {
                break;
            }
            let both = self.tracked[one].suspect.and(&self.tracked[two].suspect);
            let Some(both) = both.filter(|both| seen.insert(both.ids()) || !partly.is_empty())
            else {
                continue;
            };
            let at = self.track(both);
            // Where both together make nothing that one of them alone does not, they are no pair.
            let parts = [one, two].map(|part| &self.tracked[part].tokens);
            let differs = |of: &&Vec<Option<String>>| {
                std::iter::zip(&self.tracked[at].tokens, *of).any(|(mine, its)| mine != its)
            };
            if parts.iter().all(differs) {
                order.push(at);
            } else {
                self.tracked[at].stands = false;
            }
        }
        self.try_these(&order)
    }
}
