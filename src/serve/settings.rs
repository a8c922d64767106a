//! What whoever runs the platform has set.

use crate::scheme::{ContextKey, Origin, Policy, Scheme};

/// The values of a policy's settings: those that were set, and the first of each other.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For each key of the policy, what was set: for everything, or for one value of its field.
    set: Vec<Vec<(Option<String>, usize)>>,
}

/// Why something cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// No such setting.
    #[error("{suite} has no setting {key:?}; it has {known}")]
    UnknownKey {
        /// The suite.
        suite: String,
        /// What was asked for.
        key: String,
        /// What there is.
        known: String,
    },
    /// No such value.
    #[error("{key} cannot be {value:?}; it can be {known}")]
    UnknownValue {
        /// The setting.
        key: String,
        /// What was asked for.
        value: String,
        /// What there is.
        known: String,
    },
    /// One value of a field where there is one setting for all.
    #[error("{0} is one setting for everybody, not one for each of several")]
    NotPer(String),
}

impl Settings {
    /// The settings of a platform that nobody has touched.
    pub fn new(policy: &Policy) -> Self {
        Self {
            set: vec![Vec::new(); policy.keys.len()],
        }
    }

    /// Sets `key`, or for one value of its field `key.value`, in the policy of a suite.
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

    /// Sets the one setting that has such a value; whether there is exactly one.
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

    /// The value of a setting where its field, if it has one, has this value.
    pub fn value<'p>(&self, policy: &'p Policy, key: usize, of: Option<&str>) -> &'p str {
        let set = &self.set[key];
        let find = |wanted: Option<&str>| set.iter().find(|(known, _)| known.as_deref() == wanted);
        let own = of.and_then(|of| find(Some(of)));
        let value = own.or_else(|| find(None)).map_or(0, |(_, value)| *value);
        &policy.keys[key].values[value]
    }

    /// The settings in words: key, the field it is for if any, and value.
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
