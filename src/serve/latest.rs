//! The most recent calls, for the page.

use std::sync::{Arc, OnceLock};

use crate::explain::{Answer, Question, explain};
use crate::scheme::{Decision, Scheme, SignatureState};
use crate::serve::identified::Identified;
use crate::signature::{Context, ContextValue, Fields, Secrets, Value};

/// Maximum length of a token to explain, in bytes, because the search takes time.
const MAX_EXPLAINED: usize = 4096;

/// The outcome of a call that could not be read.
pub(super) const UNREADABLE: &str = "unreadable";

/// A call and its result.
#[derive(Clone, Debug)]
pub struct LatestCall {
    /// When the call arrived, in Unix seconds.
    pub at: u64,
    /// The fields of the call.
    pub fields: Fields,
    /// The token that was presented.
    pub token: Option<Value>,
    /// The context of the call.
    pub context: Context,
    /// The outcome: `accept`, `anonymous`, `reject` or `refused`; `unreadable` where there was no call.
    pub outcome: &'static str,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The documented code of the rejection, if there is one.
    pub code: Option<String>,
    /// The state of the signature, if it was checked.
    pub signature: Option<SignatureState>,
    /// Why an invalid signature failed, or why there is no decision.
    pub why: Option<String>,
    /// The causes found by `explain`, computed on first use.
    causes: Arc<OnceLock<Vec<String>>>,
}

impl LatestCall {
    pub(super) fn new(
        at: u64,
        fields: Fields,
        token: Option<Value>,
        context: Context,
        identified: &Identified,
    ) -> Self {
        let rejection = identified.rejection.as_ref().map(ToString::to_string);
        Self {
            at,
            fields,
            token,
            context,
            outcome: outcome_word(&identified.decision),
            status: identified.status().as_u16(),
            code: identified.code().map(str::to_owned),
            signature: identified.signature,
            why: rejection.or_else(|| identified.decision.as_ref().err().cloned()),
            causes: Arc::default(),
        }
    }

    /// A call whose body is no call.
    pub(super) fn unreadable(at: u64, status: u16, why: String) -> Self {
        Self {
            at,
            fields: Fields::new(),
            token: None,
            context: Context::default(),
            outcome: UNREADABLE,
            status,
            code: None,
            signature: None,
            why: Some(why),
            causes: Arc::default(),
        }
    }

    /// The context in words: `mode strict, session none`.
    pub fn context_in_words(&self) -> String {
        let word = |(key, value): (&str, &ContextValue)| match value {
            ContextValue::One(value) => format!("{key}: {value}"),
            ContextValue::Per(values) => {
                let each = values
                    .iter()
                    .map(|(of, value)| format!("{key}.{of}: {value}"));
                each.collect::<Vec<_>>().join(", ")
            }
        };
        self.context.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    /// The caller's fields in words, each text as `visible` shows it. Texts are quoted, so that
    /// leading and trailing spaces are visible.
    pub fn who(&self, visible: &dyn Fn(&str) -> String) -> String {
        let word = |(name, value): (&str, &Value)| {
            let shown = match value.as_text() {
                Some(text) => format!("\"{}\"", visible(text).replace('"', "\\\"")),
                None => visible(&serde_json::to_string(value).unwrap_or_default()),
            };
            format!("{name}: {shown}")
        };
        self.fields.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    /// The likely causes of an invalid signature and their remedies, as `explain` finds them.
    pub fn causes(&self, scheme: &Scheme, secrets: &Secrets) -> &[String] {
        self.causes.get_or_init(|| self.explained(scheme, secrets))
    }

    fn explained(&self, scheme: &Scheme, secrets: &Secrets) -> Vec<String> {
        let Some(token) = self.token.as_ref().and_then(Value::as_text) else {
            return Vec::new();
        };
        if self.signature != Some(SignatureState::Invalid) || token.len() > MAX_EXPLAINED {
            return Vec::new();
        }
        let explanation = explain(&Question {
            scheme,
            secrets,
            fields: &self.fields,
            token,
            now: Some(self.at),
            depth: Question::DEPTH,
            interrupt: None,
        });
        if explanation.answer != Answer::Explained {
            let said = explanation.remarks.iter().chain(&explanation.clues);
            return said.map(|clue| capital(clue)).collect();
        }
        let first = explanation.causes.first();
        let findings = first.into_iter().flat_map(|cause| &cause.mistakes);
        let said =
            findings.map(|finding| format!("{}. {}", capital(&finding.clause()), finding.remedy));
        said.collect()
    }
}

/// A decision in one word; `refused` if there is none.
pub(super) fn outcome_word(decision: &Result<Decision, String>) -> &'static str {
    match decision {
        Ok(Decision::Accept) => "accept",
        Ok(Decision::Anonymous) => "anonymous",
        Ok(Decision::Reject { .. }) => "reject",
        Err(_) => "refused",
    }
}

fn capital(clause: &str) -> String {
    let mut characters = clause.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}
