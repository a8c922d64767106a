//! What an explanation says.

use serde::Serialize;

use crate::mistakes::{FormWords, Mistake, MistakeId, Pipeline, Stage};
use crate::results::{Causes, MistakeMention, Redaction};
use crate::scheme::Scheme;
use crate::signature::Value;

/// Why a token is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[must_use]
pub struct Explanation {
    /// What was found.
    pub answer: Answer,
    /// What is wrong with the secret that was given; in words. None where the token is right.
    pub remarks: Vec<String>,
    /// Of which schemes the token is, where none was named: those that explain it alike.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
    /// What the token was made with instead of what was given; not there where that is not known
    /// to differ. Where the answer is `explained` and no cause is listed, this alone explains it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<Instead>,
    /// The ways to come to the token, those with the fewest deviations, the most frequent first.
    /// Several are such as this one token cannot tell apart.
    pub causes: Vec<Cause>,
    /// What can be told all the same, where no cause was found; in words.
    pub clues: Vec<String>,
    /// What was taken for granted; in words.
    pub notes: Vec<String>,
    /// How far the search went.
    pub tried: Tried,
}

impl Explanation {
    /// An answer with nothing to it yet.
    pub(super) fn new(answer: Answer) -> Self {
        Self {
            answer,
            remarks: Vec::new(),
            schemes: Vec::new(),
            instead: None,
            causes: Vec::new(),
            clues: Vec::new(),
            notes: Vec::new(),
            tried: Tried::default(),
        }
    }

    /// How many deviations explain the token, where they do: mistakes, another secret, another value.
    pub(super) fn deviations(&self) -> Option<usize> {
        let instead = self.instead.as_ref();
        let instead = instead.map_or(0, |one| {
            usize::from(one.secret.is_some()) + usize::from(one.value.is_some())
        });
        let mistakes = self.causes.first().map_or(0, |cause| cause.mistakes.len());
        match self.answer {
            Answer::Right | Answer::Explained => Some(instead + mistakes),
            Answer::Unexplained | Answer::NotAskable => None,
        }
    }

    /// Hides secrets in what repeats the token and what stands around it, and in values.
    pub(super) fn redact(&mut self, redaction: &Redaction) {
        let value = self.instead.iter_mut().filter_map(|one| one.value.as_mut());
        let values = value.flat_map(|one| std::iter::once(&mut one.used).chain(&mut one.given));
        let findings = self.causes.iter_mut().flat_map(|cause| &mut cause.mistakes);
        let details = findings.map(|finding| &mut finding.detail);
        let said = self.clues.iter_mut().chain(&mut self.notes);
        for text in values.chain(details).chain(said) {
            *text = redaction.without_secrets(text);
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The token is right.
    Right,
    /// It is not, and these mistakes produce it.
    Explained,
    /// It is not, and no combination of known mistakes produces it.
    Unexplained,
    /// Nothing can be asked: the secret or a field is missing or unusable; the notes say which.
    NotAskable,
}

/// What else than given a token was made with. That is no mistake of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instead {
    /// Another secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<OtherSecret>,
    /// Another value of a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<OtherValue>,
}

/// A secret that was used in place of another, by their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherSecret {
    /// The one that made the token.
    pub used: String,
    /// The one that should have been used.
    pub given: String,
}

/// A value that was signed in place of another. Of a long one only the part is told where the two
/// begin to differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherValue {
    /// The field.
    pub field: String,
    /// The value that was signed.
    pub used: String,
    /// The one that should have been; none where none was given.
    pub given: Option<String>,
}

impl OtherValue {
    pub(super) fn new(field: &str, used: &Value, given: Option<&Value>) -> Self {
        let text = |value: &Value| match value.to_bytes() {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => String::new(),
        };
        let used = text(used);
        let given = given.map(text);
        let same = |other: &String| {
            std::iter::zip(used.chars(), other.chars())
                .take_while(|(a, b)| a == b)
                .count()
        };
        let at = given.as_ref().map_or(0, same);
        Self {
            field: field.to_owned(),
            used: shown_at(&used, at),
            given: given.map(|given| shown_at(&given, at)),
        }
    }
}

/// A text; of a long one the part around a character.
fn shown_at(text: &str, at: usize) -> String {
    const AROUND: usize = 20;
    let length = text.chars().count();
    let from = if length > 2 * AROUND {
        at.saturating_sub(AROUND)
    } else {
        0
    };
    let part: String = text.chars().skip(from).take(2 * AROUND).collect();
    let before = if from > 0 { "…" } else { "" };
    let behind = if from + 2 * AROUND < length {
        "…"
    } else {
        ""
    };
    format!("{before}{part}{behind}")
}

/// One way to come to a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The mistakes that together produce it, in the order of signing.
    pub mistakes: Vec<Finding>,
    /// The same with their forms; several where the token does not tell these apart, and none where
    /// only the text around the right MAC differs.
    #[serde(skip)]
    pub pipelines: Vec<Pipeline>,
}

impl Cause {
    /// The cause as a report has it, for an implementation in that language.
    pub fn in_words(&self, language: Option<&str>) -> Causes {
        let mentions = self.mistakes.iter().map(|one| one.mention(language));
        Causes {
            mistakes: mentions.collect(),
        }
    }

    /// The ids of the mistakes.
    pub fn mistake_ids(&self) -> Vec<MistakeId> {
        self.mistakes.iter().map(|finding| finding.id).collect()
    }
}

/// A mistake that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its id in the catalogue.
    pub id: MistakeId,
    /// The stage that it touches.
    pub stage: Stage,
    /// What was done, as a clause.
    pub title: String,
    /// Which of several forms it has, in words; empty where it has one, or where they cannot be
    /// told apart.
    pub detail: String,
    /// What goes wrong, in one sentence.
    pub wrong: String,
    /// What to do instead, in one sentence.
    pub remedy: String,
}

/// How far a search went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// How many ways to make a token were decided.
    pub pipelines: u64,
    /// How many MACs that took.
    pub macs: u64,
    /// With how many different secrets.
    pub secrets: u64,
    /// With how many values other than those that were given.
    pub values: u64,
    /// In which schemes, where none was named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
    /// Whether the search went as far as it ever goes; long or odd inputs make it stop before.
    pub complete: bool,
    /// Up to how many mistakes before the MAC were tried in every combination, with what was given.
    pub depth: usize,
    /// Whether the depth that was asked for was not reached because the fields are so long that not
    /// all of their messages could be made.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub too_long: bool,
    /// How long that took in milliseconds, where somebody with a clock has added it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
}

impl Tried {
    /// Adds what a further search took.
    pub(super) fn add(&mut self, other: &Self) {
        self.pipelines = self.pipelines.saturating_add(other.pipelines);
        self.macs = self.macs.saturating_add(other.macs);
        self.complete &= other.complete;
        self.too_long |= other.too_long;
    }

    /// Not all combinations of so many mistakes were tried.
    pub(super) fn stopped_before(&mut self, level: usize) {
        self.complete = false;
        self.depth = self.depth.min(level.saturating_sub(1));
    }
}

impl Finding {
    pub(super) fn new(mistake: &Mistake, scheme: &Scheme, form: &FormWords) -> Self {
        let words = mistake.words_of_form(scheme, form);
        let mut details = vec![form.detail.as_str(), form.place];
        if mistake.title_tells_its_form() {
            details.remove(0);
        }
        // The title names the field where it can.
        let only = form.of.as_ref().map(|field| format!("{field} only"));
        if let Some(only) = &only
            && !words.title.contains(form.of.as_deref().unwrap_or_default())
        {
            details.push(only);
        }
        details.retain(|detail| !detail.is_empty());
        Self {
            id: mistake.id,
            stage: mistake.stage,
            detail: details.join(", "),
            title: words.title,
            wrong: words.wrong,
            remedy: words.remedy,
        }
    }

    /// What was done, its form included.
    pub fn clause(&self) -> String {
        if self.detail.is_empty() {
            self.title.clone()
        } else {
            format!("{} ({})", self.title, self.detail)
        }
    }

    /// The finding as a report has it, for an implementation in that language.
    pub(super) fn mention(&self, language: Option<&str>) -> MistakeMention {
        MistakeMention {
            id: self.id.to_string(),
            title: self.title.clone(),
            detail: self.detail.clone(),
            remedy: self.remedy_in(language),
            explained: None,
        }
    }

    /// The remedy, with what to call in a language where that is known.
    pub fn remedy_in(&self, language: Option<&str>) -> String {
        self.id.mistake().with_hint(&self.remedy, language)
    }

    /// The remedy, with what to call in each language for which that is known.
    pub fn remedy_in_any_language(&self) -> String {
        self.id.mistake().with_every_hint(&self.remedy)
    }
}
