//! A row of a table of inputs, and the vectors that are made of it.

use crate::mistakes::MistakeId;

/// A row of a table of inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// How the ids of its vectors begin.
    pub(super) prefix: &'static str,
    /// Its name.
    pub(super) slug: &'static str,
    /// The known mistakes that it reveals.
    pub(crate) mistakes: &'static [MistakeId],
}

impl Row {
    /// Whether a vector of this id is made of it: it signs the input, verifies its token, or
    /// presents another input's token for it.
    pub(crate) fn has(&self, id: &str) -> bool {
        let rest = id
            .strip_prefix(self.prefix)
            .and_then(|rest| rest.strip_prefix(self.slug));
        matches!(rest, Some("" | "-is-accepted" | "-verified" | "-reversed"))
    }

    /// The id of its first vector.
    #[cfg(test)]
    pub(crate) fn id(&self) -> String {
        format!("{}{}", self.prefix, self.slug)
    }
}
