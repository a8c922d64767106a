//! One input: a request in the form in which it can be changed and shrunk.
//!
//! A token is not a text here but how it came to be: who signed what, with which mistake, and what
//! was done to the text afterwards. So an identity can be shortened and its token follows.

use crate::derivation::Recipe;
use crate::scheme::{Call, Implementation as _, Reference, Scheme};
use crate::signature::{Context, Fields, Op, Outcome, Request, Secrets, Value};
use crate::suite::Suite;

/// An input.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Input {
    /// Whose scheme, as an index among the suites.
    pub(super) suite: usize,
    /// The operation.
    pub(super) op: Op,
    /// The secrets that are configured.
    pub(super) secrets: Secrets,
    /// The fields; where the token is made, those that it carries are among them.
    pub(super) fields: Fields,
    /// The time of verification.
    pub(super) now: u64,
    /// What is presented.
    pub(super) token: Token,
}

/// What is presented to verify.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// Nothing.
    Absent,
    /// Just this.
    Literal(Value),
    /// A token that is made in this way.
    Made(Recipe),
}

/// Makes the tokens of inputs: the oracle, which remembers its latest key.
#[derive(Default)]
pub(super) struct Signer {
    reference: Reference,
}

impl Signer {
    /// What the oracle does.
    pub(super) fn right(&mut self, scheme: &Scheme, request: &Request) -> Outcome {
        self.reference.call(&request.call(scheme))
    }
}

impl Input {
    /// The request as it is asked; `None` where its token cannot be made.
    pub(super) fn request(&self, suite: &Suite, signer: &mut Signer) -> Option<Request> {
        let scheme = &suite.scheme;
        let (fields, token) = match (&self.token, self.op) {
            (_, Op::Sign) => (self.fields.clone(), None),
            (_, Op::Send) => return None,
            (Token::Absent, Op::Verify | Op::Identify) => (scheme.given(&self.fields), None),
            (Token::Literal(value), Op::Verify | Op::Identify) => {
                (scheme.given(&self.fields), Some(value.clone()))
            }
            (Token::Made(recipe), Op::Verify | Op::Identify) => {
                let call = Call::sign(scheme, &self.secrets, &self.fields, self.now);
                let token = recipe.presented(&call, &mut signer.reference)?;
                (scheme.given(&self.fields), Some(token))
            }
        };
        Some(Request {
            suite: (&suite.name).into(),
            op: self.op,
            secrets: self.secrets.clone(),
            fields,
            token,
            now: self.now,
            context: Context::default(),
        })
    }

    /// The input that asks just this.
    pub(super) fn literal(suite: usize, request: &Request) -> Self {
        Self {
            suite,
            op: request.op,
            secrets: request.secrets.clone(),
            fields: request.fields.clone(),
            now: request.now,
            token: match &request.token {
                None => Token::Absent,
                Some(value) => Token::Literal(value.clone()),
            },
        }
    }
}
