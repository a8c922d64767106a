//! Intermediate values, and the choices that lead to each.

use std::collections::HashMap;
use std::hash::Hash;

use crate::mistakes::{Change, Choice, Form, Mistake, Step, catalogue};
use crate::scheme::Scheme;

/// One way to a value: the choices that differ from the scheme.
pub(super) type Choices = Vec<Choice>;

/// A value with all the ways to it that have the fewest deviations.
#[derive(Clone, Debug)]
pub(super) struct Reached<T> {
    pub(super) value: T,
    pub(super) ways: Vec<Choices>,
}

impl<T> Reached<T> {
    /// How many deviations it takes.
    pub(super) fn deviations(&self) -> usize {
        self.ways.first().map_or(0, Vec::len)
    }
}

/// Distinct values, each with the shortest ways to it.
pub(super) struct Distinct<T> {
    values: Vec<Reached<T>>,
    places: HashMap<T, usize>,
}

impl<T: Clone + Eq + Hash> Distinct<T> {
    pub(super) fn new() -> Self {
        Self {
            values: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Adds a value, or another way to a known one. Ways with more deviations than the best are
    /// dropped: what they add changes no byte.
    pub(super) fn add(&mut self, value: T, way: Choices) {
        let Some(&at) = self.places.get(&value) else {
            self.places.insert(value.clone(), self.values.len());
            self.values.push(Reached {
                value,
                ways: vec![way],
            });
            return;
        };
        let reached = &mut self.values[at];
        let best = reached.deviations();
        if way.len() < best {
            reached.ways = vec![way];
        } else if way.len() == best {
            reached.ways.push(way);
        }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The values, those with the fewest deviations first.
    pub(super) fn into_sorted(self) -> Vec<Reached<T>> {
        let mut values = self.values;
        values.sort_by_key(Reached::deviations);
        values
    }
}

/// A way with one more choice.
pub(super) fn with(way: &Choices, choice: Choice) -> Choices {
    let mut longer = Choices::with_capacity(way.len() + 1);
    longer.extend(way);
    longer.push(choice);
    longer
}

/// The mistakes of a step, in the order of the catalogue.
pub(super) fn every_mistake_of(step: Step) -> impl Iterator<Item = &'static Mistake> {
    let all = catalogue().iter();
    all.filter(move |mistake| mistake.step() == step)
}

/// Those that can be made in a scheme.
pub(super) fn mistakes_of(
    scheme: &Scheme,
    step: Step,
) -> impl Iterator<Item = &'static Mistake> + use<'_> {
    every_mistake_of(step).filter(move |mistake| mistake.applies(scheme).is_ok())
}

/// The values that a step's mistakes make of one value, each with its choice.
pub(super) fn deviations<T>(
    scheme: &Scheme,
    step: Step,
    change: impl Fn(Change) -> Vec<Form<T>>,
) -> Vec<(T, Choice)> {
    let mut out = Vec::new();
    for mistake in mistakes_of(scheme, step) {
        for (form, made) in change(mistake.change).into_iter().enumerate() {
            out.push((made.value, Choice { mistake, form }));
        }
    }
    out
}
