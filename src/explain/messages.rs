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
    times: Vec<Reached<TimeTexts>>,
    /// The times that stand in the message alike, and deviate as often: a message is made once
    /// for each such group.
    alike: Vec<Vec<usize>>,
    /// Where the message of that hash stands in `made`.
    known: HashMap<u64, usize>,
    hasher: RandomState,
    /// The bytes of all messages, one behind the other.
    bytes: Vec<u8>,
    /// How the messages come about, each with the one before it of the same message.
    origins: Vec<(Origin, Option<usize>)>,
    /// Whether there were more texts than are kept.
    is_cut: bool,
    made: Vec<Message>,
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

/// A message. There are many: what is of several lengths stands elsewhere.
struct Message {
    /// Where its bytes stand.
    start: usize,
    end: usize,
    depth: Depth,
    /// The last of its origins.
    last: usize,
}

/// How a message comes about: indices into [`Messages`].
#[derive(Clone, Copy)]
pub(super) struct Origin {
    identity: usize,
    /// Times that stand in the message alike.
    times: usize,
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
            bytes: Vec::new(),
            origins: Vec::new(),
            made: Vec::new(),
        })
    }

    /// How many messages were made.
    pub(super) fn count(&self) -> usize {
        self.made.len()
    }

    /// The bytes of one of them.
    pub(super) fn message(&self, at: usize) -> &[u8] {
        &self.bytes[self.made[at].start..self.made[at].end]
    }

    /// How often it deviates.
    pub(super) fn depth(&self, at: usize) -> Depth {
        self.made[at].depth
    }

    /// How it comes about, so far as that is not known yet: from the place on where the origins
    /// ended that were asked for last, which is set to their end. Those with the fewest deviations
    /// come first.
    pub(super) fn origins(&self, at: usize, seen: &mut Option<usize>) -> Vec<Origin> {
        let last = self.made[at].last;
        let mut new = Vec::new();
        let mut next = Some(last);
        while next != *seen
            && let Some(at) = next
        {
            let (origin, before) = self.origins[at];
            new.push(origin);
            next = before;
        }
        *seen = Some(last);
        new.reverse();
        new
    }

    /// One of the times that there may be.
    pub(super) fn time(&self, at: usize) -> &TimeTexts {
        &self.times[at].value
    }

    /// The times with which a message of that origin may stand in a token.
    pub(super) fn times(&self, origin: Origin) -> &[usize] {
        &self.alike[origin.times]
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
                if self.bytes.len() > MOST_BYTES {
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
        self.add(&message, identity, times, None);
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
                    &message.value,
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

    /// Keeps a message, or another way to a known one.
    fn add(&mut self, bytes: &[u8], identity: usize, times: usize, composition: Option<Choice>) {
        let depth = Depth {
            identity: self.identities[identity].deviations(),
            message: self.times[self.alike[times][0]].deviations()
                + usize::from(composition.is_some()),
        };
        let origin = Origin {
            identity,
            times,
            composition,
            deviations: depth.all(),
        };
        let next = self.made.len();
        let hash = self.hasher.hash_one(bytes);
        let at = *self.known.entry(hash).or_insert(next);
        // Two messages of one hash are all but impossible; then the second is not known again.
        if at == next || self.message(at) != bytes {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(bytes);
            self.made.push(Message {
                start,
                end: self.bytes.len(),
                depth,
                last: self.origins.len(),
            });
            self.origins.push((origin, None));
            return;
        }
        // The same bytes beside the same times in the token are the same token.
        let message = &mut self.made[at];
        let (latest, _) = self.origins[message.last];
        if latest.times != times || latest.deviations == origin.deviations {
            self.origins.push((origin, Some(message.last)));
            message.last = self.origins.len() - 1;
        }
    }

    /// Every way to a message of that origin, beside that time in the token.
    pub(super) fn ways(&self, origin: Origin, time: usize) -> Vec<Choices> {
        let identities = &self.identities[origin.identity].ways;
        let times = &self.times[time].ways;
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
