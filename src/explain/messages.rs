//! The messages that the fields may become.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use crate::explain::pipelines::{Choices, Distinct, Reached, deviations, mistakes_of, with};
use crate::mistakes::Piece;
use crate::mistakes::message_forms::composed;
use crate::mistakes::step_inputs::{
    IdentityBytes, composition, ends_forms, filtering_forms, identities, identity_forms, pieces,
    time_text, written,
};
use crate::mistakes::{Change, Choice, Inputs, Step, TimeTexts};
use crate::scheme::{FieldTexts, Refusal};

/// The distinct messages that were made so far, and how each comes about.
pub(super) struct Messages<'a> {
    inputs: &'a Inputs<'a>,
    texts: &'a FieldTexts<'a>,
    /// The texts that are signed.
    identities: Vec<Reached<Vec<IdentityBytes<'a>>>>,
    /// The times, as they stand in the message and in the token.
    pub(super) times: Vec<Reached<TimeTexts>>,
    /// The times that stand in the message alike, and deviate as often: a message is made once
    /// for each such group.
    alike: Vec<Vec<usize>>,
    /// Where the message of that hash stands in `made`.
    known: HashMap<u64, usize>,
    hasher: RandomState,
    /// How many bytes the messages have in all.
    bytes: usize,
    /// Whether there were more texts than are kept.
    is_cut: bool,
    pub(super) made: Vec<Message>,
}

/// How many bytes of messages are made at most.
const MOST_BYTES: usize = 8 << 20;

/// How often a message deviates at the stages of identity and message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Depth {
    pub(super) identity: usize,
    pub(super) message: usize,
}

impl Depth {
    pub(super) fn all(self) -> usize {
        self.identity + self.message
    }
}

/// A message.
pub(super) struct Message {
    pub(super) bytes: Vec<u8>,
    pub(super) depth: Depth,
    /// How it comes about: the shortest ways for each time in the token.
    pub(super) origins: Vec<Origin>,
}

/// How a message comes about: indices into [`Messages`].
#[derive(Clone, Copy)]
pub(super) struct Origin {
    identity: usize,
    pub(super) time: usize,
    composition: Option<Choice>,
    deviations: usize,
}

impl<'a> Messages<'a> {
    /// The texts and times that these fields may become; `reading` are the choices by which they
    /// were read. No message is made yet.
    pub(super) fn of(
        inputs: &'a Inputs<'a>,
        texts: &'a FieldTexts<'a>,
        reading: &Choices,
    ) -> Result<Self, Refusal> {
        let times = time_variants(inputs, texts);
        let (identities, is_cut) = identity_variants(inputs, texts, reading)?;
        Ok(Self {
            inputs,
            texts,
            identities,
            is_cut,
            alike: alike(&times),
            times,
            known: HashMap::new(),
            hasher: RandomState::new(),
            bytes: 0,
            made: Vec::new(),
        })
    }

    /// Makes the messages with so many deviations in all, and says whether it made all of them.
    /// To be called for 0, then 1, and so on.
    pub(super) fn make(&mut self, deviations: usize) -> Result<bool, Refusal> {
        for identity in 0..self.identities.len() {
            let at_identity = self.identities[identity].deviations();
            // Two at the stage of the message are a time and a composition.
            let Some(at_message @ 0..=2) = deviations.checked_sub(at_identity) else {
                continue;
            };
            for times in 0..self.alike.len() {
                if self.bytes > MOST_BYTES {
                    return Ok(false);
                }
                let time = self.alike[times][0];
                match at_message.checked_sub(self.times[time].deviations()) {
                    Some(0) => self.compose_rightly(identity, times)?,
                    Some(1) => self.compose_wrongly(identity, times)?,
                    _ => {}
                }
            }
        }
        Ok(!self.is_cut)
    }

    fn compose_rightly(&mut self, identity: usize, times: usize) -> Result<(), Refusal> {
        let message = composed(&self.pieces(identity, times)?);
        self.add(message, identity, times, None);
        Ok(())
    }

    fn compose_wrongly(&mut self, identity: usize, times: usize) -> Result<(), Refusal> {
        let pieces = self.pieces(identity, times)?;
        let composition = composition(self.inputs, self.texts, &pieces)?;
        let mut made = Vec::with_capacity(64);
        for mistake in mistakes_of(self.inputs.scheme, Step::Composition) {
            if let Change::Composition(change) = mistake.change {
                made.push((mistake, change(&composition)));
            }
        }
        for (mistake, forms) in made {
            for (form, message) in forms.into_iter().enumerate() {
                self.add(
                    message.value,
                    identity,
                    times,
                    Some(Choice { mistake, form }),
                );
            }
        }
        Ok(())
    }

    fn pieces(&self, identity: usize, times: usize) -> Result<Vec<Piece<'_>>, Refusal> {
        pieces(
            self.inputs.scheme,
            self.texts,
            &self.identities[identity].value,
            &self.times[self.alike[times][0]].value.message,
        )
    }

    /// Keeps a message, or other ways to a known one.
    fn add(&mut self, bytes: Vec<u8>, identity: usize, times: usize, composition: Option<Choice>) {
        let alike = &self.alike[times];
        let depth = Depth {
            identity: self.identities[identity].deviations(),
            message: self.times[alike[0]].deviations() + usize::from(composition.is_some()),
        };
        let origins = alike.iter().map(|&time| Origin {
            identity,
            time,
            composition,
            deviations: depth.all(),
        });
        let next = self.made.len();
        let at = *self
            .known
            .entry(self.hasher.hash_one(&bytes))
            .or_insert(next);
        // Two messages of one hash are all but impossible; then the second is not known again.
        if at == next || self.made[at].bytes != bytes {
            self.bytes += bytes.len();
            self.made.push(Message {
                bytes,
                depth,
                origins: origins.collect(),
            });
            return;
        }
        let message = &mut self.made[at];
        for origin in origins {
            // The same bytes beside another time in the token are another token.
            let token = |origin: &Origin| &self.times[origin.time].value.token;
            let shorter = |other: &Origin| {
                other.deviations < origin.deviations && token(other) == token(&origin)
            };
            if !message.origins.iter().any(shorter) {
                message.origins.push(origin);
            }
        }
    }

    /// Every way to a message of that origin.
    pub(super) fn ways(&self, origin: Origin) -> Vec<Choices> {
        let identities = &self.identities[origin.identity].ways;
        let times = &self.times[origin.time].ways;
        let mut ways = Vec::with_capacity(identities.len() * times.len());
        for identity in identities {
            for time in times {
                let choices = identity.iter().chain(time).chain(&origin.composition);
                ways.push(choices.copied().collect());
            }
        }
        ways
    }
}

fn alike(times: &[Reached<TimeTexts>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, time) in times.iter().enumerate() {
        let fits = |group: &&mut Vec<usize>| {
            let first = &times[group[0]];
            first.value.message == time.value.message && first.deviations() == time.deviations()
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

/// From how many bytes on two changes to one text are too much.
const LONG: usize = 4096;

/// What the identities may have become, and whether there would have been more.
type Variants<'a> = (Vec<Reached<Vec<IdentityBytes<'a>>>>, bool);

fn identity_variants<'a>(
    inputs: &Inputs<'a>,
    texts: &'a FieldTexts<'_>,
    reading: &Choices,
) -> Result<Variants<'a>, Refusal> {
    let right = identities(inputs.scheme, texts)?;
    let length = right.iter().map(|text| text.right.len()).sum::<usize>();
    let is_long = length > LONG;
    // What a variant takes in memory, about: its texts, and the structures that hold them.
    let cost = length + 128 * right.len();
    let most = (MOST_BYTES / cost.max(1)).max(1);
    let mut ended = Distinct::new();
    ended.add(right.clone(), reading.clone());
    let changed = deviations(inputs.scheme, Step::Ends, |change| match change {
        Change::Ends(change) => ends_forms(&right, change),
        _ => Vec::new(),
    });
    for (texts, choice) in changed {
        ended.add(texts, with(reading, choice));
    }
    let mut variants = Distinct::new();
    for ended in ended.into_sorted() {
        if variants.len() > most {
            return Ok((variants.into_sorted(), true));
        }
        if is_long && ended.deviations() > reading.len() {
            variants.add(signed(&ended.value), ended.ways[0].clone());
            continue;
        }
        let changed = deviations(inputs.scheme, Step::Identity, |change| match change {
            Change::Identity(change) => identity_forms(inputs.fields, &ended.value, change),
            _ => Vec::new(),
        });
        // A text that is changed and written otherwise, too, is not searched.
        let filtered = deviations(inputs.scheme, Step::Filtering, |change| match change {
            Change::Filtering(change) => filtering_forms(&ended.value, change),
            _ => Vec::new(),
        });
        for way in &ended.ways {
            for (texts, choice) in &filtered {
                variants.add(signed(texts), with(way, *choice));
            }
            variants.add(signed(&ended.value), way.clone());
            for (texts, choice) in &changed {
                variants.add(signed(texts), with(way, *choice));
            }
        }
    }
    Ok((variants.into_sorted(), false))
}

/// The texts as they are signed: what they were before no longer matters.
fn signed<'a>(texts: &[IdentityBytes<'a>]) -> Vec<IdentityBytes<'a>> {
    let signed = |text| IdentityBytes {
        raw: b"".into(),
        ..text
    };
    written(texts).into_iter().map(signed).collect()
}

fn time_variants(inputs: &Inputs<'_>, texts: &FieldTexts<'_>) -> Vec<Reached<TimeTexts>> {
    let text = inputs.scheme.time().and_then(|field| texts.text(field));
    let mut variants = Distinct::new();
    let right = text.unwrap_or_default();
    variants.add(
        TimeTexts {
            message: right.to_owned(),
            token: right.to_owned(),
        },
        Choices::new(),
    );
    if let Some(text) = text {
        let time = time_text(inputs, text);
        let changed = deviations(inputs.scheme, Step::Time, |change| match change {
            Change::Time(change) => change(&time),
            _ => Vec::new(),
        });
        for (times, choice) in changed {
            variants.add(times, vec![choice]);
        }
    }
    variants.into_sorted()
}
