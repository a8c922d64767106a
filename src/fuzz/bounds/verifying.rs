//! What is demanded of a verifier.

use unicode_normalization::UnicodeNormalization as _;

use crate::fuzz::bounds::carried::carries;
use crate::fuzz::bounds::token_shape::Texture;
use crate::fuzz::bounds::{Bounds, Ruling};
use crate::generate::{Form, Sound, has_another_reading, requirements as rules};
use crate::scheme::{FreshnessProblem, Item, ParsedToken, Refusal, Rejection, Verification};
use crate::signature::{Outcome, Request, Secret, Value};

impl Bounds<'_> {
    pub(super) fn verified(&self, request: &Request, outcome: &Outcome) -> Ruling {
        match (self.oracle(request), outcome) {
            (Verification::Accepted, Outcome::Accept) => Ruling::Sound,
            _ if !self.is_of_its_form(request) => Ruling::ImplementationDefined(
                "how it treats a token with values outside the form that the scheme states",
            ),
            _ if self.may_lack_a_part(&request.fields) => {
                Ruling::ImplementationDefined("what it takes for an absent field")
            }
            (Verification::Accepted, Outcome::Read(_)) => {
                Ruling::Broken(&rules::TEXT_IS_READ_AS_IT_WAS_SIGNED, Sound::Accepts)
            }
            (Verification::Accepted, _) => self.not_accepted(request, outcome),
            (Verification::Rejected(rejection), Outcome::Accept | Outcome::Read(_)) => {
                self.accepted(request, &rejection)
            }
            (Verification::Rejected(rejection), Outcome::Threw(_)) => {
                self.threw(request, &rejection)
            }
            (Verification::Refused(refusal), Outcome::Accept | Outcome::Read(_)) => {
                self.accepted_without_secret(request, &refusal)
            }
            _ => Ruling::Sound,
        }
    }

    /// A right token was not accepted.
    fn not_accepted(&self, request: &Request, outcome: &Outcome) -> Ruling {
        let secret_is_ordinary =
            self.ordinary.contains(&request.secrets) && self.enums_are_ordinary(&request.fields);
        let secret_is_plain =
            secret_is_ordinary || self.secrets(&request.secrets) == Texture::Plain;
        let is_plain = secret_is_plain
            && self.texture(&request.fields) == Texture::Plain
            && self.form(&request.fields) == Form::AsItIs
            && !self.has_number(&request.fields)
            && !Self::has_json(&request.fields);
        if !is_plain {
            return Ruling::ImplementationDefined(
                "does not accept the right token of an unusual identity or secret",
            );
        }
        let Some(text) = request.token.as_ref().and_then(Value::as_text) else {
            return Ruling::ImplementationDefined("does not accept a token");
        };
        let scheme = &self.suite.scheme;
        let Some(parsed) = scheme.token.parse(&scheme.fields, text) else {
            return Ruling::ImplementationDefined("does not accept a token");
        };
        let is_alone = parsed.items.len() == self.suite.scheme.token.items().count();
        if !is_alone && !is_plain_rotation(&parsed) {
            return Ruling::ImplementationDefined(
                "does not accept a particular order of several MACs",
            );
        }
        let mut claim = request.fields.clone();
        for (field, bytes) in parsed.fields() {
            let name = scheme.fields.at(field).name.as_str();
            claim.set(name, Value::of_bytes(bytes));
        }
        if !self.time_is_ordinary(&claim) {
            return Ruling::ImplementationDefined("does not accept an unusual time");
        }
        if !self.is_surely_fresh(&claim, request.now) {
            return Ruling::ImplementationDefined(
                "does not accept a token of a particular age, or at the limit",
            );
        }
        match outcome {
            Outcome::Refused(_) if !secret_is_ordinary => {
                Ruling::ImplementationDefined("refuses a secret that lacks its vendor's form")
            }
            Outcome::Threw(_) if !secret_is_ordinary => {
                Ruling::Broken(&rules::DECLINES_WITHOUT_THROWING, Sound::AcceptsOrRefuses)
            }
            _ if !parsed.is_in_order() => Ruling::Broken(
                &rules::PAIRS_IN_ANY_ORDER,
                Self::accepts(secret_is_ordinary),
            ),
            _ if !self.is_of_this_second(&claim, request.now) => Ruling::Broken(
                &rules::FRESH_TOKEN_IS_ACCEPTED,
                Self::accepts(secret_is_ordinary),
            ),
            _ => Ruling::Broken(
                &rules::RIGHT_TOKEN_IS_ACCEPTED,
                Self::accepts(secret_is_ordinary),
            ),
        }
    }

    fn accepts(secret_is_ordinary: bool) -> Sound {
        if secret_is_ordinary {
            Sound::Accepts
        } else {
            Sound::AcceptsOrDeclines
        }
    }

    /// A token that the oracle rejects was accepted.
    fn accepted(&self, request: &Request, rejection: &Rejection) -> Ruling {
        let broken = |rule| Ruling::Broken(rule, Sound::DoesNotAccept);
        match rejection {
            Rejection::Absent => broken(&rules::MISSING_TOKEN_IS_NOT_ACCEPTED),
            Rejection::NotText => broken(&rules::NOT_A_STRING_IS_NOT_ACCEPTED),
            Rejection::Field(Refusal::NotText { field, .. } | Refusal::MissingField(field))
                if self.suite.scheme.has_free_text(field) =>
            {
                broken(&rules::NOT_A_TEXT_IS_NOT_VERIFIED)
            }
            Rejection::Field(_) => self.accepted_beside_an_odd_field(request),
            _ if self.form(&request.fields) != Form::AsItIs => Ruling::ImplementationDefined(
                "how it treats an identity that languages normalize differently",
            ),
            Rejection::Malformed | Rejection::WrongMac if self.is_by_a_repaired_secret(request) => {
                broken(&rules::UNUSUAL_SECRET)
            }
            Rejection::Malformed => self.accepted_malformed(request),
            Rejection::WrongMac => broken(&rules::ALTERED_MAC_IS_NOT_ACCEPTED),
            Rejection::Time(problem) => self.accepted_at_the_wrong_time(*problem),
        }
    }

    fn accepted_at_the_wrong_time(&self, problem: FreshnessProblem) -> Ruling {
        let broken = |rule| Ruling::Broken(rule, Sound::DoesNotAccept);
        let limits_the_future = self.fixture.limits().1.is_some();
        match problem {
            FreshnessProblem::Stale { .. } => broken(&rules::STALE_TOKEN_IS_NOT_ACCEPTED),
            FreshnessProblem::Beyond if !limits_the_future => {
                Ruling::ImplementationDefined("accepts a time beyond any clock")
            }
            FreshnessProblem::Future { .. } | FreshnessProblem::Beyond => {
                broken(&rules::FUTURE_TOKEN_IS_NOT_ACCEPTED)
            }
        }
    }

    /// A time that travels beside the token is malformed, or an enum has another value.
    fn accepted_beside_an_odd_field(&self, request: &Request) -> Ruling {
        let text = request.token.as_ref().and_then(Value::as_text);
        let (Some(text), Some(key)) = (text, self.secret_bytes(request)) else {
            return Ruling::ImplementationDefined("accepts a token with a field of another type");
        };
        match self.mac_by(&request.fields, &key) {
            Some(mac) if carries(text, &mac) => {
                if has_another_reading(&self.fixture, &request.fields) {
                    Ruling::Broken(&rules::MALFORMED_TIME_IS_NOT_ACCEPTED, Sound::DoesNotAccept)
                } else {
                    Ruling::ImplementationDefined("accepts a different spelling of a time")
                }
            }
            _ => Ruling::ImplementationDefined("accepts a token with a field of another type"),
        }
    }

    /// An exception came out where a token was to be rejected.
    fn threw(&self, request: &Request, rejection: &Rejection) -> Ruling {
        let secret_is_plain = self.ordinary.contains(&request.secrets)
            || self.secrets(&request.secrets) == Texture::Plain;
        let is_of_the_token = matches!(
            rejection,
            Rejection::Absent | Rejection::NotText | Rejection::Malformed | Rejection::WrongMac
        );
        let is_plain = secret_is_plain
            && self.texture(&request.fields) == Texture::Plain
            && !self.has_number(&request.fields)
            && !Self::has_json(&request.fields);
        if is_of_the_token && is_plain {
            Ruling::Broken(
                &rules::MALFORMED_TOKEN_IS_REJECTED,
                Sound::RejectsWithoutThrowing,
            )
        } else {
            Ruling::ImplementationDefined("throws on a token with an unusual identity or secret")
        }
    }

    /// A token was accepted although no secret is there to check it.
    fn accepted_without_secret(&self, request: &Request, refusal: &Refusal) -> Ruling {
        let broken = |rule| Ruling::Broken(rule, Sound::DoesNotAccept);
        let Some(text) = request.token.as_ref().and_then(Value::as_text) else {
            return broken(&rules::MISSING_TOKEN_IS_NOT_ACCEPTED);
        };
        let is_by = |key: &[u8]| {
            let mut claims = self.claims(request, text).into_iter();
            claims.any(|claim| {
                let mac = self.mac_by(&claim, key);
                mac.is_some_and(|mac| carries(text, &mac))
            })
        };
        match refusal {
            Refusal::EmptySecret | Refusal::NoSecret(_) if is_by(b"") => {
                broken(&rules::TOKEN_UNDER_NO_SECRET)
            }
            Refusal::EmptySecret => broken(&rules::EMPTY_SECRET_PROTECTS_NOTHING),
            Refusal::NoSecret(name) => {
                let cleaned = |name: &str| name.trim().to_lowercase();
                let is_known = request
                    .secrets
                    .iter()
                    .any(|(known, _)| known.is_some_and(|known| cleaned(known) == cleaned(name)));
                if is_known {
                    Ruling::ImplementationDefined("normalizes the name of a platform")
                } else {
                    broken(&rules::EMPTY_SECRET_PROTECTS_NOTHING)
                }
            }
            Refusal::UndecodableSecret(_) => {
                let raw = self
                    .selected(request)
                    .map(|secret| secret.reveal().to_vec());
                if is_by(b"") || raw.is_some_and(|raw| is_by(&raw)) {
                    broken(&rules::EMPTY_SECRET_PROTECTS_NOTHING)
                } else {
                    Ruling::ImplementationDefined("decodes a secret leniently")
                }
            }
            _ => Ruling::ImplementationDefined("accepts a token with a field of another type"),
        }
    }

    /// Whether it is the token of the secret after a quiet repair that leaves all of its strength:
    /// without the blanks or quotes around it, in Latin-1, composed.
    fn is_by_a_repaired_secret(&self, request: &Request) -> bool {
        let rule = &self.suite.scheme.secret;
        let text = request.token.as_ref().and_then(Value::as_text);
        let secret = self.selected(request);
        let secret = secret.and_then(|secret| std::str::from_utf8(secret.reveal()).ok());
        let (Some(text), Some(secret)) = (text, secret) else {
            return false;
        };
        let claims = self.claims(request, text);
        repairs(secret)
            .into_iter()
            .filter(|repaired| repaired != secret.as_bytes())
            .filter_map(|repaired| Some(rule.decode(&Secret::new(repaired)).ok()?.into_owned()))
            .any(|key| {
                claims.iter().any(|claim| {
                    let mac = self.mac_by(claim, &key);
                    mac.is_some_and(|mac| carries(text, &mac))
                })
            })
    }
}

/// What is made of a secret by those who repair it. What is left of nothing but blanks is no
/// secret any more.
fn repairs(secret: &str) -> Vec<Vec<u8>> {
    let blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let trimmed = [
        secret.trim_matches(blank),
        secret.trim_start_matches(blank),
        secret.trim_end_matches(blank),
    ];
    let bare = trimmed.map(|text| text.trim_matches(['"', '\'']));
    let latin: Option<Vec<u8>> = secret.chars().map(|c| u8::try_from(c).ok()).collect();
    let composed = secret.nfc().collect::<String>();
    trimmed
        .into_iter()
        .chain(bare)
        .chain([composed.as_str()])
        .map(|text| text.as_bytes().to_vec())
        .chain(latin)
        .filter(|repaired| !repaired.is_empty())
        .collect()
}

/// Whether up to three MACs stand there, no two the same and nothing unknown among them, as while a
/// secret is rotated.
fn is_plain_rotation(parsed: &ParsedToken) -> bool {
    let macs: Vec<&[u8]> = parsed.macs().collect();
    let is_known = |item: &Item| matches!(item, Item::Known { .. });
    let is_twice = |at: usize| macs[..at].contains(&macs[at]);
    macs.len() <= 3 && parsed.items.iter().all(is_known) && !(0..macs.len()).any(is_twice)
}
