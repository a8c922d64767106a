//! What mistakes make of the parts of a message that may be absent.

use crate::mistakes::applicability::Applies;
use crate::mistakes::{Composition, Form, Forms};
use crate::scheme::Scheme;

/// What languages write for a value that is not there.
const WORDS: [&str; 4] = ["undefined", "null", "None", "nil"];

pub(super) fn has_an_optional_part(scheme: &Scheme) -> Applies {
    match scheme.message.optional().next() {
        Some(_) => Ok(()),
        None => Err("every part of the message is always there"),
    }
}

/// The message with its absent parts, and this text in the place of each absent field.
fn with_absent_parts(parts: &Composition<'_>, text: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(64);
    for (piece, part) in std::iter::zip(parts.pieces, parts.scheme.message.parts()) {
        if piece.stands {
            message.extend_from_slice(&piece.bytes);
        } else {
            message.extend(part.of(text));
        }
    }
    message
}

/// The text around an absent field stays.
pub(super) fn absent_part_kept(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    Form::only(with_absent_parts(parts, b""))
}

/// A word for nothing stands in the place of an absent field.
pub(super) fn absent_part_named(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let form = |word: &'static str| Form::new(with_absent_parts(parts, word.as_bytes()), word);
    WORDS.into_iter().map(form).collect()
}

/// Without the parts that may be absent, though their fields are given: all of them, then each.
pub(super) fn given_part_left_out(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let message = &parts.scheme.message;
    let without = |is_left_out: &dyn Fn(usize) -> bool| -> Vec<u8> {
        let pieces = parts.pieces.iter().enumerate();
        let kept = pieces.filter(|(at, _)| !message.hangs_on(*at).is_some_and(is_left_out));
        let bytes: Vec<&[u8]> = kept.map(|(_, piece)| &*piece.bytes).collect();
        bytes.concat()
    };
    let mut forms = Form::only(without(&|_| true));
    let optional: Vec<usize> = message.optional().collect();
    if optional.len() > 1 {
        for field in optional {
            let alone = Form::new(without(&|one| one == field), "");
            forms.push(alone.of(&parts.scheme.fields.at(field).name));
        }
    }
    forms
}
