//! Where generated vectors are collected, each computed by the oracle as it comes in.

use crate::generate::case::{Case, Sound};
use crate::generate::fixture::{Claim, Fixture, NOW, Presented};
use crate::generate::requirements::{
    DECLINES_WITHOUT_THROWING, MALFORMED_TOKEN_IS_REJECTED, OUTSIDE_THE_FORM, Rule,
    UNUSUAL_IDENTITY, UNUSUAL_SECRET,
};
use crate::scheme::{Call, Implementation as _, Reference};
use crate::signature::{Fields, Op, Outcome, Secret, Secrets, Value};
use crate::suite::Level;

/// The vectors of a scheme so far.
#[derive(Debug)]
pub(super) struct VectorBuilder<'s> {
    /// The ordinary request.
    pub(super) fixture: Fixture<'s>,
    /// The vectors, in the order in which they came.
    pub(super) cases: Vec<Case>,
}

impl<'s> VectorBuilder<'s> {
    /// An empty sheet.
    pub(super) fn new(fixture: Fixture<'s>) -> Self {
        Self {
            fixture,
            cases: Vec::new(),
        }
    }

    /// Signing a claim gives the oracle's token. Where the oracle gives none there is no vector.
    pub(super) fn gives(&mut self, rule: &'static Rule, id: &str, note: &str, claim: &Claim) {
        if !self.is_of_its_form(claim) {
            self.gives_or_declines(rule, id, note, claim);
        } else if let Some(token) = self.fixture.token(claim) {
            self.sign(rule, id, note, claim, Sound::Gives(token));
        }
    }

    /// Signing a claim gives the oracle's token, or is declined, be it by an exception: who signs
    /// nothing lets nobody in.
    pub(super) fn gives_or_declines(
        &mut self,
        rule: &'static Rule,
        id: &str,
        note: &str,
        claim: &Claim,
    ) {
        let rule = self.rule_of(rule, claim);
        if let Some(token) = self.fixture.token(claim) {
            self.sign(rule, id, note, claim, Sound::GivesOrDeclines(token));
        }
    }

    fn is_of_its_form(&self, claim: &Claim) -> bool {
        self.fixture
            .is_of_its_form(&claim.secrets, &claim.fields, None)
    }

    /// The requirement that a claim shows: outside the form that the scheme states no sentence of
    /// the vendor's is about it.
    fn rule_of(&self, rule: &'static Rule, claim: &Claim) -> &'static Rule {
        let scheme = self.fixture.scheme;
        if rule.level == Level::May || self.is_of_its_form(claim) {
            rule
        } else if scheme.are_of_their_form(&claim.fields, None) {
            &UNUSUAL_SECRET
        } else {
            &UNUSUAL_IDENTITY
        }
    }

    /// Observes what is presented where it is outside the form that the scheme states; it is given
    /// back where it is not.
    fn unless_outside(
        &mut self,
        id: &str,
        note: &str,
        shown: Presented,
        now: u64,
    ) -> Option<Presented> {
        let Presented {
            secrets,
            fields,
            token,
        } = &shown;
        if self.fixture.is_of_its_form(secrets, fields, Some(token)) {
            return Some(shown);
        }
        let what = format!("accepts {}", words(id.trim_end_matches("-is-accepted")));
        self.observed(&OUTSIDE_THE_FORM, id, (&what, note), Some(shown), now);
        None
    }

    /// Signing a claim gives no token.
    pub(super) fn gives_no_token(
        &mut self,
        rule: &'static Rule,
        id: &str,
        note: &str,
        claim: &Claim,
    ) {
        self.sign(rule, id, note, claim, Sound::GivesNoToken);
    }

    /// Signing a claim is declined by a documented error.
    pub(super) fn declines(&mut self, rule: &'static Rule, id: &str, note: &str, claim: &Claim) {
        self.sign(rule, id, note, claim, Sound::Declines);
    }

    /// Sending `value` gives a request with a right signature. Where the oracle makes none there is
    /// no vector.
    pub(super) fn sends(
        &mut self,
        rule: &'static Rule,
        id: &str,
        note: &str,
        (body, value): (usize, Value),
        secret: &Secret,
    ) {
        let scheme = self.fixture.scheme;
        let mut claim = self.fixture.under(secret);
        claim.fields = claim
            .fields
            .iter()
            .filter(|(name, _)| {
                scheme
                    .fields
                    .index(name)
                    .is_some_and(|at| !scheme.is_time(at))
            })
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        claim.fields.set(self.fixture.name(body), value);
        let call = Call {
            op: Op::Send,
            ..Call::sign(scheme, &claim.secrets, &claim.fields, NOW)
        };
        if matches!(Reference::new().call(&call), Outcome::Sent(_)) {
            self.add(Case {
                id: id.to_owned(),
                rule,
                note: note.to_owned(),
                observed: format!("sends {}", words(id)),
                op: Op::Send,
                secrets: claim.secrets,
                fields: claim.fields,
                token: None,
                now: NOW,
                lacks_something: false,
                sound: Sound::Sends,
            });
        }
    }

    fn sign(&mut self, rule: &'static Rule, id: &str, note: &str, claim: &Claim, sound: Sound) {
        let observed = match &sound {
            Sound::GivesNoToken | Sound::Declines => format!("signs {}", words(id)),
            _ => format!("signs {} as the scheme says", words(id)),
        };
        self.add(Case {
            id: id.to_owned(),
            rule,
            note: note.to_owned(),
            observed,
            op: Op::Sign,
            secrets: claim.secrets.clone(),
            fields: claim.fields.clone(),
            token: None,
            now: NOW,
            lacks_something: false,
            sound,
        });
    }

    /// A right token is accepted. Where the oracle does not, there is no vector.
    pub(super) fn accepted(
        &mut self,
        rule: &'static Rule,
        id: &str,
        note: &str,
        shown: Option<Presented>,
        now: u64,
    ) {
        if let Some(shown) = shown.filter(|shown| self.fixture.accepts(shown, now))
            && let Some(shown) = self.unless_outside(id, note, shown, now)
        {
            self.verify(rule, id, note, shown, now, Sound::Accepts);
        }
    }

    /// Two vectors: a right token is accepted, or what stands beside it is declined; and it is
    /// accepted or refused, and nothing is thrown.
    pub(super) fn accepted_or_declined(
        &mut self,
        rule: &'static Rule,
        id: &str,
        note: &str,
        shown: Option<Presented>,
        now: u64,
    ) {
        if let Some(shown) = shown.filter(|shown| self.fixture.accepts(shown, now))
            && let Some(shown) = self.unless_outside(id, note, shown, now)
        {
            self.verify(rule, id, note, shown.clone(), now, Sound::AcceptsOrDeclines);
            let id = format!("{id}-without-throwing");
            let rule = &DECLINES_WITHOUT_THROWING;
            let note = "Catches a verifier that throws on what it does not want to take.";
            self.verify(rule, &id, note, shown, now, Sound::AcceptsOrRefuses);
        }
    }

    /// A wrong token is not accepted. Where the oracle accepts it, because for this scheme it is
    /// the right one, there is no vector, and the answer is false.
    pub(super) fn not_accepted(
        &mut self,
        rule: &'static Rule,
        id: &str,
        note: &str,
        shown: Option<Presented>,
        now: u64,
    ) -> bool {
        match shown.filter(|shown| !self.fixture.accepts(shown, now)) {
            Some(shown) => {
                if let Some(shown) = self.unless_outside(id, note, shown, now) {
                    self.verify(rule, id, note, shown, now, Sound::DoesNotAccept);
                }
                true
            }
            None => false,
        }
    }

    /// A wrong token is rejected, and nothing is thrown.
    pub(super) fn rejected_without_throwing(
        &mut self,
        id: &str,
        note: &str,
        shown: Option<Presented>,
        now: u64,
    ) {
        let is_bound = |shown: &Presented| {
            let Presented {
                secrets,
                fields,
                token,
            } = shown;
            self.fixture.is_of_its_form(secrets, fields, Some(token))
                && !self.fixture.accepts(shown, now)
        };
        if let Some(shown) = shown.filter(is_bound) {
            let rule = &MALFORMED_TOKEN_IS_REJECTED;
            self.verify(rule, id, note, shown, now, Sound::RejectsWithoutThrowing);
        }
    }

    /// Two vectors: a wrong token is not accepted; and it is rejected, and nothing is thrown. The
    /// notes say what each catches.
    pub(super) fn rejected(
        &mut self,
        (rule, id): (&'static Rule, &str),
        (accepting, throwing): (&str, &str),
        shown: Option<Presented>,
    ) {
        self.not_accepted(rule, id, accepting, shown.clone(), NOW);
        let id = format!("{id}-without-throwing");
        self.rejected_without_throwing(&id, throwing, shown, NOW);
    }

    /// What happens to a token on which sound implementations differ. Should the scheme's author
    /// bind them all the same, they are bound to what the oracle does.
    pub(super) fn observed(
        &mut self,
        rule: &'static Rule,
        id: &str,
        (observed, note): (&str, &str),
        shown: Option<Presented>,
        now: u64,
    ) {
        let Some(shown) = shown else { return };
        let sound = if self.fixture.accepts(&shown, now) {
            Sound::Accepts
        } else {
            Sound::DoesNotAccept
        };
        self.verify(rule, id, note, shown, now, sound);
        if let Some(case) = self.cases.last_mut().filter(|case| case.id == id) {
            observed.clone_into(&mut case.observed);
        }
    }

    fn verify(
        &mut self,
        rule: &'static Rule,
        id: &str,
        note: &str,
        shown: Presented,
        now: u64,
        sound: Sound,
    ) {
        let token = Some(shown.token.into());
        self.verify_value(
            rule,
            id,
            note,
            (shown.secrets, shown.fields, token),
            now,
            sound,
        );
    }

    /// Adds a vector, unless one before asks the same and expects the same.
    fn add(&mut self, mut case: Case) {
        if self.cases.iter().any(|known| known.is_same_as(&case)) {
            return;
        }
        case.lacks_something = self.lacks_something(&case);
        self.cases.push(case);
    }

    /// Whether something is absent from a vector without which nothing can be signed or verified.
    fn lacks_something(&self, case: &Case) -> bool {
        let scheme = self.fixture.scheme;
        let field = scheme.fields.iter().enumerate().any(|(at, field)| {
            scheme.needs(case.op, at) && case.fields.value(&field.name).is_none()
        });
        field || (case.op.verifies() && case.token.is_none())
    }

    /// A token that is absent or no string; nothing sound accepts one.
    pub(super) fn verify_value(
        &mut self,
        rule: &'static Rule,
        id: &str,
        note: &str,
        (secrets, fields, token): (Secrets, Fields, Option<Value>),
        now: u64,
        sound: Sound,
    ) {
        self.add(Case {
            id: id.to_owned(),
            rule,
            note: note.to_owned(),
            observed: format!("accepts {}", words(id)),
            op: Op::Verify,
            secrets,
            fields,
            lacks_something: false,
            token,
            now,
            sound,
        });
    }
}

/// A vector's name as words.
fn words(id: &str) -> String {
    id.replace('-', " ")
}

/// The token of the ordinary identity by any bytes of a secret, shown where a secret is configured.
pub(super) fn by_secret_bytes(
    builder: &VectorBuilder<'_>,
    configured: &Secret,
    bytes: &[u8],
) -> Option<Presented> {
    let shown = builder.fixture.under(configured);
    let message = builder.fixture.message(&shown.fields)?;
    let mac = builder.fixture.mac_by(&shown.fields, bytes, &message);
    builder.fixture.present(&shown, &mac)
}
