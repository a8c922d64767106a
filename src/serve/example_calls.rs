//! Calls to begin with, as lines for a shell: one that is accepted, and one that is not.

use serde_json::{Map, Value as Json};

use crate::report::command_line;
use crate::scheme::{Decision, Origin, Scheme};
use crate::serve::latest::outcome_word;
use crate::serve::platform::Platform;
use crate::signature::{Fields, Value};

/// Whose calls they are: nobody's, so that a token which everybody sees opens no account.
const NOBODY: &str = "macproof-example";

/// Who else is nobody: their token is a wrong one.
const ANOTHER: &str = "macproof-another";

/// What stands for a wrong token where none can be made.
const SPOILT: &str = "0000";

/// What a call presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presents {
    /// The token of the user.
    RightToken,
    /// The token of another user.
    WrongToken,
    /// None.
    NoToken,
}

impl Presents {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::RightToken => "with the right token",
            Self::WrongToken => "with a wrong token",
            Self::NoToken => "without a token",
        }
    }
}

/// A call, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleCall {
    /// `accept`, `anonymous` or `reject`.
    pub outcome: &'static str,
    /// What it presents.
    pub presents: Presents,
    /// A `curl` command.
    pub command: String,
}

/// The calls of a platform, each tried with its settings and its secrets as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExampleCalls {
    /// One that is accepted, then one that is not; fewer where there is none.
    pub calls: Vec<ExampleCall>,
    /// Whether a wrong token is accepted.
    pub is_unchecked: bool,
}

impl Platform {
    /// Calls to this platform at an address such as `127.0.0.1:4000`, at `now` in Unix seconds.
    pub fn example_calls(&self, address: &str, now: u64) -> ExampleCalls {
        let mut tried: Vec<ExampleCall> = Vec::new();
        for sample in &self.samples {
            let fields = called(&self.scheme, sample, NOBODY);
            let right = self.signed(&fields, now);
            let other = self.signed(&called(&self.scheme, sample, ANOTHER), now);
            let wrong = other.filter(|token| right.as_ref() != Some(token));
            let wrong = wrong.unwrap_or_else(|| SPOILT.to_owned());
            for (presents, token) in [
                (Presents::RightToken, right),
                (Presents::WrongToken, Some(wrong)),
                (Presents::NoToken, None),
            ] {
                if (presents == Presents::NoToken) != token.is_none() {
                    continue;
                }
                let token = token.map(Value::Text);
                let decision = self.tried(&self.settings, &fields, token.as_ref(), now);
                tried.extend(decision.map(|decision| ExampleCall {
                    outcome: outcome_word(&Ok(decision)),
                    presents,
                    command: self.command(address, &fields, token.as_ref()),
                }));
            }
        }
        let find = |outcome: &str| tried.iter().find(|call| call.outcome == outcome).cloned();
        let turned_away = find("reject").or_else(|| find("anonymous"));
        ExampleCalls {
            is_unchecked: tried
                .iter()
                .any(|call| call.outcome == "accept" && call.presents == Presents::WrongToken),
            calls: find("accept").into_iter().chain(turned_away).collect(),
        }
    }

    /// The token of a call's fields, if there are secrets and they make one.
    fn signed(&self, fields: &Fields, now: u64) -> Option<String> {
        // In one minute it stays the same, so that a page that stands open does.
        let fields = at(&self.scheme, fields, now - now % 60);
        self.scheme.sign(self.secrets()?, &fields).ok()
    }

    /// The command that makes a call.
    fn command(&self, address: &str, fields: &Fields, token: Option<&Value>) -> String {
        let mut members = Map::new();
        for (name, value) in fields.iter() {
            members.insert(
                name.to_owned(),
                serde_json::to_value(value).unwrap_or_default(),
            );
        }
        if let Some(policy) = &self.scheme.policy {
            let of_caller = policy.keys.iter();
            let of_caller = of_caller.filter(|key| key.origin == Origin::Call);
            for key in of_caller {
                members.insert(key.name.clone(), key.values[0].clone().into());
            }
            if let Some(token) = token {
                let token = serde_json::to_value(token).unwrap_or_default();
                members.insert(policy.token.clone(), token);
            }
        }
        let words = [
            "curl",
            "-sS",
            &format!("http://{address}/{}/identify", self.name),
            "-H",
            "content-type: application/json",
            "-d",
            &Json::Object(members).to_string(),
        ];
        command_line(&words.map(str::to_owned))
    }

    /// What makes this platform look at signatures, as the value of `--context`: a setting with
    /// which a wrong token is not accepted.
    pub fn checked_with(&self, now: u64) -> Option<String> {
        let policy = self.scheme.policy.as_ref()?;
        let settings = policy.keys.iter().filter(|key| key.is_setting());
        let values = settings.flat_map(|key| key.values.iter().map(move |value| (key, value)));
        let mut found = values.filter(|(key, value)| {
            let mut settings = self.settings.clone();
            let set = settings.set(self.name.as_str(), policy, &key.name, value);
            let checks = |sample: &Fields| {
                let fields = called(&self.scheme, sample, NOBODY);
                let token = Value::Text(SPOILT.to_owned());
                let tried = self.tried(&settings, &fields, Some(&token), now);
                tried != Some(Decision::Accept)
            };
            set.is_ok() && self.samples.iter().all(checks)
        });
        let (key, value) = found.next()?;
        Some(format!("{}/{}={value}", self.name, key.name))
    }
}

/// The fields of a call of somebody with this name, those aside that the token carries.
fn called(scheme: &Scheme, sample: &Fields, name: &str) -> Fields {
    let mut fields = Fields::new();
    for (at, field) in scheme.fields.iter().enumerate() {
        if scheme.carries(at) {
            continue;
        }
        let Some(value) = sample.value(&field.name) else {
            continue;
        };
        if scheme.identity() == Some(at) && !field.has_a_form() {
            fields.set(&field.name, name);
        } else {
            fields.set(&field.name, value.clone());
        }
    }
    fields
}

/// The same fields, with the times of this second.
fn at(scheme: &Scheme, fields: &Fields, now: u64) -> Fields {
    let mut fields = fields.clone();
    for field in scheme.fields.iter() {
        if let Some(time) = field.time_at(now) {
            fields.set(&field.name, time);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::ExampleCalls;
    use crate::serve::latest::outcome_word;
    use crate::serve::platform::Platform;
    use crate::signature::{Secret, Secrets};
    use crate::suite::{Suite, default_suites};

    const NOW: u64 = 1_741_761_604;

    fn platform(suite: Suite, has_secrets: bool) -> Option<Platform> {
        let first = suite.vectors.first()?;
        let secrets = has_secrets.then(|| match &first.request.secrets {
            Secrets::One(_) | Secrets::Rotated { .. } => {
                Secrets::One(Secret::new("0123456789abcdef0123456789abcdef"))
            }
            per @ Secrets::Per(_) => per.clone(),
        });
        Platform::new(suite, secrets)
    }

    /// What the platform says to the body of a command.
    fn answered(platform: &Platform, command: &str) -> &'static str {
        let body = &command[command.find("'{").unwrap() + 1..command.len() - 1];
        let body: Json = serde_json::from_str(body).unwrap();
        let unguessable = || "session".to_owned();
        let call = platform.identify(body.to_string().as_bytes(), None, NOW, &unguessable);
        outcome_word(&call.unwrap().0.decision)
    }

    #[test]
    fn every_platform_has_a_call_that_is_accepted_and_one_that_is_not() {
        let mut platforms = 0;
        for has_secrets in [true, false] {
            for suite in default_suites().unwrap() {
                let Some(mut platform) = platform(suite, has_secrets) else {
                    continue;
                };
                platforms += 1;
                let name = platform.name.to_string();
                let told = platform.example_calls("127.0.0.1:4000", NOW);
                if let Some(setting) = platform.checked_with(NOW).filter(|_| told.is_unchecked) {
                    let (key, value) = setting.split_once('=').unwrap();
                    let (suite, key) = key.split_once('/').unwrap();
                    assert_eq!(suite, name);
                    platform.set(key, value).unwrap();
                }
                let ExampleCalls {
                    calls,
                    is_unchecked,
                } = platform.example_calls("127.0.0.1:4000", NOW);
                assert!(!is_unchecked, "{name}");
                let outcomes: Vec<&str> = calls.iter().map(|call| call.outcome).collect();
                if has_secrets {
                    assert_eq!(outcomes, ["accept", "reject"], "{name}");
                }
                for call in told.calls.iter().filter(|_| !told.is_unchecked) {
                    assert_eq!(answered(&platform, &call.command), call.outcome, "{name}");
                }
                for call in &calls {
                    let command = format!("curl -sS http://127.0.0.1:4000/{name}/identify -H ");
                    assert!(call.command.starts_with(&command), "{}", call.command);
                    assert_eq!(answered(&platform, &call.command), call.outcome, "{name}");
                }
            }
        }
        assert_eq!(platforms, 10);
    }
}
