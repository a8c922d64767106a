//! The adapter of a language: its template, and what is put into it.

use std::ops::Deref;

use askama::Template;

use crate::init::{Language, SuiteCode};

/// What every template of an adapter takes.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each opens a slot of its own"
)]
pub(super) struct Slots<'a> {
    /// The suites, in order.
    pub(super) suites: &'a [SuiteCode],
    /// Their names as the elements of a list.
    pub(super) names: String,
    /// A field, for an example.
    pub(super) field: String,
    /// What it is called until somebody gives it a name.
    pub(super) implementation: String,
    /// Where it stands.
    pub(super) path: &'static str,
    /// Whether it computes a MAC, …
    pub(super) computed: bool,
    /// … writes one in hex, …
    pub(super) hex: bool,
    /// … or in base64.
    pub(super) base64: bool,
    /// Whether a token carries a time.
    pub(super) times: bool,
    /// Whether a scheme is left to be filled in.
    pub(super) left: bool,
    /// Whether a scheme has several secrets.
    pub(super) per: bool,
}

impl Slots<'_> {
    /// The adapter, in this language.
    pub(super) fn rendered(&self, language: Language) -> Result<String, askama::Error> {
        match language {
            Language::Python => Python(self).render(),
            Language::Node => Node(self).render(),
            Language::Ruby => Ruby(self).render(),
            Language::Php => Php(self).render(),
            Language::Go => Go(self).render(),
            Language::Java => Java(self).render(),
            Language::Rust => Rust(self).render(),
        }
    }

    /// The package of an adapter in Rust.
    pub(super) fn cargo_toml(&self) -> Result<String, askama::Error> {
        CargoToml(self).render()
    }
}

/// A template that takes the slots.
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
template!(Node, "init/adapter.mjs");
template!(Ruby, "init/adapter.rb");
template!(Php, "init/adapter.php");
template!(Go, "init/main.go");
template!(Java, "init/Adapter.java");
template!(Rust, "init/main.rs");
template!(CargoToml, "init/Cargo.toml");
