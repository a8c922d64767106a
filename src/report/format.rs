//! The formats, by name.

use std::fmt;
use std::str::FromStr;

use crate::report::{HumanOptions, human, json, junit};
use crate::results::RunResult;

/// A format of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Human,
    /// The document itself.
    Json,
    /// JUnit XML, for CI servers.
    Junit,
}

/// A name that is no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no format; there are human, json and junit")]
pub struct UnknownFormat(String);

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Human, Self::Json, Self::Junit];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Junit => "junit",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// The document in a format; the options are for people only.
pub fn render(result: &RunResult, format: Format, options: &HumanOptions) -> String {
    match format {
        Format::Human => human(result, options),
        Format::Json => json(result),
        Format::Junit => junit(result),
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, render};
    use crate::report::fixture::green;
    use crate::report::{HumanOptions, human, json, junit};

    #[test]
    fn a_format_is_found_by_its_name_and_renders_itself() {
        let (result, options) = (green(), HumanOptions::default());
        for (name, text) in [
            ("human", human(&result, &options)),
            ("json", json(&result)),
            ("junit", junit(&result)),
        ] {
            let format: Format = name.parse().unwrap();
            assert_eq!(render(&result, format, &options), text, "{name}");
        }
        let error = "pdf".parse::<Format>().unwrap_err().to_string();
        for format in Format::ALL {
            assert!(error.contains(format.name()), "{error}");
        }
    }
}
