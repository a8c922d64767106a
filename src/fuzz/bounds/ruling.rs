//! The demands of one suite's scheme, and what an outcome is by them.

use crate::generate::{Fixture, Rule, Sound, requirements as rules};
use crate::scheme::Verification;
use crate::signature::{Fields, Op, Outcome, Request, Secret, Secrets};
use crate::suite::{Expect, Level, Suite};

/// What an outcome is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// As it should be.
    Sound,
    /// Something on which sound implementations differ; in words.
    ImplementationDefined(&'static str),
    /// It breaks this requirement.
    Broken(&'static Rule, Sound),
}

/// The demands of one suite's scheme.
#[derive(Debug)]
pub(crate) struct Bounds<'s> {
    pub(super) suite: &'s Suite,
    pub(super) fixture: Fixture<'s>,
    /// The secrets that the suite's own binding vectors use.
    pub(super) ordinary: Vec<Secrets>,
}

impl<'s> Bounds<'s> {
    /// Those of a suite.
    pub(crate) fn of(suite: &'s Suite) -> Self {
        let fixture = Fixture::new(suite);
        let mut ordinary = vec![fixture.base.secrets.clone()];
        for vector in &suite.vectors {
            let binds = match &vector.expect {
                Expect::Token { or, .. } => or.is_empty(),
                _ => false,
            };
            if binds && !ordinary.contains(&vector.request.secrets) {
                ordinary.push(vector.request.secrets.clone());
            }
        }
        Self {
            suite,
            fixture,
            ordinary,
        }
    }

    /// The suite.
    pub(crate) fn suite(&self) -> &'s Suite {
        self.suite
    }

    /// The ordinary request of the scheme.
    pub(crate) fn fixture(&self) -> &Fixture<'s> {
        &self.fixture
    }

    /// The level of a requirement: the author's, where there is one of that name.
    pub(crate) fn level(&self, rule: &Rule) -> Level {
        let by_author = |id: &str| self.suite.requirement(id).map(|known| known.level);
        by_author(rule.id)
            .or_else(|| rule.follows.and_then(|other| by_author(other.id)))
            .unwrap_or(rule.level)
    }

    /// What an outcome is.
    pub(crate) fn ruling(&self, request: &Request, outcome: &Outcome) -> Ruling {
        let outcome = &self.suite.scheme.compared(request, outcome.clone());
        let ruling = match request.op {
            Op::Sign => self.signed(request, outcome),
            // Neither what is sent nor the policy is what is fuzzed.
            Op::Send => Ruling::Sound,
            Op::Verify | Op::Identify => self.verified(request, outcome),
        };
        match ruling {
            Ruling::Broken(rule, _) if self.level(rule) == Level::May => {
                Ruling::ImplementationDefined(rule.text)
            }
            ruling => ruling,
        }
    }

    /// What is due, for a request that got no answer at all.
    pub(crate) fn due(&self, request: &Request) -> (&'static Rule, Sound) {
        match request.op {
            Op::Sign => match self.suite.scheme.sign(&request.secrets, &request.fields) {
                Ok(token) => self.due_token(request, token),
                Err(_) => (&rules::NOT_A_TEXT_IS_DECLINED, Sound::Declines),
            },
            Op::Send => (&rules::REQUEST_IS_SIGNED_AS_SENT, Sound::Sends),
            Op::Verify | Op::Identify => match self.oracle(request) {
                Verification::Accepted => (&rules::RIGHT_TOKEN_IS_ACCEPTED, Sound::Accepts),
                _ => (
                    &rules::MALFORMED_TOKEN_IS_REJECTED,
                    Sound::RejectsWithoutThrowing,
                ),
            },
        }
    }

    pub(super) fn oracle(&self, request: &Request) -> Verification {
        self.suite.scheme.verify(
            &request.secrets,
            &request.fields,
            request.token.as_ref(),
            request.now,
        )
    }

    /// The MAC under the key that is derived from these bytes of a secret.
    pub(super) fn mac_by(&self, fields: &Fields, key: &[u8]) -> Option<Vec<u8>> {
        let message = self.fixture.message(fields)?;
        Some(self.fixture.mac_by(fields, key, &message))
    }

    pub(super) fn selected<'r>(&self, request: &'r Request) -> Option<&'r Secret> {
        let selector = self.suite.scheme.secret.per.and_then(|field| {
            let value = request.fields.value(self.fixture.name(field))?;
            value.as_text()
        });
        request.secrets.select(selector)
    }

    /// The bytes of the secret that counts, of which the key is derived.
    pub(super) fn secret_bytes(&self, request: &Request) -> Option<Vec<u8>> {
        let secret = self.selected(request)?;
        let key = self.suite.scheme.secret.decode(secret).ok()?;
        Some(key.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Ruling};
    use crate::generate::requirements as rules;
    use crate::results::Expectation;
    use crate::signature::{Context, Fields, Op, Outcome, Request, Secret, Secrets};
    use crate::suite::{Level, Suite, Vector, well_known};

    fn outcomes(suite: &Suite, vector: &Vector) -> Vec<Outcome> {
        let request = &vector.request;
        let words = [Outcome::Refused("x".into()), Outcome::Threw("x".into())];
        let kinds = match request.op {
            Op::Sign => {
                let right = suite.scheme.sign(&request.secrets, &request.fields);
                let right = right.ok().map(Outcome::Token);
                right
                    .into_iter()
                    .chain([Outcome::Token("x".into())])
                    .collect()
            }
            Op::Verify | Op::Identify => vec![Outcome::Accept, Outcome::REJECT],
            Op::Send => Vec::new(),
        };
        [kinds, words.to_vec()].concat()
    }

    /// The strictest level at which some vector of the suite, or of the same request, fails that
    /// outcome.
    fn fails_at(suite: &Suite, vector: &Vector, outcome: &Outcome) -> Option<Level> {
        let same = suite
            .vectors
            .iter()
            .filter(|other| other.request == vector.request);
        same.filter(|other| other.level != Level::May)
            .filter(|other| !Expectation::of(&suite.scheme, other).is_met_by(outcome))
            .map(|other| other.level)
            .min()
    }

    /// The vectors about tokens; nothing else is fuzzed.
    fn of_signatures(suite: &Suite) -> impl Iterator<Item = &Vector> {
        let vectors = suite.vectors.iter();
        vectors.filter(|vector| vector.request.op.is_of_tokens())
    }

    fn all() -> impl Iterator<Item = &'static Suite> {
        well_known().map(|one| one.parsed())
    }

    #[test]
    fn nothing_implementation_defined_is_demanded() {
        let mut stricter = Vec::new();
        for suite in all() {
            let bounds = Bounds::of(suite);
            for vector in of_signatures(suite) {
                for outcome in outcomes(suite, vector) {
                    let Ruling::Broken(rule, _) = bounds.ruling(&vector.request, &outcome) else {
                        continue;
                    };
                    // Of any bad token it could be said that it is to be rejected, not thrown at.
                    if rule.id == rules::MALFORMED_TOKEN_IS_REJECTED.id {
                        continue;
                    }
                    let level = bounds.level(rule);
                    if fails_at(suite, vector, &outcome).is_none_or(|strictest| strictest > level) {
                        stricter.push(format!(
                            "{} {:?}: {} at {level}",
                            suite.case_id(vector),
                            outcome,
                            rule.id
                        ));
                    }
                }
            }
        }
        assert!(
            stricter.is_empty(),
            "{}\n{}",
            stricter.len(),
            stricter.join("\n")
        );
    }

    /// A scheme whose fields and secret have a form, and a request of it with its right token.
    fn formed(socket: &str, secret: &str, op: Op) -> (Suite, Request) {
        let text = r#"
macproof: 1
suite: sockets
version: 1
title: Sockets
source: {title: Sockets}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8, pattern: "[0-9a-f]{20}"}
  fields: {socket_id: {type: text, pattern: "[0-9]+[.][0-9]+"}}
  message: "{socket_id}"
  token: "{mac:hex}"
requirements: {}
vectors: []
"#;
        let suite = Suite::parse("sockets.yaml", text).unwrap();
        let secrets = Secrets::One(Secret::new(secret));
        let fields = Fields::new().with("socket_id", socket);
        let token = suite.scheme.sign(&secrets, &fields).unwrap();
        let request = Request {
            suite: (&suite.name).into(),
            op,
            secrets,
            fields,
            token: (op == Op::Verify).then(|| token.into()),
            context: Context::default(),
            now: 0,
        };
        (suite, request)
    }

    #[test]
    fn outside_a_form_signing_may_be_refused_and_verifying_is_implementation_defined() {
        const KEY: &str = "0123456789abcdef0123";
        let broken = |socket: &str, secret: &str, op, outcome: &Outcome| {
            let (suite, request) = formed(socket, secret, op);
            let ruling = Bounds::of(&suite).ruling(&request, outcome);
            matches!(ruling, Ruling::Broken(..))
        };
        let refused = Outcome::Refused("x".into());
        let threw = Outcome::Threw("x".into());
        let other = Outcome::Token("x".into());
        for (socket, secret) in [("user-42", KEY), ("12.34", "a longer secret than that")] {
            for declined in [&refused, &threw] {
                assert!(!broken(socket, secret, Op::Sign, declined), "{socket}");
                assert!(!broken(socket, secret, Op::Verify, declined), "{socket}");
            }
            assert!(
                !broken(socket, secret, Op::Verify, &Outcome::REJECT),
                "{socket}"
            );
            // Signed as another, it is another.
            assert!(broken(socket, secret, Op::Sign, &other), "{socket}");
        }
        assert!(broken("12.34", KEY, Op::Sign, &other));
        assert!(broken("12.34", KEY, Op::Verify, &Outcome::REJECT));
    }

    /// What the suites demand of the five systems and made-up requests cannot be held to: that a
    /// delimiter alone is an ordinary name, and that a letter in the place of the padding of base64
    /// is no other spelling. Their own vectors are asked all the same.
    const LEFT_TO_THE_SUITES: [&str; 2] = [
        "identity-delimiter-alone-is-accepted",
        "token-letter-beyond-ascii-at-the-same-length",
    ];

    #[test]
    fn the_demands_of_the_suites_are_demanded() {
        let mut laxer = Vec::new();
        for suite in crate::suite::default_suites().unwrap() {
            let bounds = Bounds::of(&suite);
            for vector in of_signatures(&suite).filter(|v| v.level == Level::Must) {
                for outcome in outcomes(&suite, vector) {
                    // An implementation that declines is given the benefit of the doubt; from a
                    // signer, an exception is no worse.
                    let declines = match outcome {
                        Outcome::Refused(_) => true,
                        Outcome::Threw(_) => vector.request.op == Op::Sign,
                        _ => false,
                    };
                    if !declines
                        && fails_at(&suite, vector, &outcome) == Some(Level::Must)
                        && !LEFT_TO_THE_SUITES.contains(&vector.id.as_str())
                        && !matches!(bounds.ruling(&vector.request, &outcome), Ruling::Broken(..))
                    {
                        laxer.push(format!("{} {outcome:?}", suite.case_id(vector)));
                    }
                }
            }
        }
        assert!(laxer.is_empty(), "{}\n{}", laxer.len(), laxer.join("\n"));
        // But what is plain is signed.
        for suite in crate::suite::default_suites().unwrap() {
            let plain = &suite.vector("plain").unwrap().request;
            for declined in [Outcome::Refused("x".into()), Outcome::Threw("x".into())] {
                let ruling = Bounds::of(&suite).ruling(plain, &declined);
                assert!(
                    matches!(ruling, Ruling::Broken(..)),
                    "{} {declined:?}",
                    suite.name
                );
            }
        }
    }
}
