//! Why a token differs: the mistakes of the catalogue that produce it.
//!
//! [`explain`] searches the product of the stages of signing. The received token is taken apart
//! once, into every MAC that it may spell; then each distinct key, message and hash function gives
//! one MAC, which is looked up there by its first eight bytes. What is found is made again from the
//! beginning, and only what gives the received token to the last character is said.
//!
//! [`solve`] asks that for a person: other text may stand around the token, and it may have been
//! made with another secret or another value; [`solve_by_any`] where the scheme is not known.
//! [`compare`] tells what two tokens show where nobody has the secret.
//!
//! [`explain_verifier`] asks the same of a verifier. That shows nothing of what it computes, so the
//! tokens of known mistakes are presented to it: it accepts the one that it expects.

mod acceptance;
mod alternatives;
mod asking;
mod candidates;
mod clues;
mod comparison;
mod details;
mod differences;
mod encodings;
mod explanation;
mod fit;
mod inquiry;
mod keys;
#[cfg(test)]
mod laws;
mod leniency;
mod leniency_controls;
mod macs;
mod messages;
mod pasted;
mod pipelines;
mod question;
mod readings;
mod schemes;
mod search;
#[cfg(test)]
mod sentences;
mod spelling;
mod support;
mod suspects;
mod times;
mod verifier;
#[cfg(test)]
mod verifier_laws;
mod words;

pub use alternatives::{NamedSecret, Puzzle, secrets_for, solve};
pub use asking::{Ask, Asking, Seen};
pub use comparison::{Comparison, compare};
pub use differences::Difference;
pub use explanation::{
    Answer, Cause, Explanation, Finding, Instead, OtherSecret, OtherValue, Tried,
};
pub use question::{Question, explain};
pub use readings::solve_readings;
pub use schemes::solve_by_any;
pub use support::{Signed, Standing, Support, matters, retain_supported};
pub use suspects::{FORMS_TRIED, Probe};
pub use times::signed_at_the_present;
pub use verifier::{VerifierExplained, explain_verifier, signing_mistakes};
