//! Asking a verifier that rejects right tokens which wrong ones it accepts.
//!
//! A verifier shows nothing of what it computes but this: it accepts the token that it expects. So
//! the token of each known mistake is presented. A mistake is a cause only if its token is accepted
//! for several messages, where it is neither right nor the token of another mistake that may be the
//! cause, if a control beside each is rejected, and if it predicts the right tokens that passed.
//!
//! Nothing is sent from here: `Asking` hands the questions to the caller.
//!
//! `suspicion` finds the suspects and rules out those that the cases contradict, `inputs` chooses
//! where a token is presented, `confirm` decides on a suspect, and `pairs` tries two at once.

mod confirm;
mod inputs;
mod pairs;
mod suspicion;

use std::collections::{HashMap, HashSet};

use crate::explain::asking::{Asking, Seen, class};
use crate::explain::suspects::{Input, Presented, Probe, Suspect};
use crate::mistakes::MistakeId;
use crate::results::{Causes, InquiryResult};
use crate::signature::{OutcomeKind, Value};

/// How many questions are put at once.
const AT_ONCE: usize = 24;

/// How many inputs that failed are looked at.
const MOST_INPUTS: usize = 48;

/// How many right tokens are presented again, of those that passed and of those that did not.
const WATCHED: usize = 3;

/// Mistakes for which a verifier's acceptances speak.
pub(super) struct Confirmed {
    /// The sets of mistakes that nothing tells apart.
    pub(super) alternatives: Vec<Causes>,
    /// One of them, for what it predicts.
    pub(super) suspect: Suspect,
    /// How many tokens of it were accepted.
    pub(super) accepted: usize,
}

impl Confirmed {
    /// Whether it rejects a right token that the implementation itself has made.
    pub(super) fn rejects(&self, seen: &Seen<'_>) -> bool {
        let input = Input::of(seen.scheme, seen.suite, seen.request, seen.real_time, true);
        seen.is_right && input.is_some_and(|input| input.made_by(&self.suspect.pipeline).is_some())
    }
}

/// The result of an inquiry into one suite.
#[derive(Default)]
pub(super) struct Inquired {
    pub(super) confirmed: Vec<Confirmed>,
    pub(super) tried: HashSet<MistakeId>,
    pub(super) ruled_out: HashSet<MistakeId>,
    pub(super) in_pairs: bool,
}

/// Asks a verifier about the right tokens of a suite that it rejected. `seen` are the cases of
/// that suite.
pub(super) fn inquire(
    seen: &[&Seen<'_>],
    asking: &mut Asking<'_>,
    first: &[Vec<MistakeId>],
) -> Result<Inquired, InquiryResult> {
    let mut inquiry = Inquiry::new(seen, asking);
    if inquiry.inputs.is_empty() {
        return Ok(Inquired::default());
    }
    inquiry.judge_by_the_cases()?;
    inquiry.put_first(first);
    if inquiry.asking.left == 0 {
        return Ok(inquiry.done());
    }
    inquiry.watch()?;
    inquiry.control_first()?;
    inquiry.try_alone()?;
    inquiry.watch()?;
    if inquiry.confirmed.is_empty() {
        inquiry.try_in_pairs()?;
        inquiry.watch()?;
    }
    Ok(inquiry.done())
}

/// A suspect, and the tokens that it makes.
struct Tracked {
    suspect: Suspect,
    /// One for each input; none where it makes no wrong one.
    tokens: Vec<Option<String>>,
    /// Whether nothing speaks against it.
    stands: bool,
    /// Whether its token was accepted once.
    was_accepted: bool,
}

struct Inquiry<'q, 'a, 'k> {
    asking: &'q mut Asking<'k>,
    /// Right tokens that passed.
    passed: Vec<(&'a Seen<'a>, Option<Input<'a>>)>,
    /// Inputs whose right token was rejected, then the variants of them that were needed.
    inputs: Vec<Input<'a>>,
    tracked: Vec<Tracked>,
    /// For each input, who makes a token.
    makers: Vec<HashMap<String, Vec<usize>>>,
    tried: HashSet<MistakeId>,
    /// What became of a token for an input.
    answers: HashMap<(usize, String), bool>,
    /// The variants whose right token was presented: it has to be rejected, too.
    varied: HashSet<usize>,
    controlled: HashSet<(usize, String)>,
    /// Every token that was presented before.
    presented: HashSet<String>,
    confirmed: Vec<Confirmed>,
    in_pairs: bool,
    /// What signing has shown.
    first: Vec<Vec<MistakeId>>,
}

impl<'q, 'a, 'k> Inquiry<'q, 'a, 'k> {
    fn new(seen: &[&'a Seen<'a>], asking: &'q mut Asking<'k>) -> Self {
        let own = asking.own_tokens_only;
        let input =
            |one: &'a Seen<'a>| Input::of(one.scheme, one.suite, one.request, one.real_time, own);
        let is_right = |one: &&&'a Seen<'a>| one.is_right;
        let mut passed = Vec::new();
        let mut inputs: Vec<Input<'a>> = Vec::new();
        let mut presented = HashSet::new();
        for one in seen {
            let token = one.request.token.as_ref().and_then(Value::as_text);
            presented.extend(token.map(str::to_owned));
        }
        for &one in seen.iter().filter(is_right) {
            match class(one.outcome) {
                OutcomeKind::Accept => passed.push((one, input(one))),
                OutcomeKind::Reject if one.failed && inputs.len() < MOST_INPUTS => {
                    inputs.extend(
                        input(one).filter(|new| inputs.iter().all(|known| !known.is_same(new))),
                    );
                }
                _ => {}
            }
        }
        let mut inquiry = Self {
            asking,
            passed,
            inputs,
            tracked: Vec::new(),
            makers: Vec::new(),
            tried: HashSet::new(),
            answers: HashMap::new(),
            varied: HashSet::new(),
            controlled: HashSet::new(),
            presented,
            confirmed: Vec::new(),
            in_pairs: false,
            first: Vec::new(),
        };
        inquiry.know_what_was_presented(seen);
        inquiry
    }

    /// What the cases themselves have presented is not presented again.
    fn know_what_was_presented(&mut self, seen: &[&Seen<'_>]) {
        for one in seen.iter().filter(|one| !one.is_right) {
            let Some(token) = one.request.token.as_ref().and_then(Value::as_text) else {
                continue;
            };
            for (at, input) in self.inputs.iter().enumerate() {
                let is_same = input.request.fields == one.request.fields
                    && input.request.secrets == one.request.secrets
                    && input.request.now == one.request.now;
                if is_same {
                    let is_accepted = class(one.outcome) == OutcomeKind::Accept;
                    self.answers.insert((at, token.to_owned()), is_accepted);
                }
            }
        }
    }

    /// Right tokens that passed have to pass, and those that were rejected have to be rejected: a
    /// verifier that remembers, counts or guesses shows itself.
    fn watch(&mut self) -> Result<(), InquiryResult> {
        let passed = self.passed.iter().filter_map(|(_, input)| input.as_ref());
        let passed: Vec<Input<'a>> = passed.take(WATCHED).cloned().collect();
        let rejected = self.inputs.iter().filter(|input| !input.is_variant);
        let rejected: Vec<Input<'a>> = rejected.take(WATCHED).cloned().collect();
        let due = std::iter::repeat_n(true, passed.len()).chain(std::iter::repeat(false));
        let probes: Vec<Probe<'a>> = passed.into_iter().chain(rejected).map(right).collect();
        let answers = self.ask(&probes)?;
        if std::iter::zip(answers, due).any(|(accepted, due)| accepted == Some(!due)) {
            return Err(InquiryResult::Changed);
        }
        Ok(())
    }

    fn control_first(&mut self) -> Result<(), InquiryResult> {
        let right = Suspect {
            pipeline: crate::mistakes::Pipeline::right(),
        };
        let controls: Vec<Probe<'a>> = (0..self.inputs.len().min(2))
            .map(|at| self.control(at, &right))
            .collect();
        self.all_rejected(&controls)
    }

    fn control(&mut self, at: usize, suspect: &Suspect) -> Probe<'a> {
        let input = self.inputs[at].clone();
        let hash = suspect.pipeline.hash(input.scheme);
        let mac = hash.prepare(&self.asking.random_key()).mac(&input.message);
        let ids = suspect.ids();
        Probe {
            input,
            presented: Presented::Control(suspect.pipeline.clone(), mac.bytes().to_vec()),
            mistakes: if ids.is_empty() {
                Vec::new()
            } else {
                vec![ids]
            },
        }
    }

    fn all_rejected(&mut self, controls: &[Probe<'a>]) -> Result<(), InquiryResult> {
        if self.ask(controls)?.contains(&Some(true)) {
            return Err(InquiryResult::AcceptsWrongTokens);
        }
        Ok(())
    }

    fn ask(&mut self, probes: &[Probe<'a>]) -> Result<Vec<Option<bool>>, InquiryResult> {
        self.asking.ask(probes)
    }

    /// Presents the tokens of these suspects, and takes out those whose token is rejected.
    fn present(&mut self, questions: &[(usize, usize)]) -> Result<(), InquiryResult> {
        let mut sent: Vec<(usize, String)> = Vec::new();
        let mut probes = Vec::new();
        for &(one, at) in questions {
            let Some(token) = self.tracked[one].tokens[at].clone() else {
                continue;
            };
            let key = (at, token);
            if self.answers.contains_key(&key) || self.presented.contains(&key.1) {
                continue;
            }
            let alike = self.makers_of(at, &key.1).filter(|other| other.stands);
            let mistakes: Vec<Vec<MistakeId>> = alike.map(|other| other.suspect.ids()).collect();
            probes.push(Probe {
                input: self.inputs[at].clone(),
                presented: Presented::By(self.tracked[one].suspect.pipeline.clone()),
                mistakes: unique(mistakes),
            });
            self.presented.insert(key.1.clone());
            sent.push(key);
        }
        let answers = self.ask(&probes)?;
        for (key, accepted) in std::iter::zip(sent, answers) {
            let Some(accepted) = accepted else { continue };
            let makers = self.makers.get(key.0).and_then(|makers| makers.get(&key.1));
            for &other in makers.into_iter().flatten() {
                self.tracked[other].stands &= accepted;
                self.tracked[other].was_accepted |= accepted;
            }
            self.answers.insert(key, accepted);
        }
        Ok(())
    }

    fn try_alone(&mut self) -> Result<(), InquiryResult> {
        let order: Vec<usize> = (0..self.tracked.len()).collect();
        self.try_these(&order)
    }

    fn try_these(&mut self, order: &[usize]) -> Result<(), InquiryResult> {
        let mut order: Vec<usize> = order.to_vec();
        order.reverse();
        while !order.is_empty() && self.asking.left > 0 && !self.is_all_explained() {
            let mut questions = Vec::new();
            let mut chosen = Vec::new();
            while questions.len() < AT_ONCE.min(self.asking.left) {
                self.asking.unless_interrupted()?;
                let Some(one) = order.pop() else { break };
                if !self.tracked[one].stands || !self.explains_more(one) {
                    continue;
                }
                let mut place = self.places(one).first().copied();
                if place.is_none() {
                    self.vary(one);
                    place = self.places(one).first().copied();
                }
                if let Some(at) = place {
                    questions.push((one, at));
                    chosen.push(one);
                }
            }
            self.present(&questions)?;
            for one in chosen {
                if self.tracked[one].stands && self.tracked[one].was_accepted {
                    self.confirm(one)?;
                }
            }
        }
        Ok(())
    }

    /// The inputs of suites that no confirmed mistake explains.
    fn open(&self) -> impl Iterator<Item = usize> {
        let is_open = |at: &usize| {
            let input = &self.inputs[*at];
            let explains = |known: &Confirmed| input.made_by(&known.suspect.pipeline).is_some();
            !input.is_variant && !self.confirmed.iter().any(explains)
        };
        (0..self.inputs.len()).filter(is_open)
    }

    fn is_all_explained(&self) -> bool {
        !self.confirmed.is_empty() && self.open().next().is_none()
    }

    fn explains_more(&self, one: usize) -> bool {
        self.open().any(|at| self.tracked[one].tokens[at].is_some())
    }

    fn done(self) -> Inquired {
        let is_standing = |one: &&Tracked| one.stands && one.suspect.is_single();
        let standing: HashSet<MistakeId> = self
            .tracked
            .iter()
            .filter(is_standing)
            .flat_map(|one| one.suspect.ids())
            .collect();
        let acts: HashSet<MistakeId> = self
            .tracked
            .iter()
            .filter(|one| one.suspect.is_single())
            .flat_map(|one| one.suspect.ids())
            .collect();
        Inquired {
            ruled_out: self
                .tried
                .iter()
                .copied()
                .filter(|id| acts.contains(id) && !standing.contains(id))
                .collect(),
            // What nothing was asked about was not tried.
            tried: self
                .tried
                .iter()
                .copied()
                .filter(|id| !standing.contains(id) || self.is_confirmed(*id))
                .collect(),
            confirmed: self.confirmed,
            in_pairs: self.in_pairs,
        }
    }

    fn is_confirmed(&self, id: MistakeId) -> bool {
        self.confirmed
            .iter()
            .any(|known| known.suspect.ids().contains(&id))
    }
}

fn right(input: Input<'_>) -> Probe<'_> {
    Probe {
        input,
        presented: Presented::Right,
        mistakes: Vec::new(),
    }
}

fn unique(mut sets: Vec<Vec<MistakeId>>) -> Vec<Vec<MistakeId>> {
    let mut seen = HashSet::new();
    sets.retain(|ids| seen.insert(ids.clone()));
    sets
}
