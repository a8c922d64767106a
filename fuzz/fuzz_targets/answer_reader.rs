//! Asserts: an answer that is read is written as a line that says the same; and an adapter of ours answers a stream of requests alike wherever it is cut.
#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use macproof::adapters::{Served, serve};
use macproof::protocol::{Answer, Hello, ImplementationInfo};
use macproof::scheme::Reference;
use macproof_fuzz::SUITES;

/// Gives so many bytes at once.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(self.1);
        self.0.read(&mut into[..most])
    }
}

fn served(stream: &[u8], drop: usize) -> (bool, Vec<u8>) {
    let mut served = Served {
        hello: Hello {
            protocol: 1,
            implementation: ImplementationInfo::default(),
            suites: None,
            ops: None,
            clock: None,
            inputs: None,
            max_in_flight: None,
        },
        scheme: &|name| {
            let suite = SUITES.iter().find(|suite| suite.name.as_str() == name);
            suite.map(|suite| &suite.scheme)
        },
        implementation: &mut Reference::new(),
        repetitions: None,
    };
    let mut output = Vec::new();
    let is_well = serve(Drops(stream, drop), &mut output, &mut served).is_ok();
    (is_well, output)
}

fuzz_target!(|input: (&[u8], u8)| {
    let (bytes, cut) = input;
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(answer) = Answer::parse(line) {
            let mut written = Vec::new();
            answer.write(&mut written);
            assert_eq!(Answer::parse(&written).unwrap(), answer);
        }
    }
    let (is_well, whole) = served(bytes, usize::MAX);
    let (is_well_in_drops, in_drops) = served(bytes, usize::from(cut) + 1);
    assert_eq!(is_well, is_well_in_drops);
    // What stood before a line that is no request may have been answered already.
    if is_well {
        assert_eq!(whole, in_drops);
    }
    for line in whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        assert!(Answer::parse(line).is_ok() || Hello::parse(line).is_ok());
    }
});
