//! From a MAC that was found to the token that was received.

use std::collections::HashSet;

use crate::explain::pipelines::{Choices, deviations, mistakes_of};
use crate::mistakes::step_inputs::{cut_to_scheme, has_more_than_the_mac};
use crate::mistakes::{Change, Choice, Inputs, Pipeline, Step, TimeTexts, TokenPieces};
use crate::scheme::{FieldTexts, Scheme};

/// The choices between a MAC and its token, each step's with "none" first.
pub(super) struct Encodings {
    bytes: Vec<Option<Choice>>,
    spellings: Vec<Option<Choice>>,
    wrappings: Vec<Option<Choice>>,
    tokens: Vec<Option<Choice>>,
}

impl Encodings {
    /// Those of this scheme, for these texts of its fields.
    pub(super) fn of(inputs: &Inputs<'_>, texts: &FieldTexts<'_>) -> Self {
        // How many forms there are does not depend on the MAC, given that it is long enough.
        let mac = [1; 64];
        let mut pieces = TokenPieces::of(inputs.scheme, "a", |field| {
            inputs.scheme.token.carried_text(texts, field)
        });
        pieces.millis = inputs.millis;
        let places = if has_more_than_the_mac(inputs.scheme) {
            2
        } else {
            1
        };
        Self {
            bytes: choices(inputs.scheme, Step::MacBytes, |change| match change {
                Change::MacBytes { change, .. } => change(&mac).len(),
                _ => 0,
            }),
            spellings: choices(inputs.scheme, Step::Spelling, |change| match change {
                Change::Spelling { spell, .. } => spell(&mac).len(),
                _ => 0,
            }),
            wrappings: choices(inputs.scheme, Step::Wrapping, |change| match change {
                Change::Wrapping { wrap, .. } => wrap("a").len() * places,
                _ => 0,
            }),
            tokens: choices(inputs.scheme, Step::Token, |change| match change {
                Change::Token(change) => change(&pieces).len(),
                _ => 0,
            }),
        }
    }

    /// How many ways there are from one MAC to a token.
    pub(super) fn count(&self) -> u64 {
        [&self.bytes, &self.spellings, &self.wrappings, &self.tokens]
            .into_iter()
            .map(|choices| u64::try_from(choices.len()).unwrap_or(u64::MAX))
            .product()
    }
}

fn choices(scheme: &Scheme, step: Step, forms: impl Fn(Change) -> usize) -> Vec<Option<Choice>> {
    let made = mistakes_of(scheme, step).flat_map(|mistake| {
        (0..forms(mistake.change)).map(move |form| Some(Choice { mistake, form }))
    });
    std::iter::once(None).chain(made).collect()
}

fn along(choices: &[Option<Choice>]) -> Pipeline {
    choices
        .iter()
        .flatten()
        .fold(Pipeline::right(), |pipeline, choice| pipeline.with(*choice))
}

impl Encodings {
    /// The ways with the fewest deviations from these bytes of a MAC to one of the received texts.
    pub(super) fn ways(
        &self,
        inputs: &Inputs<'_>,
        texts: &FieldTexts<'_>,
        times: &TimeTexts,
        mac: &[u8],
        candidates: &HashSet<String>,
        received: &[String],
    ) -> Vec<Choices> {
        let mut found: Vec<Choices> = Vec::new();
        for (bytes, mac) in mac_bytes(inputs, mac) {
            for (spelling, text) in spelt(inputs, &mac) {
                // Only what stands in the token can have become it.
                if !candidates.contains(&text) {
                    continue;
                }
                for &wrapping in &self.wrappings {
                    for &token in &self.tokens {
                        let choices = [bytes, spelling, wrapping, token];
                        let way: Choices = choices.into_iter().flatten().collect();
                        if found.first().is_some_and(|best| best.len() < way.len()) {
                            continue;
                        }
                        let pipeline = along(&choices);
                        let made = pipeline
                            .wrap_mac(inputs.scheme, &text)
                            .and_then(|text| pipeline.assemble(inputs, texts, times, &text));
                        if made.is_ok_and(|made| received.contains(&made)) {
                            found.retain(|other| other.len() <= way.len());
                            found.push(way);
                        }
                    }
                }
            }
        }
        found
    }
}

/// The bytes that a MAC may be handed over as, with the choice that it takes.
fn mac_bytes(inputs: &Inputs<'_>, mac: &[u8]) -> Vec<(Option<Choice>, Vec<u8>)> {
    let whole = cut_to_scheme(inputs.scheme, mac);
    let changed = deviations(inputs.scheme, Step::MacBytes, |change| match change {
        Change::MacBytes { change, .. } => change(whole),
        _ => Vec::new(),
    });
    let changed = changed.into_iter().map(|(mac, choice)| (Some(choice), mac));
    std::iter::once((None, whole.to_vec()))
        .chain(changed)
        .collect()
}

/// The texts that they may be spelt as, with the choice that it takes.
fn spelt(inputs: &Inputs<'_>, mac: &[u8]) -> Vec<(Option<Choice>, String)> {
    let right = inputs.scheme.token.mac_encoding().encode(mac);
    let changed = deviations(inputs.scheme, Step::Spelling, |change| match change {
        Change::Spelling { spell, .. } => spell(mac),
        _ => Vec::new(),
    });
    let changed = changed
        .into_iter()
        .map(|(text, choice)| (Some(choice), text));
    std::iter::once((None, right)).chain(changed).collect()
}
