//! What each step of signing works on, as a mistake at that step sees it.

use crate::mistakes::{
    Composition, FilteredText, Form, Forms, IdentityText, KeyDerivation, Piece, PieceKind,
    SecretText, SelectedSecret, TimeText, TokenPieces,
};
use crate::scheme::{
    FieldKind, FieldTexts, Filter, MessagePart, Refusal, Scheme, TimeForm, filtered, normalizing,
};
use crate::signature::{Fields, Secret, Secrets};
use std::borrow::Cow;

/// What is signed, and by which scheme.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The secret or secrets.
    pub secrets: &'a Secrets,
    /// The fields as they were given.
    pub fields: &'a Fields,
    /// The present, in Unix seconds.
    pub now: u64,
    /// The time to the millisecond, where a received token tells.
    pub millis: Option<u64>,
}

/// The secrets as a mistake in selecting one sees them.
pub fn selected_secret<'s>(inputs: &Inputs<'s>, selected: &'s [u8]) -> SelectedSecret<'s> {
    let others = inputs
        .secrets
        .iter()
        .filter_map(|(name, secret)| Some((name?, secret.reveal())))
        .filter(|(_, secret)| *secret != selected)
        .collect();
    let previous = match inputs.secrets {
        Secrets::Rotated { previous, .. } => previous.iter().map(Secret::reveal).collect(),
        Secrets::One(_) | Secrets::Per(_) => Vec::new(),
    };
    SelectedSecret {
        selected,
        others,
        previous,
    }
}

/// A secret's text as a mistake in decoding it sees it.
pub fn secret_text<'s>(scheme: &'s Scheme, configured: &'s [u8]) -> SecretText<'s> {
    let rule = &scheme.secret;
    let stripped = rule
        .strip_prefix
        .as_ref()
        .and_then(|prefix| configured.strip_prefix(prefix.as_bytes()))
        .unwrap_or(configured);
    SecretText {
        configured,
        stripped,
        rule,
    }
}

/// The bytes of a secret's text by the scheme's own rule, but for empty ones, which are let pass.
pub fn decoded(scheme: &Scheme, text: &[u8]) -> Result<Vec<u8>, Refusal> {
    let secret = Secret::new(text);
    match scheme.secret.decode(&secret) {
        Ok(key) => Ok(key.into_owned()),
        Err(Refusal::EmptySecret) => Ok(Vec::new()),
        Err(refusal) => Err(refusal),
    }
}

/// How the key is derived, as a mistake in that sees it.
pub fn key_derivation<'a>(
    scheme: &'a Scheme,
    secret: &'a [u8],
    texts: &'a FieldTexts<'a>,
) -> KeyDerivation<'a> {
    KeyDerivation {
        scheme,
        secret,
        texts,
    }
}

/// A time, with what is known of it.
pub fn time_text<'t>(inputs: &Inputs<'t>, text: &'t str) -> TimeText<'t> {
    let form = inputs
        .scheme
        .time()
        .and_then(|field| inputs.scheme.time_form(field));
    TimeText {
        text,
        form: form.unwrap_or(TimeForm::UnixSeconds),
        now: inputs.now,
        millis: inputs.millis,
    }
}

/// A text field of the message on its way to the bytes that are signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdentityBytes<'a> {
    /// The name of the field.
    pub name: &'a str,
    /// Its value as it was given.
    pub raw: Cow<'a, [u8]>,
    /// The same after the filters of the message that normalize it; once it is
    /// [written], what is signed.
    pub right: Cow<'a, [u8]>,
    /// The filters that are still to write it in another form.
    pub filters: &'a [Filter],
    /// Whether it is given; one that is not has no bytes, and nothing changes that.
    pub stands: bool,
}

/// The text fields of the message, in its order.
pub fn identities<'a>(
    scheme: &'a Scheme,
    texts: &'a FieldTexts<'_>,
) -> Result<Vec<IdentityBytes<'a>>, Refusal> {
    let mut identities = Vec::new();
    for part in scheme.message.parts() {
        let MessagePart::Field { field, filters } = part else {
            continue;
        };
        let known = scheme.fields.at(*field);
        let given = texts.bytes(*field);
        if given.is_none() && !scheme.message.is_optional(*field) {
            return Err(Refusal::MissingField(known.name.clone()));
        }
        if known.kind == FieldKind::Text {
            let (normalizing, writing) = normalizing(filters);
            let raw = given.unwrap_or_default();
            identities.push(IdentityBytes {
                name: &known.name,
                raw: Cow::Borrowed(raw),
                right: filtered(raw, normalizing),
                filters: writing,
                stands: given.is_some(),
            });
        }
    }
    Ok(identities)
}

/// The forms of a change to the ends of the texts.
pub fn ends_forms<'a>(
    identities: &[IdentityBytes<'a>],
    change: fn(&[u8]) -> Forms<Vec<u8>>,
) -> Forms<Vec<IdentityBytes<'a>>> {
    all_or_each(identities, |identity| {
        let changed = change(&identity.raw)
            .into_iter()
            .zip(change(&identity.right));
        let both = |(raw, right): (Form<Vec<u8>>, Form<Vec<u8>>)| {
            let changed = IdentityBytes {
                raw: raw.value.into(),
                right: right.value.into(),
                ..identity.clone()
            };
            Form::new(changed, right.detail)
        };
        changed.map(both).collect()
    })
}

/// The forms of a change to the texts.
pub fn identity_forms<'a>(
    fields: &Fields,
    identities: &[IdentityBytes<'a>],
    change: fn(&IdentityText<'_>) -> Forms<Vec<u8>>,
) -> Forms<Vec<IdentityBytes<'a>>> {
    all_or_each(identities, |identity| {
        let text = IdentityText {
            raw: &identity.raw,
            right: &identity.right,
            name: identity.name,
            fields,
        };
        let changed = |form: Form<Vec<u8>>| {
            let changed = IdentityBytes {
                right: form.value.into(),
                ..identity.clone()
            };
            Form::new(changed, form.detail)
        };
        change(&text).into_iter().map(changed).collect()
    })
}

/// The texts as the message holds them: the filters that write them in another form are applied.
pub fn written<'a>(identities: &[IdentityBytes<'a>]) -> Vec<IdentityBytes<'a>> {
    let written = |identity: &IdentityBytes<'a>| IdentityBytes {
        right: filtered(&identity.right, identity.filters)
            .into_owned()
            .into(),
        filters: &[],
        ..identity.clone()
    };
    identities.iter().map(written).collect()
}

/// The forms of a change to how filters write the texts.
pub fn filtering_forms<'a>(
    identities: &[IdentityBytes<'a>],
    change: fn(&FilteredText<'_>) -> Forms<Vec<u8>>,
) -> Forms<Vec<IdentityBytes<'a>>> {
    all_or_each(identities, |identity| {
        let text = FilteredText {
            text: &identity.right,
            filters: identity.filters,
        };
        let forms = if identity.filters.is_empty() {
            Form::only(identity.right.to_vec())
        } else {
            change(&text)
        };
        let changed = |form: Form<Vec<u8>>| {
            let changed = IdentityBytes {
                right: form.value.into(),
                filters: &[],
                ..identity.clone()
            };
            Form::new(changed, form.detail)
        };
        forms.into_iter().map(changed).collect()
    })
}

/// The forms of a change to several texts: to all of them, and then to each alone.
fn all_or_each<'a>(
    identities: &[IdentityBytes<'a>],
    change: impl Fn(&IdentityBytes<'a>) -> Forms<IdentityBytes<'a>>,
) -> Forms<Vec<IdentityBytes<'a>>> {
    // A text that is not there has the same forms as any, and is not there in each.
    let change = |identity: &IdentityBytes<'a>| {
        let mut forms = change(identity);
        if !identity.stands {
            for form in &mut forms {
                form.value = identity.clone();
            }
        }
        forms
    };
    let changed: Vec<Forms<IdentityBytes<'a>>> = identities.iter().map(change).collect();
    let count = changed.iter().map(Vec::len).max().unwrap_or_default();
    let pick = |forms: &Forms<IdentityBytes<'a>>, at: usize| {
        forms.get(at).or_else(|| forms.first()).cloned()
    };
    let mut out = Vec::new();
    for at in 0..count {
        let picked: Option<Vec<_>> = changed.iter().map(|forms| pick(forms, at)).collect();
        if let Some(picked) = picked {
            let detail = changed
                .iter()
                .find_map(|forms| Some(forms.get(at)?.detail.clone()));
            let values: Vec<_> = picked.into_iter().map(|form| form.value).collect();
            // The same texts in other places are the order of the message, not the texts.
            let is_an_exchange = identities.len() > 1 && is_permutation(identities, &values);
            if !is_an_exchange {
                out.push(Form::new(values, detail.unwrap_or_default()));
            }
        }
    }
    if identities.len() > 1 {
        for (place, forms) in changed.iter().enumerate() {
            for form in forms {
                let mut alone = identities.to_vec();
                alone[place] = form.value.clone();
                out.push(Form::new(alone, form.detail.clone()).of(identities[place].name));
            }
        }
    }
    out
}

/// Whether some texts are others in another order.
fn is_permutation(texts: &[IdentityBytes<'_>], others: &[IdentityBytes<'_>]) -> bool {
    let sorted = |texts: &[IdentityBytes<'_>]| {
        let mut sorted: Vec<Vec<u8>> = texts.iter().map(|text| text.right.to_vec()).collect();
        sorted.sort();
        sorted
    };
    let is_same = texts
        .iter()
        .zip(others)
        .all(|(one, other)| one.right == other.right);
    !is_same && sorted(texts) == sorted(others)
}

/// The pieces of the message; `identities` are its texts, [written].
pub fn pieces<'a>(
    scheme: &'a Scheme,
    texts: &'a FieldTexts<'_>,
    identities: &'a [IdentityBytes<'_>],
    time: &'a str,
) -> Result<Vec<Piece<'a>>, Refusal> {
    let mut identities = identities.iter();
    let mut piece = |(at, part): (usize, &'a MessagePart)| -> Result<Piece<'a>, Refusal> {
        let stands = scheme.message.stands(at, texts);
        let (kind, bytes) = match part {
            MessagePart::Literal(bytes) => (PieceKind::Literal, Cow::Borrowed(bytes.as_slice())),
            MessagePart::Field { field, filters } => {
                let known = scheme.fields.at(*field);
                let missing = || Refusal::MissingField(known.name.clone());
                let bytes = texts.bytes(*field);
                let bytes = if stands {
                    bytes.ok_or_else(missing)?
                } else {
                    &[]
                };
                let filtered = || filtered(bytes, filters);
                match &known.kind {
                    FieldKind::Text => match identities.next() {
                        Some(identity) => (PieceKind::Identity, Cow::Borrowed(&*identity.right)),
                        None => (PieceKind::Identity, filtered()),
                    },
                    FieldKind::Time(_) if scheme.time() == Some(*field) => (
                        PieceKind::Time,
                        crate::scheme::filtered(time.as_bytes(), filters),
                    ),
                    FieldKind::Time(_) | FieldKind::Enum(_) => (PieceKind::Other, filtered()),
                }
            }
        };
        let bytes = if stands {
            bytes
        } else {
            Cow::Borrowed(&[][..])
        };
        Ok(Piece {
            kind,
            bytes,
            stands,
        })
    };
    let parts = scheme.message.parts().iter();
    parts.enumerate().map(&mut piece).collect()
}

/// What a mistake in composing the message sees.
pub fn composition<'a>(
    inputs: &Inputs<'a>,
    texts: &'a FieldTexts<'_>,
    pieces: &'a [Piece<'a>],
) -> Result<Composition<'a>, Refusal> {
    let scheme = inputs.scheme;
    let secret = scheme.select_secret(inputs.secrets, texts)?;
    let signed: Vec<usize> = scheme.message.fields().collect();
    let unsigned = scheme
        .fields
        .iter()
        .enumerate()
        .filter(|(index, _)| !signed.contains(index))
        .filter_map(|(index, field)| Some((field.name.as_str(), texts.bytes(index)?)))
        .collect();
    Ok(Composition {
        scheme,
        pieces,
        secret: secret.reveal(),
        unsigned,
    })
}

/// The MAC as long as the scheme wants it; another algorithm's whole where it does not cut.
pub fn cut_to_scheme<'m>(scheme: &Scheme, mac: &'m [u8]) -> &'m [u8] {
    if scheme.mac_bytes < scheme.algorithm.mac_bytes() {
        &mac[..mac.len().min(scheme.mac_bytes)]
    } else {
        mac
    }
}

/// Whether a wrapping around the token differs from one around the MAC.
pub fn has_more_than_the_mac(scheme: &Scheme) -> bool {
    let pieces = TokenPieces::of(scheme, "", |_| None);
    pieces.units.len() > 1
        || !pieces.behind.is_empty()
        || pieces.units.iter().any(|unit| !unit.before.is_empty())
}
