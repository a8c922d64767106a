//! The same edit applied to another token.
//!
//! A vector that presents a right token with one thing wrong is worth as much with the token of
//! another time or secret, if the same thing is wrong with that one.

use std::ops::Range;

use crate::scheme::{FieldTexts, Layout, Part, Scheme};
use crate::signature::{Encoding, Fields, Secrets};

/// How long a piece may be that is replaced by another, in characters.
const LONGEST_EDIT: usize = 8;

/// A token that we have signed, and what each piece of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedToken {
    text: String,
    mac: Vec<u8>,
    pieces: Vec<(Range<usize>, TokenSpan)>,
}

/// What a piece of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenSpan {
    /// The same in every token.
    Constant,
    Mac(Encoding),
    Time,
    /// A field that is no time: the same in the token of another time.
    Field,
}

impl SignedToken {
    /// Signs these fields; `None` where the oracle declines to.
    pub(crate) fn new(scheme: &Scheme, secrets: &Secrets, fields: &Fields) -> Option<Self> {
        Self::of(scheme, fields, &scheme.sign(secrets, fields).ok()?)
    }

    /// Takes a token of these fields apart, right or wrong; `None` where it does not have the
    /// scheme's form.
    pub(crate) fn of(scheme: &Scheme, fields: &Fields, text: &str) -> Option<Self> {
        let texts = FieldTexts::read(&scheme.fields, fields).ok()?;
        let parsed = scheme.token.parse(&scheme.fields, text)?;
        let mac = parsed.macs().next()?;
        let mut signed = Self {
            text: String::new(),
            mac: mac.to_vec(),
            pieces: Vec::new(),
        };
        for (at, (key, layout)) in scheme.token.items().enumerate() {
            if let Some(separator) = scheme.token.separator().filter(|_| at > 0) {
                signed.push(separator, TokenSpan::Constant);
            }
            if let Some(key) = key {
                signed.push(&format!("{key}="), TokenSpan::Constant);
            }
            signed.append(scheme, layout, mac, &texts)?;
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
                Part::Literal(text) => self.push(text, TokenSpan::Constant),
                Part::Mac(encoding) => self.push(&encoding.encode(mac), TokenSpan::Mac(*encoding)),
                Part::Field { field, .. } if scheme.is_time(*field) => {
                    self.push(texts.text(*field)?, TokenSpan::Time);
                }
                Part::Field { field, filters } => {
                    self.push(&texts.written(*field, filters)?, TokenSpan::Field);
                }
            }
        }
        Some(())
    }

    fn push(&mut self, text: &str, piece: TokenSpan) {
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push((start..self.text.len(), piece));
    }

    /// The token.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The token with another MAC.
    pub(crate) fn with_mac(&self, change: impl Fn(&mut Vec<u8>)) -> String {
        let mut other = self.text.clone();
        let mut mac = self.mac.clone();
        change(&mut mac);
        // From the end: whatever its length is, nothing before it moves.
        for (range, piece) in self.pieces.iter().rev() {
            if let TokenSpan::Mac(encoding) = piece {
                other.replace_range(range.clone(), &encoding.encode(&mac));
            }
        }
        other
    }

    /// The same with the MAC in capitals.
    fn in_capitals(&self) -> Self {
        let mut capitals = self.clone();
        for (range, piece) in &self.pieces {
            if matches!(piece, TokenSpan::Mac(_)) {
                let mac = self.text[range.clone()].to_ascii_uppercase();
                capitals.text.replace_range(range.clone(), &mac);
            }
        }
        capitals
    }

    /// What stands at a byte, and whether it is the first of its piece.
    fn piece_at(&self, at: usize) -> Option<(TokenSpan, bool)> {
        let (range, piece) = self.pieces.iter().find(|(range, _)| range.contains(&at))?;
        Some((*piece, range.start == at))
    }
}

/// The change that made `edited` of `right`, made to `fresh`, which is a token of the same scheme,
/// identity and secret and of another time. `None` if that cannot be done so that it is the same
/// change.
pub(super) fn rebase_token(
    edited: &str,
    right: &SignedToken,
    fresh: &SignedToken,
) -> Option<String> {
    let same_form = right.pieces.len() == fresh.pieces.len()
        && std::iter::zip(&right.pieces, &fresh.pieces).all(|(one, two)| one == two);
    if !same_form {
        return None;
    }
    if edited == right.text {
        return Some(fresh.text.clone());
    }
    let made = around_the_pieces(edited, right, fresh)
        .or_else(|| around_the_pieces(edited, &right.in_capitals(), &fresh.in_capitals()))
        .or_else(|| cut(edited, right, fresh))
        .or_else(|| small_edit(edited, right, fresh))?;
    (made != fresh.text).then_some(made)
}

/// The MAC and the time stand in it whole, wherever and between whatever.
fn around_the_pieces(edited: &str, right: &SignedToken, fresh: &SignedToken) -> Option<String> {
    let mut made = edited.to_owned();
    for (range, piece) in &right.pieces {
        if matches!(piece, TokenSpan::Mac(_) | TokenSpan::Time) {
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
fn cut(edited: &str, right: &SignedToken, fresh: &SignedToken) -> Option<String> {
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
fn small_edit(edited: &str, right: &SignedToken, fresh: &SignedToken) -> Option<String> {
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
        let changes = |at: usize| {
            matches!(
                right.piece_at(at),
                Some((TokenSpan::Mac(_) | TokenSpan::Time, _))
            )
        };
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
    piece: TokenSpan,
    is_first: bool,
    old: char,
    new: char,
    present: char,
) -> Option<char> {
    match piece {
        TokenSpan::Constant | TokenSpan::Field => Some(new),
        TokenSpan::Mac(encoding) => {
            let alphabet = encoding.digits();
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
        TokenSpan::Time => {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{SignedToken, rebase_token};
    use crate::scheme::Scheme;
    use crate::signature::{Encoding, Fields, Secret, Secrets};
    use crate::suite::Suite;

    /// A scheme whose token has this form.
    fn scheme(token: &str) -> Scheme {
        let text = format!(
            r#"macproof: 1
suite: timed
version: 1
title: Timed
source: {{title: none}}
scheme:
  algorithm: hmac-sha256
  secret: {{encoding: utf8}}
  fields: {{user_id: {{type: text}}, timestamp: {{type: unix-seconds}}}}
  message: "{{user_id}}-{{timestamp}}"
  token: {token}
requirements:
  exact: {{level: must, basis: practice, text: "It is exact."}}
vectors:
  - {{id: one, shows: [exact], op: sign, secret: s, fields: {{user_id: a, timestamp: 5}}, expect: {{token: "?"}}}}
"#
        );
        let suite = Suite::parse("timed.yaml", &text).unwrap_or_else(|error| panic!("{error}"));
        suite.scheme
    }

    fn signed(scheme: &Scheme, time: i64) -> SignedToken {
        let fields = Fields::new()
            .with("user_id", "id-1")
            .with("timestamp", time);
        SignedToken::new(scheme, &Secrets::One(Secret::new("secret")), &fields).unwrap()
    }

    const THEN: i64 = 1_741_761_604;
    const NOW: i64 = 1_795_251_999;

    /// The change that made this of the right token, made to that of the present.
    fn changed(scheme: &Scheme, change: impl Fn(&str) -> String) -> Option<String> {
        let (then, now) = (signed(scheme, THEN), signed(scheme, NOW));
        rebase_token(&change(&then.text), &then, &now)
    }

    #[test]
    fn surrounding_text_is_kept() {
        let scheme = scheme(r#""{mac:hex}-{timestamp}""#);
        let now = signed(&scheme, NOW).text;
        let changes: [fn(&str) -> String; 13] = [
            |token| token.to_uppercase() + " ",
            |token| token.to_owned(),
            |token| format!("{token}\n"),
            |token| format!("\"{token}\""),
            |token| format!("a long preface and a space {token}"),
            |token| token.replace('-', "_"),
            |token| token.replace('-', "-0"),
            |token| token.replace('-', "-+"),
            |token| format!("{token}000"),
            |token| format!("{token}.5e1"),
            |token| token[..token.len() - 11].to_owned(),
            |token| token[..20].to_owned(),
            |token| token[64..].to_owned(),
        ];
        for change in changes {
            assert_eq!(changed(&scheme, change), Some(change(&now)));
        }
        // The parts in another order.
        let swapped = |token: &str| {
            let (mac, time) = token.split_once('-').unwrap();
            format!("{time}-{mac}")
        };
        assert_eq!(changed(&scheme, swapped), Some(swapped(&now)));
    }

    #[test]
    fn changes_that_depend_on_the_old_digits_are_skipped() {
        let scheme = scheme(r#""{mac:hex}-{timestamp}""#);
        let changes: [fn(&str) -> String; 6] = [
            |token| token[..32].to_uppercase() + &token[32..],
            // A full-width digit of the same value, in the MAC and in the time.
            |token| token.replacen('6', "\u{ff16}", 1),
            |token| token.replace("1604", "160\u{ff14}"),
            // Too much of the MAC at once.
            |token| format!("{}abcdefghij{}", &token[..10], &token[20..]),
            |token| token.replace("1741761604", "1741761604.1741761604"),
            |_| "something else altogether".to_owned(),
        ];
        for change in changes {
            assert_eq!(changed(&scheme, change), None);
        }
    }

    #[test]
    fn a_changed_time_stays_wrong() {
        let scheme = scheme(r#"{pairs: {t: "{timestamp}", v1: "{mac:hex}"}, separator: ","}"#);
        let now = signed(&scheme, NOW).text;
        let later = changed(&scheme, |token| token.replace("1604", "1605")).unwrap();
        assert_eq!(later, now.replace("1999", "1990"));
        let first = changed(&scheme, |token| token.replace("t=1", "t=2")).unwrap();
        assert_eq!(first, now.replace("t=1", "t=2"));
        let first = changed(&scheme, |token| token.replace("t=1", "t=9")).unwrap();
        assert_eq!(first, now.replace("t=1", "t=9"));
    }

    fn any_encoding() -> impl Strategy<Value = Encoding> {
        prop::sample::select(Encoding::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn a_wrong_mac_stays_wrong(
            encoding in any_encoding(),
            byte in 0..32_usize,
            bit in 0..8_u32,
            now in THEN + 1..THEN + 50_000_000,
        ) {
            let scheme = scheme(&format!(r#""{{mac:{}}}-{{timestamp}}""#, encoding.name()));
            let (then, now) = (signed(&scheme, THEN), signed(&scheme, now));
            let length = encoding.encoded_length(32);
            let mut mac = encoding.decode(&then.text[..length]).unwrap();
            mac[byte] ^= 1 << bit;
            let edited = encoding.encode(&mac) + &then.text[length..];
            let made = rebase_token(&edited, &then, &now).unwrap();
            prop_assert_ne!(&made, &now.text);
            prop_assert_eq!(&made[length..], &now.text[length..]);
            let right = encoding.decode(&now.text[..length]).unwrap();
            let mut wrong = encoding.decode(&made[..length]).unwrap();
            wrong[byte] ^= 1 << bit;
            prop_assert_eq!(wrong, right);
        }

        #[test]
        fn a_noncanonical_last_character_stays_noncanonical(
            encoding in prop::sample::select(vec![
                Encoding::Base64,
                Encoding::Base64Unpadded,
                Encoding::Base64url,
                Encoding::Base64urlUnpadded,
            ]),
            left_over in 1..4_usize,
        ) {
            let scheme = scheme(&format!(r#""{{mac:{}}}-{{timestamp}}""#, encoding.name()));
            let (then, now) = (signed(&scheme, THEN), signed(&scheme, NOW));
            let alphabet = encoding.digits();
            // The last of 43 characters says four bits of the MAC, and two that say nothing.
            let with_bits = |token: &str| {
                let value = alphabet.iter().position(|&c| c == token.as_bytes()[42]).unwrap();
                format!("{}{}{}", &token[..42], char::from(alphabet[value | left_over]), &token[43..])
            };
            let made = rebase_token(&with_bits(&then.text), &then, &now);
            prop_assert_eq!(made, Some(with_bits(&now.text)));
        }
    }
}
