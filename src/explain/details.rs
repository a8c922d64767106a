//! Which of its several forms a mistake has, in words.

use crate::mistakes::Piece;
use crate::mistakes::step_inputs::{
    IdentityBytes, composition, ends_forms, filtering_forms, identities, identity_forms,
    key_derivation, pieces, secret_text, selected_secret, time_text, written,
};
use crate::mistakes::{Change, Choice, Form, FormWords, Inputs, TokenPieces};
use crate::scheme::{FieldKind, FieldTexts};
use crate::signature::Value;

/// The words of a choice's form; empty where there are none.
pub(super) fn detail(choice: Choice, inputs: &Inputs<'_>) -> FormWords {
    told(choice, inputs).unwrap_or_default()
}

/// Forms have their words from what the scheme itself would do, the other deviations aside.
fn told(choice: Choice, inputs: &Inputs<'_>) -> Option<FormWords> {
    let scheme = inputs.scheme;
    let read = FieldTexts::read(&scheme.fields, inputs.fields);
    let form = choice.form;
    match choice.mistake.change {
        Change::WhichSecret(change) => {
            let secret = scheme.select_secret(inputs.secrets, &read.ok()?).ok()?;
            words(&change(&selected_secret(inputs, secret.reveal())), form)
        }
        Change::SecretText(change) => {
            let secret = scheme.select_secret(inputs.secrets, &read.ok()?).ok()?;
            words(&change(secret.reveal()), form)
        }
        Change::Decoding(change) => {
            let secret = scheme.select_secret(inputs.secrets, &read.ok()?).ok()?;
            words(&change(&secret_text(scheme, secret.reveal())), form)
        }
        Change::Key(change) => words(&change(b"a"), form),
        Change::Derivation(change) => {
            let texts = read.ok()?;
            let secret = scheme.decode_secret(inputs.secrets, &texts).ok()?;
            words(&change(&key_derivation(scheme, &secret, &texts)), form)
        }
        Change::Reading(change) => words(&change(no_text(inputs)), form),
        Change::Ends(change) => {
            let texts = read.ok()?;
            let right = identities(scheme, &texts).ok()?;
            words_of_texts(choice, &right, &ends_forms(&right, change))
        }
        Change::Identity(change) => {
            let texts = read.ok()?;
            let right = identities(scheme, &texts).ok()?;
            words_of_texts(
                choice,
                &right,
                &identity_forms(inputs.fields, &right, change),
            )
        }
        Change::Filtering(change) => {
            let texts = read.ok()?;
            let right = identities(scheme, &texts).ok()?;
            words_of_texts(choice, &right, &filtering_forms(&right, change))
        }
        Change::Time(change) => {
            let texts = read.ok()?;
            words(
                &change(&time_text(inputs, texts.text(scheme.time()?)?)),
                form,
            )
        }
        Change::Composition(change) => {
            let texts = read.ok()?;
            let right = written(&identities(scheme, &texts).ok()?);
            let time = scheme.time().and_then(|field| texts.text(field));
            let pieces: Vec<Piece<'_>> =
                pieces(scheme, &texts, &right, time.unwrap_or_default()).ok()?;
            words(&change(&composition(inputs, &texts, &pieces).ok()?), form)
        }
        Change::Keying(forms) => forms.get(form).map(|(detail, _)| FormWords {
            detail: (*detail).to_owned(),
            ..FormWords::default()
        }),
        Change::Hash(_) | Change::Holding(_) | Change::Verifying(_) => None,
        Change::MacBytes { change, .. } => words(&change(&[1; 64]), form),
        Change::Spelling { spell, .. } => words(&spell(&[1; 64]), form),
        Change::Wrapping { wrap, .. } => {
            let forms = wrap("a");
            match form.checked_sub(forms.len()) {
                None => words(&forms, form),
                Some(form) => Some(FormWords {
                    place: "around the whole token",
                    ..words(&forms, form)?
                }),
            }
        }
        Change::Token(change) => {
            let texts = read.ok()?;
            let mut pieces = TokenPieces::of(scheme, "a", |field| {
                scheme.token.carried_text(&texts, field)
            });
            pieces.millis = inputs.millis;
            words(&change(&pieces), form)
        }
    }
}

fn words<T>(forms: &[Form<T>], at: usize) -> Option<FormWords> {
    forms.get(at).map(|form| FormWords {
        detail: form.detail.to_string(),
        of: form.of.clone(),
        place: "",
    })
}

/// The words of a form that changes texts. Where it finds something to change in one of several,
/// that one is named.
fn words_of_texts(
    choice: Choice,
    right: &[IdentityBytes<'_>],
    forms: &[Form<Vec<IdentityBytes<'_>>>],
) -> Option<FormWords> {
    let mut words = words(forms, choice.form)?;
    if words.of.is_none() && choice.mistake.title.contains("{identity}") {
        let made = &forms.get(choice.form)?.value;
        let differs = |(one, other): &(&IdentityBytes<'_>, &IdentityBytes<'_>)| one != other;
        let mut changed = std::iter::zip(right, made).filter(differs);
        if let (true, Some((one, _)), None) = (right.len() > 1, changed.next(), changed.next()) {
            words.of = Some(one.name.to_owned());
        }
    }
    Some(words)
}

/// What was given in the place of a text: the first value of a text field that is none.
fn no_text<'a>(inputs: &Inputs<'a>) -> Option<&'a Value> {
    let fields = inputs.scheme.fields.iter();
    let mut texts = fields.filter(|field| field.kind == FieldKind::Text);
    let given = texts.find_map(|field| match inputs.fields.value(&field.name) {
        Some(Value::Text(_) | Value::Bytes(_) | Value::Number(_)) => None,
        other => Some(other),
    });
    given.flatten()
}
