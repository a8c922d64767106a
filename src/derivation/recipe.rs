//! How a token was made, in a form that can be changed: the same way makes the token of other
//! secrets, fields or times.

use crate::derivation::edit::Edit;
use crate::derivation::forgery::token_with_mac;
use crate::derivation::shift::Shift;
use crate::mistakes::{MistakeId, Mistaken, catalogue};
use crate::scheme::{Call, Implementation as _, Reference, Scheme};
use crate::signature::{Fields, Value};

/// How the text of a token was made: who signed what, and what was done to it afterwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Recipe {
    /// The mistake of its signer.
    pub(crate) by: Option<MistakeId>,
    /// What was signed instead of the fields shown.
    pub(crate) signs: Vec<(String, Value)>,
    /// What was done to the text.
    pub(crate) edits: Vec<Edit>,
    /// Whether it is presented as a list of this one text.
    pub(crate) in_list: bool,
}

impl Recipe {
    /// How `presented` was made where `call` signs: it is the right token with an edit, or what a
    /// mistake makes. `None` if it is neither.
    pub(crate) fn of(call: &Call<'_>, presented: &Value) -> Option<Self> {
        let (text, in_list) = presented_text(presented)?;
        let mut signer = Reference::default();
        let right = signer.call(call).into_token();
        let edited = right.iter().flat_map(|right| edits(right, text));
        let edited = edited.map(|edits| Self {
            edits,
            in_list,
            ..Self::default()
        });
        let mistaken = catalogue()
            .iter()
            .filter(|mistake| !mistake.is_of_verifying() && mistake.applies(call.scheme).is_ok())
            .map(|mistake| Self {
                by: Some(mistake.id),
                in_list,
                ..Self::default()
            });
        edited
            .chain(mistaken)
            .find(|recipe| recipe.token(call, &mut signer).as_deref() == Some(text))
    }

    /// What is presented if the token is made in this way where `call` signs. `signer` signs what is
    /// not signed with a mistake.
    pub(crate) fn presented(&self, call: &Call<'_>, signer: &mut Reference) -> Option<Value> {
        let token = self.token(call, signer)?;
        Some(if self.in_list {
            Value::Json(serde_json::json!([token]))
        } else {
            token.into()
        })
    }

    /// The same way at another time: what is signed instead keeps its age.
    pub(crate) fn moved(&self, scheme: &Scheme, shift: Shift) -> Option<Self> {
        let signs: Fields = self.signs.iter().cloned().collect();
        let signs = shift.fields(scheme, &signs)?;
        Some(Self {
            signs: signs
                .iter()
                .map(|(name, value)| (name.to_owned(), value.clone()))
                .collect(),
            ..self.clone()
        })
    }

    fn token(&self, call: &Call<'_>, signer: &mut Reference) -> Option<String> {
        let mut signed;
        let fields = if self.signs.is_empty() {
            call.fields
        } else {
            signed = call.fields.clone();
            for (name, value) in &self.signs {
                signed.set(name.as_str(), value.clone());
            }
            &signed
        };
        let signing = Call { fields, ..*call };
        let outcome = match self.by {
            None => signer.call(&signing),
            Some(id) => Mistaken::one(id.mistake()).call(&signing),
        };
        let mut token = outcome.into_token()?;
        if !self.signs.is_empty() {
            token = shown_with(call, &token).unwrap_or(token);
        }
        for edit in &self.edits {
            token = edit.apply(call.scheme, token);
        }
        Some(token)
    }
}

/// The text in what is presented, and whether it stands in a list of one.
pub(crate) fn presented_text(presented: &Value) -> Option<(&str, bool)> {
    match presented {
        Value::Text(text) => Some((text, false)),
        Value::Json(serde_json::Value::Array(items)) => match &items[..] {
            [serde_json::Value::String(text)] => Some((text, true)),
            _ => None,
        },
        _ => None,
    }
}

/// The token of other fields, written with those that are shown.
fn shown_with(shown: &Call<'_>, token: &str) -> Option<String> {
    let scheme = shown.scheme;
    let parsed = scheme.token.parse(&scheme.fields, token)?;
    token_with_mac(scheme, shown.fields, parsed.macs().next()?)
}

/// Ways in which the right token may have become another.
fn edits(right: &str, literal: &str) -> Vec<Vec<Edit>> {
    let count = literal.chars().count();
    let mut found = vec![
        Vec::new(),
        vec![Edit::Upper],
        vec![Edit::Lower],
        vec![Edit::Keep(count)],
        vec![Edit::Drop(right.chars().count().saturating_sub(count))],
    ];
    if let Some(more) = literal.strip_prefix(right) {
        found.push(vec![Edit::Append(more.to_owned())]);
    }
    if let Some(more) = literal.strip_suffix(right) {
        found.push(vec![Edit::Prepend(more.to_owned())]);
    }
    let differing: Vec<usize> = std::iter::zip(right.chars(), literal.chars())
        .enumerate()
        .filter(|(_, (one, other))| one != other)
        .map(|(at, _)| at)
        .collect();
    if let (&[at], true) = (&differing[..], right.chars().count() == count) {
        let other = literal.chars().nth(at).unwrap_or('0');
        found.push(vec![Edit::Replace(at, other)]);
    }
    found
}
