//! How a presented token was made, and the same token for another secret, time or identity.
//!
//! A vector presents a token that is right, or wrong in one respect. Under another secret or at
//! another time the vector means the same only if its token is wrong in that same respect.
//! [`Tracer`] finds candidates for how a token was made, the likeliest first, as [`Presented`];
//! [`Presented::remade`] makes it again after a [`Change`]. The caller decides
//! which candidate still means the same.
//!
//! A [`Recipe`] is the form of a derivation that can be changed itself: fuzzing mutates and shrinks
//! it. [`token_with_mac`] makes the forgeries of both, [`SignedToken::with_mac`] those of one token.

mod edit;
mod forgery;
mod origin;
mod presented;
mod rebase_token;
mod recipe;
mod shift;
mod signing;
mod signing_time;

pub(crate) use edit::Edit;
pub(crate) use forgery::{any_texts, token_with_mac};
pub(crate) use origin::Tracer;
pub(crate) use presented::{Presented, fields_as_shown};
pub(crate) use rebase_token::SignedToken;
pub(crate) use recipe::{Recipe, presented_text};
pub(crate) use shift::Shift;
pub(crate) use signing::{Change, Signing};
pub(crate) use signing_time::{fields_at, fields_when_signed};
