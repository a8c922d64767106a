//! What holds for every mistake of the catalogue, those added later included.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::thread;

use proptest::prelude::*;

use crate::mistakes::samples::{NOW, Sample, samples};
use crate::mistakes::{Change, Choice, Inputs, Mistaken, Pipeline, catalogue};
use crate::scheme::{Call, Implementation, Reference};
use crate::signature::{Context, Op, Outcome, OutcomeKind, Secret, Secrets, Value};

/// What is answered to every request of a sample.
struct Answered {
    sample: &'static Sample,
    /// By the oracle.
    right: Vec<Outcome>,
    /// With each mistake of the catalogue, in its order.
    mistaken: Vec<Vec<Outcome>>,
}

static ANSWERED: LazyLock<Vec<Answered>> = LazyLock::new(|| {
    let answered = |sample: &'static Sample| {
        let asked = sample.asked();
        let answers = |implementation: &mut dyn Implementation| {
            let calls = asked.iter().map(|asked| asked.call(&sample.scheme));
            calls.map(|call| implementation.call(&call)).collect()
        };
        Answered {
            sample,
            right: answers(&mut Reference::new()),
            mistaken: catalogue()
                .iter()
                .map(|mistake| answers(&mut Mistaken::one(mistake)))
                .collect(),
        }
    };
    thread::scope(|scope| {
        let answering: Vec<_> = samples()
            .iter()
            .map(|sample| scope.spawn(move || answered(sample)))
            .collect();
        let answers = answering.into_iter().map(|one| one.join().unwrap());
        answers.collect()
    })
});

/// Where a mistake says that it applies it changes what an implementation does; where it says that
/// it does not, it changes nothing.
#[test]
fn a_mistake_applies_if_it_makes_a_difference() {
    let mut wrong = Vec::new();
    for Answered {
        sample,
        right,
        mistaken,
    } in ANSWERED.iter()
    {
        for (mistake, outcomes) in catalogue().iter().zip(mistaken) {
            let mut differs = false;
            let mut differs_where_sound = false;
            for (outcome, right) in outcomes.iter().zip(right) {
                let other = match right {
                    Outcome::Token(_) => outcome != right,
                    _ => outcome.kind() != right.kind(),
                };
                differs |= other;
                differs_where_sound |= other && right.kind() != OutcomeKind::Refused;
            }
            let says = mistake.applies(&sample.scheme);
            if (says.is_ok() && !differs) || (says.is_err() && differs_where_sound) {
                wrong.push(format!(
                    "{}: {} says {says:?}, differs: {differs}",
                    sample.name, mistake.id
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No two mistakes do the same everywhere.
#[test]
fn every_mistake_is_distinct() {
    let mut seen: Vec<(&str, Vec<Outcome>)> = Vec::new();
    for (at, mistake) in catalogue().iter().enumerate() {
        let outcomes: Vec<Outcome> = ANSWERED
            .iter()
            .flat_map(|answered| &answered.mistaken[at])
            .map(|outcome| match outcome {
                Outcome::Threw(_) => Outcome::Threw(String::new()),
                other => other.clone(),
            })
            .collect();
        for (other, theirs) in &seen {
            assert!(*theirs != outcomes, "{} does what {other} does", mistake.id);
        }
        seen.push((mistake.id.as_str(), outcomes));
    }
}

/// What a mistake of encoding spells, its own reader reads.
#[test]
fn encoded_secrets_are_decoded() {
    for seed in 0_u8..40 {
        let mac: Vec<u8> = (0..32_u8)
            .map(|n| n.wrapping_mul(37).wrapping_add(seed.wrapping_mul(91)) ^ seed)
            .collect();
        for mistake in catalogue() {
            let read: Vec<Vec<u8>> = match mistake.change {
                // A MAC without a small byte has no zero to lose: then this is plain hex.
                Change::Spelling { spell, .. }
                    if spell(&mac)
                        .iter()
                        .all(|form| form.value == hex::encode(&mac)) =>
                {
                    continue;
                }
                Change::Spelling { spell, read } => spell(&mac)
                    .iter()
                    .map(|form| read(&form.value))
                    .map(|found| heads(&found))
                    .collect(),
                Change::MacBytes { change, undo } => change(&mac)
                    .iter()
                    .map(|form| undo(&form.value))
                    .map(|found| heads(&found))
                    .collect(),
                Change::Wrapping { wrap, unwrap } => {
                    for form in wrap("3q2+7w==") {
                        assert!(
                            unwrap(&form.value).contains(&"3q2+7w==".to_owned()),
                            "{} {}",
                            mistake.id,
                            form.value
                        );
                    }
                    continue;
                }
                _ => continue,
            };
            // Two forms that cut from the end and reverse have other beginnings.
            assert!(
                read.iter().any(|heads| heads.contains(&mac[0])) || mac[0] < 16,
                "{}",
                mistake.id
            );
        }
    }
}

fn heads(found: &[Vec<u8>]) -> Vec<u8> {
    found
        .iter()
        .filter_map(|bytes| bytes.first().copied())
        .collect()
}

/// A verifier with a mistake of signing accepts what it signs itself.
#[test]
fn a_wrong_pipeline_accepts_its_own_tokens() {
    let mut accepted = BTreeSet::new();
    let mut rejected = BTreeSet::new();
    for sample in samples() {
        for mistake in catalogue()
            .iter()
            .filter(|mistake| !mistake.is_of_verifying())
        {
            let mut mistaken = Mistaken::one(mistake);
            let secrets = &sample.secrets()[0];
            let fields = sample.fields("id-c5c178f6");
            let sign = Call::sign(&sample.scheme, secrets, &fields, NOW);
            let Outcome::Token(token) = mistaken.call(&sign) else {
                continue;
            };
            let token = Value::Text(token);
            let beside = sample.scheme.given(&fields);
            let verify = Call {
                op: Op::Verify,
                fields: &beside,
                token: Some(&token),
                ..sign
            };
            let id = mistake.id.as_str();
            if mistaken.call(&verify).kind() == OutcomeKind::Accept {
                accepted.insert(id);
            } else {
                rejected.insert(id);
            }
        }
    }
    // A verifier that finds no time or no text in its own token, or not the one it signed, cannot.
    let cannot = BTreeSet::from([
        "message-time-as-iso-8601",
        "token-part-missing",
        "identity-another-field",
        "message-time-in-finer-unit",
        "message-date-as-number",
        "message-date-rewritten",
        "token-other-prefix",
        "token-other-separator",
        "token-parts-in-another-order",
    ]);
    let unexpected: Vec<_> = rejected.difference(&cannot).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
}

#[test]
fn mistakes_of_the_same_step_cannot_be_combined() {
    let id = |name: &str| crate::mistakes::MistakeId::named(name).unwrap();
    let error = Mistaken::new(&[id("algorithm-md5"), id("algorithm-sha-1")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "algorithm-sha-1 and algorithm-md5 change the same step; take one of them"
    );
    assert!(Mistaken::new(&[id("algorithm-md5"), id("encoding-base64")]).is_ok());
    assert!(Mistaken::new(&[id("verify-any-case"), id("verify-trims-token")]).is_ok());
}

#[test]
fn verifying_mistakes_add_up() {
    let sample = Sample::named("hex");
    let secrets = &sample.secrets()[0];
    let fields = sample.fields("id-1");
    let right = sample.scheme.sign(secrets, &fields).unwrap();
    let odd = Value::Text(format!(" {}\n", right.to_uppercase()));
    let outcome = |ids: &[&str]| {
        let ids: Vec<_> = ids
            .iter()
            .map(|id| crate::mistakes::MistakeId::named(id).unwrap())
            .collect();
        Mistaken::new(&ids).unwrap().call(&Call {
            op: Op::Verify,
            scheme: &sample.scheme,
            secrets,
            fields: &fields,
            token: Some(&odd),
            context: Context::none(),
            now: NOW,
        })
    };
    assert_eq!(outcome(&["verify-any-case"]).kind(), OutcomeKind::Reject);
    assert_eq!(outcome(&["verify-trims-token"]).kind(), OutcomeKind::Reject);
    assert_eq!(
        outcome(&["verify-any-case", "verify-trims-token"]),
        Outcome::Accept
    );
}

fn any_sample() -> impl Strategy<Value = &'static Sample> {
    (0..samples().len()).prop_map(|at| &samples()[at])
}

proptest! {
    /// Without a mistake it is the oracle, to the word.
    #[test]
    fn without_mistakes_the_pipeline_equals_the_oracle(
        sample in any_sample(),
        identity in prop_oneof![any::<String>(), "[a-zA-Z0-9 -]{0,80}"],
        secret in prop_oneof!["[0-9a-f]{0,70}", any::<String>(), "whsec_[A-Za-z0-9+/]{32}"],
        change in 0..6,
        at in any::<prop::sample::Index>(),
        skew in -400_i64..400,
    ) {
        let secrets = match sample.scheme.secret.per {
            None => Secrets::One(Secret::new(secret)),
            Some(_) => Secrets::Per(vec![("ios".into(), Secret::new(secret))]),
        };
        let fields = sample.fields(identity.as_str());
        let mut mistaken = Mistaken::new(&[]).unwrap();
        let sign = Call::sign(&sample.scheme, &secrets, &fields, NOW);
        let signed = Reference::new().call(&sign);
        prop_assert_eq!(&mistaken.call(&sign), &signed);
        let mut text = match signed {
            Outcome::Token(token) => token,
            _ => identity,
        };
        if !text.is_empty() {
            let at = (0..=at.index(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap();
            match change {
                0 => text.truncate(at),
                1 => text.insert(at, '0'),
                2 => text = text.to_uppercase(),
                3 => { text.remove(at); }
                _ => {}
            }
        }
        let token = Value::Text(text);
        let beside = sample.scheme.given(&fields);
        let verify = Call {
            op: Op::Verify,
            fields: &beside,
            token: Some(&token),
            now: NOW.saturating_add_signed(skew),
            ..sign
        };
        prop_assert_eq!(mistaken.call(&verify), Reference::new().call(&verify));
    }

    /// A pipeline with no choice signs as the oracle.
    #[test]
    fn no_form_of_a_mistake_panics(
        sample in any_sample(),
        identity in any::<String>(),
        at in any::<prop::sample::Index>(),
        form in 0_usize..40,
    ) {
        let mistake = &catalogue()[at.index(catalogue().len())];
        let fields = sample.fields(identity.as_str());
        let secrets = &sample.secrets()[0];
        let inputs = Inputs {
            scheme: &sample.scheme,
            secrets,
            fields: &fields,
            now: NOW,
            millis: None,
        };
        let pipeline = Pipeline::right().with(Choice { mistake, form });
        let _ = pipeline.token(&inputs);
    }
}
