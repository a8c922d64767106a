//! Hides what a document must not reveal: secrets that did not come from a suite file, and tokens
//! made with them.
//!
//! `conclude` applies it when it creates the document, so reports cannot leak anything.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use crate::protocol::ImplementationInfo;
use crate::results::needle::{Needle, SHORTEST};
use crate::results::{Case, Diagnosis, Observation, Observed, RunResult, words};
use crate::signature::{Outcome, Request, Secret, Sent, Value};
use crate::suite::Expect;

/// The replacement for redacted text.
pub const REDACTED: &str = "[redacted]";

/// Minimum length, in characters, of words that are redacted because they could be a token. Applies
/// to what an implementation says about a case that used a secret of its own.
const TOKEN_LIKE: usize = 20;

/// The secrets that must not be shown, nor any token made with them.
///
/// Secrets in suite files are public; any other secret is private. If a case used another secret
/// than its vector's, its secret and tokens are removed, and everything that looks like a token is
/// removed from the implementation's text about it. The secrets themselves are removed from every
/// text that does not come from a suite file: verbatim, with changed case, escaped as programs
/// escape output, in percent-encoding, hex or base64, and in part where a text was truncated (`…`).
///
/// Redact text before it is escaped or truncated for display.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    /// Whether private secrets are in use, so that tokens made with them have to be hidden. Stays
    /// false if `needles` only has secrets that sign nothing.
    is_active: bool,
    /// Every form of every secret to search for, sorted and without duplicates.
    needles: Arc<[Needle]>,
}

impl Redaction {
    /// Hides nothing: all secrets are from suite files, or the user asked to show them.
    pub fn none() -> Self {
        Self::default()
    }

    /// Hides these secrets and the tokens made with private secrets. `secrets` may be empty: an
    /// implementation may have an unknown secret of its own, and its tokens are hidden, too.
    pub fn of(secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self {
            is_active: true,
            ..Self::none()
        }
        .and(secrets)
    }

    /// Also hides these secrets, which sign nothing, such as a server's password.
    #[must_use]
    pub fn and(self, others: impl IntoIterator<Item = Secret>) -> Self {
        let others = others.into_iter();
        let mut needles: Vec<Needle> = others
            .flat_map(|secret| Needle::all_of(secret.reveal()))
            .chain(self.needles.iter().cloned())
            .collect();
        needles.sort();
        needles.dedup();
        Self {
            needles: needles.into(),
            ..self
        }
    }

    /// Removes the secrets and everything that looks like a token from a text outside of a
    /// document, such as an error that quotes an adapter.
    pub fn text(&self, text: &str) -> String {
        let mut hidden = self.secrets_in(text);
        if self.is_active {
            hidden.extend(token_like(text));
        }
        without(text, hidden)
    }

    /// Removes the secrets from a text that is no report of an implementation's.
    pub fn without_secrets(&self, text: &str) -> String {
        without(text, self.secrets_in(text))
    }

    /// Removes the secrets from the texts of a JSON value; its names stay.
    pub fn without_secrets_in_json(&self, value: &mut Json) {
        hide_in_json(value, &|text| self.without_secrets(text));
    }

    /// Removes the secrets from an implementation's description of itself.
    pub fn implementation(&self, said: &ImplementationInfo) -> ImplementationInfo {
        let shown = |text: &String| self.without_secrets(text);
        ImplementationInfo {
            name: shown(&said.name),
            version: said.version.as_ref().map(shown),
            language: said.language.as_ref().map(shown),
            notes: said.notes.as_ref().map(shown),
        }
    }

    /// Removes secrets and tokens from a diagnosis and its requests.
    pub fn diagnosis(&self, diagnosis: &mut Diagnosis) {
        if !self.is_active {
            return;
        }
        for mention in diagnosis.mentions() {
            mention.title = self.text(&mention.title);
            mention.detail = self.text(&mention.detail);
        }
        let hide = |text: &str| self.without_secrets(text);
        for asked in diagnosis
            .inquiry
            .iter_mut()
            .flat_map(|all| &mut all.requests)
        {
            redact_request(&mut asked.request);
            hide_in_request(&mut asked.request, &hide);
        }
    }

    /// Removes everything from a document that it must not reveal. `observations` are the ones the
    /// document was created from, in the order of its cases.
    pub(super) fn apply(&self, result: &mut RunResult, observations: &[Observation<'_>]) {
        if !self.is_active && self.needles.is_empty() {
            return;
        }
        let mut known = Vec::new();
        for (case, observation) in std::iter::zip(&mut result.cases, observations) {
            if self.is_active && !is_asked_as_written(observation) {
                known.extend(tokens(case, observation));
                self.redact_case(case, observation);
            }
        }
        known.sort();
        known.dedup();
        let hide = |text: &str| {
            let mut hidden = self.secrets_in(text);
            for token in &known {
                let places = text.match_indices(token.as_str());
                hidden.extend(places.map(|(at, token)| at..at + token.len()));
            }
            without(text, hidden)
        };
        for text in texts(result) {
            *text = hide(text);
        }
        for case in &mut result.cases {
            hide_in_request(&mut case.request, &hide);
            if let Some(sent) = &mut case.sent {
                hide_in_sent(sent, &hide);
            }
        }
        if !self.is_active {
            return;
        }
        let left_out = result.scope.left_out.iter_mut().map(|note| &mut note.what);
        let failed = result.gate.failed.iter_mut().map(|f| &mut f.reason);
        // These repeat what was said about a case.
        let restarts = result.restarts.reasons.iter_mut().map(|one| &mut one.first);
        for text in left_out
            .chain(failed)
            .chain(&mut result.notes)
            .chain(restarts)
        {
            *text = without(text, token_like(text));
        }
    }

    fn secrets_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for needle in self.needles.iter() {
            needle.find(text, &mut found);
        }
        found
    }

    /// Replaces secrets and tokens in their members, and removes everything that looks like a token
    /// from the case's texts.
    fn redact_case(&self, case: &mut Case, observation: &Observation<'_>) {
        redact_request(&mut case.request);
        // The descriptions repeat the tokens.
        case.expected = self.text(&words::expected(&without_token(&observation.expect)));
        let outcome = |outcome: &Outcome| match outcome {
            Outcome::Token(_) => words::outcome(&Outcome::Token(REDACTED.to_owned())),
            other => self.text(&words::outcome(other)),
        };
        match &observation.observed {
            Observed::Outcome(first) => case.actual = Some(outcome(first)),
            Observed::Unstable(first, other) => {
                case.actual = Some(outcome(first));
                case.actual_in_another_round = Some(outcome(other));
            }
            _ => case.actual = case.actual.take().map(|text| self.text(&text)),
        }
        case.reason = case.reason.take().map(|text| self.text(&text));
        for token in [&mut case.expected_token, &mut case.actual_token] {
            *token = token.take().map(|_| REDACTED.to_owned());
        }
        for (_, value) in case.sent.iter_mut().flat_map(|sent| &mut sent.headers) {
            REDACTED.clone_into(value);
        }
    }
}

/// Whether the case was run with the secret of its suite.
fn is_asked_as_written(observation: &Observation<'_>) -> bool {
    let own = &observation.vector.request.secrets;
    let is_own = |secret: &Secret| own.iter().any(|(_, known)| known == secret);
    let asked = &observation.request.secrets;
    asked.iter().all(|(_, secret)| is_own(secret))
}

/// Every token related to a case.
fn tokens(case: &Case, observation: &Observation<'_>) -> Vec<String> {
    let of_outcome = |outcome: &Outcome| match outcome {
        Outcome::Token(token) => Some(token.clone()),
        _ => None,
    };
    let mut tokens = vec![case.expected_token.clone(), case.actual_token.clone()];
    match &observation.observed {
        Observed::Outcome(outcome) => tokens.push(of_outcome(outcome)),
        Observed::Unstable(one, two) => tokens.extend([of_outcome(one), of_outcome(two)]),
        _ => {}
    }
    let presented = observation.request.token.as_ref().and_then(Value::as_text);
    tokens.push(presented.map(str::to_owned));
    let mut tokens: Vec<String> = tokens.into_iter().flatten().collect();
    tokens.retain(|token| token.chars().count() >= 2 * SHORTEST);
    tokens
}

/// The same expectation without the token that it names.
fn without_token(expect: &Expect) -> Cow<'_, Expect> {
    match expect {
        Expect::Token { or, pairs, .. } => Cow::Owned(Expect::Token {
            token: REDACTED.to_owned(),
            or: or.clone(),
            pairs: pairs.clone(),
        }),
        Expect::Sent { .. }
        | Expect::Outcomes(_)
        | Expect::Rejected { .. }
        | Expect::Observe(_) => Cow::Borrowed(expect),
    }
}

/// Replaces secrets and tokens in their members.
fn redact_request(request: &mut Request) {
    for secret in request.secrets.iter_mut() {
        *secret = Secret::new(REDACTED);
    }
    match &mut request.token {
        None | Some(Value::Json(Json::Null)) => {}
        Some(token) => *token = REDACTED.into(),
    }
}

/// Applies `hide` to every text of a request.
fn hide_in_request(request: &mut Request, hide: &dyn Fn(&str) -> String) {
    // List all members, so that adding one requires a decision here.
    let Request {
        suite: _,
        op: _,
        secrets,
        fields,
        token,
        context,
        now: _,
    } = request;
    for secret in secrets.iter_mut() {
        let mut value = secret.to_value();
        hide_in_value(&mut value, hide);
        *secret = Secret::new(value.to_bytes().unwrap_or_default());
    }
    for value in fields.values_mut().chain(token) {
        hide_in_value(value, hide);
    }
    for text in context.texts_mut() {
        *text = hide(text);
    }
}

/// Applies `hide` to every text of what would be sent.
fn hide_in_sent(sent: &mut Sent, hide: &dyn Fn(&str) -> String) {
    let Sent { body, headers } = sent;
    let mut value = Value::of_bytes(body);
    hide_in_value(&mut value, hide);
    *body = value.to_bytes().unwrap_or_default().into_owned();
    for (name, value) in headers {
        *name = hide(name);
        *value = hide(value);
    }
}

fn hide_in_value(value: &mut Value, hide: &dyn Fn(&str) -> String) {
    match value {
        Value::Text(text) => *text = hide(text),
        Value::Bytes(bytes) => {
            // In the form that a document shows.
            let base64 = STANDARD.encode(bytes);
            if hide(&base64) != base64 {
                *value = REDACTED.into();
            }
        }
        Value::Number(_) => {}
        Value::Json(json) => hide_in_json(json, hide),
    }
}

/// Every text of a document that does not come from a suite file or a list of known failures.
fn texts(result: &mut RunResult) -> impl Iterator<Item = &mut String> {
    let about = &mut result.implementation;
    let implementation = [
        Some(&mut about.name),
        about.version.as_mut(),
        about.language.as_mut(),
        about.notes.as_mut(),
    ];
    let of_cases = result.cases.iter_mut().flat_map(|case| {
        [
            Some(&mut case.expected),
            case.actual.as_mut(),
            case.actual_in_another_round.as_mut(),
            case.expected_token.as_mut(),
            case.actual_token.as_mut(),
            case.reason.as_mut(),
        ]
        .into_iter()
        .flatten()
    });
    implementation
        .into_iter()
        .flatten()
        .chain([&mut result.adapter])
        .chain(&mut result.arguments)
        .chain(result.scope.left_out.iter_mut().map(|note| &mut note.what))
        .chain(result.gate.failed.iter_mut().map(|f| &mut f.reason))
        .chain(&mut result.notes)
        .chain(result.restarts.reasons.iter_mut().map(|one| &mut one.first))
        .chain(of_cases)
}

fn hide_in_json(value: &mut Json, hide: &dyn Fn(&str) -> String) {
    match value {
        Json::String(text) => *text = hide(text),
        Json::Array(items) => items.iter_mut().for_each(|one| hide_in_json(one, hide)),
        Json::Object(map) => map.values_mut().for_each(|one| hide_in_json(one, hide)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Replaces these parts of a text; adjacent and overlapping parts are replaced as one.
fn without(text: &str, mut parts: Vec<Range<usize>>) -> String {
    parts.sort_by_key(|part| part.start);
    let mut out = String::with_capacity(text.len());
    let mut shown = 0;
    for part in parts {
        if part.start > shown || part.start == 0 && out.is_empty() {
            // A secret that is not valid UTF-8 may begin or end inside a character.
            let start = text.floor_char_boundary(part.start).max(shown);
            out.push_str(&text[shown..start]);
            out.push_str(REDACTED);
        }
        shown = shown.max(text.ceil_char_boundary(part.end));
    }
    out.push_str(&text[shown..]);
    out
}

/// The ranges of a text that could be tokens.
fn token_like(text: &str) -> Vec<Range<usize>> {
    let is_of_a_token = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(is_of_a_token) {
        let start = at + start;
        let length = text[start..].find(|c| !is_of_a_token(c));
        at = length.map_or(text.len(), |length| start + length);
        if at - start >= TOKEN_LIKE && !is_hyphenated(&text[start..at]) {
            found.push(start..at);
        }
    }
    found
}

/// Whether a text consists of words of small letters, joined by hyphens, such as the id of a mistake.
/// Of tokens with so many characters not one in a million does.
fn is_hyphenated(text: &str) -> bool {
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
    text.contains('-') && text.split('-').all(is_word)
}

#[cfg(test)]
mod tests;
