//! Why a token differs: the mistakes of the catalogue that produce it.
//!
//! [`explain`] searches the product of the stages of signing. The received token is taken apart
//! once, into every MAC that it may spell; then each distinct key, message and hash function gives
//! one MAC, which is looked up there by its first eight bytes. What is found is made again from the
//! beginning, and only what gives the received token to the last character is said.
//!
//! [`explain_verifier`] asks the same of a verifier: which mistakes would make it behave as it did
//! on all the cases of a run.

mod candidates;
mod clues;
mod details;
mod encodings;
mod explanation;
mod keys;
#[cfg(test)]
mod laws;
mod messages;
mod question;
mod search;
mod times;
mod verifier;
mod ways;
mod words;

pub use explanation::{Answer, Cause, Explanation, Finding, Tried};
pub use question::{Question, explain};
pub use verifier::{Seen, VerifierCause, explain_verifier};
