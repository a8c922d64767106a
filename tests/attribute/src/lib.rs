//! The attribute `#[test]` of the harness in `tests/support/harness.rs`.

use proc_macro::{TokenStream, TokenTree};

/// Registers a function with the harness: `#[test]`, or `#[test(needs(PHP, OPENSSL))]` with the
/// names of what it needs of the machine.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, function: TokenStream) -> TokenStream {
    let mut words = function
        .clone()
        .into_iter()
        .skip_while(|token| !matches!(token, TokenTree::Ident(word) if word.to_string() == "fn"));
    let Some(name) = words.nth(1) else {
        return "compile_error!(\"only a function is a test\");"
            .parse()
            .unwrap_or_default();
    };
    let registration = format!("crate::harness::register! {{ {name} {arguments} }}");
    // The name is parsed again, as part of a text: it means the same function in the same module.
    let registration: TokenStream = registration.parse().unwrap_or_default();
    [function, registration].into_iter().collect()
}
