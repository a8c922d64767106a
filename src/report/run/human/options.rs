//! Options of the report for people.

/// How the report for people looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HumanOptions {
    /// Whether to use colour.
    pub color: bool,
    /// How many columns the terminal has.
    pub columns: usize,
    /// How many faults are shown with their cases; the rest are only listed.
    pub faults: usize,
    /// How many cases of a fault are shown in full; the rest are only named.
    pub shown: usize,
    /// Whether each trait of the profile is shown; otherwise traits are only counted.
    pub profile: bool,
    /// How to see every case; shown in brackets after whatever was left out.
    pub see_all: String,
}

impl HumanOptions {
    /// Whether nothing is left out.
    pub(super) fn is_in_full(&self) -> bool {
        self.shown == usize::MAX
    }

    /// Lifts all limits.
    #[must_use]
    pub fn in_full(self) -> Self {
        Self {
            faults: usize::MAX,
            shown: usize::MAX,
            ..self
        }
    }
}

impl Default for HumanOptions {
    fn default() -> Self {
        Self {
            color: false,
            columns: 80,
            faults: 6,
            shown: 1,
            profile: false,
            see_all: "all: --all".to_owned(),
        }
    }
}
