//! One input: a request in the form in which it can be changed and shrunk.
//!
//! A token is not a text here but how it came to be: who signed what, with which mistake, and what
//! was done to the text afterwards. So an identity can be shortened and its token follows.

use crate::mistakes::{MistakeId, Mistaken};
use crate::scheme::{Call, Implementation as _, Reference, Scheme};
use crate::signature::{Context, Encoding, Fields, Op, Outcome, Request, Secrets, Value};
use crate::suite::Suite;

/// An input.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Input {
    /// Whose scheme, as an index among the suites.
    pub(super) suite: usize,
    /// The operation.
    pub(super) op: Op,
    /// The secrets that are configured.
    pub(super) secrets: Secrets,
    /// The fields; where the token is made, those that it carries are among them.
    pub(super) fields: Fields,
    /// The time of verification.
    pub(super) now: u64,
    /// What is presented.
    pub(super) token: Token,
}

/// What is presented to verify.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// Nothing.
    Absent,
    /// Just this.
    Literal(Value),
    /// A token that was made.
    Made(Recipe),
}

/// How a token came to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Recipe {
    /// The mistake of its signer.
    pub(super) by: Option<MistakeId>,
    /// What was signed instead of the fields shown.
    pub(super) signs: Vec<(String, Value)>,
    /// What was done to the text.
    pub(super) edits: Vec<Edit>,
    /// Whether it is presented as a list of this one text.
    pub(super) in_list: bool,
}

/// Something done to the text of a token. Places are counted in characters and wrap around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    /// Only so many characters from its start.
    Keep(usize),
    /// Without so many characters at its start.
    Drop(usize),
    /// With something behind.
    Append(String),
    /// With something before.
    Prepend(String),
    /// In upper case.
    Upper,
    /// In lower case.
    Lower,
    /// Another character in place of one.
    Replace(usize, char),
    /// A character more.
    Insert(usize, char),
    /// A character less.
    Remove(usize),
    /// The MAC in another encoding.
    Respell(Encoding),
    /// One bit of the MAC is another.
    Flip(usize),
    /// The MAC cut to so many bytes, canonically written.
    Cut(usize),
    /// Another MAC before, or behind, the right one, where tokens carry several.
    Beside(bool),
}

/// Whoever makes the tokens of inputs: the oracle, which remembers its latest key.
#[derive(Default)]
pub(super) struct Signer {
    reference: Reference,
}

impl Signer {
    /// What the oracle does.
    pub(super) fn right(&mut self, scheme: &Scheme, request: &Request) -> Outcome {
        self.reference.call(&request.call(scheme))
    }

    fn token(&mut self, scheme: &Scheme, input: &Input, recipe: &Recipe) -> Option<String> {
        let mut signed;
        let fields = if recipe.signs.is_empty() {
            &input.fields
        } else {
            signed = input.fields.clone();
            for (name, value) in &recipe.signs {
                signed.set(name.as_str(), value.clone());
            }
            &signed
        };
        let call = Call::sign(scheme, &input.secrets, fields, input.now);
        let outcome = match recipe.by {
            None => self.reference.call(&call),
            Some(id) => Mistaken::one(id.mistake()).call(&call),
        };
        let mut token = outcome.into_token()?;
        if !recipe.signs.is_empty() {
            token = shown_with(scheme, input, &token).unwrap_or(token);
        }
        for edit in &recipe.edits {
            token = edit.apply(scheme, token);
        }
        Some(token)
    }
}

/// The token of other fields, written with those that are shown.
fn shown_with(scheme: &Scheme, input: &Input, token: &str) -> Option<String> {
    let parsed = scheme.token.parse(&scheme.fields, token)?;
    let mac = parsed.macs().next()?;
    let texts = crate::scheme::FieldTexts::read(&scheme.fields, &input.fields).ok()?;
    scheme.token.render(&scheme.fields, mac, &texts).ok()
}

impl Input {
    /// The request as it is asked; `None` where its token cannot be made.
    pub(super) fn request(&self, suite: &Suite, signer: &mut Signer) -> Option<Request> {
        let scheme = &suite.scheme;
        let (fields, token) = match (&self.token, self.op) {
            (_, Op::Sign) => (self.fields.clone(), None),
            (Token::Absent, Op::Verify | Op::Identify) => (scheme.given(&self.fields), None),
            (Token::Literal(value), Op::Verify | Op::Identify) => {
                (scheme.given(&self.fields), Some(value.clone()))
            }
            (Token::Made(recipe), Op::Verify | Op::Identify) => {
                let token = signer.token(scheme, self, recipe)?;
                let token = if recipe.in_list {
                    Value::Json(serde_json::json!([token]))
                } else {
                    token.into()
                };
                (scheme.given(&self.fields), Some(token))
            }
        };
        Some(Request {
            suite: (&suite.name).into(),
            op: self.op,
            secrets: self.secrets.clone(),
            fields,
            token,
            now: self.now,
            context: Context::default(),
        })
    }

    /// The input that asks just this.
    pub(super) fn literal(suite: usize, request: &Request) -> Self {
        Self {
            suite,
            op: request.op,
            secrets: request.secrets.clone(),
            fields: request.fields.clone(),
            now: request.now,
            token: match &request.token {
                None => Token::Absent,
                Some(value) => Token::Literal(value.clone()),
            },
        }
    }
}

impl Edit {
    fn apply(&self, scheme: &Scheme, text: String) -> String {
        let place = |at: usize| {
            let places = text.chars().count().max(1);
            text.char_indices()
                .nth(at % places)
                .map_or(text.len(), |(at, _)| at)
        };
        match self {
            Self::Keep(count) => text.chars().take(*count).collect(),
            Self::Drop(count) => text.chars().skip(*count).collect(),
            Self::Append(more) => text + more,
            Self::Prepend(more) => format!("{more}{text}"),
            Self::Upper => text.to_ascii_uppercase(),
            Self::Lower => text.to_ascii_lowercase(),
            Self::Replace(at, character) => {
                let at = place(*at);
                let next = text[at..].chars().next().map_or(0, char::len_utf8);
                format!("{}{character}{}", &text[..at], &text[at + next..])
            }
            Self::Insert(at, character) => {
                let at = place(*at);
                format!("{}{character}{}", &text[..at], &text[at..])
            }
            Self::Remove(at) => {
                let at = place(*at);
                let next = text[at..].chars().next().map_or(0, char::len_utf8);
                format!("{}{}", &text[..at], &text[at + next..])
            }
            Self::Respell(encoding) => with_mac(scheme, &text, |mac| encoding.encode(mac)),
            Self::Flip(bit) => with_mac(scheme, &text, |mac| {
                let mut mac = mac.to_vec();
                let bits = mac.len() * 8;
                mac[bit % bits / 8] ^= 1 << (bit % 8);
                scheme.token.mac_encoding().encode(&mac)
            }),
            Self::Beside(is_before) => beside(scheme, text, *is_before),
            Self::Cut(length) => with_mac(scheme, &text, |mac| {
                let kept = &mac[..(*length).min(mac.len())];
                scheme.token.mac_encoding().encode(kept)
            }),
        }
    }
}

/// The token with its MAC written otherwise; as it is where it is none of the scheme's.
fn with_mac(scheme: &Scheme, text: &str, write: impl Fn(&[u8]) -> String) -> String {
    let parsed = scheme.token.parse(&scheme.fields, text);
    let Some(mac) = parsed.and_then(|parsed| parsed.macs().next().map(<[u8]>::to_vec)) else {
        return text.to_owned();
    };
    if mac.is_empty() {
        return text.to_owned();
    }
    text.replacen(&scheme.token.mac_encoding().encode(&mac), &write(&mac), 1)
}

/// The token with a wrong MAC before or behind its own, where its grammar has room for several.
fn beside(scheme: &Scheme, text: String, is_before: bool) -> String {
    let separator = match scheme.token.separator() {
        Some(separator) if scheme.token.repeats_macs() => separator,
        _ => return text,
    };
    let parsed = scheme.token.parse(&scheme.fields, &text);
    let Some(mac) = parsed.and_then(|parsed| parsed.macs().next().map(<[u8]>::to_vec)) else {
        return text;
    };
    let encoding = scheme.token.mac_encoding();
    let spelt = encoding.encode(&mac);
    let Some(item) = text.split(separator).find(|item| item.contains(&spelt)) else {
        return text;
    };
    let wrong: Vec<u8> = mac.iter().map(|byte| !byte).collect();
    let other = item.replacen(&spelt, &encoding.encode(&wrong), 1);
    let both = if is_before {
        format!("{other}{separator}{item}")
    } else {
        format!("{item}{separator}{other}")
    };
    text.replacen(item, &both, 1)
}
