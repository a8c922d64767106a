//! Asking a verifier that rejects right tokens which wrong ones it accepts.
//!
//! A verifier shows nothing of what it computes but this: it accepts the token that it expects. So
//! the token of each known mistake is presented. A mistake is a cause only if its token is accepted
//! for several messages, where it is neither right nor the token of another mistake that may be the
//! cause, if a control beside each is rejected, and if it predicts the right tokens that passed.
//!
//! Nothing is sent from here: whoever asks is handed the questions.

use std::collections::{HashMap, HashSet};

use crate::explain::asking::{Asking, Seen, class};
use crate::explain::suspects::{Input, Presented, Probe, Suspect, applicable, causes, suspects_of};
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::{Causes, InquiryResult};
use crate::scheme::Implementation as _;
use crate::signature::{OutcomeKind, Value};

/// For how many messages a mistake's token has to be accepted.
const LEAST: usize = 3;

/// For how many it is asked, where there are as many.
const MOST: usize = 8;

/// How many questions are put at once.
const AT_ONCE: usize = 24;

/// How many inputs that failed are looked at.
const MOST_INPUTS: usize = 48;

/// From how many of them variants are made for one suspect, how many from each, and how many for
/// all suspects.
const VARIED: usize = 3;
const VARIANTS: u8 = 4;
const MOST_VARIANTS: usize = 60;

/// How many right tokens are presented again, of those that passed and of those that did not.
const WATCHED: usize = 3;

/// How many kinds of pairs are thought of before the usual ones are chosen.
const PAIRED: usize = 40;

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

/// What came of an inquiry into one suite.
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
    inquiry.judge_by_the_cases();
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

    /// Finds every suspect, and rules out those that the cases contradict.
    fn judge_by_the_cases(&mut self) {
        let Some(scheme) = self.inputs.first().map(|input| input.scheme) else {
            return;
        };
        for mistake in applicable(scheme, self.asking.own_tokens_only) {
            self.tried.insert(mistake.id);
            for suspect in suspects_of(mistake, &self.inputs, self.asking.usual_forms_only) {
                self.track(suspect);
            }
        }
        self.tracked.sort_by_key(|one| one.suspect.rank());
    }

    fn track(&mut self, suspect: Suspect) -> usize {
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
    fn predicts_what_passed(&self, suspect: &Suspect) -> bool {
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
    fn put_first(&mut self, first: &[Vec<MistakeId>]) {
        self.first = first.to_vec();
        let is_first = |one: &Tracked| first.contains(&one.suspect.ids());
        self.tracked.sort_by_key(|one| !is_first(one));
        self.makers = vec![HashMap::new(); self.inputs.len()];
        for one in 0..self.tracked.len() {
            self.index(one, 0);
        }
    }

    /// Notes who makes the tokens of the inputs from this one on.
    fn index(&mut self, one: usize, from: usize) {
        let tokens = self.tracked[one].tokens.iter().enumerate().skip(from);
        for (at, token) in tokens {
            if let Some(token) = token {
                let makers = self.makers[at].entry(token.clone()).or_default();
                makers.push(one);
            }
        }
    }

    /// Those that make a token of an input.
    fn makers_of(&self, at: usize, token: &str) -> impl Iterator<Item = &Tracked> {
        let makers = self.makers.get(at).and_then(|makers| makers.get(token));
        makers.into_iter().flatten().map(|&one| &self.tracked[one])
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

    /// Where a suspect's token can be presented, or was: what stands in a suite first, and what
    /// fewer others would have made the same.
    fn places(&self, one: usize) -> Vec<usize> {
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
    fn grounds(&self, one: usize) -> Vec<usize> {
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
    fn vary(&mut self, one: usize) {
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

    fn add(&mut self, variant: Input<'a>) {
        let from = self.inputs.len();
        self.makers.push(HashMap::new());
        for one in 0..self.tracked.len() {
            let token = variant.made_by(&self.tracked[one].suspect.pipeline);
            self.tracked[one].tokens.push(token);
            self.index(one, from);
        }
        self.inputs.push(variant);
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

    /// The first of these places for each message, and the others.
    fn by_message(&self, places: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let mut known: HashSet<&[u8]> = HashSet::new();
        let is_first = |at: &usize| known.insert(&self.inputs[*at].message);
        places.iter().copied().partition(is_first)
    }

    /// Asks for more messages, with a control beside each, and tells it from its rivals.
    fn confirm(&mut self, one: usize) -> Result<(), InquiryResult> {
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
    fn ask_where_others_failed(&mut self, one: usize) -> Result<(), InquiryResult> {
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
    fn without_rivals(&mut self, one: usize) -> Result<Option<Vec<usize>>, InquiryResult> {
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
    fn in_words(&self, alike: &[usize]) -> Vec<Causes> {
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

    /// Pairs: those of a mistake that was accepted for some messages only, then the usual ones.
    fn try_in_pairs(&mut self) -> Result<(), InquiryResult> {
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
