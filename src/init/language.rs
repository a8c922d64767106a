//! The languages for which `macproof init` has adapters.

use std::fmt;
use std::str::FromStr;

use crate::signature::enumerated;

enumerated! {
    /// A language supported by `macproof init`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Language {
        /// Python 3.
        Python,
        /// Node.js.
        Node,
        /// Ruby.
        Ruby,
        /// PHP.
        Php,
        /// Go.
        Go,
        /// Java.
        Java,
        /// Rust.
        Rust,
    }
}

/// What `macproof init` starts a project with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// An adapter in that language.
    Adapter(Language),
    /// A server of the user's, which is described.
    Server,
}

impl Start {
    /// The name of [`Start::Server`] on the command line.
    const SERVER: &str = "http";
}

impl FromStr for Start {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        if text == Self::SERVER {
            return Ok(Self::Server);
        }
        text.parse().map(Self::Adapter)
    }
}

/// The name of an unknown language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected one of {}, or http for a server that is described; for other languages see docs/protocol.md",
    Language::ALL.map(Language::name).join(", ")
)]
pub struct UnknownLanguage;

impl Language {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Ruby => "ruby",
            Self::Php => "php",
            Self::Go => "go",
            Self::Java => "java",
            Self::Rust => "rust",
        }
    }

    /// The path of the adapter in the project.
    pub fn path(self) -> &'static str {
        match self {
            Self::Python => "macproof/adapter.py",
            Self::Node => "macproof/adapter.mjs",
            Self::Ruby => "macproof/adapter.rb",
            Self::Php => "macproof/adapter.php",
            Self::Go => "macproof/main.go",
            Self::Java => "macproof/Adapter.java",
            Self::Rust => "macproof/src/main.rs",
        }
    }

    /// The build command, if the adapter has to be built.
    pub(super) fn build(self) -> Option<&'static str> {
        match self {
            Self::Python | Self::Node | Self::Ruby | Self::Php => None,
            // Name the file, not its folder, because the folder belongs to the surrounding module,
            // if any.
            Self::Go => Some("go, build, -o, macproof/adapter, macproof/main.go"),
            Self::Java => Some("javac, -d, macproof/classes, macproof/Adapter.java"),
            Self::Rust => Some(
                "cargo, build, --quiet, --release, --manifest-path, macproof/Cargo.toml, --target-dir, macproof/target",
            ),
        }
    }

    /// The command that starts the adapter.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Python => "python3, macproof/adapter.py",
            Self::Node => "node, macproof/adapter.mjs",
            Self::Ruby => "ruby, macproof/adapter.rb",
            Self::Php => "php, macproof/adapter.php",
            Self::Go => "macproof/adapter",
            Self::Java => "java, -cp, macproof/classes, Adapter",
            Self::Rust => "macproof/target/release/macproof-adapter",
        }
    }

    /// The build output, as a path in the adapter's folder.
    pub(super) fn built(self) -> Option<&'static str> {
        match self {
            Self::Python | Self::Node | Self::Ruby | Self::Php => None,
            Self::Go => Some("/adapter"),
            Self::Java => Some("/classes/"),
            Self::Rust => Some("/target/"),
        }
    }

    /// The required toolchain, in words.
    pub(super) fn toolchain(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Node => "Node.js",
            Self::Ruby => "Ruby",
            Self::Php => "PHP",
            Self::Go => "Go",
            Self::Java => "a JDK",
            Self::Rust => "Rust",
        }
    }

    /// A container image with the toolchain. Its C library must not be older than that of the image
    /// that builds macproof.
    pub(super) fn image(self) -> &'static str {
        match self {
            Self::Python => "python:3-bookworm",
            Self::Node => "node:lts-bookworm",
            Self::Ruby => "ruby:3-bookworm",
            Self::Php => "php:8-cli-bookworm",
            Self::Go => "golang:1-bookworm",
            Self::Java => "eclipse-temurin:21",
            Self::Rust => "rust:1-bookworm",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        let named = Self::ALL.into_iter().find(|one| one.name() == text);
        named.ok_or(UnknownLanguage)
    }
}
