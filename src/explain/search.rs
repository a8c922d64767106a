//! The search: every key, every message, every hash function, fewest deviations first.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use crate::explain::Tried;
use crate::explain::candidates::Candidates;
use crate::explain::encodings::Encodings;
use crate::explain::keys::keys;
use crate::explain::macs::{Hashing, Hit, Keying, MacSearch, Task};
use crate::explain::messages::{Depth, Messages};
use crate::explain::pipelines::{Choices, Reached, mistakes_of};
use crate::mistakes::step_inputs::cut_to_scheme;
use crate::mistakes::{Change, Choice, Hash, Inputs, Pipeline, Step};
use crate::scheme::{FieldTexts, Refusal, Scheme};

/// What a search found.
pub(super) struct Found {
    /// The pipelines with the fewest deviations that give the token.
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) tried: Tried,
}

/// How far a search goes.
#[derive(Clone, Copy)]
pub(super) struct Effort<'a> {
    /// How many deviations before the MAC are tried at most.
    pub(super) deepest: usize,
    /// How many are tried at any cost.
    pub(super) depth: usize,
    /// Once set, the search ends.
    pub(super) interrupt: Option<&'a AtomicBool>,
}

/// Finds the pipelines with the fewest deviations that give one of the received texts.
pub(super) fn search(
    inputs: &Inputs<'_>,
    received: &[String],
    candidates: &Candidates,
    effort: Effort<'_>,
) -> Result<Found, Refusal> {
    let mut found = Found {
        pipelines: Vec::new(),
        tried: Tried {
            complete: true,
            depth: DEEPEST,
            ..Tried::default()
        },
    };
    let mut best = usize::MAX;
    let mut unreadable = None;
    for (reading, texts) in readings(inputs) {
        match texts {
            Err(refusal) => unreadable = Some(refusal),
            Ok(texts) => {
                unreadable = None;
                Search::new(inputs, &texts, &reading, received, candidates)?
                    .run(effort, &mut best, &mut found)?;
            }
        }
    }
    match unreadable {
        Some(refusal) if found.pipelines.is_empty() && found.tried.macs == 0 => Err(refusal),
        _ => Ok(found),
    }
}

/// The fields as the scheme reads them; where it does not, as the mistakes do.
fn readings<'f>(inputs: &Inputs<'f>) -> Vec<(Choices, Result<FieldTexts<'f>, Refusal>)> {
    let right = FieldTexts::read(&inputs.scheme.fields, inputs.fields);
    if right.is_ok() {
        return vec![(Choices::new(), right)];
    }
    let mut all = vec![(Choices::new(), right)];
    for mistake in mistakes_of(inputs.scheme, Step::Reading) {
        let Change::Reading(change) = mistake.change else {
            continue;
        };
        for form in 0..change(None).len() {
            let choice = Choice { mistake, form };
            if let Ok(texts) = Pipeline::right()
                .with(choice)
                .read(inputs.scheme, inputs.fields)
            {
                all.push((vec![choice], Ok(texts)));
            }
        }
    }
    all
}

/// How many deviations are tried at most before the MAC, where two of them are at one stage.
const MOST: usize = 3;
/// How many, where each is at a stage of its own.
pub(super) const DEEPEST: usize = 4;

/// What a search may cost, in blocks of SHA-256: about 60 ns each.
#[derive(Clone, Copy)]
struct Budget {
    /// What is left for deviations of which each is at a stage of its own.
    product: u64,
    /// What is left for others.
    beyond: u64,
}

impl Budget {
    const NEW: Self = Self {
        product: 1_000_000,
        beyond: 250_000,
    };

    /// Takes a cost out, or says that it cannot be afforded. One or two deviations are always
    /// looked for, unless that would take really long.
    fn affords(&mut self, level: usize, is_product: bool, cost: u64) -> bool {
        let purse = if is_product {
            &mut self.product
        } else {
            &mut self.beyond
        };
        let reserve = match level {
            0 | 1 => return true,
            2 => 3_000_000,
            _ => 0,
        };
        let affordable = cost <= *purse + reserve;
        *purse = purse.saturating_sub(cost);
        affordable
    }
}

struct Search<'a> {
    inputs: &'a Inputs<'a>,
    texts: &'a FieldTexts<'a>,
    received: &'a [String],
    candidates: &'a Candidates,
    keys: Vec<Reached<Vec<u8>>>,
    hashes: Vec<Hashing>,
    keyings: Vec<Keying>,
    messages: Messages<'a>,
    encodings: Encodings,
}

/// Messages that deviate alike.
struct Group {
    depth: Depth,
    /// Their indices.
    members: Vec<usize>,
    /// How many blocks a MAC of each takes, in all.
    blocks: u64,
}

impl<'a> Search<'a> {
    fn new(
        inputs: &'a Inputs<'a>,
        texts: &'a FieldTexts<'a>,
        reading: &Choices,
        received: &'a [String],
        candidates: &'a Candidates,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            inputs,
            texts,
            received,
            candidates,
            keys: keys(inputs, texts)?,
            hashes: hashes(inputs.scheme, candidates),
            keyings: keyings(inputs.scheme),
            messages: Messages::of(inputs, texts, reading)?,
            encodings: Encodings::of(inputs, texts),
        })
    }

    fn run(
        mut self,
        effort: Effort<'_>,
        best: &mut usize,
        found: &mut Found,
    ) -> Result<(), Refusal> {
        let mut budget = Budget::NEW;
        let mut macs = 0;
        let mut hits = Vec::new();
        for level in 0..=DEEPEST {
            if level > *best || level > effort.deepest {
                found.tried.depth = found.tried.depth.min(level.saturating_sub(1));
                break;
            }
            let mut is_whole = self.messages.make(level)?;
            found.tried.too_long |= !is_whole && level <= effort.depth;
            let groups = self.groups();
            let tasks = self.tasks(level, effort, &groups, &mut budget, &mut is_whole);
            let Some(new) = self.mac_search().macs(&tasks, effort.interrupt) else {
                found.tried.stopped_before(level);
                return Ok(());
            };
            macs += tasks
                .iter()
                .map(|task| task.messages.len() as u64)
                .sum::<u64>();
            hits.extend(new);
            if !is_whole {
                found.tried.stopped_before(level);
            }
            // At each level a message may have come about in further ways.
            for hit in &mut hits {
                self.follow(hit, best, found);
            }
        }
        if macs == 0 {
            found.tried.depth = 0;
        }
        found.tried.macs += macs;
        found.tried.pipelines += macs.saturating_mul(self.encodings.count());
        Ok(())
    }

    fn mac_search(&self) -> MacSearch<'_> {
        MacSearch {
            keys: &self.keys,
            messages: &self.messages,
            candidates: self.candidates,
        }
    }

    /// What is to be computed at a level, as far as the budget goes.
    fn tasks<'t>(
        &'t self,
        level: usize,
        effort: Effort<'_>,
        groups: &'t [Group],
        budget: &mut Budget,
        is_whole: &mut bool,
    ) -> Vec<Task<'t>> {
        let mut tasks = Vec::new();
        for (at_key, key) in self.keys.iter().enumerate() {
            for hashing in &self.hashes {
                for group in groups {
                    for keying in &self.keyings {
                        let counts = Counts {
                            key: key.deviations(),
                            identity: group.depth.identity,
                            message: group.depth.message + usize::from(keying.is_some()),
                            hash: usize::from(hashing.choice.is_some()),
                            handicap: hashing.handicap,
                        };
                        if counts.before_the_mac() != level || !counts.are_tried() {
                            continue;
                        }
                        let cost = group.blocks * hashing.hash.cost();
                        let is_due = level <= effort.depth;
                        if !is_due && !budget.affords(level, counts.is_product(), cost) {
                            *is_whole = false;
                            continue;
                        }
                        tasks.push(Task {
                            key: at_key,
                            hashing,
                            keying,
                            messages: &group.members,
                            cost,
                        });
                    }
                }
            }
        }
        tasks
    }

    /// The messages made so far, by their deviations.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for at in 0..self.messages.count() {
            let depth = self.messages.depth(at);
            // Two blocks for the padding and for the outer hash.
            let blocks = 2 + self.messages.message(at).len() as u64 / 64;
            match groups.iter_mut().find(|group| group.depth == depth) {
                Some(group) => {
                    group.members.push(at);
                    group.blocks += blocks;
                }
                None => groups.push(Group {
                    depth,
                    members: vec![at],
                    blocks,
                }),
            }
        }
        groups
    }

    /// From a MAC that may stand in the token to the pipelines that give the token.
    fn follow(&self, hit: &mut Hit, best: &mut usize, found: &mut Found) {
        // What stands between a MAC and its token depends on the time in the token alone.
        let mut known: HashMap<&str, Vec<Choices>> = HashMap::new();
        for origin in self.messages.origins(hit.message, &mut hit.followed) {
            for &time in self.messages.times(origin) {
                let times = self.messages.time(time);
                let ends = known.entry(&times.token).or_insert_with(|| {
                    self.encodings.ways(
                        self.inputs,
                        self.texts,
                        times,
                        hit.mac.bytes(),
                        &self.candidates.texts,
                        self.received,
                    )
                });
                if ends.is_empty() {
                    continue;
                }
                for begin in self.messages.ways(origin, time) {
                    for key in &self.keys[hit.key].ways {
                        for end in &*ends {
                            let choices = key
                                .iter()
                                .chain(&begin)
                                .chain(&hit.keying)
                                .chain(&hit.hash)
                                .chain(end);
                            let pipeline = choices
                                .fold(Pipeline::right(), |pipeline, choice| pipeline.with(*choice));
                            self.keep(pipeline, best, found);
                        }
                    }
                }
            }
        }
    }

    /// Keeps a pipeline if none has fewer deviations, and if it really gives the token.
    fn keep(&self, pipeline: Pipeline, best: &mut usize, found: &mut Found) {
        let deviations = pipeline.choices().count();
        let is_full = found.pipelines.len() >= MOST_PIPELINES;
        if deviations > *best || (deviations == *best && is_full) {
            return;
        }
        let made = pipeline.token(self.inputs);
        if !made.is_ok_and(|token| self.received.contains(&token)) {
            return;
        }
        if deviations < *best {
            found.pipelines.clear();
            *best = deviations;
        }
        if !found.pipelines.contains(&pipeline) {
            found.pipelines.push(pipeline);
        }
    }
}

/// How many pipelines are kept that one token cannot tell apart.
const MOST_PIPELINES: usize = 512;

/// Deviations by stage.
struct Counts {
    key: usize,
    identity: usize,
    message: usize,
    hash: usize,
    /// Of the hash function.
    handicap: usize,
}

impl Counts {
    fn before_the_mac(&self) -> usize {
        self.key + self.identity + self.message + self.hash
    }

    /// Whether each deviation is at a stage of its own.
    fn is_product(&self) -> bool {
        [self.key, self.identity, self.message, self.hash]
            .iter()
            .all(|&count| count <= 1)
    }

    fn are_tried(&self) -> bool {
        let all = self.before_the_mac() + self.handicap;
        all <= MOST || (self.is_product() && all <= DEEPEST)
    }
}

/// The hash functions whose MACs may stand in the token.
fn hashes(scheme: &Scheme, candidates: &Candidates) -> Vec<Hashing> {
    let right = Hash::of(scheme.algorithm);
    let others = mistakes_of(scheme, Step::Hash).filter_map(|mistake| match mistake.change {
        Change::Hash(hash) if hash != right => Some((hash, Some(Choice::usual(mistake)))),
        _ => None,
    });
    std::iter::once((right, None))
        .chain(others)
        .filter_map(|(hash, choice)| {
            let whole = [0; 64];
            let mac = cut_to_scheme(scheme, &whole[..hash.bytes()]);
            let is_rare = choice.is_some() && [Hash::Sha3_256, Hash::Sha512_256].contains(&hash);
            Some(Hashing {
                hash,
                choice,
                handicap: candidates.room(mac.len())? + usize::from(is_rare),
            })
        })
        .collect()
}

fn keyings(scheme: &Scheme) -> Vec<Keying> {
    let mut all = vec![None];
    for mistake in mistakes_of(scheme, Step::Keying) {
        if let Change::Keying(forms) = mistake.change {
            for (form, (_, keying)) in forms.iter().enumerate() {
                all.push(Some((Choice { mistake, form }, *keying)));
            }
        }
    }
    all
}
