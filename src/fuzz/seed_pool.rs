//! What the inputs of one suite are mutated from.

use crate::derivation::Recipe;
use crate::fuzz::bounds::Bounds;
use crate::fuzz::input::{Input, Signer, Token};
use crate::fuzz::present::Present;
use crate::mistakes::{MistakeId, catalogue};
use crate::protocol::Hello;
use crate::signature::{Op, Request, Secrets, Value};
use crate::suite::{InputKind, Suite};

/// Longer texts are not grown from, only asked as the suite has them.
pub(super) const LONGEST_GROWN: usize = 512;

/// Tokens that pass where a token is taken as a pattern or joined to a query.
pub(super) const INTERPRETED: [&str; 5] = ["%", "*", ".*", "' or '1'='1", "x' or 'x'='x' -- x"];

/// What inputs of one suite are grown from.
#[derive(Debug)]
pub(super) struct SeedPool<'s> {
    pub(super) bounds: Bounds<'s>,
    /// Whose time counts.
    pub(super) present: Present<'s>,
    /// What the adapter takes.
    pub(super) ops: Vec<Op>,
    pub(super) takes: Vec<InputKind>,
    pub(super) base: Input,
    /// Every value that a vector has for a free text.
    pub(super) texts: Vec<Value>,
    pub(super) secrets: Vec<Secrets>,
    /// Characters that matter somewhere.
    pub(super) characters: Vec<char>,
    /// Mistakes of signing that make a difference in this scheme.
    pub(super) mistakes: Vec<MistakeId>,
}

impl<'s> SeedPool<'s> {
    pub(super) fn new(at: usize, suite: &'s Suite, hello: &Hello, present: Present<'s>) -> Self {
        let bounds = Bounds::of(suite);
        let fixture = bounds.fixture();
        // Neither the policy nor what is sent is what is fuzzed.
        let ops = Op::ALL
            .into_iter()
            .filter(|op| op.is_of_tokens() && hello.has_op(*op));
        let takes: Vec<InputKind> = InputKind::ALL
            .into_iter()
            .filter(|kind| hello.takes(*kind))
            .collect();
        let base = Input {
            suite: at,
            op: Op::Sign,
            secrets: fixture.base.secrets.clone(),
            fields: fixture.base.fields.clone(),
            now: crate::generate::NOW,
            token: Token::Made(Recipe::default()),
        };
        let mut texts: Vec<Value> = Vec::new();
        let mut secrets: Vec<Secrets> = Vec::new();
        let mut characters: Vec<char> = " \t\n\0\"'+-=/_.,:%&<>é😀aA0".chars().collect();
        for vector in &suite.vectors {
            for (name, value) in vector.request.fields.iter() {
                if suite.scheme.has_free_text(name) && length(value) <= LONGEST_GROWN {
                    characters.extend(value.as_text().unwrap_or_default().chars());
                    texts.push(value.clone());
                }
            }
            if !secrets.contains(&vector.request.secrets) {
                secrets.push(vector.request.secrets.clone());
            }
        }
        characters.sort_unstable();
        characters.dedup();
        let same = |one: &Value, other: &Value| one == other;
        let mut distinct: Vec<Value> = Vec::with_capacity(texts.len());
        for text in texts {
            if !distinct.iter().any(|known| same(known, &text)) {
                distinct.push(text);
            }
        }
        let makes_a_difference = catalogue()
            .iter()
            .filter(|mistake| !mistake.is_of_verifying() && mistake.applies(&suite.scheme).is_ok());
        Self {
            ops: ops.collect(),
            takes,
            base,
            texts: distinct,
            secrets,
            characters,
            mistakes: makes_a_difference.map(|mistake| mistake.id).collect(),
            bounds,
            present,
        }
    }

    pub(super) fn suite(&self) -> &'s Suite {
        self.bounds.suite()
    }

    /// Whether the adapter takes such a request.
    pub(super) fn takes(&self, request: &Request) -> bool {
        self.ops.contains(&request.op)
            && self
                .suite()
                .scheme
                .input_kind(request)
                .is_some_and(|kind| self.takes.contains(&kind))
    }

    /// The request of an input as it is asked now; `None` where its token cannot be made.
    pub(super) fn request(&self, input: &Input, signer: &mut Signer) -> Option<Request> {
        self.present.request(self.suite(), input, signer)
    }

    /// The ordinary input.
    pub(super) fn base(&self) -> &Input {
        &self.base
    }

    /// Whether the adapter knows that operation.
    pub(super) fn has_op(&self, op: Op) -> bool {
        self.ops.contains(&op)
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.ops.is_empty()
    }
}

fn length(value: &Value) -> usize {
    value.to_bytes().map_or(0, |bytes| bytes.len())
}
