//! What becomes of a call that identifies somebody: the policy, as an ordered table of rules.

use std::fmt;

use crate::scheme::FieldSet;
use crate::signature::enumerated;
use crate::signature::{Context, ContextValue, Fields, Value};

/// A table of rules over a declared context; compiled, and known to decide every call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What the caller calls the token that it presents.
    pub token: String,
    /// What a call happens in, in the order of the file.
    pub keys: Vec<ContextKey>,
    /// The first that matches decides.
    pub rules: Vec<Rule>,
}

/// Something that calls differ in, beside the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextKey {
    /// Its name.
    pub name: String,
    /// Its values; the first is the default.
    pub values: Vec<String>,
    /// Who sets the value.
    pub origin: Origin,
}

/// Who says which value of a context key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The platform's operator; one for each value of a field, where there is one.
    Setting {
        /// That field, as its index.
        per: Option<usize>,
    },
    /// The caller.
    Call,
    /// The browser session: what a rule has set for the user of the call, until it ends.
    Session {
        /// What holds for other users in that session, as an index into the values.
        others: usize,
    },
    /// The platform: what a rule has set for the user of the call.
    User,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// For some keys, as indices, the values of which one has to hold, as indices.
    pub when: Vec<(usize, Vec<usize>)>,
    /// What the signature has to be, where it matters.
    pub signature: Option<Vec<SignatureState>>,
    /// The outcome of the call.
    pub decision: Decision,
    /// What the caller is told beside it.
    pub warning: Option<String>,
    /// Keys of the session or the user, and the value that holds from now on; as indices.
    pub sets: Vec<(usize, usize)>,
}

/// The outcome of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The call counts as the user's.
    Accept,
    /// The call continues as anonymous.
    Anonymous,
    /// The call is rejected.
    Reject {
        /// The documented codes, any of which may come with it; none where there are none.
        codes: Vec<String>,
        /// The HTTP status, where one is documented.
        status: Option<u16>,
    },
}

enumerated! {
    /// What is presented, as the rules see it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum SignatureState {
        /// It is the token of the user.
        Valid,
        /// It is something else.
        Invalid,
        /// There is none.
        Absent,
    }
}

impl SignatureState {
    /// The word of the rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Absent => "absent",
        }
    }
}

impl fmt::Display for SignatureState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why no rule decides.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContextProblem {
    /// A key of the policy is not in the context.
    #[error("the context lacks {0}")]
    Missing(String),
    /// A value that the key does not have, or a map where one value is due, or the reverse.
    #[error("the context has an invalid value for {0}")]
    Unknown(String),
}

/// What stands in the way of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecided<E> {
    /// The context does not say enough.
    Context(ContextProblem),
    /// The signature matters, and nothing can be said of it.
    Signature(E),
}

impl Policy {
    /// The rule that decides a call, and what was found of its signature if that was looked at.
    ///
    /// `signature` is asked once at most, and only if a rule needs it: where the mode makes it
    /// superfluous, an unusable secret stands in nobody's way.
    pub fn decide<E>(
        &self,
        set: &FieldSet,
        fields: &Fields,
        context: &Context,
        signature: impl FnOnce() -> Result<SignatureState, E>,
    ) -> Result<(&Rule, Option<SignatureState>), Undecided<E>> {
        let holds: Vec<usize> = self
            .keys
            .iter()
            .map(|key| key.value_in(set, fields, context))
            .collect::<Result<_, _>>()
            .map_err(Undecided::Context)?;
        let mut ask = Some(signature);
        let mut found = None;
        for rule in &self.rules {
            if !rule.fits(&holds) {
                continue;
            }
            let Some(due) = &rule.signature else {
                return Ok((rule, found));
            };
            if let Some(ask) = ask.take() {
                found = Some(ask().map_err(Undecided::Signature)?);
            }
            if found.is_some_and(|state| due.contains(&state)) {
                return Ok((rule, found));
            }
        }
        // The table covers everything; that was checked when it was loaded.
        Err(Undecided::Context(ContextProblem::Unknown(
            "any rule".to_owned(),
        )))
    }

    /// The key of that name, and its index.
    pub fn key(&self, name: &str) -> Option<(usize, &ContextKey)> {
        let mut keys = self.keys.iter().enumerate();
        keys.find(|(_, key)| key.name == name)
    }

    /// Every combination of values, each as an index for each key.
    pub fn combinations(&self) -> impl Iterator<Item = Vec<usize>> {
        let counts: Vec<usize> = self.keys.iter().map(|key| key.values.len()).collect();
        let all = counts.iter().product();
        (0..all).map(move |number: usize| {
            let mut rest = number;
            let digit = |&count: &usize| {
                let digit = rest % count;
                rest /= count;
                digit
            };
            counts.iter().map(digit).collect()
        })
    }
}

impl Rule {
    /// Whether it means a call in which these values hold, its signature aside.
    pub fn fits(&self, holds: &[usize]) -> bool {
        let mut when = self.when.iter();
        when.all(|(key, values)| values.contains(&holds[*key]))
    }

    /// Whether it means a call with this signature, its context aside.
    pub fn takes(&self, state: SignatureState) -> bool {
        let due = self.signature.as_ref();
        due.is_none_or(|due| due.contains(&state))
    }
}

impl ContextKey {
    /// Whether the platform's operator sets it.
    pub fn is_setting(&self) -> bool {
        matches!(self.origin, Origin::Setting { .. })
    }

    /// Where a value stands among its values.
    pub fn index(&self, value: &str) -> Option<usize> {
        self.values.iter().position(|known| known == value)
    }

    /// The value that holds in a context, as an index.
    fn value_in(
        &self,
        set: &FieldSet,
        fields: &Fields,
        context: &Context,
    ) -> Result<usize, ContextProblem> {
        let missing = || ContextProblem::Missing(self.name.clone());
        let unknown = || ContextProblem::Unknown(self.name.clone());
        let value = context.value(&self.name).ok_or_else(missing)?;
        match (self.origin, value) {
            (Origin::Setting { per: Some(field) }, ContextValue::Per(values)) => {
                let of = fields.value(&set.at(field).name).and_then(Value::as_text);
                let found = values.iter().find(|(name, _)| Some(name.as_str()) == of);
                // Whom nobody has set anything for has what holds from the start.
                found.map_or(Ok(0), |(_, value)| self.index(value).ok_or_else(unknown))
            }
            (Origin::Setting { per: Some(_) }, ContextValue::One(_))
            | (_, ContextValue::Per(_)) => Err(unknown()),
            (_, ContextValue::One(value)) => self.index(value).ok_or_else(unknown),
        }
    }
}

/// Whether a call presents anything: an empty text and null are nothing, as front ends send them.
pub fn is_presented(token: Option<&Value>) -> bool {
    match token {
        None | Some(Value::Json(serde_json::Value::Null)) => false,
        Some(Value::Text(text)) => !text.is_empty(),
        Some(_) => true,
    }
}
