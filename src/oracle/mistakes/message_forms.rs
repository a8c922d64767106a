//! The forms of a message that mistakes make.

use crate::mistakes::content_forms::replaced;
use crate::mistakes::{Composition, Form, Forms, Hash};
use crate::mistakes::{Piece, PieceKind};
use crate::scheme::MessagePart;

/// What people put between two parts, the likelier first, and how it is shown.
pub const DELIMITERS: [(&str, &str); 17] = [
    (":", "\":\""),
    (".", "\".\""),
    ("-", "\"-\""),
    ("_", "\"_\""),
    ("|", "\"|\""),
    (",", "\",\""),
    (";", "\";\""),
    (" ", "a space"),
    ("/", "\"/\""),
    ("\n", "a line feed"),
    ("&", "\"&\""),
    ("+", "\"+\""),
    ("#", "\"#\""),
    ("=", "\"=\""),
    ("\t", "a tab"),
    ("::", "\"::\""),
    ("?", "\"?\""),
];

/// Where something stands that does not belong into a message: before the rest or behind it, and
/// what stands between.
const PLACES: [(&str, bool, &str); 14] = [
    ("", true, "behind the rest"),
    ("", false, "before the rest"),
    (":", true, "behind the rest, with \":\" between"),
    (":", false, "before the rest, with \":\" between"),
    ("-", true, "behind the rest, with \"-\" between"),
    ("-", false, "before the rest, with \"-\" between"),
    (".", true, "behind the rest, with \".\" between"),
    (".", false, "before the rest, with \".\" between"),
    ("_", true, "behind the rest, with \"_\" between"),
    ("_", false, "before the rest, with \"_\" between"),
    ("|", true, "behind the rest, with \"|\" between"),
    ("|", false, "before the rest, with \"|\" between"),
    ("\n", true, "behind the rest, with a line feed between"),
    ("\n", false, "before the rest, with a line feed between"),
];

/// Whether a piece is a literal between two fields, whether they are given or not.
fn is_delimiter(pieces: &[Piece<'_>], at: usize) -> bool {
    let is_field = |piece: Option<&Piece<'_>>| piece.is_some_and(|p| p.kind != PieceKind::Literal);
    pieces[at].kind == PieceKind::Literal
        && at > 0
        && is_field(pieces.get(at - 1))
        && is_field(pieces.get(at + 1))
}

pub(super) fn delimited(parts: &Composition<'_>, delimiter: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(64);
    for (at, piece) in parts.pieces.iter().enumerate() {
        let bytes = if piece.stands && is_delimiter(parts.pieces, at) {
            delimiter
        } else {
            &piece.bytes
        };
        message.extend_from_slice(bytes);
    }
    message
}

/// The first delimiter of the message.
pub(super) fn own_delimiter<'a>(parts: &'a Composition<'_>) -> Option<&'a [u8]> {
    let own = (0..parts.pieces.len()).find(|&at| is_delimiter(parts.pieces, at))?;
    match parts.scheme.message.parts().get(own)? {
        MessagePart::Literal(bytes) => Some(bytes),
        MessagePart::Field { .. } => None,
    }
}

/// With another delimiter, which constant texts have, too.
pub(super) fn delimited_everywhere(
    parts: &Composition<'_>,
    own: &[u8],
    delimiter: &[u8],
) -> Vec<u8> {
    let mut message = Vec::with_capacity(64);
    for piece in parts.pieces {
        match piece.kind {
            PieceKind::Literal => message.extend(replaced(&piece.bytes, own, delimiter)),
            _ => message.extend_from_slice(&piece.bytes),
        }
    }
    message
}

/// The message of the scheme.
pub fn composed(pieces: &[Piece<'_>]) -> Vec<u8> {
    let length = pieces.iter().map(|piece| piece.bytes.len()).sum();
    let mut message = Vec::with_capacity(length);
    for piece in pieces {
        message.extend_from_slice(&piece.bytes);
    }
    message
}

pub(super) fn other_delimiter(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let Some(own) = own_delimiter(parts) else {
        return Form::only(composed(parts.pieces));
    };
    DELIMITERS
        .into_iter()
        .filter(|(text, _)| *own != *text.as_bytes())
        .flat_map(|(text, shown)| {
            let everywhere = delimited_everywhere(parts, own, text.as_bytes());
            [
                Form::new(delimited(parts, text.as_bytes()), shown.to_owned()),
                Form::new(everywhere, format!("{shown}, in the constant text, too")),
            ]
        })
        .collect()
}

pub(super) fn delimiter_added(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let is_field = |at: usize| {
        parts
            .pieces
            .get(at)
            .is_some_and(|p| p.kind != PieceKind::Literal)
    };
    if !(1..parts.pieces.len()).any(|at| is_field(at - 1) && is_field(at)) {
        return Form::only(composed(parts.pieces));
    }
    let joined = |delimiter: &str| {
        let mut message = Vec::with_capacity(64);
        for (at, piece) in parts.pieces.iter().enumerate() {
            let both_stand = piece.stands && at > 0 && parts.pieces[at - 1].stands;
            if both_stand && is_field(at - 1) && is_field(at) {
                message.extend_from_slice(delimiter.as_bytes());
            }
            message.extend_from_slice(&piece.bytes);
        }
        message
    };
    DELIMITERS
        .into_iter()
        .map(|(text, shown)| Form::new(joined(text), shown))
        .collect()
}

pub(super) fn other_order(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let places: Vec<usize> = (0..parts.pieces.len())
        .filter(|&at| parts.pieces[at].kind != PieceKind::Literal)
        .collect();
    let mut orders = permutations(&places);
    // The reverse is the likeliest; the right order is none.
    orders.retain(|order| *order != places);
    orders.reverse();
    if orders.is_empty() {
        return Form::only(composed(parts.pieces));
    }
    let form = |order: &Vec<usize>| {
        let mut next = order.iter().filter(|&&at| parts.pieces[at].stands);
        let message = parts
            .pieces
            .iter()
            .filter(|piece| piece.stands)
            .flat_map(|piece| match piece.kind {
                PieceKind::Literal => piece.bytes.to_vec(),
                _ => next
                    .next()
                    .map(|&at| parts.pieces[at].bytes.to_vec())
                    .unwrap_or_default(),
            })
            .collect();
        let names: Vec<&str> = order.iter().map(|&at| name_of(parts, at)).collect();
        Form::new(message, names.join(", "))
    };
    orders.iter().map(form).collect()
}

/// Every order of a few places, the given one first, its reverse last.
fn permutations(places: &[usize]) -> Vec<Vec<usize>> {
    match places {
        [] => vec![Vec::new()],
        _ if places.len() > 4 => vec![places.to_vec(), places.iter().rev().copied().collect()],
        _ => (0..places.len())
            .flat_map(|at| {
                let mut rest = places.to_vec();
                let first = rest.remove(at);
                permutations(&rest).into_iter().map(move |mut order| {
                    order.insert(0, first);
                    order
                })
            })
            .collect(),
    }
}

/// Without all texts that are signed, where something else is; without each field but the time.
pub(super) fn a_part_left_out(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let kind = |at: usize| parts.pieces[at].kind;
    let carried: Vec<usize> = (0..parts.pieces.len())
        .filter(|&at| kind(at) != PieceKind::Literal)
        .collect();
    let mut forms = Vec::new();
    if carried.iter().any(|&at| kind(at) != PieceKind::Identity) {
        forms.extend(without(parts, &|at| kind(at) == PieceKind::Identity));
    }
    if carried.len() > 1 {
        for &left_out in carried.iter().filter(|&&at| kind(at) != PieceKind::Time) {
            let alone = without(parts, &|at| at == left_out);
            let name = name_of(parts, left_out);
            forms.extend(alone.into_iter().map(|form| form.of(name)));
        }
    }
    if forms.is_empty() {
        Form::only(composed(parts.pieces))
    } else {
        forms
    }
}

/// The name of the field that a piece is.
pub(super) fn name_of<'a>(parts: &Composition<'a>, at: usize) -> &'a str {
    match parts.scheme.message.parts().get(at) {
        Some(MessagePart::Field { field, .. }) => &parts.scheme.fields.at(*field).name,
        _ => "",
    }
}

/// Without some pieces: with one delimiter of each fewer, or with all of them.
pub(super) fn without(
    parts: &Composition<'_>,
    is_left_out: &dyn Fn(usize) -> bool,
) -> Forms<Vec<u8>> {
    let left = |at: &usize| !is_left_out(*at);
    let kept: Vec<usize> = (0..parts.pieces.len()).filter(left).collect();
    let is_field = |at: &&usize| parts.pieces[**at].kind != PieceKind::Literal;
    if kept.len() == parts.pieces.len() || !kept.iter().any(|at| is_field(&at)) {
        return Form::only(composed(parts.pieces));
    }
    let bytes = |kept: &[usize]| -> Vec<u8> {
        let bytes = kept.iter().map(|&at| &*parts.pieces[at].bytes);
        bytes.collect::<Vec<_>>().concat()
    };
    let standing: Vec<usize> = kept
        .iter()
        .copied()
        .filter(|&at| parts.pieces[at].stands)
        .collect();
    // How many forms there are does not depend on what is given.
    if joined(parts.pieces, &kept) == kept {
        Form::only(bytes(&kept))
    } else {
        let joined = joined(parts.pieces, &standing);
        vec![
            Form::new(bytes(&joined), "nor its delimiter"),
            Form::new(bytes(&kept), "but its delimiter is"),
        ]
    }
}

/// Of some places those that are left where delimiters stand between two fields only, one each.
fn joined(pieces: &[Piece<'_>], kept: &[usize]) -> Vec<usize> {
    let mut joined = Vec::new();
    let mut pending = None;
    let mut has_begun = false;
    for &at in kept {
        if is_delimiter(pieces, at) {
            pending = has_begun.then_some(at);
        } else {
            has_begun |= pieces[at].kind != PieceKind::Literal;
            joined.extend(pending.take());
            joined.push(at);
        }
    }
    joined
}

pub(super) fn with_unsigned_field(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let message = composed(parts.pieces);
    if parts.unsigned.is_empty() {
        return Form::only(message);
    }
    let fields = parts.unsigned.iter();
    let joined = |(name, field): &(&str, &[u8])| {
        let named = |form: Form<Vec<u8>>| Form::new(form.value, format!("{name} {}", form.detail));
        joined_with(&message, field)
            .into_iter()
            .map(named)
            .collect::<Vec<_>>()
    };
    fields.flat_map(joined).collect()
}

pub(super) fn with_secret(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    joined_with(&composed(parts.pieces), parts.secret)
}

/// The message with something else behind or before it.
fn joined_with(message: &[u8], other: &[u8]) -> Forms<Vec<u8>> {
    let form = |(delimiter, behind, detail): (&str, bool, &'static str)| {
        let (first, second) = if behind {
            (message, other)
        } else {
            (other, message)
        };
        Form::new([first, delimiter.as_bytes(), second].concat(), detail)
    };
    PLACES.into_iter().map(form).collect()
}

pub(super) fn of_digest(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let hash = Hash::of(parts.scheme.algorithm);
    let message = hash.digest(&composed(parts.pieces));
    let hashed: Vec<Piece<'_>> = parts
        .pieces
        .iter()
        .map(|piece| match piece.kind {
            PieceKind::Identity if piece.stands => Piece {
                bytes: hex::encode(hash.digest(&piece.bytes).bytes())
                    .into_bytes()
                    .into(),
                ..piece.clone()
            },
            _ => piece.clone(),
        })
        .collect();
    vec![
        Form::new(hex::encode(message.bytes()).into_bytes(), "in hex"),
        Form::new(message.bytes().to_vec(), "its bytes"),
        Form::new(composed(&hashed), "that of each text, in hex"),
    ]
}
