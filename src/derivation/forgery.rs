//! Tokens that nobody has to have signed: any MAC, shown with any fields.

use crate::scheme::{FieldTexts, Scheme};
use crate::signature::Fields;

/// The texts of fields as a forger writes them: a time may be any text. `None` where a value is no
/// text.
pub(crate) fn any_texts<'f>(scheme: &Scheme, fields: &'f Fields) -> Option<FieldTexts<'f>> {
    let mut texts = FieldTexts::default();
    for (at, field) in scheme.fields.iter().enumerate() {
        if let Some(value) = fields.value(&field.name) {
            texts.set(at, value.to_bytes()?);
        }
    }
    Some(texts)
}

/// The token that shows a MAC with these fields, whatever was signed.
pub(crate) fn token_with_mac(scheme: &Scheme, fields: &Fields, mac: &[u8]) -> Option<String> {
    let texts = any_texts(scheme, fields)?;
    scheme.token.render(&scheme.fields, mac, &texts).ok()
}
