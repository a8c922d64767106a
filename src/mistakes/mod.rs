//! The catalogue of mistakes: the named ways to get a signature wrong.
//!
//! A mistake is a small change to one [`Step`] of signing or verifying. Each is one entry in the
//! file of its [`Stage`]; to add one, add it there, and the laws of the tests (it changes what it
//! says it changes, it is found again in its tokens) hold for it too. The order of the entries is
//! how often they are seen, the most frequent first.
//!
//! [`Mistaken`] is an implementation with some of them planted. A [`Pipeline`] is one way to sign:
//! the right one but for a choice at some of its steps.

mod algorithm;
mod applicability;
mod attempt;
mod catalogue;
mod change;
mod digest;
mod encoding;
mod encoding_forms;
mod identity;
mod identity_forms;
#[cfg(test)]
mod laws;
mod lenient;
mod message;
mod mistaken;
mod pipeline;
#[cfg(test)]
pub(crate) mod samples;
mod secret;
mod token;
mod token_text;
mod verifying;
mod verifying_forms;

pub use attempt::{Attempt, Judgement};
pub use catalogue::{Mistake, MistakeId, Stage, UnknownMistake, catalogue};
pub(crate) use change::Change;
pub use change::{
    Composition, Form, Forms, IdentityText, KeyedHash, SecretText, SelectedSecret, Step, TimeText,
    TimeTexts,
};
pub use digest::{Digest, Hash};
pub use mistaken::{ConflictError, Mistaken};
pub use pipeline::{Choice, Inputs, Pipeline, Stop};
pub use token_text::TokenPieces;
