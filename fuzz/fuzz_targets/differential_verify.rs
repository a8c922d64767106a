//! Asserts: the oracle accepts a token just where a verifier does that signs anew and compares texts; a changed token is accepted only where it still says the same MAC.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof::scheme::{Freshness, TokenGrammar, Verification};
use macproof::signature::Value;
use macproof_fuzz::Asked;

fuzz_target!(|asked: Asked| {
    let scheme = asked.scheme();
    let Ok(token) = scheme.sign(&asked.secrets, &asked.fields) else {
        return;
    };
    for presented in [asked.changed(&token), token] {
        let parsed = scheme.token.parse(&scheme.fields, &presented);
        if let Some(parsed) = &parsed {
            assert_eq!(scheme.token.render_parsed(parsed), presented);
        }
        let given = asked.given();
        let value = Value::Text(presented.clone());
        let verified = scheme.verify(&asked.secrets, &given, Some(&value), asked.now);
        // A second verifier: takes the fields from the token, signs them, compares the texts.
        let anew = parsed.and_then(|parsed| {
            let mut fields = given;
            for (field, bytes) in parsed.fields() {
                let name = scheme.fields.at(field).name.as_str();
                fields.set(name, Value::of_bytes(bytes));
            }
            scheme.sign(&asked.secrets, &fields).ok()
        });
        let is_same = match (&scheme.token, &anew) {
            (_, None) => false,
            (TokenGrammar::Template(_), Some(anew)) => *anew == presented,
            // One of several is enough.
            (TokenGrammar::List(list), Some(anew)) => {
                presented.split(&list.separator).any(|item| item == anew)
            }
            (TokenGrammar::Pairs(pairs), Some(anew)) => {
                let shown: Vec<&str> = presented.split(&pairs.separator).collect();
                anew.split(&pairs.separator).all(|item| shown.contains(&item))
            }
        };
        match verified {
            Verification::Accepted => assert!(is_same, "{presented:?}"),
            Verification::Rejected(_) if scheme.freshness == Freshness::Unspecified => {
                assert!(!is_same, "{presented:?}");
            }
            _ => {}
        }
    }
});
