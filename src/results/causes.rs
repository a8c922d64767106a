//! Why cases failed, as the document of a run has it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::results::ObservedKind;
use crate::signature::Request;

/// One explanation of what an implementation did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Causes {
    /// The mistakes that together produce it. Alternatives that a single case does not distinguish
    /// are separate `Causes`.
    pub mistakes: Vec<MistakeMention>,
}

impl Causes {
    /// What goes wrong, with the forms; `None` where there is none.
    pub fn clauses(&self) -> Option<String> {
        let clauses: Vec<String> = self.mistakes.iter().map(MistakeMention::clause).collect();
        (!clauses.is_empty()).then(|| clauses.join(", and "))
    }
}

/// A mistake of the catalogue, with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MistakeMention {
    /// Its id in the catalogue.
    pub id: String,
    /// What goes wrong.
    pub title: String,
    /// In which form, where it has several. What holds for one case alone is left out where several
    /// cases are counted.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// How to fix it.
    pub remedy: String,
    /// How many of the failed cases it explains; only in older documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<u64>,
}

impl MistakeMention {
    /// What goes wrong, with the form.
    pub fn clause(&self) -> String {
        if self.detail.is_empty() {
            self.title.clone()
        } else {
            format!("{} ({})", self.title, self.detail)
        }
    }
}

/// Why cases failed, as far as there is evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    /// The causes, starting with the one that explains the most cases. No case counts for two
    /// causes.
    pub causes: Vec<LikelyCause>,
    /// The `sign` cases that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<Account>,
    /// The `verify` cases that were misjudged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<Account>,
    /// The queries that were sent to the verifier after the cases, to find the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inquiry: Option<Inquiry>,
}

/// The failed cases of one operation, and what was tried to explain them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// How many cases failed, whether they count or not.
    pub failed: u64,
    /// How many of them no cause explains.
    pub unexplained: u64,
    /// How many of the failed cases were searched, if not all: the others were only compared with
    /// the causes found for these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub searched: Option<u64>,
    /// How many known mistakes were tried.
    pub tried: u64,
    /// Whether they were also tried in pairs.
    pub in_pairs: bool,
    /// The mistakes that an observation rules out, by id. Only for `verify`: a signed token
    /// identifies its mistakes itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ruled_out: Vec<String>,
}

/// A cause for which there is evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LikelyCause {
    /// The mistakes that together explain it. Several entries are alternatives that the
    /// observations do not distinguish.
    pub alternatives: Vec<Causes>,
    /// How many failed `sign` cases it explains.
    pub sign: u64,
    /// How many misjudged `verify` cases it explains.
    pub verify: u64,
    /// How many wrong tokens, made with these mistakes, the verifier accepted.
    pub accepted_tokens: u64,
}

/// The queries that were sent to the verifier after the cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inquiry {
    /// Its result.
    pub result: InquiryResult,
    /// Whether only changes of the implementation's own tokens were tried, because its secret is
    /// unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_tokens_only: bool,
    /// The requests, in order, with the answers.
    pub requests: Vec<InquiryRequest>,
}

/// The result of an inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InquiryResult {
    /// It answered consistently.
    Consistent,
    /// It rejected a right token that it had accepted, or the reverse, or gave no valid answer.
    Changed,
    /// It accepted a token whose MAC was made with a random key.
    AcceptsWrongTokens,
    /// It was interrupted.
    Interrupted,
}

/// One request of an inquiry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InquiryRequest {
    /// Which token was presented.
    pub token: InquiryToken,
    /// The sets of mistakes that produce the token, by id; for a control, those whose form it has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mistakes: Vec<Vec<String>>,
    /// The request.
    pub request: Request,
    /// The outcome, in one word; absent if the request could not be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ObservedKind>,
}

/// Which token is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InquiryToken {
    /// The right one.
    Right,
    /// A token that mistakes produce.
    Mistaken,
    /// A token of the same form with a MAC made with a random key.
    Control,
}
