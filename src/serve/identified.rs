//! The result of a call that identifies a user.

use crate::scheme::{Decision, Rejection, SignatureState};

/// The result of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    /// The policy's decision, or why there is none.
    pub decision: Result<Decision, String>,
    /// The warning for the caller, if any.
    pub warning: Option<String>,
    /// The state of the signature, if it was checked.
    pub signature: Option<SignatureState>,
    /// Why an invalid signature failed; `None` if the call is accepted anyway.
    pub rejection: Option<Rejection>,
    /// The session that the caller should keep, if one was opened.
    pub session: Option<String>,
}
