//! The tokens of each implementation, presented to each.

use crate::adapters::{AdapterError, ask};
use crate::fuzz::input::Input;
use crate::fuzz::versus::comparing::{Answered, Comparing, Pair};
use crate::fuzz::versus::output::Crossing;
use crate::protocol::{MAX_LINE, PreparedRequest};
use crate::results::Observed;
use crate::scheme::Scheme;
use crate::signature::{Op, Outcome, OutcomeKind, Request, Value};

/// How many tokens of each signer are presented to each verifier, a suite.
const CROSSED: usize = 256;

impl Comparing<'_, '_> {
    /// Presents the tokens of each to each, as far as the time allows.
    pub(super) fn cross(&mut self, pair: &mut Pair<'_>) -> Result<(), AdapterError> {
        self.matrix = Some(Vec::new());
        if !self.crosses() {
            return Ok(());
        }
        for at in 0..self.pools.len() {
            let claims = self.claims(at);
            let signed = self.ask_both(pair, &claims)?;
            if signed.is_empty() {
                // The time was over.
                break;
            }
            for ((input, _), answered) in std::iter::zip(&claims, &signed) {
                self.compare(pair, input.clone(), answered.clone())?;
            }
            for signer in 0..2 {
                let presented = self.presented(at, signer, &signed);
                for (verifier, adapter) in pair.iter_mut().enumerate() {
                    let present = self.pools[at].present;
                    let verified = self.pace.in_parts(&presented, |some| {
                        let made_now = some.iter().map(|request| Request {
                            now: present.now().unwrap_or(request.now),
                            ..request.clone()
                        });
                        ask(&mut **adapter, &made_now.collect::<Vec<_>>(), false)
                    })?;
                    // Where there was no time for one, its cell would say nothing.
                    if verified.is_empty() && !presented.is_empty() {
                        continue;
                    }
                    let crossing = self.crossing(at, [signer, verifier], &presented, verified);
                    self.matrix.get_or_insert_default().push(crossing);
                }
            }
        }
        Ok(())
    }

    /// What is to be signed.
    fn claims(&mut self, at: usize) -> Vec<(Input, Request)> {
        let pool = &self.pools[at];
        let mut claims = Vec::with_capacity(CROSSED);
        while claims.len() < CROSSED {
            let (mut input, _) = self.mutator.grow(&self.pools[at..=at]);
            input.suite = at;
            input.op = Op::Sign;
            let Some(request) = pool.request(&input, &mut self.signer) else {
                continue;
            };
            if pool.takes(&request) && !self.is_stale(at, &request) {
                claims.push((input, request));
            }
        }
        claims
    }

    /// Whether the right token would be rejected for its age: that says nothing of a verifier.
    fn is_stale(&mut self, at: usize, request: &Request) -> bool {
        let scheme = &self.pools[at].suite().scheme;
        let Outcome::Token(token) = self.signer.right(scheme, request) else {
            return false;
        };
        let shown = shown(scheme, request.clone(), token);
        self.signer.right(scheme, &shown) != Outcome::Accept
    }

    /// The tokens of one signer, each as it is shown to a verifier.
    fn presented(&self, at: usize, signer: usize, signed: &[Answered]) -> Vec<Request> {
        let pool = &self.pools[at];
        let scheme = &pool.suite().scheme;
        let shown = signed.iter().filter_map(|(request, outcomes)| {
            let Observed::Outcome(outcome @ Outcome::Token(token)) = &outcomes[signer] else {
                return None;
            };
            let signed = pool.present.answered(scheme, request.clone(), outcome);
            let shown = PreparedRequest::new(shown(scheme, signed, token.clone()));
            (!shown.is_longer_than(MAX_LINE)).then(|| shown.into_request())
        });
        shown.collect()
    }

    /// How one verifier answered one signer's tokens.
    fn crossing(
        &self,
        at: usize,
        [signer, verifier]: [usize; 2],
        presented: &[Request],
        verified: Vec<Observed>,
    ) -> Crossing {
        let is_accepted = |one: &Observed| matches!(one, Observed::Outcome(outcome) if outcome.kind() == OutcomeKind::Accept);
        let tokens = verified.len() as u64;
        let accepted = verified.iter().filter(|one| is_accepted(one)).count();
        let example = std::iter::zip(presented, verified).find(|(_, one)| !is_accepted(one));
        Crossing {
            suite: self.pools[at].suite().name.as_str().to_owned(),
            signer,
            verifier,
            tokens,
            accepted: accepted as u64,
            example: example.map(|(request, observed)| (request.clone(), observed)),
        }
    }
}

/// The token of a request, presented to a verifier.
fn shown(scheme: &Scheme, signed: Request, token: String) -> Request {
    Request {
        op: Op::Verify,
        fields: scheme.given(&signed.fields),
        token: Some(Value::Text(token)),
        ..signed
    }
}
