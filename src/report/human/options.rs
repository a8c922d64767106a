//! How the report for a person looks.

/// How the report for a person looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HumanOptions {
    /// Whether it is coloured.
    pub color: bool,
    /// How many failed cases of a requirement are shown in full; the next are named.
    pub shown: usize,
    /// Whether the profile is shown trait by trait; otherwise it is only counted.
    pub profile: bool,
    /// What the reader has to do to see every case, in brackets behind what is left out.
    pub see_all: String,
}

impl Default for HumanOptions {
    fn default() -> Self {
        Self {
            color: false,
            shown: 1,
            profile: false,
            see_all: "all: --show all".to_owned(),
        }
    }
}
