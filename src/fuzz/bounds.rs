//! What can be demanded of an implementation for any request: which outcomes are sound, which are
//! a matter of taste, and which break a requirement that a suite could state.
//!
//! It says of made-up requests what the generator's requirements say of the catalogue's. Where a
//! requirement could not be stated with certainty it is a matter of taste: to blame an
//! implementation wrongly is worse than to pass over one of its oddities.

use crate::fuzz::carried::{BARRIER, carries};
use crate::fuzz::texture::{Texture, of_identity, of_secret};
use crate::generate::{Fixture, Form, Rule, Sound, has_another_reading, requirements as rules};
use crate::mistakes::{Mistaken, Stage, catalogue};
use crate::scheme::{
    Algorithm, Call, FieldKind, FieldTexts, Freshness, FreshnessProblem, Implementation as _, Item,
    Pairs, ParsedToken, Part, Refusal, Rejection, SecretEncoding, TokenGrammar, Verification,
};
use crate::signature::{Context, Fields, Op, Outcome, Secret, Secrets, Value};
use crate::suite::{Expect, Level, Request, Suite};

/// What an outcome is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// As it should be.
    Sound,
    /// Something on which sound implementations differ; in words.
    Taste(&'static str),
    /// It breaks this requirement.
    Broken(&'static Rule, Sound),
}

/// The demands of one suite's scheme.
#[derive(Debug)]
pub(crate) struct Bounds<'s> {
    suite: &'s Suite,
    fixture: Fixture<'s>,
    /// The secrets that the suite's own binding vectors use.
    ordinary: Vec<Secrets>,
}

impl<'s> Bounds<'s> {
    /// Those of a suite.
    pub(crate) fn of(suite: &'s Suite) -> Self {
        let fixture = Fixture::new(suite);
        let mut ordinary = vec![fixture.base.secrets.clone()];
        for vector in &suite.vectors {
            let binds = match &vector.expect {
                Expect::Token { or_refused, .. } => !or_refused,
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
        let ruling = match request.op {
            Op::Sign => self.signed(request, outcome),
            // The policy is not what is fuzzed.
            Op::Verify | Op::Identify => self.verified(request, outcome),
        };
        match ruling {
            Ruling::Broken(rule, _) if self.level(rule) == Level::May => Ruling::Taste(rule.text),
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
            Op::Verify | Op::Identify => match self.oracle(request) {
                Verification::Accepted => (&rules::RIGHT_TOKEN_IS_ACCEPTED, Sound::Accepts),
                _ => (
                    &rules::MALFORMED_TOKEN_IS_REJECTED,
                    Sound::RejectsWithoutThrowing,
                ),
            },
        }
    }

    fn oracle(&self, request: &Request) -> Verification {
        self.suite.scheme.verify(
            &request.secrets,
            &request.fields,
            request.token.as_ref(),
            request.now,
        )
    }

    fn signed(&self, request: &Request, outcome: &Outcome) -> Ruling {
        let token = match self.suite.scheme.sign(&request.secrets, &request.fields) {
            Ok(token) => token,
            Err(refusal) => return self.signed_all_the_same(request, &refusal, outcome),
        };
        match outcome {
            Outcome::Token(actual) if *actual == token => return Ruling::Sound,
            _ => {}
        }
        if self.form(&request.fields) == Form::Uncertain {
            return Ruling::Taste(
                "what becomes of an identity of which languages make different forms",
            );
        }
        if Self::has_json(&request.fields) {
            return Ruling::Taste("what is signed beside a field that is no text");
        }
        let (rule, sound) = self.due_token(request, token);
        match (outcome, &sound) {
            (Outcome::Refused(_), Sound::GivesOrRefuses(_)) => {
                Ruling::Taste("refuses to sign an unusual identity, secret or time")
            }
            _ => Ruling::Broken(rule, sound),
        }
    }

    /// The requirement about a token that the oracle gives, the weakest that applies.
    fn due_token(&self, request: &Request, token: String) -> (&'static Rule, Sound) {
        let secret_is_ordinary = self.ordinary.contains(&request.secrets);
        if !secret_is_ordinary && self.secrets(&request.secrets) == Texture::Unusual {
            return (&rules::UNUSUAL_SECRET, Sound::GivesOrRefuses(token));
        }
        if !self.time_is_ordinary(&request.fields) {
            return (&rules::UNUSUAL_TIME, Sound::GivesOrRefuses(token));
        }
        if self.has_number(&request.fields) {
            return (
                &rules::NUMBER_IS_ITS_DECIMAL_TEXT,
                Sound::GivesOrRefuses(token),
            );
        }
        if self.form(&request.fields) == Form::Changed {
            let rule = &rules::IDENTITY_IS_BROUGHT_TO_ITS_FORM;
            return (rule, Sound::GivesOrRefuses(token));
        }
        let is_ordinary = secret_is_ordinary && self.enums_are_ordinary(&request.fields);
        match (self.texture(&request.fields), is_ordinary) {
            (Texture::Unusual, _) => (&rules::UNUSUAL_IDENTITY, Sound::GivesOrRefuses(token)),
            (Texture::Plain, true) => (&rules::TOKEN_IS_EXACT, Sound::Gives(token)),
            (Texture::Plain, false) => (self.secret_rule(), Sound::GivesOrRefuses(token)),
        }
    }

    fn secret_rule(&self) -> &'static Rule {
        if self.suite.scheme.secret.encoding == SecretEncoding::Utf8 {
            &rules::SECRET_IS_TEXT
        } else {
            &rules::SECRET_IS_DECODED
        }
    }

    /// Something came of a request that the oracle declines.
    fn signed_all_the_same(
        &self,
        request: &Request,
        refusal: &Refusal,
        outcome: &Outcome,
    ) -> Ruling {
        let lacks_identity = match refusal {
            Refusal::NotText { field, .. } | Refusal::MissingField(field) => {
                self.is_free_text(field)
            }
            _ => false,
        };
        match outcome {
            Outcome::Token(token) => match refusal {
                Refusal::EmptySecret | Refusal::NoSecret(_) => {
                    Ruling::Broken(&rules::TOKEN_UNDER_NO_SECRET, Sound::GivesNoToken)
                }
                Refusal::UndecodableSecret(_) if self.is_by_key(request, token, b"") => {
                    Ruling::Broken(&rules::TOKEN_UNDER_NO_SECRET, Sound::GivesNoToken)
                }
                _ if lacks_identity => {
                    Ruling::Broken(&rules::NOT_A_TEXT_IS_NOT_SIGNED, Sound::GivesNoToken)
                }
                _ => Ruling::Taste(
                    "signs with a secret, a time or a platform that the oracle declines",
                ),
            },
            Outcome::Threw(_) if lacks_identity && self.secrets_are_usable(&request.secrets) => {
                Ruling::Broken(&rules::NOT_A_TEXT_IS_DECLINED, Sound::Declines)
            }
            _ => Ruling::Sound,
        }
    }

    /// Whether signing by this key instead gives that token.
    fn is_by_key(&self, request: &Request, token: &str, key: &[u8]) -> bool {
        self.mac_by(&request.fields, key)
            .and_then(|mac| {
                let texts = FieldTexts::read(&self.suite.scheme.fields, &request.fields).ok()?;
                let scheme = &self.suite.scheme;
                scheme.token.render(&scheme.fields, &mac, &texts).ok()
            })
            .is_some_and(|made| made == token)
    }

    fn mac_by(&self, fields: &Fields, key: &[u8]) -> Option<Vec<u8>> {
        let message = self.fixture.message(fields)?;
        Some(self.fixture.mac_of(key, &message))
    }

    fn verified(&self, request: &Request, outcome: &Outcome) -> Ruling {
        match (self.oracle(request), outcome) {
            (Verification::Accepted, Outcome::Accept) => Ruling::Sound,
            (Verification::Accepted, _) => self.not_accepted(request, outcome),
            (Verification::Rejected(rejection), Outcome::Accept) => {
                self.accepted(request, &rejection)
            }
            (Verification::Rejected(rejection), Outcome::Threw(_)) => {
                self.threw(request, &rejection)
            }
            (Verification::Refused(refusal), Outcome::Accept) => {
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
            return Ruling::Taste(
                "does not accept the right token of an unusual identity or secret",
            );
        }
        let Some(text) = request.token.as_ref().and_then(Value::as_text) else {
            return Ruling::Taste("does not accept a token");
        };
        let scheme = &self.suite.scheme;
        let Some(parsed) = scheme.token.parse(&scheme.fields, text) else {
            return Ruling::Taste("does not accept a token");
        };
        let is_alone = parsed.items.len() == self.items_of_one();
        if !is_alone && !is_plain_rotation(&parsed) {
            return Ruling::Taste("does not accept an arrangement of several MACs");
        }
        let mut claim = request.fields.clone();
        for (field, text) in parsed.fields() {
            claim.set(scheme.fields.at(field).name.as_str(), text);
        }
        if !self.time_is_ordinary(&claim) {
            return Ruling::Taste("does not accept an unusual time");
        }
        if !self.is_surely_fresh(&claim, request.now) {
            return Ruling::Taste("does not accept a token of some age, or at the limit");
        }
        match outcome {
            Outcome::Refused(_) if !secret_is_ordinary => {
                Ruling::Taste("refuses a secret that is not of its vendor's form")
            }
            Outcome::Refused(_) if !self.fits_its_shape(&request.fields) => {
                Ruling::Taste("refuses an identity that is not of its vendor's form")
            }
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
            Sound::AcceptsOrRefuses
        }
    }

    /// A token that the oracle rejects was accepted.
    fn accepted(&self, request: &Request, rejection: &Rejection) -> Ruling {
        let broken = |rule| Ruling::Broken(rule, Sound::DoesNotAccept);
        match rejection {
            Rejection::Absent => broken(&rules::MISSING_TOKEN_IS_NOT_ACCEPTED),
            Rejection::NotText => broken(&rules::NOT_A_STRING_IS_NOT_ACCEPTED),
            Rejection::Field(Refusal::NotText { field, .. } | Refusal::MissingField(field))
                if self.is_free_text(field) =>
            {
                broken(&rules::NOT_A_TEXT_IS_NOT_VERIFIED)
            }
            Rejection::Field(_) => self.accepted_beside_an_odd_field(request),
            _ if self.form(&request.fields) != Form::AsItIs => {
                Ruling::Taste("what becomes of an identity of which languages make different forms")
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
                Ruling::Taste("accepts a time beyond any clock")
            }
            FreshnessProblem::Future { .. } | FreshnessProblem::Beyond => {
                broken(&rules::FUTURE_TOKEN_IS_NOT_ACCEPTED)
            }
        }
    }

    /// A time that travels beside the token is malformed, or an enum has another value.
    fn accepted_beside_an_odd_field(&self, request: &Request) -> Ruling {
        let text = request.token.as_ref().and_then(Value::as_text);
        let (Some(text), Some(key)) = (text, self.key(request)) else {
            return Ruling::Taste("accepts a token beside a field of another type");
        };
        match self.mac_by(&request.fields, &key) {
            Some(mac) if carries(text, &mac) => {
                if has_another_reading(&self.fixture, &request.fields) {
                    Ruling::Broken(&rules::MALFORMED_TIME_IS_NOT_ACCEPTED, Sound::DoesNotAccept)
                } else {
                    Ruling::Taste("accepts another spelling of a time")
                }
            }
            _ => Ruling::Taste("accepts a token beside a field of another type"),
        }
    }

    fn accepted_malformed(&self, request: &Request) -> Ruling {
        let broken = |rule| Ruling::Broken(rule, Sound::DoesNotAccept);
        let text = request.token.as_ref().and_then(Value::as_text);
        let (Some(text), Some(key)) = (text, self.key(request)) else {
            return Ruling::Taste("accepts a token that is written otherwise");
        };
        let mut is_cut = false;
        let mut is_old = false;
        for claim in self.claims(request, text) {
            let Some(mac) = self.mac_by(&claim, &key) else {
                continue;
            };
            if carries(&self.without_time(&claim, text), &mac) {
                let reads_on = !self.time_is_canonical(&claim);
                if reads_on && has_another_reading(&self.fixture, &claim) {
                    return broken(&rules::MALFORMED_TIME_IS_NOT_ACCEPTED);
                }
                if !self.may_be_fresh(&claim, request.now) {
                    is_old = true;
                    continue;
                }
                return if self.extended(&claim, &mac, text) {
                    broken(&rules::EXTENDED_TOKEN_IS_NOT_ACCEPTED)
                } else {
                    Ruling::Taste("accepts the right MAC in another spelling")
                };
            }
            is_cut |= self.has_a_part(&mac, text);
        }
        if is_old {
            return broken(&rules::STALE_TOKEN_IS_NOT_ACCEPTED);
        }
        if self.names_another_algorithm(request, text, &key) {
            return Ruling::Taste("accepts a MAC by another algorithm that says so");
        }
        if self.is_of_another_encoding(request, text) {
            return Ruling::Taste("accepts the right MAC in another spelling");
        }
        broken(if is_cut {
            &rules::TRUNCATED_TOKEN_IS_NOT_ACCEPTED
        } else {
            &rules::MALFORMED_TOKEN_IS_NOT_ACCEPTED
        })
    }

    /// The claims that a badly written token may make: the request's fields with each thing that
    /// could be meant for the time. Where no time is carried there is one.
    fn claims(&self, request: &Request, text: &str) -> Vec<Fields> {
        let scheme = &self.suite.scheme;
        let carried: Vec<usize> = scheme.token.fields().collect();
        let [field] = carried[..] else {
            return Vec::from_iter(carried.is_empty().then(|| request.fields.clone()));
        };
        let name = scheme.fields.at(field).name.as_str();
        let mut times: Vec<String> = Vec::new();
        for token in crate::mistakes::loosely(scheme, text) {
            for (_, piece) in token.fields {
                times.extend(readings(&piece));
                times.push(piece);
            }
        }
        if let TokenGrammar::Pairs(pairs) = &scheme.token {
            times.extend(between_keys(pairs, text));
        }
        times.extend(text.split(|c: char| !c.is_ascii_digit()).map(str::to_owned));
        times.extend(readings(text));
        times.retain(|time| !time.is_empty());
        times.sort_by_key(|time| !crate::scheme::is_canonical_time(time.as_bytes()));
        times.dedup();
        times
            .into_iter()
            .map(|time| request.fields.clone().with(name, time))
            .collect()
    }

    /// The text with a barrier in the place of its time, whose digits are none of the MAC's.
    fn without_time(&self, claim: &Fields, text: &str) -> String {
        let time = self
            .time(claim)
            .and_then(|(_, time)| String::from_utf8(time.into_owned()).ok());
        match time.filter(|time| time.len() > 5) {
            Some(time) => text.replace(&time, BARRIER),
            None => text.to_owned(),
        }
    }

    /// Whether it is the canonical token with letters or digits before or behind.
    fn extended(&self, claim: &Fields, mac: &[u8], text: &str) -> bool {
        let scheme = &self.suite.scheme;
        let Ok(texts) = FieldTexts::read(&scheme.fields, claim) else {
            return false;
        };
        let Ok(token) = scheme.token.render(&scheme.fields, mac, &texts) else {
            return false;
        };
        let behind = text.strip_prefix(&token).is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_alphanumeric())
                && !token.ends_with('=')
                && !self.ends_with_its_time(claim, &token)
        });
        let cut = text.strip_prefix(&token).is_some_and(|rest| {
            let mut ends = self.token_delimiters();
            ends.any(|end| {
                let behind = rest.strip_prefix(end);
                behind.is_some_and(|more| more.starts_with(|c: char| c.is_ascii_alphabetic()))
            })
        });
        let before = text.strip_suffix(&token).is_some_and(|rest| {
            let known = ["0x", "x", "sha", "hmac", "Bearer", "v0", "v1", "b"];
            let is_word = rest.chars().all(|c| c.is_ascii_alphanumeric());
            !rest.is_empty()
                && is_word
                && !known[2..].iter().any(|word| rest.starts_with(word))
                && rest != "0x"
        });
        behind || before || cut
    }

    /// What separates the parts of a token that is one template.
    fn token_delimiters(&self) -> impl Iterator<Item = &str> {
        let layout = match &self.suite.scheme.token {
            TokenGrammar::Template(layout) => layout.parts(),
            TokenGrammar::Pairs(_) | TokenGrammar::List(_) => &[],
        };
        layout.iter().filter_map(|part| match part {
            Part::Literal(text) => {
                let end = text.trim_start_matches(|c: char| c.is_alphanumeric());
                (!end.is_empty()).then_some(end)
            }
            _ => None,
        })
    }

    /// Whether a token ends with its time: then more behind it is another spelling of the time.
    fn ends_with_its_time(&self, claim: &Fields, token: &str) -> bool {
        let time = self.time(claim);
        time.is_some_and(|(_, time)| token.as_bytes().ends_with(&time))
    }

    /// Whether some of the right MAC's text stands there: a beginning, an end or what is between.
    fn has_a_part(&self, mac: &[u8], text: &str) -> bool {
        let spelt = self.fixture.encoding().encode(mac);
        let tokens = crate::mistakes::loosely(&self.suite.scheme, text);
        tokens
            .iter()
            .any(|token| spelt.contains(token.mac.trim_end_matches('=')))
    }

    /// Whether it is the MAC by an algorithm that the token itself names, where tokens name one.
    fn names_another_algorithm(&self, request: &Request, text: &str, key: &[u8]) -> bool {
        if !self.fixture.names_its_algorithm() {
            return false;
        }
        let claims = self.claims(request, text);
        let scheme = &self.suite.scheme;
        Algorithm::ALL
            .iter()
            .filter(|algorithm| text.contains(algorithm.name().trim_start_matches("hmac-")))
            .any(|algorithm| {
                claims.iter().any(|claim| {
                    let message = self.fixture.message(claim);
                    message.is_some_and(|message| {
                        let mut mac = algorithm.mac(key, &message);
                        mac.truncate(scheme.mac_bytes.max(20));
                        carries(text, &mac)
                    })
                })
            })
    }

    /// Whether it is what somebody would write who makes a mistake only in how the MAC is spelt.
    fn is_of_another_encoding(&self, request: &Request, text: &str) -> bool {
        let scheme = &self.suite.scheme;
        let keeps_all = |id: &str| !id.contains("-cut-") && !id.ends_with("reversed");
        let claims = self.claims(request, text);
        catalogue()
            .iter()
            .filter(|mistake| matches!(mistake.stage, Stage::Encoding | Stage::Token))
            .filter(|mistake| keeps_all(mistake.id.as_str()) && mistake.applies(scheme).is_ok())
            .any(|mistake| {
                let mut signer = Mistaken::one(mistake);
                claims.iter().any(|fields| {
                    let call = Call {
                        op: Op::Sign,
                        scheme,
                        secrets: &request.secrets,
                        fields,
                        token: None,
                        context: Context::none(),
                        now: request.now,
                    };
                    matches!(signer.call(&call), Outcome::Token(made) if made == text)
                })
            })
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
            Ruling::Taste("throws on a token beside an unusual identity or secret")
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
                    Ruling::Taste("cleans the name of a platform")
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
                    Ruling::Taste("decodes a secret leniently")
                }
            }
            _ => Ruling::Taste("accepts a token beside a field of another type"),
        }
    }

    fn selected<'r>(&self, request: &'r Request) -> Option<&'r Secret> {
        let selector = self.suite.scheme.secret.per.and_then(|field| {
            let value = request.fields.value(self.fixture.name(field))?;
            value.as_text()
        });
        request.secrets.select(selector)
    }

    fn key(&self, request: &Request) -> Option<Vec<u8>> {
        let secret = self.selected(request)?;
        let key = self.suite.scheme.secret.key(secret).ok()?;
        Some(key.into_owned())
    }

    /// How many items a token has that carries one MAC.
    fn items_of_one(&self) -> usize {
        match &self.suite.scheme.token {
            TokenGrammar::Pairs(pairs) => pairs.pairs.len(),
            _ => 1,
        }
    }

    fn is_free_text(&self, name: &str) -> bool {
        let fields = &self.suite.scheme.fields;
        let field = fields.index(name);
        field.is_some_and(|at| {
            fields.at(at).kind == FieldKind::Text && self.suite.scheme.secret.per != Some(at)
        })
    }

    fn texts<'f>(&'f self, fields: &'f Fields) -> impl Iterator<Item = (usize, &'f Value)> {
        fields.iter().filter_map(|(name, value)| {
            let at = self.suite.scheme.fields.index(name)?;
            self.is_free_text(name).then_some((at, value))
        })
    }

    fn has_number(&self, fields: &Fields) -> bool {
        self.texts(fields)
            .any(|(_, value)| matches!(value, Value::Number(_)))
    }

    fn has_json(fields: &Fields) -> bool {
        fields
            .iter()
            .any(|(_, value)| matches!(value, Value::Json(_)))
    }

    fn texture(&self, fields: &Fields) -> Texture {
        let splits = |text: &str| {
            self.fixture.message_has_two_texts()
                && self
                    .fixture
                    .delimiters()
                    .iter()
                    .any(|d| text.contains(d.as_str()))
        };
        let is_plain = self.texts(fields).all(|(at, value)| match value {
            Value::Text(text) => {
                of_identity(text) == Texture::Plain
                    && !splits(text)
                    && self.fixture.shape(at).fits(value)
            }
            _ => false,
        });
        if is_plain {
            Texture::Plain
        } else {
            Texture::Unusual
        }
    }

    /// Whether every choice among several is the ordinary one.
    fn enums_are_ordinary(&self, fields: &Fields) -> bool {
        let scheme = &self.suite.scheme;
        fields.iter().all(|(name, value)| {
            let field = scheme.fields.index(name).map(|at| scheme.fields.at(at));
            let is_enum = field.is_some_and(|field| matches!(field.kind, FieldKind::Enum(_)));
            !is_enum || self.fixture.base.fields.value(name) == Some(value)
        })
    }

    fn fits_its_shape(&self, fields: &Fields) -> bool {
        self.texts(fields)
            .all(|(at, value)| self.fixture.shape(at).fits(value))
    }

    fn form(&self, fields: &Fields) -> Form {
        let identity = self.fixture.identity.map(|at| self.fixture.name(at));
        identity
            .and_then(|name| fields.value(name))
            .map_or(Form::AsItIs, |value| self.fixture.form(value))
    }

    /// Whether every secret is one that an implementation may be held to use.
    fn secrets(&self, secrets: &Secrets) -> Texture {
        let rule = &self.suite.scheme.secret;
        let is_plain = secrets.iter().all(|(_, secret)| {
            let text = secret.reveal();
            if rule.encoding == SecretEncoding::Utf8 && rule.strip_prefix.is_none() {
                return of_secret(text) == Texture::Plain;
            }
            // A spelt key: written canonically, prefix included.
            rule.key(secret)
                .is_ok_and(|key| key.len() > 15 && self.fixture.spell_secret(&key).reveal() == text)
        });
        if is_plain {
            Texture::Plain
        } else {
            Texture::Unusual
        }
    }

    fn secrets_are_usable(&self, secrets: &Secrets) -> bool {
        secrets
            .iter()
            .all(|(_, secret)| self.suite.scheme.secret.key(secret).is_ok())
    }

    fn time<'f>(&self, fields: &'f Fields) -> Option<(u64, std::borrow::Cow<'f, [u8]>)> {
        let field = self.fixture.time?;
        let value = fields.value(self.fixture.name(field))?;
        let unit = self.suite.scheme.fields.at(field).kind.per_second();
        Some((unit, value.to_bytes()?))
    }

    fn time_is_canonical(&self, fields: &Fields) -> bool {
        self.time(fields)
            .is_none_or(|(_, text)| crate::scheme::is_canonical_time(&text))
    }

    /// Whether the time, if there is one, is between 2001 and 2242.
    fn time_is_ordinary(&self, fields: &Fields) -> bool {
        let Some((unit, text)) = self.time(fields) else {
            return true;
        };
        let time = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.parse::<u64>().ok());
        time.is_some_and(|time| {
            (1_000_000_000..=0x2_0000_0000).contains(&(time / unit))
                && self.time_is_canonical(fields)
        })
    }

    /// Whether nobody may call it too old or too early.
    fn is_surely_fresh(&self, fields: &Fields, now: u64) -> bool {
        let Some((unit, text)) = self.time(fields) else {
            return true;
        };
        let time = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.parse::<u64>().ok());
        let Some(seconds) = time.map(|time| time / unit) else {
            return false;
        };
        let (max_age, max_skew) = self.fixture.limits();
        let within = |apart: u64, limit: Option<u64>| match limit {
            Some(limit) => apart + 1 < limit || apart == 0,
            None => apart == 0,
        };
        if seconds <= now {
            within(now - seconds, max_age)
        } else {
            within(seconds - now, max_skew)
        }
    }

    /// Whether it has no age at all.
    fn is_of_this_second(&self, fields: &Fields, now: u64) -> bool {
        let Some((unit, text)) = self.time(fields) else {
            return true;
        };
        let time = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.parse::<u64>().ok());
        time.is_some_and(|time| time / unit == now)
    }

    /// Whether its time may be called acceptable, limits and rounding included.
    fn may_be_fresh(&self, fields: &Fields, now: u64) -> bool {
        if self.suite.scheme.freshness == Freshness::Unspecified {
            return true;
        }
        let Some((unit, text)) = self.time(fields) else {
            return true;
        };
        let text = String::from_utf8_lossy(&text).into_owned();
        let times: Vec<u64> = readings(&text)
            .into_iter()
            .chain([text])
            .filter_map(|text| text.parse().ok())
            .collect();
        let (max_age, max_skew) = self.fixture.limits();
        times.is_empty()
            || times.into_iter().any(|time| {
                let seconds = time / unit;
                let old = now.saturating_sub(seconds);
                let early = seconds.saturating_sub(now);
                max_age.is_none_or(|limit| old <= limit + 1)
                    && max_skew.is_none_or(|limit| early <= limit + 1)
            })
    }
}

/// Whether up to three MACs stand there, no two the same and nothing unknown among them, as while a
/// secret is rotated.
fn is_plain_rotation(parsed: &ParsedToken) -> bool {
    let macs: Vec<&[u8]> = parsed.macs().collect();
    let is_known = |item: &Item| matches!(item, Item::Known { .. });
    let is_twice = |at: usize| macs[..at].contains(&macs[at]);
    macs.len() <= 3 && parsed.items.iter().all(is_known) && !(0..macs.len()).any(is_twice)
}

/// What stands between the keys of pairs, whatever separators it holds.
fn between_keys(pairs: &Pairs, text: &str) -> Vec<String> {
    let ends: Vec<String> = pairs
        .pairs
        .iter()
        .map(|pair| format!("{}{}=", pairs.separator, pair.key))
        .collect();
    pairs
        .pairs
        .iter()
        .filter_map(|pair| {
            let begin = text.find(&format!("{}=", pair.key))? + pair.key.len() + 1;
            let rest = &text[begin..];
            let end = ends.iter().filter_map(|end| rest.find(end.as_str())).min();
            Some(rest[..end.unwrap_or(rest.len())].to_owned())
        })
        .collect()
}

/// The whole numbers that somebody may read in the text of a time.
fn readings(text: &str) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization as _;
    let digit = |c: char| match u32::from(c) {
        code @ 0x660..=0x669 => char::from_u32(code - 0x660 + 0x30).unwrap_or(c),
        _ => c,
    };
    let plain: String = text.nfkc().map(digit).filter(|c| *c != '_').collect();
    let plain = plain.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '+');
    let mut found = Vec::new();
    let end = plain
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(plain.len());
    let mut add = |digits: &str| {
        let bare = digits.trim_start_matches('0');
        if !digits.is_empty() {
            found.push(if bare.is_empty() {
                "0".to_owned()
            } else {
                bare.to_owned()
            });
        }
    };
    add(&plain[..end]);
    add(plain
        .trim_start_matches('-')
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or(""));
    let begin = plain.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| {
        at + plain[at..].chars().next().map_or(1, char::len_utf8)
    });
    add(&plain[begin..]);
    if let Some(hex) = plain
        .strip_prefix("0x")
        .and_then(|hex| u64::from_str_radix(hex, 16).ok())
    {
        found.push(hex.to_string());
    }
    if let Ok(number) = plain.parse::<f64>()
        && (0.0..9e15).contains(&number)
    {
        found.push(format!("{number:.0}"));
        found.push(format!("{:.0}", number.floor()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Ruling, rules};
    use crate::results::{Observed, Verdict, judge};
    use crate::signature::{Op, Outcome};
    use crate::suite::{Level, Suite, Vector, embedded};

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
            .filter(|other| {
                let observed = Observed::Outcome(outcome.clone());
                let op = other.request.op;
                judge(op, Level::Must, &other.expect, &observed, Level::Must) == Verdict::Fail
            })
            .map(|other| other.level)
            .min()
    }

    /// The vectors about signatures; a policy is nothing to be fuzzed.
    fn of_signatures(suite: &Suite) -> impl Iterator<Item = &Vector> {
        let vectors = suite.vectors.iter();
        vectors.filter(|vector| vector.request.op != Op::Identify)
    }

    fn all() -> Vec<Suite> {
        embedded().map(|one| one.parse().unwrap()).collect()
    }

    #[test]
    fn nothing_is_demanded_that_the_suites_leave_to_taste() {
        let mut stricter = Vec::new();
        for suite in all() {
            let bounds = Bounds::of(&suite);
            for vector in of_signatures(&suite) {
                for outcome in outcomes(&suite, vector) {
                    let Ruling::Broken(rule, _) = bounds.ruling(&vector.request, &outcome) else {
                        continue;
                    };
                    // Of any bad token it could be said that it is to be rejected, not thrown at.
                    if rule.id == rules::MALFORMED_TOKEN_IS_REJECTED.id {
                        continue;
                    }
                    let level = bounds.level(rule);
                    if fails_at(&suite, vector, &outcome).is_none_or(|strictest| strictest > level)
                    {
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

    /// What the suites demand of the five systems and made-up requests cannot be held to: that a
    /// delimiter alone is an ordinary name, and that a letter in the place of the padding of base64
    /// is no other spelling. Their own vectors are asked all the same.
    const LEFT_TO_THE_SUITES: [&str; 2] = [
        "identity-delimiter-alone-is-accepted",
        "token-letter-beyond-ascii-at-the-same-length",
    ];

    #[test]
    fn what_the_suites_demand_is_demanded() {
        let mut laxer = Vec::new();
        for suite in crate::suite::default_suites().unwrap() {
            let bounds = Bounds::of(&suite);
            for vector in of_signatures(&suite).filter(|v| v.level == Level::Must) {
                for outcome in outcomes(&suite, vector) {
                    // Whoever refuses is given the benefit of the doubt.
                    if !matches!(outcome, Outcome::Refused(_))
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
    }
}
