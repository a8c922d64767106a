//! Where a MAC comes from, so that the same can be made again.
//!
//! A MAC that is not the right one may be that of another identity, of another secret, of another
//! time, or of an implementation with a mistake. Re-signing a case requires the origin: a verifier
//! that takes such a MAC for the right one takes the re-made one, and no other.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use crate::derivation::shift::Shift;
use crate::derivation::signing::{Change, Signing};
use crate::mistakes::{Mistake, catalogue};
use crate::scheme::Scheme;
use crate::signature::{Fields, Secrets};
use crate::suite::Suite;

/// The origin of a MAC.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    by: Option<&'static Mistake>,
    secrets: Secrets,
    fields: Fields,
    /// When a mistake was made, in Unix seconds; the right MAC does not depend on the clock.
    now: Option<u64>,
    /// What was done to the MAC afterwards.
    then: ChangeOfMac,
}

/// Something done to a MAC.
type ChangeOfMac = fn(&[u8]) -> Vec<u8>;

/// What may be done to a right MAC so that all of it is another.
const CHANGES: [ChangeOfMac; 7] = [
    |mac| mac.iter().rev().copied().collect(),
    |mac| rotated(mac, 1),
    |mac| rotated(mac, mac.len().saturating_sub(1)),
    |mac| mac.iter().map(|byte| !byte).collect(),
    |mac| half_inverted(mac, true),
    |mac| half_inverted(mac, false),
    |mac| {
        let mut sorted = mac.to_vec();
        sorted.sort_unstable();
        sorted
    },
];

fn rotated(mac: &[u8], by: usize) -> Vec<u8> {
    let mut rotated = mac.to_vec();
    rotated.rotate_left(by.min(mac.len()));
    rotated
}

fn half_inverted(mac: &[u8], is_first: bool) -> Vec<u8> {
    let half = mac.len() / 2;
    let is_inverted = |at: usize| (at < half) == is_first;
    let bytes = mac.iter().enumerate();
    bytes
        .map(|(at, &byte)| if is_inverted(at) { !byte } else { byte })
        .collect()
}

impl Origin {
    fn right(secrets: &Secrets, fields: &Fields) -> Self {
        Self {
            by: None,
            secrets: secrets.clone(),
            fields: fields.clone(),
            now: None,
            then: <[u8]>::to_vec,
        }
    }

    /// The MAC after a change.
    pub(super) fn mac(&self, scheme: &Scheme, change: Change<'_>) -> Option<Vec<u8>> {
        let token = self.token(scheme, change)?;
        let parsed = scheme.token.parse(&scheme.fields, &token)?;
        parsed.macs().next().map(self.then)
    }

    /// The whole token after a change, as the signer writes it.
    pub(super) fn token(&self, scheme: &Scheme, change: Change<'_>) -> Option<String> {
        let fields = change.shift.fields(scheme, &self.fields)?;
        (change.sign)(&Signing {
            by: self.by,
            secrets: &self.secrets,
            fields: &fields,
            now: match self.now {
                Some(now) => change.shift.time(now, 1)?,
                None => 0,
            },
        })
    }
}

/// Finds the origins of one suite's tokens.
#[derive(Debug)]
pub(crate) struct Tracer<'s> {
    suite: &'s Suite,
    secrets: Vec<&'s Secrets>,
    identities: Vec<&'s Fields>,
    /// The time of most cases.
    usual_now: u64,
    by_identity: Cache<(Secrets, Fields)>,
    by_secret: Cache<Fields>,
    by_mistake: Cache<(Secrets, Fields, u64)>,
}

/// The origin of each MAC, and of each whole text.
#[derive(Debug, Default)]
struct Made {
    macs: HashMap<Vec<u8>, Origin>,
    texts: HashMap<String, Origin>,
}

impl Made {
    fn by(scheme: &Scheme, origins: impl IntoIterator<Item = Origin>) -> Self {
        let unchanged = Change {
            shift: Shift::NONE,
            sign: &|signing| signing.token(scheme),
        };
        let mut made = Self::default();
        for origin in origins {
            let Some(token) = origin.token(scheme, unchanged) else {
                continue;
            };
            let parsed = scheme.token.parse(&scheme.fields, &token);
            if let Some(mac) = parsed.and_then(|parsed| parsed.macs().next().map(origin.then)) {
                made.macs.entry(mac).or_insert_with(|| origin.clone());
            }
            made.texts.entry(token).or_insert(origin);
        }
        made
    }
}

/// The latest of what was made: consecutive vectors mostly share secrets and fields.
#[derive(Debug)]
struct Cache<K>(VecDeque<(K, Rc<Made>)>);

impl<K> Default for Cache<K> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<K: PartialEq> Cache<K> {
    const CAPACITY: usize = 8;

    fn get(&mut self, key: K, make: impl FnOnce(&K) -> Made) -> Rc<Made> {
        if let Some((_, made)) = self.0.iter().find(|(known, _)| *known == key) {
            return Rc::clone(made);
        }
        let made = Rc::new(make(&key));
        if self.0.len() == Self::CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back((key, Rc::clone(&made)));
        made
    }
}

impl<'s> Tracer<'s> {
    pub(crate) fn new(suite: &'s Suite) -> Self {
        let mut secrets: Vec<&Secrets> = Vec::new();
        let mut identities: Vec<&Fields> = Vec::new();
        let mut nows: HashMap<u64, usize> = HashMap::new();
        for vector in &suite.vectors {
            let request = &vector.request;
            if !secrets.contains(&&request.secrets) {
                secrets.push(&request.secrets);
            }
            if !identities.contains(&&request.fields) {
                identities.push(&request.fields);
            }
            if request.op.presents_a_token() {
                *nows.entry(request.now).or_default() += 1;
            }
        }
        let usual_now = nows.into_iter().max_by_key(|(now, count)| (*count, *now));
        Self {
            suite,
            secrets,
            identities,
            usual_now: usual_now.map_or(0, |(now, _)| now),
            by_identity: Cache::default(),
            by_secret: Cache::default(),
            by_mistake: Cache::default(),
        }
    }

    pub(crate) fn suite(&self) -> &'s Suite {
        self.suite
    }

    /// The origin of a MAC that is presented for these fields.
    pub(super) fn of_mac(
        &mut self,
        secrets: &Secrets,
        fields: &Fields,
        now: u64,
        mac: &[u8],
    ) -> Option<Origin> {
        let find = |made: Rc<Made>| made.macs.get(mac).cloned();
        find(self.by_identity(secrets, fields))
            .or_else(|| find(self.by_secret(fields)))
            .or_else(|| find(self.by_mistake(secrets, fields, now)))
    }

    /// The mistake that writes this text for these fields.
    pub(super) fn of_text(
        &mut self,
        secrets: &Secrets,
        fields: &Fields,
        now: u64,
        text: &str,
    ) -> Option<Origin> {
        let made = self.by_mistake(secrets, fields, now);
        made.texts.get(text).cloned()
    }

    /// What that secret makes of every identity at the time of these fields.
    fn by_identity(&mut self, secrets: &Secrets, fields: &Fields) -> Rc<Made> {
        let scheme = &self.suite.scheme;
        let identities = &self.identities;
        let key = (secrets.clone(), only_times(scheme, fields));
        self.by_identity.get(key, |(secrets, times)| {
            let origins = identities.iter().map(|identity| {
                let mut fields = (*identity).clone();
                for (name, value) in times.iter() {
                    fields.set(name, value.clone());
                }
                Origin::right(secrets, &fields)
            });
            Made::by(scheme, origins)
        })
    }

    /// What each of the suite's secrets makes of these fields, at their own time and at the usual
    /// one.
    fn by_secret(&mut self, fields: &Fields) -> Rc<Made> {
        let scheme = &self.suite.scheme;
        let (secrets, usual_now) = (&self.secrets, self.usual_now);
        self.by_secret.get(fields.clone(), |fields| {
            let mut at_the_usual_time = fields.clone();
            for (field, _) in scheme.times() {
                if let Some(time) = field.time_at(usual_now) {
                    at_the_usual_time.set(field.name.clone(), time);
                }
            }
            let origins = secrets.iter().flat_map(|secrets| {
                [fields, &at_the_usual_time].map(|fields| Origin::right(secrets, fields))
            });
            Made::by(scheme, origins)
        })
    }

    /// What each mistake makes of these fields, and what may be done to the right MAC.
    fn by_mistake(&mut self, secrets: &Secrets, fields: &Fields, now: u64) -> Rc<Made> {
        let scheme = &self.suite.scheme;
        let key = (secrets.clone(), fields.clone(), now);
        self.by_mistake.get(key, |(secrets, fields, now)| {
            let changed = CHANGES.into_iter().map(|then| Origin {
                then,
                ..Origin::right(secrets, fields)
            });
            let mistaken = catalogue()
                .iter()
                .filter(|mistake| !mistake.is_of_verifying() && mistake.applies(scheme).is_ok())
                .map(|mistake| Origin {
                    by: Some(mistake),
                    now: Some(*now),
                    ..Origin::right(secrets, fields)
                });
            Made::by(scheme, changed.chain(mistaken))
        })
    }
}

/// Those of the fields that are times.
fn only_times(scheme: &Scheme, fields: &Fields) -> Fields {
    let mut times = Fields::new();
    for (field, _) in scheme.times() {
        if let Some(value) = fields.value(&field.name) {
            times.set(field.name.clone(), value.clone());
        }
    }
    times
}
