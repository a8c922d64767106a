//! Policies: what becomes of calls, and that the vectors would see it if it were otherwise.

use macproof::mistakes::{MistakeId, Mistaken};
use macproof::results::Expectation;
use macproof::scheme::{
    Decision, Identification, Implementation, Policy, Reference, Scheme, SignatureState,
};
use macproof::signature::{Context, Fields, Op, Outcome, Secret, Secrets, Value};
use macproof::suite::{Suite, Vector, default_suites, find};

use crate::harness::test;

/// The vectors that identify.
fn identifying(suite: &Suite) -> impl Iterator<Item = &Vector> {
    let vectors = suite.vectors.iter();
    vectors.filter(|vector| vector.request.op == Op::Identify)
}

/// The vectors that tell an outcome from the right one: by failing it, or by what is observed.
fn tell(suite: &Suite, mut outcome_of: impl FnMut(&Vector) -> Outcome) -> Vec<&str> {
    let tells = |vector: &&Vector| {
        let outcome = outcome_of(vector);
        let right = Reference::new().call(&vector.request.call(&suite.scheme));
        Expectation::of(&suite.scheme, vector).exposes(&outcome, &right)
    };
    let told = identifying(suite).filter(tells);
    told.map(|vector| vector.id.as_str()).collect()
}

/// Whether two policies decide every call alike; what they remember of it aside, which no single
/// call shows.
fn decide_alike(one: &Scheme, other: &Scheme) -> bool {
    let (one, other) = (one.policy.as_ref().unwrap(), other.policy.as_ref().unwrap());
    let decision = |policy: &Policy, holds: &[usize], state| {
        let mut rules = policy.rules.iter();
        let rule = rules.find(|rule| rule.fits(holds) && rule.takes(state));
        rule.map(|rule| rule.decision.clone())
    };
    one.combinations().all(|holds| {
        let mut states = SignatureState::ALL.into_iter();
        states.all(|state| decision(one, &holds, state) == decision(other, &holds, state))
    })
}

fn told_by_another_policy<'s>(suite: &'s Suite, scheme: &Scheme) -> Vec<&'s str> {
    let mut other = Reference::new();
    tell(suite, |vector| other.call(&vector.request.call(scheme)))
}

#[test]
fn every_vendor_suite_has_a_policy() {
    for suite in default_suites().unwrap() {
        assert!(suite.scheme.policy.is_some(), "{}", suite.name);
        assert!(identifying(&suite).count() >= 9, "{}", suite.name);
        assert_eq!(
            tell(&suite, |v| Reference::new()
                .call(&v.request.call(&suite.scheme))),
            [""; 0]
        );
    }
}

/// Another outcome in any row of the table is seen, and so is the lack of any row.
#[test]
fn every_rule_is_shown_by_a_vector() {
    let reject = || Decision::Reject {
        codes: Vec::new(),
        status: None,
    };
    for suite in default_suites().unwrap() {
        let rules = suite.scheme.policy.as_ref().unwrap().rules.len();
        for at in 0..rules {
            for decision in [Decision::Accept, Decision::Anonymous, reject()] {
                let mut scheme = suite.scheme.clone();
                let rule = &mut scheme.policy.as_mut().unwrap().rules[at];
                let is_same = match (&rule.decision, &decision) {
                    (Decision::Reject { codes, status }, Decision::Reject { .. }) => {
                        codes.is_empty() && status.is_none()
                    }
                    (one, other) => one == other,
                };
                if is_same {
                    continue;
                }
                rule.decision = decision.clone();
                assert!(
                    !told_by_another_policy(&suite, &scheme).is_empty(),
                    "{}: nobody sees rule {at} end in {decision:?}",
                    suite.name
                );
            }
            let mut scheme = suite.scheme.clone();
            scheme.policy.as_mut().unwrap().rules.remove(at);
            assert!(
                decide_alike(&suite.scheme, &scheme)
                    || !told_by_another_policy(&suite, &scheme).is_empty(),
                "{}: nobody misses rule {at}",
                suite.name
            );
        }
    }
}

/// A rule that looks at one thing less than it should is seen.
#[test]
fn every_condition_is_shown_by_a_vector() {
    for suite in default_suites().unwrap() {
        let policy = suite.scheme.policy.as_ref().unwrap();
        for (at, rule) in policy.rules.iter().enumerate() {
            for condition in 0..rule.when.len() {
                let mut scheme = suite.scheme.clone();
                let changed = &mut scheme.policy.as_mut().unwrap().rules[at];
                let (key, _) = changed.when.remove(condition);
                assert!(
                    decide_alike(&suite.scheme, &scheme)
                        || !told_by_another_policy(&suite, &scheme).is_empty(),
                    "{}: nobody sees that rule {at} does not look at {}",
                    suite.name,
                    policy.keys[key].name
                );
            }
            if rule.signature.is_some() {
                let mut scheme = suite.scheme.clone();
                scheme.policy.as_mut().unwrap().rules[at].signature = None;
                assert!(
                    !told_by_another_policy(&suite, &scheme).is_empty(),
                    "{}: nobody sees that rule {at} does not look at the signature",
                    suite.name
                );
            }
        }
    }
}

/// One switch for all platforms is seen, whichever platform's it is.
#[test]
fn ignoring_the_platform_switch_is_detected() {
    let suite = find("mtribes").unwrap().parse().unwrap();
    for platform in ["ios", "android", "web"] {
        let told = tell(&suite, |vector| {
            let mut request = vector.request.clone();
            let Some(macproof::signature::ContextValue::Per(switches)) =
                request.context.value("trusted_identity")
            else {
                panic!("{}", vector.id);
            };
            let of_one = switches.iter().find(|(name, _)| name == platform);
            let state = of_one.map_or("off", |(_, state)| state).to_owned();
            let all = ["ios", "android", "web"].map(|name| (name.to_owned(), state.clone()));
            let per = macproof::signature::ContextValue::Per(all.to_vec());
            request.context.set("trusted_identity", per);
            Reference::new().call(&request.call(&suite.scheme))
        });
        assert!(!told.is_empty(), "{platform}");
    }
}

#[test]
fn a_verify_mistake_shows_in_identify() {
    for suite in default_suites().unwrap() {
        for mistake in [
            "verify-always-accepts",
            "verify-always-rejects",
            "secret-trimmed",
        ] {
            let id = MistakeId::named(mistake).unwrap();
            let mut mistaken = Mistaken::new(&[id]).unwrap();
            let told = tell(&suite, |vector| {
                mistaken.call(&vector.request.call(&suite.scheme))
            });
            // None of the vectors has a secret that trimming changes.
            assert_eq!(
                told.is_empty(),
                mistake == "secret-trimmed",
                "{}",
                suite.name
            );
        }
        let mut right = Mistaken::new(&[]).unwrap();
        assert_eq!(
            tell(&suite, |v| right.call(&v.request.call(&suite.scheme))),
            [""; 0]
        );
    }
}

#[test]
fn the_signature_is_checked_only_if_it_matters() {
    let scheme = find("jotreview").unwrap().scheme().unwrap();
    let unusable = Secrets::One(Secret::new(""));
    let fields = Fields::new().with("user_id", "user-42");
    let token = Value::from("00ff");
    let identify = |mode: &str, token: Option<&Value>| {
        let context = Context::default().with("mode", mode);
        let identified = scheme.identify(&unusable, &fields, token, &context, 5);
        match identified.unwrap() {
            Identification::Decided {
                rule, signature, ..
            } => Ok((rule.decision.clone(), signature)),
            Identification::Refused(why) => Err(why),
        }
    };
    assert_eq!(identify("off", Some(&token)), Ok((Decision::Accept, None)));
    let reject = Decision::Reject {
        codes: Vec::new(),
        status: None,
    };
    let absent = Some(SignatureState::Absent);
    for nothing in [
        None,
        Some(&Value::from("")),
        Some(&Value::Json(serde_json::Value::Null)),
    ] {
        assert_eq!(identify("strict", nothing), Ok((reject.clone(), absent)));
    }
    assert_eq!(
        identify("strict", Some(&token)),
        Err("the secret is empty".to_owned())
    );
    assert_eq!(
        identify("lax", None),
        Err("the context has an invalid value for mode".to_owned())
    );
}
