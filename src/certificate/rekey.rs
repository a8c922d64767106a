//! Re-signs vectors under fresh secrets, which an implementation that memorised the published
//! answers does not know.

use fastrand::Rng;

use crate::runner::Rekeyer;
use crate::scheme::{Scheme, SecretEncoding, Verification};
use crate::signature::{OutcomeKind, Secret, Secrets, Slug};
use crate::suite::{Expect, Level, Suite, Vector};

/// The suffix of the ids of cases that present the old token.
const FORGED: &str = "-under-another-secret";

/// The suite under random secrets: every vector that counts, whatever it expects. The presented
/// token relates to the valid one under the fresh secret as it did under the old secret, so each
/// vector still catches what it caught. For each valid token there is a second vector that presents
/// the old token, which is a forgery now. Secrets keep their form.
///
/// Vectors are left out if their secret has nothing to randomise, such as an empty one, or if the
/// oracle would no longer give the expected outcome.
pub fn rekeyed(suite: &Suite, seed: u64) -> Suite {
    let fresh = FreshSecrets::new(&suite.scheme, &mut Rng::with_seed(seed));
    let of = |secrets: &Secrets| fresh.of(secrets);
    let mut rekeyer = Rekeyer::new(suite);
    let mut vectors = Vec::new();
    for vector in suite.vectors.iter().filter(|one| one.level != Level::May) {
        if of(&vector.request.secrets) == vector.request.secrets {
            continue;
        }
        let Ok(other) = rekeyer.rekeyed(vector, &of) else {
            continue;
        };
        let forged = forged(suite, vector, &other);
        vectors.push(other);
        vectors.extend(forged);
    }
    Suite {
        vectors,
        ..suite.clone()
    }
}

/// A vector that presents the old token under the fresh secret, if the old token was valid.
fn forged(suite: &Suite, vector: &Vector, fresh: &Vector) -> Option<Vector> {
    let request = &vector.request;
    let accepts =
        matches!(&vector.expect, Expect::Outcomes(kinds) if kinds[..] == [OutcomeKind::Accept]);
    if !request.op.verifies() || !accepts {
        return None;
    }
    let (secrets, token) = (&fresh.request.secrets, request.token.as_ref());
    let verification = suite
        .scheme
        .verify(secrets, &request.fields, token, request.now);
    if verification == Verification::Accepted {
        return None;
    }
    let mut forged = vector.clone();
    forged.id = Slug::new(&format!("{}{FORGED}", vector.id.as_str())).ok()?;
    forged.request.secrets = secrets.clone();
    forged.expect = Expect::Outcomes(vec![
        OutcomeKind::Reject,
        OutcomeKind::Refused,
        OutcomeKind::Threw,
    ]);
    Some(forged)
}

/// How long a prefix is at most that only the form of a secret tells.
const LONGEST_PREFIX: usize = 32;

/// Maps each letter and digit to another one of its kind, consistently. Hex stays hex, base64 stays
/// base64, and a secret that was a slight variation of another one still is.
struct FreshSecrets<'s> {
    scheme: &'s Scheme,
    of: [u8; 256],
}

impl<'s> FreshSecrets<'s> {
    fn new(scheme: &'s Scheme, rng: &mut Rng) -> Self {
        let mut of = [0; 256];
        for byte in 0..=u8::MAX {
            of[usize::from(byte)] = byte;
        }
        for kind in [b'0'..=b'9', b'a'..=b'f', b'g'..=b'z'] {
            let bytes: Vec<u8> = kind.collect();
            // Sattolo's shuffle yields a single cycle, so no character stays the same.
            let mut others = bytes.clone();
            for at in (1..others.len()).rev() {
                others.swap(at, rng.usize(..at));
            }
            for (byte, other) in std::iter::zip(bytes, others) {
                of[usize::from(byte)] = other;
                of[usize::from(byte.to_ascii_uppercase())] = other.to_ascii_uppercase();
            }
        }
        Self { scheme, of }
    }

    fn of(&self, secrets: &Secrets) -> Secrets {
        match secrets {
            Secrets::One(secret) => Secrets::One(self.secret(secret)),
            Secrets::Rotated { newest, previous } => Secrets::Rotated {
                newest: self.secret(newest),
                previous: previous.iter().map(|one| self.secret(one)).collect(),
            },
            Secrets::Per(secrets) => Secrets::Per(
                secrets
                    .iter()
                    .map(|(name, secret)| (name.clone(), self.secret(secret)))
                    .collect(),
            ),
        }
    }

    fn secret(&self, secret: &Secret) -> Secret {
        let bytes = secret.reveal();
        let prefix = self.prefix(bytes);
        // Implementations may refuse a secret that no longer has the form the scheme states, so that
        // what it begins with is kept as far as the form needs it.
        let rule = &self.scheme.secret;
        let keeps_its_form =
            |fresh: &Secret| !rule.is_of_its_form(secret) || rule.is_of_its_form(fresh);
        (prefix..bytes.len().min(prefix + LONGEST_PREFIX + 1))
            .map(|kept| self.fresh(bytes, kept))
            .find(keeps_its_form)
            .unwrap_or_else(|| secret.clone())
    }

    /// The secret with other characters from `kept` on.
    fn fresh(&self, bytes: &[u8], kept: usize) -> Secret {
        let last = self.last_of_base64(bytes);
        let fresh = bytes.iter().enumerate().map(|(at, &byte)| {
            // A character before a combining one forms a single character with it.
            let is_composed = bytes.get(at + 1).is_some_and(|next| !next.is_ascii());
            if at < kept || last == Some(at) || is_composed {
                byte
            } else {
                self.of[usize::from(byte)]
            }
        });
        Secret::new(fresh.collect::<Vec<u8>>())
    }

    /// The length of the prefix that marks the secret, ignoring case.
    fn prefix(&self, bytes: &[u8]) -> usize {
        let prefix = self.scheme.secret.strip_prefix.as_deref().unwrap_or("");
        let stands = bytes
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()));
        if stands { prefix.len() } else { 0 }
    }

    /// The index of the last character of a base64 key: another one might not be canonical.
    fn last_of_base64(&self, bytes: &[u8]) -> Option<usize> {
        let is_base64 = matches!(
            self.scheme.secret.encoding,
            SecretEncoding::Base64 | SecretEncoding::Base64url
        );
        let last = bytes.iter().rposition(u8::is_ascii_alphanumeric);
        last.filter(|_| is_base64)
    }
}

#[cfg(test)]
mod tests {
    use super::{FORGED, rekeyed};
    use crate::mistakes::{Mistake, Mistaken, catalogue};
    use crate::results::Expectation;
    use crate::scheme::{Implementation as _, Reference};
    use crate::signature::Outcome;
    use crate::suite::{self, Expect, Level, Suite, Vector};

    fn counted(suite: &Suite) -> impl Iterator<Item = &Vector> + Clone {
        let counts = |one: &&Vector| one.level != Level::May && !one.id.as_str().ends_with(FORGED);
        suite.vectors.iter().filter(counts)
    }

    fn passes(suite: &Suite, vector: &Vector, outcome: &Outcome) -> bool {
        Expectation::of(&suite.scheme, vector).is_met_by(outcome)
    }

    /// Nearly all vectors that count are run again for every suite, and the oracle behaves as
    /// expected.
    #[test]
    fn the_oracle_passes_every_suite_under_fresh_secrets() {
        for embedded in suite::well_known() {
            let suite = embedded.parsed();
            let fresh = rekeyed(suite, 7);
            for vector in &fresh.vectors {
                let request = &vector.request;
                let known = suite.vector(vector.id.as_str().trim_end_matches(FORGED));
                assert_ne!(known.unwrap().request.secrets, request.secrets);
                let outcome = Reference::new().call(&request.call(&suite.scheme));
                assert!(passes(suite, vector, &outcome), "{}", suite.case_id(vector));
            }
            let left_out = |vector: &&Vector| fresh.vector(vector.id.as_str()).is_none();
            let left_out: Vec<&str> = counted(suite)
                .filter(left_out)
                .map(|one| one.id.as_str())
                .collect();
            let share = left_out.len() * 100 / counted(suite).count();
            assert!(share <= 4, "{}: {share} %: {left_out:?}", suite.name);
        }
    }

    /// A mistake that a suite catches is also caught under fresh secrets, except the one about
    /// missing secrets.
    #[test]
    fn mistakes_are_also_caught_under_fresh_secrets() {
        // An empty secret cannot be varied, and collisions are computed for one secret.
        let missable = |id: &str| {
            id.starts_with("verify-compares-")
                || [
                    "secret-empty-allowed",
                    "verify-accepts-without-secret",
                    "verify-adds-up-differences",
                    "verify-ignores-the-order",
                    "verify-accepts-a-subset",
                ]
                .contains(&id)
        };
        for name in ["jotreview", "jimo", "engagespot", "mtribes"] {
            let suite = suite::find(name).unwrap().parsed();
            let fresh = rekeyed(suite, 7);
            let is_caught = |mistake: &'static Mistake, suite: &Suite| {
                counted(suite).any(|vector| {
                    let call = vector.request.call(&suite.scheme);
                    !passes(suite, vector, &Mistaken::one(mistake).call(&call))
                })
            };
            let missed: Vec<&str> = catalogue()
                .iter()
                .filter(|mistake| mistake.applies(&suite.scheme).is_ok())
                .filter(|mistake| is_caught(mistake, suite) && !is_caught(mistake, &fresh))
                .map(|mistake| mistake.id.as_str())
                .collect();
            let more = missed.iter().find(|id| !missable(id));
            assert_eq!(more, None, "{name}");
        }
    }

    #[test]
    fn the_seed_determines_the_secrets() {
        let suite = suite::find("jimo").unwrap().parsed();
        let tokens = |seed| {
            let fresh = rekeyed(suite, seed);
            let tokens = fresh.vectors.iter().map(|one| match &one.expect {
                Expect::Token { token, .. } => token.clone(),
                _ => String::new(),
            });
            tokens.collect::<Vec<_>>()
        };
        assert_eq!(tokens(7), tokens(7));
        assert_ne!(tokens(7), tokens(8));
    }
}
