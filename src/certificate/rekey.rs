//! The vectors under fresh secrets, signed afresh: whoever has memorised the published answers does
//! not know these.

use fastrand::Rng;

use crate::runner::Resigner;
use crate::scheme::{Scheme, SecretEncoding, Verification};
use crate::signature::{Op, OutcomeKind, Secret, Secrets, Slug};
use crate::suite::{Expect, Level, Suite, Vector};

/// What the name of a case ends with that presents the old token.
const FORGED: &str = "-under-another-secret";

/// The suite under secrets that were made by chance: each vector that counts, whatever it expects.
/// What it presents has to do with the right token under the fresh secret what it had to do with
/// the right one under the old secret, so that it catches what it caught; beside each right token
/// the old one is presented, which is a forgery now. Secrets keep their form.
///
/// Left out is what has a secret in which nothing can be made by chance, as one that is empty, and
/// what the oracle would answer otherwise.
pub fn rekeyed(suite: &Suite, seed: u64) -> Suite {
    let fresh = FreshSecrets::new(&suite.scheme, &mut Rng::with_seed(seed));
    let of = |secrets: &Secrets| fresh.of(secrets);
    let resigner = Resigner::of_every_secret(suite);
    let mut vectors = Vec::new();
    for vector in suite.vectors.iter().filter(|one| one.level != Level::May) {
        if of(&vector.request.secrets) == vector.request.secrets {
            continue;
        }
        let Ok(other) = resigner.rekeyed(vector, &of) else {
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

/// The old token under the fresh secret, where it was right.
fn forged(suite: &Suite, vector: &Vector, fresh: &Vector) -> Option<Vector> {
    let request = &vector.request;
    let accepts =
        matches!(&vector.expect, Expect::Outcomes(kinds) if kinds[..] == [OutcomeKind::Accept]);
    if request.op != Op::Verify || !accepts {
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

/// Each letter and digit is another one of its kind, everywhere the same: so hex stays hex and
/// base64 base64, and a secret that was another one with a small change still is.
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
            // Sattolo's shuffle: one cycle through all of them, so that none stays what it is.
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
        let kept = self.prefix(bytes);
        let last = self.last_of_base64(bytes);
        let fresh = bytes.iter().enumerate().map(|(at, &byte)| {
            // What stands before a combining character makes one character with it.
            let is_composed = bytes.get(at + 1).is_some_and(|next| !next.is_ascii());
            if at < kept || last == Some(at) || is_composed {
                byte
            } else {
                self.of[usize::from(byte)]
            }
        });
        let fresh = Secret::new(fresh.collect::<Vec<u8>>());
        // One that is no longer of the form that the scheme states may be refused.
        let rule = &self.scheme.secret;
        let is_lost = rule.is_of_its_form(secret) && !rule.is_of_its_form(&fresh);
        if is_lost { secret.clone() } else { fresh }
    }

    /// How long the prefix is that says what the secret is, in whatever case.
    fn prefix(&self, bytes: &[u8]) -> usize {
        let prefix = self.scheme.secret.strip_prefix.as_deref().unwrap_or("");
        let stands = bytes
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()));
        if stands { prefix.len() } else { 0 }
    }

    /// The last character that spells a key in base64: another one might not be canonical.
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
    use crate::results::{Observed, Verdict, judge};
    use crate::scheme::{Implementation as _, Reference};
    use crate::signature::Outcome;
    use crate::suite::{self, Expect, Level, Suite, Vector};

    fn counted(suite: &Suite) -> impl Iterator<Item = &Vector> + Clone {
        let counts = |one: &&Vector| one.level != Level::May && !one.id.as_str().ends_with(FORGED);
        suite.vectors.iter().filter(counts)
    }

    fn passes(vector: &Vector, outcome: Outcome) -> bool {
        let (op, observed) = (vector.request.op, Observed::Outcome(outcome));
        judge(op, vector.level, &vector.expect, &observed, Level::Should) == Verdict::Pass
    }

    /// Of every suite nearly all that counts is asked again, and the oracle does what is expected.
    #[test]
    fn every_suite_is_asked_again_under_fresh_secrets_and_the_oracle_passes() {
        for embedded in suite::embedded() {
            let suite = embedded.parse().unwrap();
            let fresh = rekeyed(&suite, 7);
            for vector in &fresh.vectors {
                let request = &vector.request;
                let known = suite.vector(vector.id.as_str().trim_end_matches(FORGED));
                assert_ne!(known.unwrap().request.secrets, request.secrets);
                let outcome = Reference::new().call(&request.call(&suite.scheme));
                assert!(passes(vector, outcome), "{}", suite.case_id(vector));
            }
            let left_out = |vector: &&Vector| fresh.vector(vector.id.as_str()).is_none();
            let left_out: Vec<&str> = counted(&suite)
                .filter(left_out)
                .map(|one| one.id.as_str())
                .collect();
            let share = left_out.len() * 100 / counted(&suite).count();
            assert!(share <= 4, "{}: {share} %: {left_out:?}", suite.name);
        }
    }

    /// Whoever makes a mistake that the suite catches is caught under fresh secrets, too; but for
    /// the one that is about having no secret.
    #[test]
    fn what_a_suite_catches_is_caught_under_fresh_secrets() {
        // An empty secret cannot be another one, and what collides is computed for one secret.
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
            let suite = suite::find(name).unwrap().parse().unwrap();
            let fresh = rekeyed(&suite, 7);
            let is_caught = |mistake: &'static Mistake, suite: &Suite| {
                counted(suite).any(|vector| {
                    let call = vector.request.call(&suite.scheme);
                    !passes(vector, Mistaken::one(mistake).call(&call))
                })
            };
            let missed: Vec<&str> = catalogue()
                .iter()
                .filter(|mistake| mistake.applies(&suite.scheme).is_ok())
                .filter(|mistake| is_caught(mistake, &suite) && !is_caught(mistake, &fresh))
                .map(|mistake| mistake.id.as_str())
                .collect();
            let more = missed.iter().find(|id| !missable(id));
            assert_eq!(more, None, "{name}");
        }
    }

    #[test]
    fn the_seed_decides_what_the_secrets_are() {
        let suite = suite::find("jimo").unwrap().parse().unwrap();
        let tokens = |seed| {
            let fresh = rekeyed(&suite, seed);
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
