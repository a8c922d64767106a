//! Asserts: an answer that is read is written as a line that says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof::protocol::Answer;

fuzz_target!(|line: &[u8]| {
    if let Ok(answer) = Answer::parse(line) {
        let mut written = Vec::new();
        answer.write(&mut written);
        assert_eq!(Answer::parse(&written).unwrap(), answer);
    }
});
