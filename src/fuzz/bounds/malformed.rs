//! What it means that a badly written token was accepted.

use crate::fuzz::bounds::carried::{BARRIER, carries};
use crate::fuzz::bounds::times::readings;
use crate::fuzz::bounds::{Bounds, Ruling};
use crate::generate::{Sound, has_another_reading, requirements as rules};
use crate::mistakes::{Change, LooseToken, Mistaken, Stage, catalogue, meant};
use crate::scheme::{Algorithm, Call, FieldTexts, Implementation as _, Pairs, TokenGrammar};
use crate::signature::{Fields, Outcome, Request, Value};

/// How many claims are made of what stands for fields that the token writes in another form.
const MOST_CLAIMS: usize = 36;

impl Bounds<'_> {
    pub(super) fn accepted_malformed(&self, request: &Request) -> Ruling {
        let broken = |rule| Ruling::Broken(rule, Sound::DoesNotAccept);
        let text = request.token.as_ref().and_then(Value::as_text);
        let (Some(text), Some(key)) = (text, self.secret_bytes(request)) else {
            return Ruling::ImplementationDefined("accepts a token in a different form");
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
                    Ruling::ImplementationDefined("accepts the right MAC in a different encoding")
                };
            }
            is_cut |= self.has_a_part(&mac, text);
        }
        if is_old {
            return broken(&rules::STALE_TOKEN_IS_NOT_ACCEPTED);
        }
        if self.names_another_algorithm(request, text, &key) {
            return Ruling::ImplementationDefined("accepts a MAC that names a different algorithm");
        }
        if self.is_of_another_encoding(request, text) {
            return Ruling::ImplementationDefined("accepts the right MAC in a different encoding");
        }
        broken(if is_cut {
            &rules::TRUNCATED_TOKEN_IS_NOT_ACCEPTED
        } else {
            &rules::MALFORMED_TOKEN_IS_NOT_ACCEPTED
        })
    }

    /// The claims that a badly written token may make: the request's fields and those that each
    /// reading of the token has, with each thing that could be meant for the time. Where no time is
    /// carried there is one for each reading.
    pub(super) fn claims(&self, request: &Request, text: &str) -> Vec<Fields> {
        let scheme = &self.suite.scheme;
        let name = |field: usize| scheme.fields.at(field).name.as_str();
        let readings_of_token = crate::mistakes::loosely(scheme, text);
        let others = |token: &LooseToken| {
            let carried = token.fields.iter().rev();
            let others =
                carried.filter(|(field, text)| !scheme.is_time(*field) && !text.is_empty());
            others.fold(vec![request.fields.clone()], |claims, (field, text)| {
                let meant = meant(text, scheme.token.filters(*field));
                let with = |bytes: &Vec<u8>| {
                    let value = Value::of_bytes(bytes);
                    let with = |fields: &Fields| fields.clone().with(name(*field), value.clone());
                    claims.iter().map(with).collect::<Vec<_>>()
                };
                meant.iter().flat_map(with).take(MOST_CLAIMS).collect()
            })
        };
        let mut claims: Vec<Fields> = readings_of_token.iter().flat_map(others).collect();
        claims.push(request.fields.clone());
        let mut distinct: Vec<Fields> = Vec::new();
        for claim in claims {
            if !distinct.contains(&claim) {
                distinct.push(claim);
            }
        }
        let Some(time_field) = scheme.token.fields().find(|field| scheme.is_time(*field)) else {
            return distinct;
        };
        let mut times: Vec<String> = Vec::new();
        for token in readings_of_token {
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
        let form = scheme.time_form(time_field);
        times.sort_by_key(|time| !form.is_some_and(|form| form.takes(time.as_bytes())));
        times.dedup();
        let at = |time: String| {
            let claims = distinct.iter();
            claims.map(move |claim| claim.clone().with(name(time_field), time.clone()))
        };
        times.into_iter().flat_map(at).collect()
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
            let ends = scheme.token.delimiters();
            ends.into_iter().any(|end| {
                let behind = rest.strip_prefix(end);
                behind.is_some_and(|more| more.starts_with(|c: char| c.is_ascii_alphabetic()))
            })
        });
        let before = text.strip_suffix(&token).is_some_and(|rest| {
            let known = ["0x", "x", "sha", "hmac", "Bearer", "v0", "v1", "b"];
            let is_word = rest.chars().all(|c| c.is_ascii_alphanumeric());
            !rest.is_empty()
                && !scheme.token.begins_with_a_word()
                && is_word
                && !known[2..].iter().any(|word| rest.starts_with(word))
                && rest != "0x"
        });
        behind || before || cut
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
        let claims = self.claims(request, text);
        catalogue()
            .iter()
            .filter(|mistake| matches!(mistake.stage, Stage::Encoding | Stage::Token))
            .filter(|mistake| !matches!(mistake.change, Change::MacBytes { .. }))
            .filter(|mistake| mistake.applies(scheme).is_ok())
            .any(|mistake| {
                let mut signer = Mistaken::one(mistake);
                claims.iter().any(|fields| {
                    let call = Call::sign(scheme, &request.secrets, fields, request.now);
                    matches!(signer.call(&call), Outcome::Token(made) if made == text)
                })
            })
    }
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
