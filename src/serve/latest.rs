//! The latest calls, as the page shows them.

use std::sync::{Arc, OnceLock};

use crate::explain::{Answer, Question, explain};
use crate::report::visible;
use crate::scheme::{Decision, Scheme, SignatureState};
use crate::serve::platform::Identified;
use crate::signature::{Context, ContextValue, Fields, Secrets, Value};

/// How long a token may be to be explained, in bytes: the search takes its time.
const MAX_EXPLAINED: usize = 4096;

/// A call and what became of it.
#[derive(Clone, Debug)]
pub struct LatestCall {
    /// When it came, in Unix seconds.
    pub at: u64,
    /// What it said.
    pub fields: Fields,
    /// What it presented.
    pub token: Option<Value>,
    /// In what it happened.
    pub context: Context,
    /// In one word: `accept`, `anonymous`, `reject` or `refused`.
    pub outcome: &'static str,
    /// What the signature was, if that was looked at.
    pub signature: Option<SignatureState>,
    /// Where a signature that is not valid failed, or why nothing could be said.
    pub why: Option<String>,
    /// What `explain` says of it, once somebody has asked.
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
            signature: identified.signature,
            why: rejection.or_else(|| identified.decision.as_ref().err().cloned()),
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

    /// Who it said it was, in words fit to be shown: texts in quotes, so that a space at an end is
    /// seen.
    pub fn who(&self) -> String {
        let word = |(name, value): (&str, &Value)| {
            let shown = match value.as_text() {
                Some(text) => format!("\"{}\"", visible(text).replace('"', "\\\"")),
                None => visible(&serde_json::to_string(value).unwrap_or_default()),
            };
            format!("{name}: {shown}")
        };
        self.fields.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    /// For an invalid signature, what `explain` says of it: what was done, and what to do instead.
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
        });
        if explanation.answer != Answer::Explained {
            return explanation.clues.iter().map(|clue| capital(clue)).collect();
        }
        let first = explanation.causes.first();
        let findings = first.into_iter().flat_map(|cause| &cause.mistakes);
        let said =
            findings.map(|finding| format!("{}. {}", capital(&finding.clause()), finding.remedy));
        said.collect()
    }
}

/// A decision in one word; `refused` where there is none.
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
