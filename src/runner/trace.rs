//! How a presented token came to be, so that the same can be made at another time.
//!
//! A MAC that is not the right one may be that of another identity, of another secret, of another
//! time, or of somebody with a mistake. Whoever moves a case in time has to know which: a verifier
//! that takes such a MAC for right takes the one that was made anew, and no other.

use std::collections::HashMap;
use std::rc::Rc;

use crate::mistakes::{Mistake, Mistaken, catalogue};
use crate::runner::shift::Shift;
use crate::scheme::{Call, Implementation as _, Scheme};
use crate::signature::{Fields, Secrets};
use crate::suite::Suite;

/// Who made a MAC, and of what.
#[derive(Clone, Debug)]
pub(super) struct Signer {
    secrets: Secrets,
    fields: Fields,
    /// The mistake of whoever signed.
    by: Option<&'static Mistake>,
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

impl Signer {
    /// The MAC, where all times are moved by so much.
    pub(super) fn mac(&self, scheme: &Scheme, shift: Shift) -> Option<Vec<u8>> {
        let token = self.token(scheme, shift)?;
        let parsed = scheme.token.parse(&scheme.fields, &token)?;
        parsed.macs().next().map(self.then)
    }

    /// The whole token, as it comes from the signer.
    pub(super) fn token(&self, scheme: &Scheme, shift: Shift) -> Option<String> {
        let fields = shift.fields(scheme, &self.fields)?;
        match self.by {
            None => scheme.sign(&self.secrets, &fields).ok(),
            Some(mistake) => {
                let call = Call::sign(scheme, &self.secrets, &fields, 0);
                Mistaken::one(mistake).call(&call).into_token()
            }
        }
    }
}

/// What the tokens of one suite may be made of.
#[derive(Debug)]
pub(super) struct Tracer<'s> {
    pub(super) suite: &'s Suite,
    secrets: Vec<&'s Secrets>,
    identities: Vec<&'s Fields>,
    /// The time at which most cases are.
    usual_now: u64,
    of_identities: Vec<((Secrets, Fields), Rc<Made>)>,
    of_secrets: Vec<(Fields, Rc<Made>)>,
    of_mistakes: Vec<((Secrets, Fields), Rc<Made>)>,
}

/// Who made which MAC, and who wrote which text.
#[derive(Debug, Default)]
struct Made {
    macs: HashMap<Vec<u8>, Signer>,
    texts: HashMap<String, Signer>,
}

impl Made {
    fn of(scheme: &Scheme, signers: impl IntoIterator<Item = Signer>) -> Rc<Self> {
        let mut made = Self::default();
        for signer in signers {
            let Some(token) = signer.token(scheme, Shift::NONE) else {
                continue;
            };
            let parsed = scheme.token.parse(&scheme.fields, &token);
            if let Some(mac) = parsed.and_then(|parsed| parsed.macs().next().map(signer.then)) {
                made.macs.entry(mac).or_insert_with(|| signer.clone());
            }
            made.texts.entry(token).or_insert(signer);
        }
        Rc::new(made)
    }
}

/// How many signers are remembered of each kind.
const REMEMBERED: usize = 8;

impl<'s> Tracer<'s> {
    pub(super) fn new(suite: &'s Suite) -> Self {
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
            of_identities: Vec::new(),
            of_secrets: Vec::new(),
            of_mistakes: Vec::new(),
        }
    }

    /// Who made that MAC, presented for these fields beside which their times stand.
    pub(super) fn of_mac(
        &mut self,
        secrets: &Secrets,
        fields: &Fields,
        mac: &[u8],
    ) -> Option<Signer> {
        self.made_by_another(secrets, fields)
            .into_iter()
            .find_map(|made| made.macs.get(mac).cloned())
            .or_else(|| self.of_mistakes(secrets, fields).macs.get(mac).cloned())
    }

    /// Who wrote that text for these fields, by some mistake.
    pub(super) fn of_text(
        &mut self,
        secrets: &Secrets,
        fields: &Fields,
        text: &str,
    ) -> Option<Signer> {
        self.of_mistakes(secrets, fields).texts.get(text).cloned()
    }

    fn made_by_another(&mut self, secrets: &Secrets, fields: &Fields) -> [Rc<Made>; 2] {
        [self.of_identities(secrets, fields), self.of_secrets(fields)]
    }

    /// What that secret makes of every identity at the time of these fields, and of these fields at
    /// the usual time.
    fn of_identities(&mut self, secrets: &Secrets, fields: &Fields) -> Rc<Made> {
        let scheme = &self.suite.scheme;
        let times = only_times(scheme, fields);
        let key = (secrets.clone(), times);
        if let Some((_, made)) = self.of_identities.iter().find(|(known, _)| *known == key) {
            return Rc::clone(made);
        }
        let signer = |fields: Fields| Signer {
            secrets: secrets.clone(),
            fields,
            by: None,
            then: <[u8]>::to_vec,
        };
        let identities = self.identities.iter().map(|identity| {
            let mut other = (*identity).clone();
            for (name, value) in key.1.iter() {
                other.set(name, value.clone());
            }
            signer(other)
        });
        let made = Made::of(scheme, identities);
        remember(&mut self.of_identities, key, &made);
        made
    }

    /// What every other secret makes of these fields, and the usual time of them.
    fn of_secrets(&mut self, fields: &Fields) -> Rc<Made> {
        if let Some((_, made)) = self.of_secrets.iter().find(|(known, _)| known == fields) {
            return Rc::clone(made);
        }
        let scheme = &self.suite.scheme;
        let signer = |secrets: &Secrets, fields: &Fields| Signer {
            secrets: secrets.clone(),
            fields: fields.clone(),
            by: None,
            then: <[u8]>::to_vec,
        };
        let mut at_the_usual_time = fields.clone();
        for field in scheme.times() {
            let time = self.usual_now.saturating_mul(field.kind.per_second());
            at_the_usual_time.set(field.name.clone(), time.to_string());
        }
        let secrets = self.secrets.iter();
        let signers = secrets
            .flat_map(|secrets| [signer(secrets, fields), signer(secrets, &at_the_usual_time)]);
        let made = Made::of(scheme, signers);
        remember(&mut self.of_secrets, fields.clone(), &made);
        made
    }

    /// What somebody with a mistake makes of these fields, and what may be done to the right MAC.
    fn of_mistakes(&mut self, secrets: &Secrets, fields: &Fields) -> Rc<Made> {
        let key = (secrets.clone(), fields.clone());
        if let Some((_, made)) = self.of_mistakes.iter().find(|(known, _)| *known == key) {
            return Rc::clone(made);
        }
        let scheme = &self.suite.scheme;
        let signer = |by, then| Signer {
            secrets: secrets.clone(),
            fields: fields.clone(),
            by,
            then,
        };
        let changed = CHANGES.into_iter().map(|then| signer(None, then));
        let mistaken = catalogue()
            .iter()
            .filter(|mistake| !mistake.is_of_verifying() && mistake.applies(scheme).is_ok())
            .map(|mistake| signer(Some(mistake), <[u8]>::to_vec));
        let made = Made::of(scheme, changed.chain(mistaken));
        remember(&mut self.of_mistakes, key, &made);
        made
    }
}

fn remember<K>(all: &mut Vec<(K, Rc<Made>)>, key: K, made: &Rc<Made>) {
    if all.len() == REMEMBERED {
        all.remove(0);
    }
    all.push((key, Rc::clone(made)));
}

/// Those of the fields that are times.
fn only_times(scheme: &Scheme, fields: &Fields) -> Fields {
    let mut times = Fields::new();
    for field in scheme.times() {
        if let Some(value) = fields.value(&field.name) {
            times.set(field.name.clone(), value.clone());
        }
    }
    times
}
