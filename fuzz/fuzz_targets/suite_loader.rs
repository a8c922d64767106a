//! Asserts: any text loads or is refused with a position inside it; a suite that loads can be linted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof::lint::lint;
use macproof::suite::Suite;

fuzz_target!(|text: &str| {
    if let Ok(suite) = Suite::parse("fuzz.yaml", text) {
        let _findings = lint(&suite);
    }
});
