//! What mistakes make of the delimiters and the constant texts of a message.

use crate::mistakes::applicability::{constants, signs_much_beside_a_text};
use crate::mistakes::message_forms::{
    composed, delimited, delimited_everywhere, name_of, own_delimiter,
};
use crate::mistakes::{Composition, Form, Forms, PieceKind};

/// The parts joined without a delimiter.
pub(super) fn no_delimiter(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let mut forms = Form::only(delimited(parts, b""));
    if let Some(own) = own_delimiter(parts) {
        let everywhere = delimited_everywhere(parts, own, b"");
        forms.push(Form::new(everywhere, "nor in the constant text"));
    }
    forms
}

/// A delimiter of the scheme's at an end of the message.
pub(super) fn delimiter_at_an_end(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let message = composed(parts.pieces);
    let own = own_delimiter(parts).unwrap_or_default();
    vec![
        Form::new([&message, own].concat(), "at the end"),
        Form::new([own, &message].concat(), "at the beginning"),
    ]
}

/// The message with its constant texts changed.
fn with_constants(parts: &Composition<'_>, change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let constants = constants(parts.scheme);
    let mut message = Vec::with_capacity(64);
    for (at, piece) in parts.pieces.iter().enumerate() {
        if constants.contains(&at) {
            message.extend(change(&piece.bytes));
        } else {
            message.extend_from_slice(&piece.bytes);
        }
    }
    message
}

/// Without the constant texts, or without their letters and digits.
pub(super) fn constant_left_out(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let marks = |text: &[u8]| {
        let is_mark = |byte: &&u8| !byte.is_ascii_alphanumeric();
        text.iter().filter(is_mark).copied().collect()
    };
    vec![
        Form::new(with_constants(parts, |_| Vec::new()), ""),
        Form::new(with_constants(parts, marks), "its marks are not"),
    ]
}

/// The constant texts in the other case, or with a number that is more or less.
pub(super) fn constant_changed(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let in_other_case = |text: &[u8]| {
        if text.iter().any(u8::is_ascii_lowercase) {
            text.to_ascii_uppercase()
        } else {
            text.to_ascii_lowercase()
        }
    };
    let counted = |by: u8| {
        move |text: &[u8]| {
            let count = |&byte: &u8| match byte {
                b'0'..=b'9' => b'0' + (byte - b'0' + by) % 10,
                other => other,
            };
            text.iter().map(count).collect()
        }
    };
    vec![
        Form::new(with_constants(parts, in_other_case), "in another case"),
        Form::new(with_constants(parts, counted(1)), "its number is one more"),
        Form::new(with_constants(parts, counted(9)), "its number is one less"),
        Form::new(with_constants(parts, counted(2)), "its number is two more"),
    ]
}

/// One text of the message alone; the last is most often the body.
pub(super) fn one_text_alone(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    if signs_much_beside_a_text(parts.scheme).is_err() {
        return Form::only(composed(parts.pieces));
    }
    let texts = (0..parts.pieces.len()).filter(|&at| parts.pieces[at].kind == PieceKind::Identity);
    let form = |at: usize| {
        let alone = Form::new(parts.pieces[at].bytes.to_vec(), "");
        alone.of(name_of(parts, at))
    };
    texts.rev().map(form).collect()
}
