//! The operator's settings of a platform.

use crate::scheme::{ContextKey, Origin, Policy, Scheme};

/// The values of a policy's settings. A setting that was not set has its first value.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For each key of the policy, the values that were set: globally (`None`), or for one value of
    /// its field.
    set: Vec<Vec<(Option<String>, usize)>>,
}

/// Why a setting cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The policy has no such setting.
    #[error("{suite} has no setting {key:?}; expected one of {known}")]
    UnknownKey {
        /// The suite.
        suite: String,
        /// The key given.
        key: String,
        /// The existing settings.
        known: String,
    },
    /// The setting has no such value.
    #[error("invalid value {value:?} of {key}; expected one of {known}")]
    UnknownValue {
        /// The setting.
        key: String,
        /// The value given.
        value: String,
        /// The possible values.
        known: String,
    },
    /// A value of a field was given for a setting that is global.
    #[error("{0} is a single setting, not one per value of a field")]
    NotPer(String),
}

impl Settings {
    /// The default settings of a policy.
    pub fn new(policy: &Policy) -> Self {
        Self {
            set: vec![Vec::new(); policy.keys.len()],
        }
    }

    /// Sets `key` globally, or `key.value` for one value of its field. Fails if the key or value is
    /// unknown.
    pub fn set(
        &mut self,
        suite: &str,
        policy: &Policy,
        key: &str,
        value: &str,
    ) -> Result<(), SettingsError> {
        let (name, of) = match key.split_once('.') {
            Some((name, of)) => (name, Some(of)),
            None => (key, None),
        };
        let found = policy.key(name).filter(|(_, key)| key.is_setting());
        let Some((at, declared)) = found else {
            let settings = policy.keys.iter().filter(|key| key.is_setting());
            let known: Vec<&str> = settings.map(|key| key.name.as_str()).collect();
            return Err(SettingsError::UnknownKey {
                suite: suite.to_owned(),
                key: name.to_owned(),
                known: known.join(", "),
            });
        };
        if of.is_some() && declared.origin == (Origin::Setting { per: None }) {
            return Err(SettingsError::NotPer(name.to_owned()));
        }
        let Some(value) = declared.index(value) else {
            return Err(SettingsError::UnknownValue {
                key: name.to_owned(),
                value: value.to_owned(),
                known: declared.values.join(", "),
            });
        };
        self.set[at].retain(|(known, _)| known.as_deref() != of);
        self.set[at].push((of.map(str::to_owned), value));
        Ok(())
    }

    /// Sets the only setting that has such a value; returns false if there is not exactly one.
    pub fn set_mode(&mut self, policy: &Policy, value: &str) -> bool {
        let having =
            |key: &&(usize, &ContextKey)| key.1.is_setting() && key.1.index(value).is_some();
        let all: Vec<(usize, &ContextKey)> = policy.keys.iter().enumerate().collect();
        let found: Vec<&(usize, &ContextKey)> = all.iter().filter(having).collect();
        let [(at, key)] = found[..] else {
            return false;
        };
        let value = key.index(value).unwrap_or(0);
        self.set[*at] = vec![(None, value)];
        true
    }

    /// The value of a setting; `of` is the value of its field, if it has one.
    pub fn value<'p>(&self, policy: &'p Policy, key: usize, of: Option<&str>) -> &'p str {
        let set = &self.set[key];
        let find = |wanted: Option<&str>| set.iter().find(|(known, _)| known.as_deref() == wanted);
        let own = of.and_then(|of| find(Some(of)));
        let value = own.or_else(|| find(None)).map_or(0, |(_, value)| *value);
        &policy.keys[key].values[value]
    }

    /// The settings in words: key, field value if any, and value.
    pub fn in_words(&self, scheme: &Scheme) -> Vec<(String, String)> {
        let Some(policy) = &scheme.policy else {
            return Vec::new();
        };
        let settings = policy
            .keys
            .iter()
            .enumerate()
            .filter(|(_, key)| key.is_setting());
        settings
            .flat_map(|(at, key)| {
                let all = (key.name.clone(), self.value(policy, at, None).to_owned());
                let of_one = self.set[at].iter().filter_map(move |(of, value)| {
                    let of = of.as_ref()?;
                    Some((format!("{}.{of}", key.name), key.values[*value].clone()))
                });
                std::iter::once(all).chain(of_one)
            })
            .collect()
    }
}
