//! The catalogue: every mistake there is.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::mistakes::{
    Mistake, MistakeId, algorithm, comparing, content, documents, encoding, filters, identity,
    interpreting, key_derivation, message, params, rotation, secret, secret_texts, token,
    verifying,
};

/// Every mistake: stage by stage, in each the most frequent first.
pub fn catalogue() -> &'static [Mistake] {
    &ALL
}

static ALL: LazyLock<Vec<Mistake>> = LazyLock::new(|| {
    [
        secret::MISTAKES,
        secret_texts::MISTAKES,
        rotation::SIGNING,
        key_derivation::MISTAKES,
        identity::MISTAKES,
        content::MISTAKES,
        documents::MISTAKES,
        filters::MISTAKES,
        params::MISTAKES,
        message::MISTAKES,
        algorithm::MISTAKES,
        encoding::MISTAKES,
        token::MISTAKES,
        verifying::MISTAKES,
        comparing::MISTAKES,
        interpreting::MISTAKES,
        rotation::VERIFYING,
    ]
    .concat()
});

static BY_ID: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let indexed = ALL.iter().enumerate();
    indexed.map(|(at, mistake)| (mistake.id.0, at)).collect()
});

impl Mistake {
    /// Its place among the mistakes of its stage, the most frequent first.
    pub fn rank_in_stage(&self) -> usize {
        let before = ALL.iter().take_while(|mistake| mistake.stage != self.stage);
        self.rank().saturating_sub(before.count())
    }

    /// Whether it parses a document and writes it again.
    pub fn is_of_documents(&self) -> bool {
        documents::MISTAKES.iter().any(|one| one.id == self.id)
    }

    /// Its place in the catalogue.
    pub fn rank(&self) -> usize {
        BY_ID.get(self.id.0).copied().unwrap_or(usize::MAX)
    }
}

impl MistakeId {
    /// The mistake of that name.
    pub fn named(name: &str) -> Result<Self, UnknownMistake> {
        match BY_ID.get(name) {
            Some(&at) => Ok(ALL[at].id),
            None => Err(UnknownMistake::new(name)),
        }
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
