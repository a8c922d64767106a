//! The key bytes that a configured secret may become.

use crate::explain::pipelines::{Choices, Distinct, Reached, deviations, with};
use crate::mistakes::step_inputs::{decoded, key_derivation, secret_text, selected_secret};
use crate::mistakes::{Change, Choice, Form, Inputs, Step};
use crate::scheme::{FieldTexts, Refusal, Scheme};

/// How many deviations there are at most between the secret and the key.
const MOST: usize = 3;

/// Every distinct key that the scheme's rule and the mistakes make of the secret; the right one
/// first, where there is one.
pub(super) fn keys(
    inputs: &Inputs<'_>,
    texts: &FieldTexts<'_>,
) -> Result<Vec<Reached<Vec<u8>>>, Refusal> {
    let scheme = inputs.scheme;
    let selected = scheme.select_secret(inputs.secrets, texts)?.reveal();
    let mut chosen = Distinct::new();
    chosen.add(selected.to_vec(), Choices::new());
    let secrets = selected_secret(inputs, selected);
    extend(
        scheme,
        &mut chosen,
        Step::WhichSecret,
        &Vec::new(),
        |change| match change {
            Change::WhichSecret(change) => change(&secrets),
            _ => Vec::new(),
        },
    );

    let mut configured = Distinct::new();
    for secret in chosen.into_sorted() {
        add_all(&mut configured, &secret.value, &secret.ways);
        for way in &secret.ways {
            extend(
                scheme,
                &mut configured,
                Step::SecretText,
                way,
                |change| match change {
                    Change::SecretText(change) => change(&secret.value),
                    _ => Vec::new(),
                },
            );
        }
    }

    let mut read = Distinct::new();
    for secret in configured.into_sorted() {
        if let Ok(key) = decoded(scheme, &secret.value) {
            // With an empty key nobody signs unawares: it is a mistake of its own.
            if !key.is_empty() {
                add_all(&mut read, &key, &secret.ways);
            }
        }
        let text = secret_text(scheme, &secret.value);
        for way in &secret.ways {
            extend(
                scheme,
                &mut read,
                Step::Decoding,
                way,
                |change| match change {
                    Change::Decoding(change) => change(&text),
                    _ => Vec::new(),
                },
            );
        }
    }

    let mut keys = Distinct::new();
    // That takes no secret, not even one that can be decoded; where there is none it is no other
    // key than the one that is configured.
    let is_configured_so = decoded(scheme, selected).is_ok_and(|key| key.is_empty());
    let choice = if is_configured_so {
        Choice::empty_key_allowed()
    } else {
        Choice::empty_key()
    };
    keys.add(Vec::new(), vec![choice]);
    for key in read.into_sorted() {
        add_all(&mut keys, &key.value, &key.ways);
        for way in &key.ways {
            extend(scheme, &mut keys, Step::Key, way, |change| match change {
                Change::Key(change) => change(&key.value),
                _ => Vec::new(),
            });
        }
    }
    if scheme.secret.derive.is_empty() {
        return Ok(keys.into_sorted());
    }
    let mut derived = Distinct::new();
    for key in keys.into_sorted() {
        if key.value.is_empty() {
            add_all(&mut derived, &key.value, &key.ways);
            continue;
        }
        let right = scheme.derive(key.value.as_slice().into(), texts)?;
        add_all(&mut derived, &right, &key.ways);
        let derivation = key_derivation(scheme, &key.value, texts);
        for way in &key.ways {
            extend(
                scheme,
                &mut derived,
                Step::Derivation,
                way,
                |change| match change {
                    Change::Derivation(change) => change(&derivation),
                    _ => Vec::new(),
                },
            );
        }
    }
    Ok(derived.into_sorted())
}

fn add_all(values: &mut Distinct<Vec<u8>>, value: &[u8], ways: &[Choices]) {
    for way in ways {
        values.add(value.to_vec(), way.clone());
    }
}

fn extend(
    scheme: &Scheme,
    values: &mut Distinct<Vec<u8>>,
    step: Step,
    way: &Choices,
    change: impl Fn(Change) -> Vec<Form<Vec<u8>>>,
) {
    if way.len() >= MOST {
        return;
    }
    for (value, choice) in deviations(scheme, step, change) {
        values.add(value, with(way, choice));
    }
}
