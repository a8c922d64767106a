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
pub(crate) mod checksums;
pub(crate) mod collision;
mod comparing;
pub(crate) mod digest;
mod encoding;
pub(crate) mod encoding_forms;
mod identity;
mod identity_forms;
mod interpreting;
#[cfg(test)]
mod laws;
mod lenient;
mod message;
pub(crate) mod message_forms;
mod mistake;
mod mistaken;
pub(crate) mod pipeline;
#[cfg(test)]
mod sample_requests;
#[cfg(test)]
pub(crate) mod samples;
mod secret;
pub(crate) mod step_inputs;
mod token;
pub(crate) mod token_text;
mod verifying;
mod verifying_forms;
mod verifying_judgements;
mod words;

pub use catalogue::{UnknownMistake, catalogue};
pub use digest::{Digest, Hash};
pub(crate) use message_forms::DELIMITERS;
pub use mistake::{
    Attempt, Choice, Composition, Form, Forms, IdentityText, Judgement, KeyedHash, Mistake,
    MistakeId, Pipeline, SecretText, SelectedSecret, Stage, Step, TimeText, TimeTexts,
};
pub(crate) use mistake::{Change, Keying, Piece, PieceKind};
pub use mistaken::{ConflictError, Mistaken};
pub use pipeline::Stop;
pub use step_inputs::Inputs;
pub use token_text::TokenPieces;
pub(crate) use token_text::loosely;
pub(crate) use words::FormWords;
pub use words::Words;
