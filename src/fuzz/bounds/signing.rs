//! What is demanded of a signer.

use crate::fuzz::bounds::token_shape::Texture;
use crate::fuzz::bounds::{Bounds, Ruling};
use crate::generate::{Form, Rule, Sound, requirements as rules};
use crate::scheme::{FieldTexts, Order, Refusal, SecretEncoding, TokenGrammar};
use crate::signature::{Outcome, Request};
use crate::suite::Expect;

impl Bounds<'_> {
    pub(super) fn signed(&self, request: &Request, outcome: &Outcome) -> Ruling {
        let token = match self.suite.scheme.sign(&request.secrets, &request.fields) {
            Ok(token) => token,
            Err(refusal) => return self.signed_all_the_same(request, &refusal, outcome),
        };
        match outcome {
            Outcome::Token(actual) if *actual == token => return Ruling::Sound,
            Outcome::Token(actual) if Expect::is_token(&token, self.pairs(), actual) => {
                return Ruling::ImplementationDefined("writes the pairs in another order");
            }
            _ => {}
        }
        if self.form(&request.fields) == Form::Uncertain {
            return Ruling::ImplementationDefined(
                "how it treats an identity that languages normalize differently",
            );
        }
        let is_of_its_form = self.suite.scheme.are_of_their_form(&request.fields, None);
        if self.form(&request.fields) == Form::Changed && !is_of_its_form {
            return Ruling::ImplementationDefined(
                "how it treats an identity outside the stated form",
            );
        }
        if self.may_lack_a_part(&request.fields) {
            return Ruling::ImplementationDefined("what it takes for an absent field");
        }
        if Self::has_json(&request.fields) {
            return Ruling::ImplementationDefined("what it signs with a field that is not a text");
        }
        let (rule, sound) = self.due_token(request, token);
        match (outcome, &sound) {
            (Outcome::Refused(_) | Outcome::Threw(_), Sound::GivesOrDeclines(_)) => {
                Ruling::ImplementationDefined("refuses to sign an unusual identity, secret or time")
            }
            _ => Ruling::Broken(rule, sound),
        }
    }

    /// The separator of the token's pairs, if they may stand in any order.
    fn pairs(&self) -> Option<&str> {
        match &self.suite.scheme.token {
            TokenGrammar::Pairs(pairs) if pairs.order == Order::Any => Some(&pairs.separator),
            _ => None,
        }
    }

    /// The requirement about a token that the oracle gives, the weakest that applies.
    pub(super) fn due_token(&self, request: &Request, token: String) -> (&'static Rule, Sound) {
        let secret_is_ordinary = self.ordinary.contains(&request.secrets);
        if !secret_is_ordinary && self.secrets(&request.secrets) == Texture::Unusual {
            return (&rules::UNUSUAL_SECRET, Sound::GivesOrDeclines(token));
        }
        if !self.time_is_ordinary(&request.fields) {
            return (&rules::UNUSUAL_TIME, Sound::GivesOrDeclines(token));
        }
        if self.has_number(&request.fields) {
            return (
                &rules::NUMBER_IS_ITS_DECIMAL_TEXT,
                Sound::GivesOrDeclines(token),
            );
        }
        if self.form(&request.fields) == Form::Changed {
            let rule = &rules::IDENTITY_IS_BROUGHT_TO_ITS_FORM;
            return (rule, Sound::GivesOrDeclines(token));
        }
        let is_ordinary = secret_is_ordinary && self.enums_are_ordinary(&request.fields);
        match (self.texture(&request.fields), is_ordinary) {
            (Texture::Unusual, _) => (&rules::UNUSUAL_IDENTITY, Sound::GivesOrDeclines(token)),
            (Texture::Plain, true) => (&rules::TOKEN_IS_EXACT, Sound::Gives(token)),
            (Texture::Plain, false) => (self.secret_rule(), Sound::GivesOrDeclines(token)),
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
        if self.may_lack_a_part(&request.fields) {
            return Ruling::ImplementationDefined("what it takes for an absent field");
        }
        let lacks_identity = match refusal {
            Refusal::NotText { field, .. } | Refusal::MissingField(field) => {
                self.suite.scheme.has_free_text(field)
            }
            _ => false,
        };
        match outcome {
            Outcome::Token(token) => match refusal {
                Refusal::EmptySecret | Refusal::NoSecret(_) => Ruling::Broken(
                    &rules::NOTHING_IS_SIGNED_WITHOUT_A_SECRET,
                    Sound::GivesNoToken,
                ),
                Refusal::UndecodableSecret(_) if self.is_by_key(request, token, b"") => {
                    Ruling::Broken(
                        &rules::NOTHING_IS_SIGNED_WITHOUT_A_SECRET,
                        Sound::GivesNoToken,
                    )
                }
                _ if lacks_identity => {
                    Ruling::Broken(&rules::NOT_A_TEXT_IS_NOT_SIGNED, Sound::GivesNoToken)
                }
                _ => Ruling::ImplementationDefined(
                    "signs with a secret, a time or a platform that the oracle refuses",
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
}
