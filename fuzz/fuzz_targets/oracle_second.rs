//! Asserts: the oracle's token is the one that HMAC by hand and the template read piece by piece give.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof::scheme::{FieldTexts, MessagePart};
use macproof_fuzz::{Asked, hmac_by_hand};

fuzz_target!(|asked: Asked| {
    let scheme = asked.scheme();
    let Ok(token) = scheme.sign(&asked.secrets, &asked.fields) else {
        return;
    };
    let texts = FieldTexts::read(&scheme.fields, &asked.fields).expect("it was signed");
    let key = scheme.key(&asked.secrets, &texts).expect("it was signed");
    let mut message = Vec::new();
    for part in scheme.message.parts() {
        match part {
            MessagePart::Literal(bytes) => message.extend_from_slice(bytes),
            MessagePart::Field { field, filters } => {
                let bytes = texts.bytes(*field).expect("it was signed").to_vec();
                message.extend(filters.iter().fold(bytes, |done, filter| filter.apply(&done)));
            }
        }
    }
    let mac = hmac_by_hand(scheme.algorithm, &key, &message);
    let mac = &mac[..scheme.mac_bytes];
    let parsed = scheme.token.parse(&scheme.fields, &token).expect("it was written by the grammar");
    assert_eq!(parsed.macs().next(), Some(mac));
    assert_eq!(scheme.token.render(&scheme.fields, mac, &texts).ok(), Some(token));
});
