//! Asserts: a token that parses is written back to the letter, for every embedded scheme.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use macproof::suite::{self, Suite};

static SUITES: LazyLock<Vec<Suite>> =
    LazyLock::new(|| suite::embedded().map(|embedded| embedded.parse().unwrap()).collect());

fuzz_target!(|text: &str| {
    for suite in SUITES.iter() {
        let scheme = &suite.scheme;
        if let Some(parsed) = scheme.token.parse(&scheme.fields, text) {
            assert_eq!(scheme.token.render_parsed(&parsed), text);
        }
    }
});
