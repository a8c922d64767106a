//! Fills in the adapter template of a language.

use std::ops::Deref;

use askama::Template;

use crate::init::{Language, SuiteCode};

/// The values for the adapter templates.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each opens a slot of its own"
)]
pub(super) struct Slots<'a> {
    /// The suites, in order.
    pub(super) suites: &'a [SuiteCode],
    /// The suites' names, as the elements of a list.
    pub(super) names: String,
    /// The name of a field, for an example.
    pub(super) field: String,
    /// The implementation's name until the user replaces it.
    pub(super) implementation: String,
    /// The name of the language.
    pub(super) language: &'static str,
    /// Whether it is TypeScript.
    pub(super) typed: bool,
    /// Whether the MAC is that of the Web Crypto API.
    pub(super) web: bool,
    /// The path of the adapter.
    pub(super) path: &'static str,
    /// Whether the adapter computes a MAC.
    pub(super) computed: bool,
    /// Whether it writes one in hex.
    pub(super) hex: bool,
    /// Whether it writes one in base64.
    pub(super) base64: bool,
    /// Whether a token carries a time.
    pub(super) times: bool,
    /// Whether a scheme is left for the user to fill in.
    pub(super) left: bool,
    /// Whether a scheme has several secrets.
    pub(super) per: bool,
}

impl Slots<'_> {
    /// Renders the adapter in this language.
    pub(super) fn rendered(&self, language: Language) -> Result<String, askama::Error> {
        match language {
            Language::Python => Python(self).render(),
            Language::Node | Language::TypeScript | Language::Deno | Language::Bun => {
                JavaScript(self).render()
            }
            Language::Ruby => Ruby(self).render(),
            Language::Php => Php(self).render(),
            Language::Go => Go(self).render(),
            Language::Java => Java(self).render(),
            Language::CSharp => CSharp(self).render(),
            Language::Rust => Rust(self).render(),
        }
    }

    /// Renders the adapter of a sender; none in a language that has no such template.
    pub(super) fn rendered_sender(
        &self,
        language: Language,
    ) -> Result<Option<String>, askama::Error> {
        Ok(match language {
            Language::Python => Some(PythonSender(self).render()?),
            Language::Node => Some(NodeSender(self).render()?),
            _ => None,
        })
    }

    /// Renders the manifest by which the adapter is built, and its path, if it needs one.
    pub(super) fn manifest(
        &self,
        language: Language,
    ) -> Result<Option<(&'static str, String)>, askama::Error> {
        Ok(match language {
            Language::Rust => Some(("macproof/Cargo.toml", CargoToml(self).render()?)),
            Language::CSharp => Some(("macproof/adapter.csproj", CSharpProject.render()?)),
            _ => None,
        })
    }
}

/// Defines a template over the slots.
macro_rules! template {
    ($name:ident, $path:tt) => {
        #[derive(Template)]
        #[template(path = $path, escape = "none")]
        struct $name<'a>(&'a Slots<'a>);

        impl<'a> Deref for $name<'a> {
            type Target = Slots<'a>;

            fn deref(&self) -> &Slots<'a> {
                self.0
            }
        }
    };
}

template!(Python, "init/adapter.py");
template!(JavaScript, "init/adapter.mjs");
template!(PythonSender, "init/sender.py");
template!(NodeSender, "init/sender.mjs");
template!(Ruby, "init/adapter.rb");
template!(Php, "init/adapter.php");
template!(Go, "init/main.go");
template!(Java, "init/Adapter.java");
template!(Rust, "init/main.rs");
template!(CSharp, "init/Adapter.cs");
template!(CargoToml, "init/Cargo.toml");

/// The project file of a C# adapter.
#[derive(Template)]
#[template(path = "init/adapter.csproj", escape = "none")]
struct CSharpProject;
