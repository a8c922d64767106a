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
        /// JavaScript on Node.js.
        Node,
        /// TypeScript on Node.js.
        TypeScript,
        /// Deno, with the Web Crypto API, as other edge runtimes have it.
        Deno,
        /// Bun, with the Web Crypto API.
        Bun,
        /// Ruby.
        Ruby,
        /// PHP.
        Php,
        /// Go.
        Go,
        /// Java.
        Java,
        /// C#.
        CSharp,
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
            Self::TypeScript => "typescript",
            Self::Deno => "deno",
            Self::Bun => "bun",
            Self::Ruby => "ruby",
            Self::Php => "php",
            Self::Go => "go",
            Self::Java => "java",
            Self::CSharp => "csharp",
            Self::Rust => "rust",
        }
    }

    /// The path of the adapter in the project.
    pub fn path(self) -> &'static str {
        match self {
            Self::Python => "macproof/adapter.py",
            Self::Node => "macproof/adapter.mjs",
            Self::TypeScript => "macproof/adapter.mts",
            Self::Deno => "macproof/deno.mjs",
            Self::Bun => "macproof/bun.mjs",
            Self::Ruby => "macproof/adapter.rb",
            Self::Php => "macproof/adapter.php",
            Self::Go => "macproof/main.go",
            Self::Java => "macproof/Adapter.java",
            Self::CSharp => "macproof/Adapter.cs",
            Self::Rust => "macproof/src/main.rs",
        }
    }

    /// The build command, if the adapter has to be built.
    pub(super) fn build(self) -> Option<&'static str> {
        match self {
            Self::Python
            | Self::Node
            | Self::TypeScript
            | Self::Deno
            | Self::Bun
            | Self::Ruby
            | Self::Php => None,
            // Name the file, not its folder, because the folder belongs to the surrounding module,
            // if any.
            Self::Go => Some("go, build, -o, macproof/adapter, macproof/main.go"),
            Self::Java => Some("javac, -d, macproof/classes, macproof/Adapter.java"),
            Self::CSharp => Some(
                "dotnet, build, --nologo, -v, quiet, -o, macproof/bin, macproof/adapter.csproj",
            ),
            Self::Rust => Some(
                "cargo, build, -qr, --manifest-path, macproof/Cargo.toml, --target-dir, macproof/target",
            ),
        }
    }

    /// The command that starts the adapter.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Python => "python3, macproof/adapter.py",
            Self::Node => "node, macproof/adapter.mjs",
            // Node.js strips types itself from version 22.18 on.
            Self::TypeScript => "npx, --yes, tsx, macproof/adapter.mts",
            Self::Deno => "deno, run, macproof/deno.mjs",
            Self::Bun => "bun, macproof/bun.mjs",
            Self::Ruby => "ruby, macproof/adapter.rb",
            Self::Php => "php, macproof/adapter.php",
            Self::Go => "macproof/adapter",
            Self::Java => "java, -cp, macproof/classes, Adapter",
            Self::CSharp => "dotnet, macproof/bin/adapter.dll",
            Self::Rust => "macproof/target/release/macproof-adapter",
        }
    }

    /// The build output, as a path in the adapter's folder.
    pub(super) fn built(self) -> Option<&'static str> {
        match self {
            Self::Python
            | Self::Node
            | Self::TypeScript
            | Self::Deno
            | Self::Bun
            | Self::Ruby
            | Self::Php => None,
            Self::Go => Some("/adapter"),
            Self::Java => Some("/classes/"),
            Self::CSharp => Some("/bin/\n/obj/"),
            Self::Rust => Some("/target/"),
        }
    }

    /// The required toolchain, in words.
    pub fn toolchain(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Node | Self::TypeScript => "Node.js",
            Self::Deno => "Deno",
            Self::Bun => "Bun",
            Self::Ruby => "Ruby",
            Self::Php => "PHP",
            Self::Go => "Go",
            Self::Java => "a JDK",
            Self::CSharp => ".NET",
            Self::Rust => "Rust",
        }
    }

    /// Other names on the command line.
    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["py", "python3"],
            Self::Node => &["js", "javascript", "nodejs"],
            Self::TypeScript => &["ts"],
            Self::Deno => &["webcrypto", "edge"],
            Self::Ruby => &["rb"],
            Self::Go => &["golang"],
            Self::Bun | Self::Php | Self::Java => &[],
            Self::CSharp => &["c#", "cs", "dotnet"],
            Self::Rust => &["rs"],
        }
    }

    /// The steps of a job for GitHub that set up another version, or what the user's code needs;
    /// each a line of YAML.
    pub(super) fn github_steps(self) -> &'static [&'static str] {
        match self {
            Self::Python => &[
                "- uses: actions/setup-python@v5",
                "  with: {python-version: \"3.13\"}",
                "- run: pip install -r requirements.txt",
            ],
            Self::Node | Self::TypeScript => &[
                "- uses: actions/setup-node@v4",
                "  with: {node-version: \"22\"}",
                "- run: npm ci",
            ],
            Self::Deno => &["- uses: denoland/setup-deno@v2"],
            Self::Bun => &["- uses: oven-sh/setup-bun@v2"],
            Self::Ruby => &[
                "- uses: ruby/setup-ruby@v1",
                "  with: {ruby-version: \"3.4\", bundler-cache: true}",
            ],
            Self::Php => &[
                "- uses: shivammathur/setup-php@v2",
                "  with: {php-version: \"8.4\"}",
                "- run: composer install --no-interaction",
            ],
            Self::Go => &[
                "- uses: actions/setup-go@v5",
                "  with: {go-version-file: go.mod}",
            ],
            Self::Java => &[
                "- uses: actions/setup-java@v4",
                "  with: {distribution: temurin, java-version: \"21\"}",
            ],
            Self::CSharp => &[
                "- uses: actions/setup-dotnet@v4",
                "  with: {dotnet-version: 8.0.x}",
            ],
            Self::Rust => &["- run: rustup toolchain install stable --profile minimal"],
        }
    }

    /// The step that a job for GitHub needs, if the runner comes without the toolchain.
    pub fn setup_on_github(self) -> Option<&'static str> {
        let is_missing = matches!(self, Self::Deno | Self::Bun);
        self.github_steps().first().copied().filter(|_| is_missing)
    }

    /// The command of a job for GitLab that installs what the user's code needs, if that is usual.
    pub(super) fn install(self) -> Option<&'static str> {
        match self {
            Self::Python => Some("pip install -r requirements.txt"),
            Self::Node | Self::TypeScript => Some("npm ci"),
            Self::Bun => Some("bun install"),
            Self::Ruby => Some("bundle install"),
            Self::Php => Some("composer install --no-interaction"),
            Self::Deno | Self::Go | Self::Java | Self::CSharp | Self::Rust => None,
        }
    }

    /// A container image with the toolchain. Its C library must not be older than that of the image
    /// that builds macproof.
    pub(super) fn image(self) -> &'static str {
        match self {
            Self::Python => "python:3-bookworm",
            Self::Node | Self::TypeScript => "node:lts-bookworm",
            Self::Deno => "denoland/deno:debian",
            Self::Bun => "oven/bun:debian",
            Self::Ruby => "ruby:3-bookworm",
            Self::Php => "php:8-cli-bookworm",
            Self::Go => "golang:1-bookworm",
            Self::Java => "eclipse-temurin:21",
            Self::CSharp => "mcr.microsoft.com/dotnet/sdk:8.0",
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
        let text = text.to_ascii_lowercase();
        let named = Self::ALL
            .into_iter()
            .find(|one| one.name() == text || one.aliases().contains(&text.as_str()));
        named.ok_or(UnknownLanguage)
    }
}
