//! The vectors under fresh secrets, signed afresh: whoever has memorised the published answers does
//! not know these.

use std::collections::HashMap;

use fastrand::Rng;

use crate::scheme::{Scheme, Verification};
use crate::signature::{Fields, Op, OutcomeKind, Secret, Secrets, Slug, Value};
use crate::suite::{Expect, Level, Suite, Vector};

/// The suite under secrets that were made by chance: each sign vector whose token is the oracle's,
/// each verify vector that presents the right token, and for each of the latter one that presents
/// the old token, which is a forgery now. Secrets keep their form, so that what a vector shows of
/// its secret it still shows; the same secret becomes the same one everywhere.
///
/// Other vectors are left out: what they present was wrong before and stays so whatever the secret.
pub fn rekeyed(suite: &Suite, seed: u64) -> Suite {
    let mut fresh = FreshSecrets {
        rng: Rng::with_seed(seed),
        known: HashMap::new(),
    };
    let mut vectors = Vec::new();
    for vector in suite.vectors.iter().filter(|one| one.level != Level::May) {
        let secrets = fresh.secrets(&vector.request.secrets);
        if secrets == vector.request.secrets {
            continue;
        }
        match (vector.request.op, &vector.expect) {
            (Op::Sign, Expect::Token { token, or_refused }) => {
                vectors.extend(signed(suite, vector, secrets, token, *or_refused));
            }
            (Op::Verify, Expect::Outcomes(kinds)) if kinds[..] == [OutcomeKind::Accept] => {
                vectors.extend(accepted(suite, vector, secrets).into_iter().flatten());
            }
            _ => {}
        }
    }
    Suite {
        vectors,
        ..suite.clone()
    }
}

fn signed(
    suite: &Suite,
    vector: &Vector,
    secrets: Secrets,
    token: &str,
    or_refused: bool,
) -> Option<Vector> {
    let (scheme, request) = (&suite.scheme, &vector.request);
    if scheme.sign(&request.secrets, &request.fields).ok()? != token {
        return None;
    }
    let token = scheme.sign(&secrets, &request.fields).ok()?;
    let mut vector = vector.clone();
    vector.expect = Expect::Token { token, or_refused };
    vector.request.secrets = secrets;
    Some(vector)
}

/// The right token under the fresh secret, and the old one, which is none of its any more.
fn accepted(suite: &Suite, vector: &Vector, secrets: Secrets) -> Option<[Vector; 2]> {
    let (scheme, request) = (&suite.scheme, &vector.request);
    let Some(Value::Text(old)) = &request.token else {
        return None;
    };
    let fields = with_carried(scheme, &request.fields, old)?;
    if scheme.sign(&request.secrets, &fields).ok()? != *old {
        return None;
    }
    let token = scheme.sign(&secrets, &fields).ok()?;
    let present = |token: &str| {
        let token = Value::from(token);
        scheme.verify(&secrets, &request.fields, Some(&token), request.now)
    };
    if present(&token) != Verification::Accepted || present(old) == Verification::Accepted {
        return None;
    }
    let mut right = vector.clone();
    right.request.secrets = secrets.clone();
    right.request.token = Some(Value::from(token.as_str()));
    let mut forged = vector.clone();
    forged.id = Slug::new(&format!("{}-under-another-secret", vector.id.as_str())).ok()?;
    forged.request.secrets = secrets;
    forged.expect = Expect::Outcomes(vec![
        OutcomeKind::Reject,
        OutcomeKind::Refused,
        OutcomeKind::Threw,
    ]);
    Some([right, forged])
}

/// The fields, those that the token carries included.
fn with_carried(scheme: &Scheme, fields: &Fields, token: &str) -> Option<Fields> {
    let parsed = scheme.token.parse(&scheme.fields, token)?;
    let mut fields = fields.clone();
    for (field, text) in parsed.fields() {
        fields.set(scheme.fields.at(field).name.clone(), text);
    }
    Some(fields)
}

struct FreshSecrets {
    rng: Rng,
    known: HashMap<Secret, Secret>,
}

impl FreshSecrets {
    fn secrets(&mut self, secrets: &Secrets) -> Secrets {
        match secrets {
            Secrets::One(secret) => Secrets::One(self.secret(secret)),
            Secrets::Per(secrets) => Secrets::Per(
                secrets
                    .iter()
                    .map(|(name, secret)| (name.clone(), self.secret(secret)))
                    .collect(),
            ),
        }
    }

    fn secret(&mut self, secret: &Secret) -> Secret {
        if let Some(fresh) = self.known.get(secret) {
            return fresh.clone();
        }
        let bytes = secret.reveal();
        // A prefix that says what the secret is stays.
        let kept = bytes
            .iter()
            .position(|&byte| byte == b'_')
            .map_or(0, |at| at + 1);
        let fresh = bytes.iter().enumerate().map(|(at, &byte)| {
            if at < kept && bytes.len() > kept {
                byte
            } else {
                self.like(byte)
            }
        });
        let fresh = Secret::new(fresh.collect::<Vec<u8>>());
        self.known.insert(secret.clone(), fresh.clone());
        fresh
    }

    /// Another byte of the same kind, so that hex stays hex and base64 base64.
    fn like(&mut self, byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => self.rng.u8(b'0'..=b'9'),
            b'a'..=b'f' => self.rng.u8(b'a'..=b'f'),
            b'A'..=b'F' => self.rng.u8(b'A'..=b'F'),
            b'g'..=b'z' => self.rng.u8(b'g'..=b'z'),
            b'G'..=b'Z' => self.rng.u8(b'G'..=b'Z'),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rekeyed;
    use crate::scheme::Verification;
    use crate::signature::Op;
    use crate::suite::{self, Expect};

    #[test]
    fn every_suite_has_vectors_under_fresh_secrets_and_the_oracle_agrees_with_each() {
        for embedded in suite::embedded() {
            let suite = embedded.parse().unwrap();
            let fresh = rekeyed(&suite, 7);
            assert!(
                fresh.vectors.len() > 20,
                "{}: {}",
                suite.name,
                fresh.vectors.len()
            );
            for vector in &fresh.vectors {
                let request = &vector.request;
                let known =
                    suite.vector(vector.id.as_str().trim_end_matches("-under-another-secret"));
                assert_ne!(known.unwrap().request.secrets, request.secrets);
                match (request.op, &vector.expect) {
                    (Op::Sign, Expect::Token { token, .. }) => {
                        let right = suite.scheme.sign(&request.secrets, &request.fields);
                        assert_eq!(right.as_ref(), Ok(token), "{}", vector.id);
                    }
                    (_, Expect::Outcomes(kinds)) => {
                        let verification = suite.scheme.verify(
                            &request.secrets,
                            &request.fields,
                            request.token.as_ref(),
                            request.now,
                        );
                        let is_accepted = verification == Verification::Accepted;
                        assert_eq!(is_accepted, kinds.len() == 1, "{}", vector.id);
                    }
                    _ => panic!("{}", vector.id),
                }
            }
            assert_eq!(rekeyed(&suite, 7).vectors.len(), fresh.vectors.len());
            let other = rekeyed(&suite, 8);
            assert_ne!(
                other.vectors[0].request.secrets,
                fresh.vectors[0].request.secrets
            );
        }
    }
}
