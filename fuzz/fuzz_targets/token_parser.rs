//! Asserts: a token that parses is written back to the letter.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof_fuzz::SUITES;

fuzz_target!(|text: &str| {
    for suite in SUITES.iter() {
        let scheme = &suite.scheme;
        if let Some(parsed) = scheme.token.parse(&scheme.fields, text) {
            assert_eq!(scheme.token.render_parsed(&parsed), text);
        }
    }
});
