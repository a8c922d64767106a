//! One thing asked of an implementation that lives in this process.

use subtle::ConstantTimeEq as _;

use crate::scheme::Scheme;
use crate::signature::{Context, Fields, Op, Outcome, Request, Secrets, Value};

/// One request, its scheme at hand.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The operation.
    pub op: Op,
    /// The scheme by which to do it.
    pub scheme: &'a Scheme,
    /// The secret or secrets.
    pub secrets: &'a Secrets,
    /// The given fields; for verify, without those that the token carries.
    pub fields: &'a Fields,
    /// The token presented; `None` where it is absent.
    pub token: Option<&'a Value>,
    /// What the call to be identified happens in; nothing at sign and verify.
    pub context: &'a Context,
    /// The time of verification, in Unix seconds.
    pub now: u64,
}

impl<'a> Call<'a> {
    /// A call that signs these fields.
    pub fn sign(scheme: &'a Scheme, secrets: &'a Secrets, fields: &'a Fields, now: u64) -> Self {
        Self {
            op: Op::Sign,
            scheme,
            secrets,
            fields,
            token: None,
            context: Context::none(),
            now,
        }
    }
}

impl Request {
    /// The request as a call by a scheme.
    pub fn call<'r>(&'r self, scheme: &'r Scheme) -> Call<'r> {
        Call {
            op: self.op,
            scheme,
            secrets: &self.secrets,
            fields: &self.fields,
            token: self.token.as_ref(),
            context: &self.context,
            now: self.now,
        }
    }
}

/// An implementation in this process: the reference, or one with planted mistakes.
pub trait Implementation {
    /// Does what is asked. It may remember keys between calls, nothing else.
    fn call(&mut self, call: &Call<'_>) -> Outcome;

    /// The comparison that it uses for what must not leak.
    fn compare(&mut self, left: &[u8], right: &[u8]) -> bool {
        left.ct_eq(right).into()
    }
}
