//! The result of a call that identifies a user.

use axum::http::StatusCode;

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

impl Identified {
    /// The HTTP status of the answer: the documented one, if there is one.
    pub(super) fn status(&self) -> StatusCode {
        match &self.decision {
            Ok(Decision::Accept | Decision::Anonymous) => StatusCode::OK,
            Ok(Decision::Reject { status, .. }) => status
                .and_then(|status| StatusCode::from_u16(status).ok())
                .unwrap_or(StatusCode::FORBIDDEN),
            Err(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// The documented code of a rejection, if there is one.
    pub(super) fn code(&self) -> Option<&str> {
        match &self.decision {
            Ok(Decision::Reject { codes, .. }) => codes.first().map(String::as_str),
            _ => None,
        }
    }
}
