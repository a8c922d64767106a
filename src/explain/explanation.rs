//! What an explanation says.

use serde::Serialize;

use crate::mistakes::{Choice, MistakeId, Stage};
use crate::results::{Causes, MistakeMention};

/// Why a token is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[must_use]
pub struct Explanation {
    /// What was found.
    pub answer: Answer,
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

/// One way to come to a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The mistakes that together produce it, in the order of signing.
    pub mistakes: Vec<Finding>,
}

/// A mistake that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its id in the catalogue.
    pub id: MistakeId,
    /// The stage that it touches.
    pub stage: Stage,
    /// What was done, as a clause.
    pub title: &'static str,
    /// Which of several forms it has, in words; empty where it has one, or where they cannot be
    /// told apart.
    pub detail: String,
    /// What goes wrong, in one sentence.
    pub wrong: &'static str,
    /// What to do instead, in one sentence.
    pub remedy: &'static str,
}

/// How far a search went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// How many ways to make a token were decided.
    pub pipelines: u64,
    /// How many MACs that took.
    pub macs: u64,
    /// Whether the search went as far as it ever goes; long or odd inputs make it stop before.
    pub complete: bool,
    /// How long that took in milliseconds, where somebody with a clock has added it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
}

impl Explanation {
    /// The causes as a report has them.
    pub fn causes(&self) -> Vec<Causes> {
        let mention = |finding: &Finding| MistakeMention {
            id: finding.id.to_string(),
            title: finding.clause(),
            remedy: finding.remedy.to_owned(),
            explained: None,
        };
        let cause = |cause: &Cause| Causes {
            mistakes: cause.mistakes.iter().map(mention).collect(),
        };
        self.causes.iter().map(cause).collect()
    }
}

impl Finding {
    pub(super) fn new(choice: Choice, detail: String) -> Self {
        let mistake = choice.mistake;
        Self {
            id: mistake.id,
            stage: mistake.stage,
            title: mistake.title,
            detail,
            wrong: mistake.wrong,
            remedy: mistake.remedy,
        }
    }

    /// What was done, its form included.
    pub fn clause(&self) -> String {
        if self.detail.is_empty() {
            self.title.to_owned()
        } else {
            format!("{} ({})", self.title, self.detail)
        }
    }
}
