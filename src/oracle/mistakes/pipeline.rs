//! One way to sign: the scheme's, but for a choice at some of its steps.

use std::borrow::Cow;

use crate::mistakes::message_forms::composed;
use crate::mistakes::step_inputs::{
    Inputs, composition, cut_to_scheme, decoded, ends_forms, filtering_forms,
    has_more_than_the_mac, identities, identity_forms, key_derivation, pieces, secret_text,
    selected_secret, time_text, written,
};
use crate::mistakes::{
    Change, Choice, Digest, Forms, Hash, KeyedHash, Mistake, MistakeId, Pipeline, Step, TimeTexts,
    TokenPieces,
};
use crate::scheme::{FieldKind, FieldSet, FieldTexts, Refusal, Scheme};
use crate::signature::Fields;

/// Why a pipeline gives no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It declines, as the oracle does.
    Refused(Refusal),
    /// An exception comes out of this mistake.
    Threw(MistakeId),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Pipeline {
    /// The scheme's own.
    pub fn right() -> Self {
        Self::default()
    }

    /// Whether it is the scheme's own.
    pub fn is_right(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// With another choice at the step of its mistake. A verifying mistake has no step in signing
    /// and changes nothing here.
    #[must_use]
    pub fn with(mut self, choice: Choice) -> Self {
        if let Some(place) = self.0.get_mut(choice.mistake.step() as usize) {
            *place = Some(choice);
        }
        self
    }

    /// Without one of its choices.
    #[must_use]
    pub fn without(mut self, choice: Choice) -> Self {
        if let Some(place) = self.0.get_mut(choice.mistake.step() as usize) {
            *place = None;
        }
        self
    }

    /// Where it differs from the scheme, in the order of the steps.
    pub fn choices(&self) -> impl Iterator<Item = Choice> {
        self.0.iter().copied().flatten()
    }

    fn at(&self, step: Step) -> Option<Choice> {
        self.0.get(step as usize).copied().flatten()
    }

    /// The whole way from the inputs to the token.
    pub fn token(&self, inputs: &Inputs<'_>) -> Result<String, Stop> {
        let texts = self.read(inputs.scheme, inputs.fields)?;
        self.token_of(inputs, &texts)
    }

    /// The same, for fields that have been read.
    pub fn token_of(&self, inputs: &Inputs<'_>, texts: &FieldTexts<'_>) -> Result<String, Stop> {
        let times = self.time(inputs, texts)?;
        let mac = self.mac_text(inputs, texts, &times)?;
        self.assemble(inputs, texts, &times, &mac)
    }

    /// The text of the MAC, as it stands in the token.
    pub fn mac_text(
        &self,
        inputs: &Inputs<'_>,
        texts: &FieldTexts<'_>,
        times: &TimeTexts,
    ) -> Result<String, Stop> {
        let message = self.message(inputs, texts, &times.message)?;
        let key = self.key(inputs, texts)?;
        let mac = self.mac(inputs.scheme, &key, &message)?;
        self.spell(inputs.scheme, mac.bytes())
    }

    /// The fields as bytes.
    pub fn read<'f>(&self, scheme: &Scheme, fields: &'f Fields) -> Result<FieldTexts<'f>, Stop> {
        let Some((choice, Change::Reading(change))) = self.change(Step::Reading) else {
            return Ok(FieldTexts::read(&scheme.fields, fields)?);
        };
        // A value that is not a text is read in another way, everything else as usual.
        let mut sound = fields.clone();
        let mut texts = Vec::new();
        for (index, field) in scheme.fields.iter().enumerate() {
            let value = fields.value(&field.name);
            let is_sound = value.is_some_and(|value| value.to_bytes().is_some());
            // What may be absent is not read as something else.
            let may_be = value.is_none() && scheme.message.is_optional(index);
            if field.kind == FieldKind::Text && !is_sound && !may_be {
                sound.remove(&field.name);
                texts.push((index, form(change(value), choice)?));
            }
        }
        let mut read = owned(&scheme.fields, &sound)?;
        for (index, bytes) in texts {
            read.set(index, bytes);
        }
        Ok(read)
    }

    /// The key bytes.
    fn key<'s>(&self, inputs: &Inputs<'s>, texts: &FieldTexts<'_>) -> Result<Cow<'s, [u8]>, Stop> {
        let secret = self.decode_secret(inputs, texts)?;
        // An empty key is one that is not derived from anything.
        if secret.is_empty() {
            return Ok(secret);
        }
        match self.change(Step::Derivation) {
            Some((choice, Change::Derivation(change))) => {
                let derivation = key_derivation(inputs.scheme, &secret, texts);
                Ok(form(change(&derivation), choice)?.into())
            }
            _ => Ok(inputs.scheme.derive(secret, texts)?),
        }
    }

    /// The bytes of the secret, of which the key is derived.
    pub fn decode_secret<'s>(
        &self,
        inputs: &Inputs<'s>,
        texts: &FieldTexts<'_>,
    ) -> Result<Cow<'s, [u8]>, Stop> {
        let scheme = inputs.scheme;
        // Whose key is empty whatever is configured misses no secret.
        if self.at(Step::Key) == Some(Choice::empty_key()) {
            return Ok(Cow::Borrowed(&[]));
        }
        let selected = scheme.select_secret(inputs.secrets, texts)?;
        let steps = [
            Step::WhichSecret,
            Step::SecretText,
            Step::Decoding,
            Step::Key,
        ];
        if steps.iter().all(|&step| self.at(step).is_none()) {
            return Ok(scheme.secret.decode(selected)?);
        }
        let takes_none = self.at(Step::Key) == Some(Choice::empty_key_allowed());
        if selected.reveal().is_empty() && !takes_none {
            return Err(Refusal::EmptySecret.into());
        }
        let mut text = Cow::Borrowed(selected.reveal());
        if let Some((choice, Change::WhichSecret(change))) = self.change(Step::WhichSecret) {
            text = form(change(&selected_secret(inputs, &text)), choice)?.into();
        }
        if let Some((choice, Change::SecretText(change))) = self.change(Step::SecretText) {
            text = form(change(&text), choice)?.into();
        }
        let mut key = match self.change(Step::Decoding) {
            Some((choice, Change::Decoding(change))) => {
                form(change(&secret_text(scheme, &text)), choice)?
            }
            _ => decoded(scheme, &text)?,
        };
        if let Some((choice, Change::Key(change))) = self.change(Step::Key) {
            key = form(change(&key), choice)?;
        }
        Ok(key.into())
    }

    /// The time as it stands in the message and in the token; empty where none is signed.
    pub fn time(&self, inputs: &Inputs<'_>, texts: &FieldTexts<'_>) -> Result<TimeTexts, Stop> {
        let Some(text) = inputs.scheme.time().and_then(|field| texts.text(field)) else {
            return Ok(TimeTexts {
                message: String::new(),
                token: String::new(),
            });
        };
        match self.change(Step::Time) {
            Some((choice, Change::Time(change))) => form(change(&time_text(inputs, text)), choice),
            _ => Ok(TimeTexts {
                message: text.to_owned(),
                token: text.to_owned(),
            }),
        }
    }

    fn message(
        &self,
        inputs: &Inputs<'_>,
        texts: &FieldTexts<'_>,
        time: &str,
    ) -> Result<Vec<u8>, Stop> {
        if self.at(Step::Ends).is_none()
            && self.at(Step::Identity).is_none()
            && self.at(Step::Filtering).is_none()
            && self.at(Step::Composition).is_none()
            && self.at(Step::Time).is_none()
        {
            return Ok(inputs.scheme.message.render(&inputs.scheme.fields, texts)?);
        }
        let mut identities = identities(inputs.scheme, texts)?;
        if let Some((choice, Change::Ends(change))) = self.change(Step::Ends) {
            identities = form(ends_forms(&identities, change), choice)?;
        }
        if let Some((choice, Change::Identity(change))) = self.change(Step::Identity) {
            identities = form(identity_forms(inputs.fields, &identities, change), choice)?;
        }
        identities = match self.change(Step::Filtering) {
            Some((choice, Change::Filtering(change))) => {
                form(filtering_forms(&identities, change), choice)?
            }
            _ => written(&identities),
        };
        let pieces = pieces(inputs.scheme, texts, &identities, time)?;
        match self.change(Step::Composition) {
            Some((choice, Change::Composition(change))) => {
                let composition = composition(inputs, texts, &pieces)?;
                form(change(&composition), choice)
            }
            _ => Ok(composed(&pieces)),
        }
    }

    /// The hash function.
    pub fn hash(&self, scheme: &Scheme) -> Hash {
        match self.change(Step::Hash) {
            Some((_, Change::Hash(hash))) => hash,
            _ => Hash::of(scheme.algorithm),
        }
    }

    fn mac(&self, scheme: &Scheme, key: &[u8], message: &[u8]) -> Result<Digest, Stop> {
        let hash = self.hash(scheme);
        let prepared = hash.prepare(key);
        match self.change(Step::Keying) {
            Some((choice, Change::Keying(forms))) => {
                let (_, keying) = forms
                    .get(choice.form)
                    .ok_or(Stop::Threw(choice.mistake.id))?;
                let keyed = KeyedHash {
                    hash,
                    key,
                    prepared: &prepared,
                };
                Ok(keying(&keyed, message))
            }
            _ => Ok(prepared.mac(message)),
        }
    }

    /// The text of a MAC, wrapped where that stands around the MAC itself.
    pub fn spell(&self, scheme: &Scheme, mac: &[u8]) -> Result<String, Stop> {
        let mac = cut_to_scheme(scheme, mac);
        let mac = match self.change(Step::MacBytes) {
            Some((choice, Change::MacBytes { change, .. })) => form(change(mac), choice)?.into(),
            _ => Cow::Borrowed(mac),
        };
        let text = match self.change(Step::Spelling) {
            Some((choice, Change::Spelling { spell, .. })) => form(spell(&mac), choice)?,
            _ => scheme.token.mac_encoding().encode(&mac),
        };
        self.wrap_mac(scheme, &text)
    }

    /// The text of a MAC with what stands around it; forms beyond those of the mistake stand
    /// around the whole token.
    pub fn wrap_mac(&self, scheme: &Scheme, text: &str) -> Result<String, Stop> {
        match self.change(Step::Wrapping) {
            Some((choice, Change::Wrapping { wrap, .. })) => {
                let forms = wrap(text);
                if choice.form >= forms.len() && has_more_than_the_mac(scheme) {
                    Ok(text.to_owned())
                } else {
                    form(forms, choice)
                }
            }
            _ => Ok(text.to_owned()),
        }
    }

    /// The token of a MAC's text.
    pub fn assemble(
        &self,
        inputs: &Inputs<'_>,
        texts: &FieldTexts<'_>,
        times: &TimeTexts,
        mac: &str,
    ) -> Result<String, Stop> {
        let scheme = inputs.scheme;
        let time = scheme.time();
        let text = |field: usize| {
            if time == Some(field) && texts.text(field).is_some() {
                Some(times.token.clone())
            } else {
                scheme.token.carried_text(texts, field)
            }
        };
        let mut pieces = TokenPieces::filled(scheme, mac, text)
            .map_err(|field| Refusal::MissingField(scheme.fields.at(field).name.clone()))?;
        pieces.millis = inputs.millis;
        let token = match self.change(Step::Token) {
            Some((choice, Change::Token(change))) => form(change(&pieces), choice)?,
            _ => pieces.write(),
        };
        match self.change(Step::Wrapping) {
            Some((choice, Change::Wrapping { wrap, .. })) if has_more_than_the_mac(scheme) => {
                let around_the_mac = wrap(mac).len();
                match choice.form.checked_sub(around_the_mac) {
                    Some(form) => self::form(wrap(&token), Choice { form, ..choice }),
                    None => Ok(token),
                }
            }
            _ => Ok(token),
        }
    }

    fn change(&self, step: Step) -> Option<(Choice, Change)> {
        self.at(step).map(|choice| (choice, choice.mistake.change))
    }
}

impl Choice {
    /// A mistake in its usual form.
    pub fn usual(mistake: &'static Mistake) -> Self {
        Self { mistake, form: 0 }
    }

    /// The key is empty, whatever is configured.
    pub fn empty_key() -> Self {
        Self::usual(MistakeId("secret-empty").mistake())
    }

    /// The key is empty where no secret is configured.
    pub fn empty_key_allowed() -> Self {
        Self::usual(MistakeId("secret-empty-allowed").mistake())
    }
}

/// The chosen form of several.
fn form<T>(forms: Forms<T>, choice: Choice) -> Result<T, Stop> {
    let mut forms = forms.into_iter();
    forms
        .nth(choice.form)
        .map(|form| form.value)
        .ok_or(Stop::Threw(choice.mistake.id))
}

fn owned<'f>(set: &FieldSet, fields: &Fields) -> Result<FieldTexts<'f>, Stop> {
    let read = FieldTexts::read(set, fields)?;
    let mut owned = FieldTexts::default();
    for index in 0..set.len() {
        if let Some(bytes) = read.bytes(index) {
            owned.set(index, bytes.to_vec());
        }
    }
    Ok(owned)
}
