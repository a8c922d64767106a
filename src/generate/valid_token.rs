//! A right token, from which wrong ones and other spellings are made.

use crate::generate::fixture::{Claim, Fixture, Presented};

/// A claim with its right token, from which others are made.
pub(super) struct Right {
    /// Who says what.
    pub(super) claim: Claim,
    /// The MAC, of the scheme's length.
    pub(super) mac: Vec<u8>,
    /// How the MAC stands in the token.
    pub(super) spelt: String,
    /// The token with what stands beside it.
    pub(super) shown: Presented,
}

impl Right {
    /// The right token of a claim.
    pub(super) fn of(fixture: &Fixture<'_>, claim: Claim) -> Option<Self> {
        let mac = fixture.mac(&claim)?;
        let shown = fixture.present(&claim, &mac)?;
        let spelt = fixture.encoding().encode(&mac);
        Some(Self {
            claim,
            mac,
            spelt,
            shown,
        })
    }

    /// The same token with the MAC written in another way.
    pub(super) fn with_mac_text(&self, text: &str) -> Presented {
        let token = self.shown.token.replacen(&self.spelt, text, 1);
        self.shown.spelt(token)
    }
}
