//! Asserts: a token that parses is written back in the form of the scheme, its keys in the declared order and without what is passed over, and that form is read and written to the letter.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof_fuzz::SUITES;

fuzz_target!(|text: &str| {
    for suite in SUITES.iter() {
        let scheme = &suite.scheme;
        let written = |text: &str| {
            let parsed = scheme.token.parse(&scheme.fields, text)?;
            Some(scheme.token.render_parsed(&parsed))
        };
        if let Some(once) = written(text) {
            assert_eq!(written(&once).as_ref(), Some(&once));
        }
    }
});
