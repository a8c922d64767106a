//! Asserts: whatever is presented, a verifier with any mistake of the catalogue comes to a judgement; and one without is the oracle.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof::mistakes::{Mistaken, catalogue};
use macproof::scheme::{Call, Implementation, Reference};
use macproof::signature::{Context, Op, Outcome, Value};
use macproof_fuzz::Asked;

fuzz_target!(|input: (Asked, u8)| {
    let (asked, mistake) = input;
    let scheme = asked.scheme();
    let sign = Call {
        op: Op::Sign,
        scheme,
        secrets: &asked.secrets,
        fields: &asked.fields,
        token: None,
        now: asked.now,
        context: Context::none(),
    };
    let token = match Reference::new().call(&sign) {
        Outcome::Token(token) => asked.changed(&token),
        _ => asked.change.1.clone(),
    };
    let token = Value::Text(token);
    let given = asked.given();
    let verify = Call {
        op: Op::Verify,
        fields: &given,
        token: Some(&token),
        ..sign
    };
    let mistake = &catalogue()[usize::from(mistake) % catalogue().len()];
    for call in [&sign, &verify] {
        let outcome = Mistaken::one(mistake).call(call);
        assert!(call.op.is_answered_by(outcome.kind()), "{mistake:?}: {outcome:?}");
        let right = Mistaken::new(&[]).unwrap().call(call);
        assert_eq!(right.kind(), Reference::new().call(call).kind());
    }
});
