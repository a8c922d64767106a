//! What a suite is exported as.

use std::str::FromStr;

use crate::init::Language;
use crate::signature::enumerated;

enumerated! {
    /// A framework for which tests are exported.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Framework {
        /// Python's pytest.
        Pytest,
        /// Vitest, for JavaScript and TypeScript.
        Vitest,
        /// Jest, for JavaScript and TypeScript.
        Jest,
        /// `go test`.
        Go,
        /// Java's JUnit 5.
        Junit5,
        /// Ruby's RSpec.
        Rspec,
        /// PHPUnit.
        Phpunit,
        /// `cargo test`.
        Rust,
    }
}

/// What a suite is exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Only the JSON file.
    Json,
    /// The JSON file, and tests that read it.
    Tests(Framework),
}

/// The name of an unknown format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of json, {}", Framework::ALL.map(Framework::name).join(", "))]
pub struct UnknownFormat;

impl Format {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Tests(framework) => framework.name(),
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        if text == Self::Json.name() {
            return Ok(Self::Json);
        }
        let named = Framework::ALL.into_iter().find(|one| one.name() == text);
        named.map(Self::Tests).ok_or(UnknownFormat)
    }
}

impl Framework {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pytest => "pytest",
            Self::Vitest => "vitest",
            Self::Jest => "jest",
            Self::Go => "go",
            Self::Junit5 => "junit5",
            Self::Rspec => "rspec",
            Self::Phpunit => "phpunit",
            Self::Rust => "rust",
        }
    }

    /// The language of the tests.
    pub(super) fn language(self) -> Language {
        match self {
            Self::Pytest => Language::Python,
            Self::Vitest | Self::Jest => Language::Node,
            Self::Go => Language::Go,
            Self::Junit5 => Language::Java,
            Self::Rspec => Language::Ruby,
            Self::Phpunit => Language::Php,
            Self::Rust => Language::Rust,
        }
    }
}
