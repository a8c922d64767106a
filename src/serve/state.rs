//! State that outlives a call: browser sessions and known users.

use indexmap::IndexMap;

/// Maximum number of sessions, and of users, to remember. When it is reached, the older half is
/// dropped.
const MOST: usize = 20_000;

/// Maximum number of users per session. When it is reached, the older half is dropped.
const MOST_OF_A_SESSION: usize = 64;

/// Values set by rules, as pairs of a policy key's index and a value's index.
type Held = Vec<(usize, usize)>;

/// A user: the SHA-256 of the values of the call's fields, which may be long.
pub(super) type User = [u8; 32];

/// The state of one platform.
#[derive(Debug, Default)]
pub(super) struct State {
    /// For each session, the values by user.
    sessions: IndexMap<String, IndexMap<User, Held>>,
    /// The values that are independent of sessions, by user.
    users: IndexMap<User, Held>,
}

impl State {
    /// Whether the session exists.
    pub(super) fn has_session(&self, session: &str) -> bool {
        self.sessions.contains_key(session)
    }

    /// The value of a session key for a user: `others` if it was set only for other users of the
    /// session, the first value if for none.
    pub(super) fn of_session(
        &self,
        session: Option<&str>,
        user: User,
        key: usize,
        others: usize,
    ) -> usize {
        let Some(users) = session.and_then(|session| self.sessions.get(session)) else {
            return 0;
        };
        match users.get(&user).and_then(|held| value(held, key)) {
            Some(own) => own,
            None if users.values().any(|held| value(held, key).is_some()) => others,
            None => 0,
        }
    }

    /// The value of a user key for a user.
    pub(super) fn of_user(&self, user: User, key: usize) -> usize {
        self.users
            .get(&user)
            .and_then(|held| value(held, key))
            .unwrap_or(0)
    }

    /// Sets a key for a user in a session.
    pub(super) fn set_in_session(&mut self, session: &str, user: User, key: usize, to: usize) {
        forget_older(&mut self.sessions, MOST);
        let users = self.sessions.entry(session.to_owned()).or_default();
        forget_older(users, MOST_OF_A_SESSION);
        set(users.entry(user).or_default(), key, to);
    }

    /// Sets a key for a user.
    pub(super) fn set_for_user(&mut self, user: User, key: usize, to: usize) {
        forget_older(&mut self.users, MOST);
        set(self.users.entry(user).or_default(), key, to);
    }
}

fn value(held: &Held, key: usize) -> Option<usize> {
    held.iter()
        .find(|(known, _)| *known == key)
        .map(|(_, value)| *value)
}

fn set(held: &mut Held, key: usize, to: usize) {
    held.retain(|(known, _)| *known != key);
    held.push((key, to));
}

fn forget_older<K, V>(map: &mut IndexMap<K, V>, most: usize) {
    if map.len() >= most {
        drop(map.drain(..most / 2));
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, MOST_OF_A_SESSION, State, User};

    fn user(name: &str) -> User {
        let mut user = [0; 32];
        user[..name.len()].copy_from_slice(name.as_bytes());
        user
    }

    #[test]
    fn a_session_belongs_to_its_user_and_browser() {
        let mut state = State::default();
        assert_eq!(state.of_session(Some("one"), user("ann"), 3, 2), 0);
        state.set_in_session("one", user("ann"), 3, 1);
        assert_eq!(state.of_session(Some("one"), user("ann"), 3, 2), 1);
        assert_eq!(state.of_session(Some("one"), user("bob"), 3, 2), 2);
        assert_eq!(state.of_session(Some("one"), user("ann"), 4, 2), 0);
        assert_eq!(state.of_session(Some("two"), user("ann"), 3, 2), 0);
        assert_eq!(state.of_session(None, user("ann"), 3, 2), 0);
        state.set_for_user(user("ann"), 0, 1);
        assert_eq!(
            (state.of_user(user("ann"), 0), state.of_user(user("bob"), 0)),
            (1, 0)
        );
    }

    #[test]
    fn the_state_is_bounded_and_keeps_the_latest() {
        let mut state = State::default();
        for number in 0..3 * MOST {
            let name = number.to_string();
            state.set_for_user(user(&name), 0, 1);
            state.set_in_session(&name, user("ann"), 0, 1);
            state.set_in_session("one", user(&name), 0, 1);
            assert!(state.users.len() <= MOST && state.sessions.len() <= MOST);
            assert!(state.sessions["one"].len() <= MOST_OF_A_SESSION);
        }
        let latest = (3 * MOST - 1).to_string();
        assert_eq!(state.of_user(user(&latest), 0), 1);
        assert!(state.has_session(&latest));
        assert!(!state.has_session("0"));
    }
}
