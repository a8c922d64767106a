//! Tokens as people put them together and take them apart: by their literals, without regard to
//! lengths and alphabets.

use percent_encoding::percent_decode;

use crate::mistakes::lenient::leniently;
use crate::scheme::{Escapes, FieldKind, Filter, Layout, Part, Scheme, TokenGrammar};
use crate::signature::Encoding;

/// A token in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPieces {
    /// What it carries, in order.
    pub units: Vec<Unit>,
    /// What stands between each two of them; one fewer.
    pub separators: Vec<String>,
    /// What stands behind the last.
    pub behind: String,
    /// The time to the millisecond, where the presented token tells.
    pub millis: Option<u64>,
}

/// What a token carries in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The literal text that belongs to it: a key, a prefix.
    pub before: String,
    /// What it is.
    pub kind: UnitKind,
    /// The name of the field; empty for the MAC.
    pub name: String,
    /// Its text, as it stands there.
    pub text: String,
    /// How its bytes are written; none for the MAC.
    pub filters: Vec<Filter>,
}

/// What a unit of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// The text of the MAC.
    Mac,
    /// A time.
    Time,
    /// Another field.
    Field,
}

/// A token taken apart by its literals only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LooseToken {
    /// What stands where the MAC's text should be.
    pub mac: String,
    /// What stands where the fields should be, as it is written there.
    pub fields: Vec<(usize, String)>,
}

impl TokenPieces {
    /// The pieces of a scheme's token with this text for the MAC, and for each field that it
    /// carries what stands there; the index of one for which `field` has no text.
    pub fn filled(
        scheme: &Scheme,
        mac: &str,
        field: impl Fn(usize) -> Option<String>,
    ) -> Result<Self, usize> {
        let mut pieces = Self {
            units: Vec::new(),
            separators: Vec::new(),
            behind: String::new(),
            millis: None,
        };
        let mut pending = String::new();
        for (at, (key, layout)) in scheme.token.items().enumerate() {
            if let Some(separator) = scheme.token.separator().filter(|_| at > 0) {
                pending.push_str(separator);
                pieces.separators.push(std::mem::take(&mut pending));
            }
            if let Some(key) = key {
                pending.push_str(key);
                pending.push('=');
            }
            pieces.add(scheme, layout, &mut pending, mac, &field)?;
        }
        pieces.behind = pending;
        Ok(pieces)
    }

    /// The same, with an empty text for fields that have none.
    pub fn of(scheme: &Scheme, mac: &str, field: impl Fn(usize) -> Option<String>) -> Self {
        let known = |index: usize| Some(field(index).unwrap_or_default());
        Self::filled(scheme, mac, known).unwrap_or(Self {
            units: Vec::new(),
            separators: Vec::new(),
            behind: String::new(),
            millis: None,
        })
    }

    fn add(
        &mut self,
        scheme: &Scheme,
        layout: &Layout,
        pending: &mut String,
        mac: &str,
        field: &impl Fn(usize) -> Option<String>,
    ) -> Result<(), usize> {
        for part in layout.parts() {
            let name = |index: usize| scheme.fields.at(index).name.clone();
            let (kind, name, text, filters) = match part {
                Part::Literal(text) => {
                    pending.push_str(text);
                    continue;
                }
                Part::Mac(_) => (UnitKind::Mac, String::new(), mac.to_owned(), &[][..]),
                Part::Field {
                    field: index,
                    filters,
                } => {
                    let kind = if scheme.is_time(*index) {
                        UnitKind::Time
                    } else {
                        UnitKind::Field
                    };
                    (kind, name(*index), field(*index).ok_or(*index)?, &**filters)
                }
            };
            // The separator of a pair is there already; its key belongs to the unit.
            let between = self.separators.len() < self.units.len();
            if between {
                self.separators.push(std::mem::take(pending));
            }
            self.units.push(Unit {
                before: std::mem::take(pending),
                kind,
                name,
                text,
                filters: filters.to_vec(),
            });
        }
        Ok(())
    }

    /// The token.
    pub fn write(&self) -> String {
        let mut token = String::with_capacity(96);
        for (at, unit) in self.units.iter().enumerate() {
            if at > 0 {
                token.push_str(self.separators.get(at - 1).map_or("", String::as_str));
            }
            token.push_str(&unit.before);
            token.push_str(&unit.text);
        }
        token.push_str(&self.behind);
        token
    }
}

/// A text taken apart by the literals of a scheme's token: one for each MAC that it may offer.
pub fn loosely(scheme: &Scheme, text: &str) -> Vec<LooseToken> {
    match &scheme.token {
        TokenGrammar::Template(layout) => by_layout(scheme, layout, text).into_iter().collect(),
        TokenGrammar::List(list) => text
            .split(&list.separator)
            .filter_map(|item| by_layout(scheme, &list.item, item))
            .collect(),
        TokenGrammar::Pairs(pairs) => {
            let mut fields = Vec::new();
            let mut macs = Vec::new();
            for piece in text.split(&pairs.separator) {
                let Some((key, value)) = piece.split_once('=') else {
                    continue;
                };
                let Some(pair) = pairs.pairs.iter().find(|pair| pair.key == key) else {
                    continue;
                };
                let Some(found) = by_layout(scheme, &pair.value, value) else {
                    continue;
                };
                fields.extend(found.fields);
                if pair.value.mac_encoding().is_some() {
                    macs.push(found.mac);
                }
            }
            let token = |mac| LooseToken {
                mac,
                fields: fields.clone(),
            };
            macs.into_iter().map(token).collect()
        }
    }
}

/// Everything before the MAC ends at its next literal, everything behind it begins at the last. A
/// free text before the MAC may hold any literal, so what is behind it begins at the last, too.
fn by_layout(scheme: &Scheme, layout: &Layout, text: &str) -> Option<LooseToken> {
    let parts = layout.parts();
    let pivot = parts.iter().position(|part| matches!(part, Part::Mac(_)));
    let (before, behind) = match pivot {
        Some(at) => (&parts[..at], &parts[at + 1..]),
        None => (parts, &[][..]),
    };
    let mut token = LooseToken {
        mac: String::new(),
        fields: Vec::new(),
    };
    let is_text = |field: usize| scheme.fields.at(field).kind == FieldKind::Text;
    let mut rest = text;
    let mut right = behind.iter().rev().peekable();
    while let Some(part) = right.next() {
        match part {
            Part::Literal(literal) => rest = rest.strip_suffix(literal.as_str())?,
            Part::Field { field, .. } => {
                let start = match right.peek() {
                    Some(Part::Literal(literal)) => {
                        rest.rfind(literal.as_str()).map(|at| at + literal.len())?
                    }
                    _ => {
                        let length = scheme.time_form(*field)?.length_at_end(rest)?;
                        rest.len().checked_sub(length)?
                    }
                };
                token.fields.push((*field, rest.get(start..)?.to_owned()));
                rest = &rest[..start];
            }
            Part::Mac(_) => {}
        }
    }
    let mut left = before.iter().peekable();
    while let Some(part) = left.next() {
        match part {
            Part::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
            Part::Field { field, .. } if pivot.is_some() && is_text(*field) => {
                let parts: Vec<&Part> = left.collect();
                return cut_before_the_mac(token, *field, &parts, rest);
            }
            Part::Field { field, .. } => {
                let end = match left.peek() {
                    Some(Part::Literal(literal)) => rest.find(literal.as_str())?,
                    None if pivot.is_none() => rest.len(),
                    _ => scheme.time_form(*field)?.length_at_start(rest)?,
                };
                token.fields.push((*field, rest.get(..end)?.to_owned()));
                rest = &rest[end..];
            }
            Part::Mac(_) => {}
        }
    }
    rest.clone_into(&mut token.mac);
    Some(token)
}

/// The rest of a token, of a free text and these parts up to the MAC.
fn cut_before_the_mac(
    mut token: LooseToken,
    free: usize,
    parts: &[&Part],
    mut rest: &str,
) -> Option<LooseToken> {
    // What ends where we look, and begins at the next literal before it: the MAC, or a field.
    let mut ends: Option<Option<usize>> = Some(None);
    for part in parts.iter().rev() {
        match part {
            Part::Literal(literal) => {
                let (before, piece) = rest.rsplit_once(literal.as_str())?;
                match ends.take()? {
                    None => piece.clone_into(&mut token.mac),
                    Some(field) => token.fields.push((field, piece.to_owned())),
                }
                rest = before;
            }
            Part::Field { field, .. } => {
                ends = ends.is_none().then_some(Some(*field));
                ends?;
            }
            Part::Mac(_) => {}
        }
    }
    token.fields.push((free, rest.to_owned()));
    ends.is_none().then_some(token)
}

/// What a lenient reader takes for the bytes that these filters wrote as a text.
pub(super) fn read_leniently(text: &str, filters: &[Filter]) -> Vec<u8> {
    let undo = |bytes: Vec<u8>, filter: &Filter| match filter {
        Filter::Encode(encoding) => leniently(*encoding)(&bytes),
        Filter::Percent(Escapes::Form) => {
            let blanks: Vec<u8> = bytes
                .iter()
                .map(|&byte| if byte == b'+' { b' ' } else { byte })
                .collect();
            percent_decode(&blanks).collect()
        }
        Filter::Percent(Escapes::Unreserved | Escapes::Path) => percent_decode(&bytes).collect(),
        Filter::Lower
        | Filter::Upper
        | Filter::Trim
        | Filter::NoLineEnds
        | Filter::PercentDecode
        | Filter::Digest(_)
        | Filter::Params(_) => bytes,
    };
    filters.iter().rev().fold(text.into(), undo)
}

/// What a text may be meant to say that stands for a field in a token, the likeliest first: what
/// the scheme reads there, or would if it were lenient; the text as it is; what it says in other
/// encodings, or in its own written twice.
pub fn meant(text: &str, filters: &[Filter]) -> Vec<Vec<u8>> {
    let mut meant = vec![read_leniently(text, filters)];
    if filters.is_empty() {
        return meant;
    }
    let in_utf8 = String::from_utf8_lossy(&meant[0]).into_owned();
    meant.push(read_leniently(&in_utf8, filters));
    meant.push(text.into());
    meant.push(percent_decode(text.as_bytes()).collect());
    for encoding in [Encoding::Hex, Encoding::Base64] {
        meant.push(leniently(encoding)(
            &percent_decode(text.as_bytes()).collect::<Vec<u8>>(),
        ));
    }
    let mut distinct: Vec<Vec<u8>> = Vec::new();
    for bytes in meant {
        if !bytes.is_empty() && !distinct.contains(&bytes) {
            distinct.push(bytes);
        }
    }
    distinct
}
