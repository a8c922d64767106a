//! The catalogue: every mistake there is.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Serialize;

use crate::mistakes::{
    Change, Step, algorithm, comparing, encoding, identity, message, secret, token, verifying,
};
use crate::scheme::Scheme;

/// Every mistake: stage by stage, in each the most frequent first.
pub fn catalogue() -> &'static [Mistake] {
    &ALL
}

static ALL: LazyLock<Vec<Mistake>> = LazyLock::new(|| {
    [
        secret::MISTAKES,
        identity::MISTAKES,
        message::MISTAKES,
        algorithm::MISTAKES,
        encoding::MISTAKES,
        token::MISTAKES,
        verifying::MISTAKES,
        comparing::MISTAKES,
    ]
    .concat()
});

static BY_ID: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let indexed = ALL.iter().enumerate();
    indexed.map(|(at, mistake)| (mistake.id.0, at)).collect()
});

/// A named way to get a signature wrong.
#[derive(Clone, Copy)]
pub struct Mistake {
    /// Its name.
    pub id: MistakeId,
    /// What was done, as a clause without its full stop; a template, as are the next two.
    pub(crate) title: &'static str,
    /// What goes wrong, in one sentence.
    pub(crate) wrong: &'static str,
    /// What to do instead, in one sentence, without the name of any language.
    pub(crate) remedy: &'static str,
    /// What to call for that in some languages, by the names that adapters give them.
    pub(crate) hints: &'static [(&'static str, &'static str)],
    /// Where it was seen; empty where it is known from no public report.
    pub seen: &'static str,
    /// The stage that it touches.
    pub stage: Stage,
    /// The more general mistake which, where it does the same, is the better explanation.
    pub(crate) case_of: Option<&'static str>,
    pub(crate) applies: fn(&Scheme) -> Result<(), &'static str>,
    pub(crate) change: Change,
}

impl Mistake {
    /// Whether it can make a difference in this scheme; if not, why.
    pub fn applies(&self, scheme: &Scheme) -> Result<(), &'static str> {
        (self.applies)(scheme)
    }

    /// The step that it changes.
    pub fn step(&self) -> Step {
        self.change.step()
    }

    /// Whether it changes how a token is judged, not how one is made.
    pub fn is_of_verifying(&self) -> bool {
        self.step() == Step::Verifying
    }

    /// Whether both cannot be made at once, because they change the same step.
    pub fn excludes(&self, other: &Self) -> bool {
        self.id == other.id || (self.step() == other.step() && !self.is_of_verifying())
    }

    /// Its place among the mistakes of its stage, the most frequent first.
    pub(crate) fn rank_in_stage(&self) -> usize {
        let before = ALL.iter().take_while(|mistake| mistake.stage != self.stage);
        self.rank().saturating_sub(before.count())
    }

    /// Its place in the catalogue.
    pub(crate) fn rank(&self) -> usize {
        BY_ID.get(self.id.0).copied().unwrap_or(usize::MAX)
    }
}

impl fmt::Debug for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mistake({})", self.id)
    }
}

impl PartialEq for Mistake {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Mistake {}

/// The stage that a mistake touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// From the configured secret to the key.
    Secret,
    /// From the identity to its bytes.
    Identity,
    /// From those bytes to the message, and what is done with it.
    Message,
    /// The hash function.
    Algorithm,
    /// From the MAC to text.
    Encoding,
    /// From that text to the token.
    Token,
    /// The judgement of a presented token.
    Verifying,
}

impl Stage {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Identity => "identity",
            Self::Message => "message",
            Self::Algorithm => "algorithm",
            Self::Encoding => "encoding",
            Self::Token => "token",
            Self::Verifying => "verifying",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The name of a mistake in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct MistakeId(pub(crate) &'static str);

impl MistakeId {
    /// The mistake of that name.
    pub fn named(name: &str) -> Result<Self, UnknownMistake> {
        match BY_ID.get(name) {
            Some(&at) => Ok(ALL[at].id),
            None => Err(UnknownMistake::new(name)),
        }
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The right MAC in a token that is put together otherwise.
    pub(crate) const fn around_the_mac() -> Self {
        Self("encoding-other-text-around")
    }

    /// The more general mistake of which it is a special case; itself, where there is none.
    #[must_use]
    pub fn general(self) -> Self {
        let general = self.mistake().case_of;
        general
            .and_then(|name| Self::named(name).ok())
            .unwrap_or(self)
    }

    /// The entry of the catalogue.
    pub fn mistake(self) -> &'static Mistake {
        // Ids are made in the catalogue only.
        &ALL[BY_ID[self.0]]
    }
}

impl fmt::Display for MistakeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl std::str::FromStr for MistakeId {
    type Err = UnknownMistake;

    fn from_str(name: &str) -> Result<Self, UnknownMistake> {
        Self::named(name)
    }
}

/// There is no mistake of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no mistake {name:?} in the catalogue{}", self.hint())]
pub struct UnknownMistake {
    name: String,
    similar: Vec<&'static str>,
}

impl UnknownMistake {
    fn new(name: &str) -> Self {
        // Names share words: the more of them, the more alike.
        let words: Vec<&str> = name.split(['-', '_', ' ']).collect();
        let mut scored: Vec<(usize, &'static str)> = ALL
            .iter()
            .map(|mistake| {
                let shared = mistake.id.0.split('-').filter(|w| words.contains(w));
                (shared.count(), mistake.id.0)
            })
            .filter(|(shared, _)| *shared > 0)
            .collect();
        scored.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
        Self {
            name: name.to_owned(),
            similar: scored.into_iter().take(3).map(|(_, id)| id).collect(),
        }
    }

    fn hint(&self) -> String {
        if self.similar.is_empty() {
            String::new()
        } else {
            format!("; there are {}", self.similar.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{MistakeId, catalogue};
    use crate::signature::Slug;

    #[test]
    fn entries_are_complete() {
        let mut ids = HashSet::new();
        for mistake in catalogue() {
            let id = mistake.id.as_str();
            assert!(ids.insert(id), "{id} stands twice");
            assert!(Slug::new(id).is_ok(), "{id}");
            let words = mistake.words();
            assert!(
                !words.title.is_empty() && !words.title.ends_with('.'),
                "{id}: a title is a clause"
            );
            for sentence in [&words.wrong, &words.remedy] {
                assert!(
                    sentence.ends_with('.') && !sentence.starts_with(' '),
                    "{id}: {sentence}"
                );
            }
            assert_eq!(MistakeId::named(id), Ok(mistake.id));
            assert_eq!(mistake.id.mistake(), mistake);
            if let Some(general) = mistake.case_of {
                let general = MistakeId::named(general).unwrap().mistake();
                assert!(general.excludes(mistake), "{id}");
            }
        }
    }

    #[test]
    fn an_unknown_name_suggests_similar_ones() {
        let error = MistakeId::named("secret-hex").unwrap_err().to_string();
        assert!(error.contains("secret-hex-decoded"), "{error}");
    }
}
