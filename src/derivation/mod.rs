//! How a presented token was made, and the same token for another secret, time or identity.
//!
//! A vector presents a token that is right, or wrong in one respect. Under another secret or at
//! another time the vector means the same only if its token is wrong in that same respect.
//! [`Tracer`] finds candidates for how a token was made, the likeliest first, as [`Presented`];
//! [`Presented::remade`] makes it again after a [`Change`]. The caller decides
//! which candidate still means the same.

mod origin;
mod presented;
mod rebase_token;
mod shift;
mod signing;
mod signing_time;

pub(crate) use origin::Tracer;
pub(crate) use presented::Presented;
pub(crate) use rebase_token::SignedToken;
pub(crate) use shift::Shift;
pub(crate) use signing::{Change, Signing};
pub(crate) use signing_time::{fields_at, fields_when_signed};
