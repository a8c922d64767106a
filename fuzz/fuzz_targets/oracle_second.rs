//! Asserts: by every embedded scheme, the oracle's token is the one that HMAC by hand and the template read piece by piece give.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof::scheme::{FieldTexts, MessagePart, Scheme};
use macproof::signature::{Fields, Secrets};
use macproof_fuzz::{Claim, HmacByHand, SUITES};

// One input is signed by all schemes: what an execution costs beside the work is the same for one.
fuzz_target!(|claim: Claim<'_>| {
    let mut by_hand = HmacByHand::default();
    for suite in SUITES.iter() {
        let scheme = &suite.scheme;
        check(scheme, &claim.secrets(scheme), &claim.fields(scheme), &mut by_hand);
    }
});

fn check(scheme: &Scheme, secrets: &Secrets, fields: &Fields, by_hand: &mut HmacByHand) {
    let Ok(token) = scheme.sign(secrets, fields) else {
        return;
    };
    let texts = FieldTexts::read(&scheme.fields, fields).expect("it was signed");
    let key = scheme.key(secrets, &texts).expect("it was signed");
    let mut message = Vec::with_capacity(256);
    for (at, part) in scheme.message.parts().iter().enumerate() {
        let hangs_on = scheme.message.hangs_on(at).map(|field| scheme.fields.at(field).name.as_str());
        if hangs_on.is_some_and(|name| fields.value(name).is_none()) {
            continue;
        }
        match part {
            MessagePart::Literal(bytes) => message.extend_from_slice(bytes),
            MessagePart::Field { field, filters } => {
                let bytes = texts.bytes(*field).expect("it was signed");
                if filters.is_empty() {
                    message.extend_from_slice(bytes);
                } else {
                    let first = bytes.to_vec();
                    message.extend(filters.iter().fold(first, |done, filter| filter.apply(&done)));
                }
            }
        }
    }
    let mac = by_hand.mac(scheme.algorithm, &key, &message);
    let mac = &mac[..scheme.mac_bytes];
    let parsed = scheme.token.parse(&scheme.fields, &token).expect("it was written by the grammar");
    assert_eq!(parsed.macs().next(), Some(mac));
    assert_eq!(scheme.token.render(&scheme.fields, mac, &texts).ok(), Some(token));
}
