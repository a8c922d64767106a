//! The same change to another token.
//!
//! A vector that presents a right token with one thing wrong is worth as much with the token of
//! another time, if the same thing is wrong with that.

use std::ops::Range;

use crate::scheme::{FieldTexts, Layout, Part, Scheme, TokenGrammar};
use crate::signature::{Encoding, Fields, Secrets};

/// How long a piece may be that is replaced by another, in characters.
const LONGEST_EDIT: usize = 8;

/// A token that we have signed, and what each piece of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    text: String,
    pieces: Vec<(Range<usize>, Piece)>,
}

/// What a piece of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// The same in every token.
    Constant,
    Mac(Encoding),
    Time,
    /// A field that is no time: the same in the token of another time.
    Field,
}

impl Signed {
    /// Signs these fields; `None` where the oracle declines to.
    pub(super) fn new(scheme: &Scheme, secrets: &Secrets, fields: &Fields) -> Option<Self> {
        let text = scheme.sign(secrets, fields).ok()?;
        let texts = FieldTexts::read(&scheme.fields, fields).ok()?;
        let mut signed = Self {
            text: String::new(),
            pieces: Vec::new(),
        };
        let parsed = scheme.token.parse(&scheme.fields, &text)?;
        let mac = parsed.macs().next()?;
        match &scheme.token {
            TokenGrammar::Template(layout) => signed.append(scheme, layout, mac, &texts)?,
            TokenGrammar::List(list) => signed.append(scheme, &list.item, mac, &texts)?,
            TokenGrammar::Pairs(pairs) => {
                for (at, pair) in pairs.pairs.iter().enumerate() {
                    if at > 0 {
                        signed.push(&pairs.separator, Piece::Constant);
                    }
                    signed.push(&format!("{}=", pair.key), Piece::Constant);
                    signed.append(scheme, &pair.value, mac, &texts)?;
                }
            }
        }
        (signed.text == text).then_some(signed)
    }

    fn append(
        &mut self,
        scheme: &Scheme,
        layout: &Layout,
        mac: &[u8],
        texts: &FieldTexts<'_>,
    ) -> Option<()> {
        for part in layout.parts() {
            match part {
                Part::Literal(text) => self.push(text, Piece::Constant),
                Part::Mac(encoding) => self.push(&encoding.encode(mac), Piece::Mac(*encoding)),
                Part::Field(field) if scheme.fields.at(*field).kind.is_time() => {
                    self.push(texts.text(*field)?, Piece::Time);
                }
                Part::Field(field) => self.push(texts.text(*field)?, Piece::Field),
            }
        }
        Some(())
    }

    fn push(&mut self, text: &str, piece: Piece) {
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push((start..self.text.len(), piece));
    }

    /// What stands at a byte, and whether it is the first of its piece.
    fn piece_at(&self, at: usize) -> Option<(Piece, bool)> {
        let (range, piece) = self.pieces.iter().find(|(range, _)| range.contains(&at))?;
        Some((*piece, range.start == at))
    }
}

/// The change that made `edited` of `right`, made to `fresh`, which is a token of the same scheme,
/// identity and secret and of another time. `None` if that cannot be done so that it is the same
/// change.
pub(super) fn transplant(edited: &str, right: &Signed, fresh: &Signed) -> Option<String> {
    let same_form = right.pieces.len() == fresh.pieces.len()
        && std::iter::zip(&right.pieces, &fresh.pieces).all(|(one, two)| one == two);
    if !same_form {
        return None;
    }
    if edited == right.text {
        return Some(fresh.text.clone());
    }
    let made = around_the_pieces(edited, right, fresh)
        .or_else(|| cut(edited, right, fresh))
        .or_else(|| small_edit(edited, right, fresh))?;
    (made != fresh.text).then_some(made)
}

/// The MAC and the time stand in it whole, wherever and between whatever.
fn around_the_pieces(edited: &str, right: &Signed, fresh: &Signed) -> Option<String> {
    let mut made = edited.to_owned();
    for (range, piece) in &right.pieces {
        if matches!(piece, Piece::Mac(_) | Piece::Time) {
            let (old, new) = (&right.text[range.clone()], &fresh.text[range.clone()]);
            if edited.matches(old).count() != 1 {
                return None;
            }
            made = made.replacen(old, new, 1);
        }
    }
    Some(made)
}

/// It is the beginning or the end of it.
fn cut(edited: &str, right: &Signed, fresh: &Signed) -> Option<String> {
    if right.text.starts_with(edited) {
        fresh.text.get(..edited.len()).map(str::to_owned)
    } else if right.text.ends_with(edited) {
        let start = fresh.text.len() - edited.len();
        fresh.text.get(start..).map(str::to_owned)
    } else {
        None
    }
}

/// One piece of at most eight characters is another one, or is missing, or has been put in.
fn small_edit(edited: &str, right: &Signed, fresh: &Signed) -> Option<String> {
    let (removed, inserted) = difference(&right.text, edited);
    let (old, new) = (&right.text[removed.clone()], &edited[inserted]);
    let longest = old.chars().count().max(new.chars().count());
    let present = fresh.text.get(removed.clone())?;
    if longest > LONGEST_EDIT {
        return None;
    }
    let put_in = if old.is_empty() || new.is_empty() {
        new.to_owned()
    } else if old.chars().count() == new.chars().count() {
        let mut at = removed.start;
        let mut put_in = String::with_capacity(new.len());
        for ((old, new), present) in old.chars().zip(new.chars()).zip(present.chars()) {
            let (piece, is_first) = right.piece_at(at)?;
            put_in.push(other_character(piece, is_first, old, new, present)?);
            at += old.len_utf8();
        }
        put_in
    } else {
        let changes =
            |at: usize| matches!(right.piece_at(at), Some((Piece::Mac(_) | Piece::Time, _)));
        if removed.clone().any(changes) {
            return None;
        }
        new.to_owned()
    };
    let before = fresh.text.get(..removed.start)?;
    let behind = fresh.text.get(removed.end..)?;
    Some(format!("{before}{put_in}{behind}"))
}

/// Where two texts differ, if one has one piece in place of one of the other's.
fn difference(one: &str, two: &str) -> (Range<usize>, Range<usize>) {
    let same_at_start = std::iter::zip(one.chars(), two.chars()).take_while(|(a, b)| a == b);
    let start: usize = same_at_start.map(|(a, _)| a.len_utf8()).sum();
    let (one_rest, two_rest) = (&one[start..], &two[start..]);
    let same_at_end =
        std::iter::zip(one_rest.chars().rev(), two_rest.chars().rev()).take_while(|(a, b)| a == b);
    let end: usize = same_at_end.map(|(a, _)| a.len_utf8()).sum();
    (start..one.len() - end, start..two.len() - end)
}

/// What has to stand in place of `present`, if `new` stands in place of `old` elsewhere. A
/// character of a MAC becomes another of its alphabet, and one that leaves bits over that nobody
/// decodes leaves the same ones over.
fn other_character(
    piece: Piece,
    is_first: bool,
    old: char,
    new: char,
    present: char,
) -> Option<char> {
    match piece {
        Piece::Constant | Piece::Field => Some(new),
        Piece::Mac(encoding) => {
            let alphabet = alphabet(encoding);
            let value = |character| {
                alphabet
                    .iter()
                    .position(|&known| char::from(known) == character)
            };
            match (value(old), value(new), value(present)) {
                (Some(old), Some(new), Some(present)) => {
                    Some(char::from(alphabet[present ^ old ^ new]))
                }
                // Padding is padding in every token.
                (None, _, None) if old == present => Some(new),
                _ => None,
            }
        }
        Piece::Time => {
            let digits = (old.to_digit(10)?, new.to_digit(10)?, present.to_digit(10)?);
            let (old, new, present) = digits;
            let other = (present + 10 + new - old) % 10;
            match (is_first, other) {
                // A time does not begin with 0.
                (true, 0) if present == 9 => Some('8'),
                (true, 0) => Some('9'),
                _ => char::from_digit(other, 10),
            }
        }
    }
}

/// The characters of an encoding, by the value of each; their number is a power of two.
fn alphabet(encoding: Encoding) -> &'static [u8] {
    match encoding {
        Encoding::Hex => b"0123456789abcdef",
        Encoding::HexUpper => b"0123456789ABCDEF",
        Encoding::Base64 | Encoding::Base64Unpadded => {
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        }
        Encoding::Base64url | Encoding::Base64urlUnpadded => {
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        }
    }
}
