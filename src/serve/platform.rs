//! A suite as a platform: settings, secrets and state.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::scheme::{Decision, Identification, Origin, Policy, Refusal, Rule, Scheme};
use crate::serve::call::{Call, CallError};
use crate::serve::identified::Identified;
use crate::serve::latest::LatestCall;
use crate::serve::settings::{Settings, SettingsError};
use crate::serve::state::{State, User};
use crate::signature::{Context, ContextValue, Fields, Op, Secrets, Slug, Value};
use crate::suite::Suite;

/// Number of calls that the page shows.
const LATEST: usize = 50;

/// Number of the suite's calls that are tried to find an example.
const SAMPLES: usize = 40;

/// A suite with a policy, ready to identify callers.
#[derive(Debug)]
pub struct Platform {
    /// The suite's name.
    pub name: Slug,
    /// The title for people.
    pub title: String,
    /// The signature scheme.
    pub scheme: Scheme,
    /// The current settings.
    pub settings: Settings,
    /// The fields of calls, one for each set of values that is no free text.
    pub(super) samples: Vec<Fields>,
    secrets: Option<Secrets>,
    state: Mutex<State>,
    /// The most recent calls, at most [`LATEST`].
    latest: Mutex<VecDeque<LatestCall>>,
}

impl Platform {
    /// Creates the platform of a suite; `None` if the suite has no policy. Without secrets it can
    /// still decide calls that need none.
    pub fn new(suite: Suite, secrets: Option<Secrets>) -> Option<Self> {
        let settings = Settings::new(suite.scheme.policy.as_ref()?);
        let calls = suite.vectors.iter();
        let calls = calls.filter(|vector| vector.request.op == Op::Identify);
        let samples = calls.map(|vector| vector.request.fields.clone());
        Some(Self {
            samples: samples.take(SAMPLES).collect(),
            name: suite.name,
            title: suite.title,
            scheme: suite.scheme,
            settings,
            secrets,
            state: Mutex::default(),
            latest: Mutex::default(),
        })
    }

    /// Sets a setting, either globally (`key`) or for one value of its field (`key.value`). Fails
    /// if the key or value is unknown.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), SettingsError> {
        match &self.scheme.policy {
            Some(policy) => self.settings.set(self.name.as_str(), policy, key, value),
            None => Ok(()),
        }
    }

    /// Sets the only setting that has such a value; returns false if there is not exactly one.
    pub fn set_mode(&mut self, value: &str) -> bool {
        let policy = self.scheme.policy.as_ref();
        policy.is_some_and(|policy| self.settings.set_mode(policy, value))
    }

    /// Whether a value of a setting is the one that the document states as the default.
    pub fn is_default(&self, key: &str, value: &str) -> bool {
        let policy = self.scheme.policy.as_ref();
        let found = policy.and_then(|policy| policy.key(key));
        found.is_some_and(|(_, key)| key.values.first().is_some_and(|first| first == value))
    }

    /// Whether it can verify signatures.
    pub fn has_secrets(&self) -> bool {
        self.secrets.is_some()
    }

    /// The secrets used for verification.
    pub fn secrets(&self) -> Option<&Secrets> {
        self.secrets.as_ref()
    }

    /// The first unusable secret and the reason, if there is one.
    pub fn unusable_secret(&self) -> Option<(String, Refusal)> {
        let secrets = self.secrets.as_ref()?;
        secrets.iter().find_map(|(name, secret)| {
            let refusal = self.scheme.secret.decode(secret).err()?;
            Some((name.unwrap_or_default().to_owned(), refusal))
        })
    }

    /// Decides a call with this body at `now` (Unix seconds), in the caller's session if it named
    /// one. `new_session` must return an unguessable name. Fails if the body is not a valid call.
    pub fn identify(
        &self,
        body: &[u8],
        session: Option<&str>,
        now: u64,
        new_session: &dyn Fn() -> String,
    ) -> Result<(Identified, LatestCall), CallError> {
        let Some(policy) = &self.scheme.policy else {
            return Err(CallError::NotJson("the suite has no policy".to_owned()));
        };
        let call = Call::parse(body, &self.scheme, policy)?;
        let user = user_of(&self.scheme, &call.fields);
        let mut state = locked(&self.state);
        // Ignore a session that this platform did not open; otherwise callers could choose its
        // name.
        let session = session.filter(|session| state.has_session(session));
        let context = self.context(policy, &self.settings, &call, &state, session, user);
        let nothing = Secrets::Per(Vec::new());
        let secrets = self.secrets.as_ref().unwrap_or(&nothing);
        let identification =
            (self.scheme).identify(secrets, &call.fields, call.token.as_ref(), &context, now);
        let identified = match identification {
            Some(Identification::Decided {
                rule,
                signature,
                rejection,
            }) => Identified {
                decision: Ok(rule.decision.clone()),
                warning: rule.warning.clone(),
                signature,
                // An accepted call needs no reason.
                rejection: rejection.filter(|_| rule.decision != Decision::Accept),
                session: remember(&mut state, policy, rule, session, user, new_session),
            },
            Some(Identification::Refused(why)) => Identified {
                decision: Err(self.without_secret(why)),
                warning: None,
                signature: None,
                rejection: None,
                session: None,
            },
            None => return Err(CallError::NotJson("the suite has no policy".to_owned())),
        };
        drop(state);
        let seen = LatestCall::new(now, call.fields, call.token, context, &identified);
        self.remember_call(seen.clone());
        Ok((identified, seen))
    }

    /// What would become of a first call of somebody with these settings; `None` where that is not
    /// decided. Nothing is remembered of it.
    pub(super) fn tried(
        &self,
        settings: &Settings,
        fields: &Fields,
        token: Option<&Value>,
        now: u64,
    ) -> Option<Decision> {
        let call = Call {
            fields: fields.clone(),
            token: token.cloned(),
            said: Vec::new(),
        };
        let policy = self.scheme.policy.as_ref()?;
        let user = user_of(&self.scheme, fields);
        let context = self.context(policy, settings, &call, &State::default(), None, user);
        let nothing = Secrets::Per(Vec::new());
        let secrets = self.secrets.as_ref().unwrap_or(&nothing);
        match self
            .scheme
            .identify(secrets, fields, token, &context, now)?
        {
            Identification::Decided { rule, .. } => Some(rule.decision.clone()),
            Identification::Refused(_) => None,
        }
    }

    /// Remembers a call that could not be read, and why, for the page.
    pub(super) fn could_not_read(&self, now: u64, status: u16, why: String) {
        self.remember_call(LatestCall::unreadable(now, status, why));
    }

    fn remember_call(&self, call: LatestCall) {
        let mut latest = locked(&self.latest);
        latest.truncate(LATEST - 1);
        latest.push_front(call);
    }

    /// The most recent calls, newest first.
    pub fn latest(&self) -> Vec<LatestCall> {
        locked(&self.latest).iter().cloned().collect()
    }

    fn without_secret(&self, why: String) -> String {
        if self.has_secrets() {
            why
        } else {
            "no secret was given for this suite, so no signature can be checked; start macproof serve with --secret-file or --secret-env".to_owned()
        }
    }

    fn context(
        &self,
        policy: &Policy,
        settings: &Settings,
        call: &Call,
        state: &State,
        session: Option<&str>,
        user: User,
    ) -> Context {
        let mut context = Context::default();
        for (at, key) in policy.keys.iter().enumerate() {
            let one = |index: usize| ContextValue::One(key.values[index].clone());
            let value = match key.origin {
                Origin::Setting { per: None } => {
                    ContextValue::One(settings.value(policy, at, None).to_owned())
                }
                Origin::Setting { per: Some(field) } => {
                    let name = &self.scheme.fields.at(field).name;
                    let of = call.fields.value(name).and_then(Value::as_text);
                    let value = settings.value(policy, at, of).to_owned();
                    ContextValue::Per(vec![(of.unwrap_or_default().to_owned(), value)])
                }
                Origin::Call => {
                    let said = call.said.iter().find(|(known, _)| *known == at);
                    one(said.map_or(0, |(_, value)| *value))
                }
                Origin::Session { others } => one(state.of_session(session, user, at, others)),
                Origin::User => one(state.of_user(user, at)),
            };
            context.set(&key.name, value);
        }
        context
    }
}

/// Applies what a rule sets; returns the session if one was opened.
fn remember(
    state: &mut State,
    policy: &Policy,
    rule: &Rule,
    session: Option<&str>,
    user: User,
    new_session: &dyn Fn() -> String,
) -> Option<String> {
    let mut opened: Option<String> = None;
    for &(key, value) in &rule.sets {
        if matches!(policy.keys[key].origin, Origin::Session { .. }) {
            let session = session.unwrap_or_else(|| opened.get_or_insert_with(new_session));
            state.set_in_session(session, user, key, value);
        } else {
            state.set_for_user(user, key, value);
        }
    }
    opened
}

/// The user that a call names: the values of its fields other than times.
fn user_of(scheme: &Scheme, fields: &Fields) -> User {
    let identifying = scheme.fields.iter().filter(|field| !field.kind.is_time());
    let values: Vec<Option<&Value>> = identifying.map(|field| fields.value(&field.name)).collect();
    let text = serde_json::to_vec(&values).unwrap_or_default();
    Sha256::digest(text).into()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
