//! The search: every key, every message, every hash function, fewest deviations first.

use crate::explain::Tried;
use crate::explain::candidates::Candidates;
use crate::explain::encodings::Encodings;
use crate::explain::keys::keys;
use crate::explain::messages::{Depth, Messages};
use crate::explain::ways::{Reached, Way, mistakes_of};
use crate::mistakes::digest::Prepared;
use crate::mistakes::pipeline::cut_to_scheme;
use crate::mistakes::{Change, Choice, Digest, Hash, Inputs, KeyedHash, Pipeline, Step};
use crate::scheme::{FieldTexts, Refusal, Scheme};

/// What a search found.
pub(super) struct Found {
    /// The pipelines with the fewest deviations that give the token.
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) tried: Tried,
}

/// Finds the pipelines with the fewest deviations that give one of the received texts.
pub(super) fn search(
    inputs: &Inputs<'_>,
    received: &[String],
    candidates: &Candidates,
) -> Result<Found, Refusal> {
    let mut found = Found {
        pipelines: Vec::new(),
        tried: Tried::default(),
    };
    let mut best = usize::MAX;
    let mut unreadable = None;
    for (reading, texts) in readings(inputs) {
        match texts {
            Err(refusal) => unreadable = Some(refusal),
            Ok(texts) => {
                unreadable = None;
                Search::new(inputs, &texts, &reading, received, candidates)?
                    .run(&mut best, &mut found)?;
            }
        }
    }
    match unreadable {
        Some(refusal) if found.pipelines.is_empty() && found.tried.macs == 0 => Err(refusal),
        _ => Ok(found),
    }
}

/// The fields as the scheme reads them; where it does not, as the mistakes do.
fn readings<'f>(inputs: &Inputs<'f>) -> Vec<(Way, Result<FieldTexts<'f>, Refusal>)> {
    let right = FieldTexts::read(&inputs.scheme.fields, inputs.fields);
    if right.is_ok() {
        return vec![(Way::new(), right)];
    }
    let mut all = vec![(Way::new(), right)];
    for mistake in mistakes_of(Step::Reading) {
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

/// The deviations before the MAC that are tried: the whole product of the stages, and a few more
/// at one stage where messages are short.
#[derive(Clone, Copy)]
struct Limits {
    /// How many in all, where two of them are at one stage.
    most: usize,
    /// How many in all.
    levels: usize,
}

impl Limits {
    /// What a search may cost depends on how long the messages are.
    fn of(texts: &FieldTexts<'_>, inputs: &Inputs<'_>) -> Self {
        let fields = 0..inputs.scheme.fields.len();
        let bytes: usize = fields
            .filter_map(|field| texts.bytes(field))
            .map(<[u8]>::len)
            .sum();
        match bytes {
            0..=512 => Self { most: 3, levels: 4 },
            513..=4096 => Self { most: 2, levels: 2 },
            _ => Self { most: 1, levels: 1 },
        }
    }
}

struct Search<'a> {
    inputs: &'a Inputs<'a>,
    texts: &'a FieldTexts<'a>,
    received: &'a [String],
    candidates: &'a Candidates,
    limits: Limits,
    keys: Vec<Reached<Vec<u8>>>,
    hashes: Vec<Hashing>,
    keyings: Vec<Keying>,
    messages: Messages<'a>,
    encodings: Encodings,
}

/// A hash function, and what it takes for its MACs to stand in the token.
struct Hashing {
    hash: Hash,
    choice: Option<Choice>,
    /// 1 where they would have to be cut, which is one more deviation.
    cut: usize,
}

/// What is done with key and message: HMAC, or one of the mistakes.
type Keying = Option<(Choice, crate::mistakes::Keying)>;

/// A MAC that may stand in the token, with the indices of what it was made of.
struct Hit {
    key: usize,
    message: usize,
    keying: Option<Choice>,
    hash: Option<Choice>,
    mac: Digest,
}

impl<'a> Search<'a> {
    fn new(
        inputs: &'a Inputs<'a>,
        texts: &'a FieldTexts<'a>,
        reading: &Way,
        received: &'a [String],
        candidates: &'a Candidates,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            inputs,
            texts,
            received,
            candidates,
            limits: Limits::of(texts, inputs),
            keys: keys(inputs, texts)?,
            hashes: hashes(inputs.scheme, candidates),
            keyings: keyings(),
            messages: Messages::of(inputs, texts, reading)?,
            encodings: Encodings::of(inputs, texts),
        })
    }

    fn run(mut self, best: &mut usize, found: &mut Found) -> Result<(), Refusal> {
        let mut prepared: Vec<Option<Prepared>> = Vec::new();
        prepared.resize_with(self.keys.len() * self.hashes.len(), || None);
        let mut macs = 0;
        for level in 0..=self.limits.levels {
            if level > *best {
                break;
            }
            self.messages.make(level)?;
            let groups = self.groups();
            let mut hits = Vec::new();
            for (at_key, key) in self.keys.iter().enumerate() {
                for (at_hash, hashing) in self.hashes.iter().enumerate() {
                    let prepared = &mut prepared[at_key * self.hashes.len() + at_hash];
                    for (depth, messages) in &groups {
                        for keying in &self.keyings {
                            let counts = Counts {
                                key: key.deviations(),
                                identity: depth.identity,
                                message: depth.message + usize::from(keying.is_some()),
                                hash: usize::from(hashing.choice.is_some()),
                                cut: hashing.cut,
                            };
                            if counts.before_the_mac() != level || !counts.are_tried(self.limits) {
                                continue;
                            }
                            let keyed = KeyedHash {
                                hash: hashing.hash,
                                key: &key.value,
                                prepared: prepared
                                    .get_or_insert_with(|| hashing.hash.prepare(&key.value)),
                            };
                            macs += messages.len() as u64;
                            for &message in messages {
                                let bytes = &self.messages.made[message].bytes;
                                let mac = match keying {
                                    None => keyed.mac(bytes),
                                    Some((_, keying)) => keying(&keyed, bytes),
                                };
                                if self.candidates.contain(mac.head()) {
                                    hits.push(Hit {
                                        key: at_key,
                                        message,
                                        keying: keying.map(|(choice, _)| choice),
                                        hash: hashing.choice,
                                        mac,
                                    });
                                }
                            }
                        }
                    }
                }
            }
            for hit in &hits {
                self.follow(hit, best, found);
            }
        }
        found.tried.macs += macs;
        found.tried.pipelines += macs.saturating_mul(self.encodings.count());
        Ok(())
    }

    /// The messages made so far, by their deviations.
    fn groups(&self) -> Vec<(Depth, Vec<usize>)> {
        let mut groups: Vec<(Depth, Vec<usize>)> = Vec::new();
        for (at, message) in self.messages.made.iter().enumerate() {
            match groups.iter_mut().find(|(depth, _)| *depth == message.depth) {
                Some((_, group)) => group.push(at),
                None => groups.push((message.depth, vec![at])),
            }
        }
        groups
    }

    /// From a MAC that may stand in the token to the pipelines that give the token.
    fn follow(&self, hit: &Hit, best: &mut usize, found: &mut Found) {
        for origin in &self.messages.made[hit.message].origins {
            let times = &self.messages.times[origin.time].value;
            let ends = self.encodings.ways(
                self.inputs,
                self.texts,
                times,
                hit.mac.bytes(),
                &self.candidates.texts,
                self.received,
            );
            if ends.is_empty() {
                continue;
            }
            for begin in self.messages.ways(*origin) {
                for key in &self.keys[hit.key].ways {
                    for end in &ends {
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
    /// Behind the MAC.
    cut: usize,
}

impl Counts {
    fn before_the_mac(&self) -> usize {
        self.key + self.identity + self.message + self.hash
    }

    fn are_tried(&self, limits: Limits) -> bool {
        let all = self.before_the_mac() + self.cut;
        let one_each = [self.key, self.identity, self.message, self.hash]
            .iter()
            .all(|&count| count <= 1);
        all <= limits.most || (one_each && all <= limits.levels)
    }
}

/// The hash functions whose MACs may stand in the token.
fn hashes(scheme: &Scheme, candidates: &Candidates) -> Vec<Hashing> {
    let right = Hash::of(scheme.algorithm);
    let others = mistakes_of(Step::Hash).filter_map(|mistake| match mistake.change {
        Change::Hash(hash) if hash != right => Some((hash, Some(Choice::usual(mistake)))),
        _ => None,
    });
    std::iter::once((right, None))
        .chain(others)
        .filter_map(|(hash, choice)| {
            let cut = candidates.room(cut_to_scheme(scheme, &[0; 64][..hash.bytes()]).len())?;
            Some(Hashing { hash, choice, cut })
        })
        .collect()
}

fn keyings() -> Vec<Keying> {
    let mut all = vec![None];
    for mistake in mistakes_of(Step::Keying) {
        if let Change::Keying(forms) = mistake.change {
            for (form, (_, keying)) in forms.iter().enumerate() {
                all.push(Some((Choice { mistake, form }, *keying)));
            }
        }
    }
    all
}
