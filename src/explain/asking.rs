//! What a verifier did, and how it can be asked for more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::explain::suspects::Probe;
use crate::results::{InquiryResult, Observed};
use crate::scheme::Scheme;
use crate::signature::{Op, Outcome, OutcomeKind, Request};

/// What a verifier did with one case.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The name of its suite.
    pub suite: &'a str,
    /// The scheme of its suite.
    pub scheme: &'a Scheme,
    /// The request.
    pub request: &'a Request,
    /// Whether nothing but acceptance is sound.
    pub is_right: bool,
    /// Whether its tokens are signed when they are sent.
    pub real_time: bool,
    /// Its answer.
    pub outcome: &'a Outcome,
    /// Whether that is a failure.
    pub failed: bool,
}

/// Presents tokens and returns the outcome of each; `None` once the verifier no longer answers.
pub type Ask<'k> = &'k mut dyn FnMut(&[Probe<'_>]) -> Option<Vec<Observed>>;

/// How a verifier may be asked.
pub struct Asking<'k> {
    /// How many requests are left.
    pub left: usize,
    /// Whether the secret is unknown, so that only the implementation's own tokens can be changed.
    pub own_tokens_only: bool,
    /// Whether it uses a secret of its own, so that nothing can be asked with another one.
    pub own_secret: bool,
    /// Once set, the search ends with [`InquiryResult::Interrupted`], within milliseconds.
    pub interrupt: Option<&'k AtomicBool>,
    ask: Ask<'k>,
    random: fastrand::Rng,
    /// Which tokens that a mistake makes were accepted.
    made: HashMap<String, bool>,
}

impl<'k> Asking<'k> {
    /// At most so many requests; `seed` decides the keys of the controls.
    pub fn new(most: usize, seed: u64, ask: Ask<'k>) -> Self {
        Self {
            left: most,
            own_tokens_only: false,
            own_secret: false,
            interrupt: None,
            ask,
            random: fastrand::Rng::with_seed(seed),
            made: HashMap::new(),
        }
    }

    pub(super) fn unless_interrupted(&self) -> Result<(), InquiryResult> {
        match self.interrupt {
            Some(flag) if flag.load(Ordering::Relaxed) => Err(InquiryResult::Interrupted),
            _ => Ok(()),
        }
    }

    /// Whether each was accepted; `None` for one that could not be asked.
    pub(super) fn ask(&mut self, probes: &[Probe<'_>]) -> Result<Vec<Option<bool>>, InquiryResult> {
        let is_accepted = |outcome: Outcome| class(&outcome) == OutcomeKind::Accept;
        let outcomes = self.outcomes(probes)?.into_iter();
        let accepted: Vec<Option<bool>> = outcomes.map(|one| one.map(is_accepted)).collect();
        for (probe, accepted) in std::iter::zip(probes, &accepted) {
            if let (Some(token), Some(accepted)) = (probe.made(), accepted) {
                self.made.insert(token, *accepted);
            }
        }
        Ok(accepted)
    }

    /// Whether a token that a mistake makes was accepted; `None` if it was not presented yet.
    pub(super) fn was_accepted(&self, token: &str) -> Option<bool> {
        self.made.get(token).copied()
    }

    /// What became of each; `None` for one that could not be asked.
    pub(super) fn outcomes(
        &mut self,
        probes: &[Probe<'_>],
    ) -> Result<Vec<Option<Outcome>>, InquiryResult> {
        if probes.is_empty() {
            return Ok(Vec::new());
        }
        self.left = self.left.saturating_sub(probes.len());
        let answers = (self.ask)(probes).ok_or(InquiryResult::Interrupted)?;
        let outcome = |answer: Observed| match answer {
            Observed::Outcome(outcome) if Op::Verify.is_answered_by(outcome.kind()) => {
                Ok(Some(outcome))
            }
            Observed::NotApplicable(_) | Observed::Unsupported { .. } => Ok(None),
            _ => Err(InquiryResult::Changed),
        };
        answers.into_iter().map(outcome).collect()
    }

    pub(super) fn random_key(&mut self) -> [u8; 32] {
        std::array::from_fn(|_| self.random.u8(..))
    }

    /// Another character of the same kind.
    pub(super) fn another(&mut self, c: char) -> char {
        let kinds = [
            "0123456789abcdef",
            "0123456789ABCDEF",
            "ghijklmnopqrstuvwxyz",
            "GHIJKLMNOPQRSTUVWXYZ",
        ];
        let Some(kind) = kinds.iter().find(|kind| kind.contains(c)) else {
            return c;
        };
        let at = self.random.usize(..kind.len());
        kind.chars().nth(at).unwrap_or(c)
    }
}

/// A rejection and a refusal are the same here: which of them a verifier gives for odd input is
/// a matter of style.
pub(super) fn class(outcome: &Outcome) -> OutcomeKind {
    match outcome.kind() {
        OutcomeKind::Refused => OutcomeKind::Reject,
        kind => kind,
    }
}
