//! One signature, and how it is made again.

use crate::derivation::shift::Shift;
use crate::mistakes::{Mistake, Mistaken};
use crate::scheme::{Call, Implementation as _, Scheme};
use crate::signature::{Fields, Secrets};

/// What is signed, and by whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signing<'a> {
    /// The signer's mistake, if it makes one.
    pub(crate) by: Option<&'static Mistake>,
    pub(crate) secrets: &'a Secrets,
    pub(crate) fields: &'a Fields,
    /// When, in Unix seconds: some mistakes sign the clock instead of the time they were given.
    pub(crate) now: u64,
}

impl Signing<'_> {
    /// The token; `None` where the signer declines.
    pub(crate) fn token(&self, scheme: &Scheme) -> Option<String> {
        match self.by {
            None => scheme.sign(self.secrets, self.fields).ok(),
            Some(mistake) => {
                let call = Call::sign(scheme, self.secrets, self.fields, self.now);
                Mistaken::one(mistake).call(&call).into_token()
            }
        }
    }
}

/// How a token is made again.
#[derive(Clone, Copy)]
pub(crate) struct Change<'c> {
    /// By how much every time moves.
    pub(crate) shift: Shift,
    /// Signs in place of the original signer; `None` where it cannot.
    pub(crate) sign: &'c dyn Fn(&Signing<'_>) -> Option<String>,
}
