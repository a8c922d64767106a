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
pub mod checksums;
pub mod collision;
mod comparing;
mod constant_forms;
mod content;
mod content_forms;
pub mod digest;
mod documents;
mod encoding;
pub mod encoding_forms;
mod encoding_prints;
mod filters;
mod identity;
mod identity_forms;
mod interpreting;
mod json_text;
mod key_derivation;
#[cfg(test)]
mod laws;
mod lenient;
mod message;
pub mod message_forms;
mod mistake;
mod mistaken;
mod optional_parts;
mod params;
pub mod pipeline;
mod rotation;
#[cfg(any(test, feature = "samples"))]
mod sample_requests;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod secret;
mod secret_texts;
pub mod step_inputs;
mod stringified;
mod time_forms;
mod token;
pub mod token_text;
mod verifying;
mod verifying_forms;
mod verifying_judgements;
mod words;

pub use catalogue::{UnknownMistake, catalogue};
pub use digest::{Digest, Hash};
pub use message_forms::DELIMITERS;
pub use mistake::{
    Attempt, Choice, Composition, FilteredText, Form, Forms, IdentityText, Judgement,
    KeyDerivation, KeyedHash, Mistake, MistakeId, Pipeline, SecretText, SelectedSecret, Stage,
    Step, TimeText, TimeTexts,
};
pub use mistake::{Change, Keying, Piece, PieceKind};
pub use mistaken::{ConflictError, Mistaken};
pub use pipeline::Stop;
pub use step_inputs::Inputs;
pub use token_text::{LooseToken, TokenPieces, loosely, meant};
pub use words::FormWords;
pub use words::Words;
