//! How the report for a person looks.

/// How the report for a person looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HumanOptions {
    /// Whether it is coloured.
    pub color: bool,
    /// How many failed requirements are shown with their cases; the next are listed.
    pub requirements: usize,
    /// How many failed cases of a requirement are shown in full; the next are named.
    pub shown: usize,
    /// Whether the profile is shown trait by trait; otherwise it is only counted.
    pub profile: bool,
    /// What the reader has to do to see every case, in brackets behind what is left out.
    pub see_all: String,
}

impl HumanOptions {
    /// Everything in full.
    #[must_use]
    pub fn in_full(self) -> Self {
        Self {
            requirements: usize::MAX,
            shown: usize::MAX,
            ..self
        }
    }
}

impl Default for HumanOptions {
    fn default() -> Self {
        Self {
            color: false,
            requirements: 6,
            shown: 1,
            profile: false,
            see_all: "all: --show all".to_owned(),
        }
    }
}
