//! What the implementation hands over: the grammar of tokens.

use std::collections::HashSet;

use crate::scheme::{
    FieldKind, FieldSet, FieldTexts, Filter, Layout, LayoutError, LayoutMatch, Part, Refusal,
};
use crate::signature::Encoding;

/// How a token is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenGrammar {
    /// One template.
    Template(Layout),
    /// `key=value` pairs.
    Pairs(Pairs),
    /// Several tokens of one layout, any of which may match.
    List(List),
}

/// `t=1614265330,v1=…`, written in the order of the scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// The known pairs, in their order.
    pub pairs: Vec<Pair>,
    /// What stands between two pairs.
    pub separator: String,
    /// What becomes of a pair whose key is none of these, and of one whose key may stand several
    /// times and whose value is not of its form.
    pub unknown: Unknown,
    /// In which order the known pairs may stand.
    pub order: Order,
}

/// In which order the pairs of a token may stand. Signing always gives that of the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// In that of the scheme.
    #[default]
    Given,
    /// Any order: each pair is found by its key.
    Any,
}

/// One known pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What stands before the first `=`.
    pub key: String,
    /// What stands behind it.
    pub value: Layout,
    /// Whether it may stand several times, as a MAC does while keys are rotated.
    pub repeat: bool,
}

/// `v1,… v1,…`: a list of tokens, any of which may match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// One of them.
    pub item: Layout,
    /// What stands between two.
    pub separator: String,
    /// What becomes of an item of another form.
    pub unknown: Unknown,
}

/// How a part of a token that the scheme does not know is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Unknown {
    /// The token is malformed.
    #[default]
    Reject,
    /// It is ignored.
    Ignore,
}

/// Why a token grammar does not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// One of its templates does not.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// There is no MAC in it.
    #[error("the token carries no MAC; add {{mac:hex}} or another encoding")]
    NoMac,
    /// There are two.
    #[error("the token carries a MAC in more than one place")]
    SeveralMacs,
    /// `repeat` names a pair that cannot be repeated.
    #[error("{0:?} cannot be repeated; only a pair that contains nothing but the MAC can")]
    NotRepeatable(String),
    /// A list item that carries more than the MAC.
    #[error("an item of a list contains nothing but the MAC, because any item may match")]
    ListCarriesField,
    /// Nothing separates.
    #[error("the separator is empty")]
    EmptySeparator,
    /// What a value may contain looks like a separator.
    #[error("the token cannot be parsed back: {what} can contain the separator {separator:?}")]
    SeparatorInValue {
        /// The key or item.
        what: String,
        /// The separator.
        separator: String,
    },
    /// A key that cannot be told apart.
    #[error("invalid key {0:?}: it must not be empty or contain = or the separator")]
    BadKey(String),
}

/// A token taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedToken {
    /// Its items in order; a template is a single one.
    pub items: Vec<Item>,
}

/// A piece of a token between separators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// One that the scheme knows.
    Known {
        /// The index of its pair; 0 for templates and lists.
        pair: usize,
        /// What it contains.
        found: LayoutMatch,
    },
    /// One that is passed over, whole.
    Unknown(String),
}

impl ParsedToken {
    /// The MACs that it offers, in order.
    pub fn macs(&self) -> impl Iterator<Item = &[u8]> {
        self.known().filter_map(|found| found.mac.as_deref())
    }

    /// The fields that it carries, as index and bytes; not as they are written in it.
    pub fn fields(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.known().flat_map(|found| {
            found
                .fields
                .iter()
                .map(|(field, bytes)| (*field, bytes.as_slice()))
        })
    }

    /// The text of a field that it carries, where it is one.
    pub fn text(&self, field: usize) -> Option<&str> {
        let (_, bytes) = self.fields().find(|(carried, _)| *carried == field)?;
        std::str::from_utf8(bytes).ok()
    }

    /// Whether the pairs that it knows stand in the order of the scheme.
    pub fn is_in_order(&self) -> bool {
        self.pairs().is_sorted_by_key(|(pair, _)| pair)
    }

    fn known(&self) -> impl Iterator<Item = &LayoutMatch> {
        self.pairs().map(|(_, found)| found)
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, &LayoutMatch)> {
        self.items.iter().filter_map(|item| match item {
            Item::Known { pair, found } => Some((*pair, found)),
            Item::Unknown(_) => None,
        })
    }
}

impl TokenGrammar {
    /// Whether it is one template that begins with a word, as `sha256={mac:hex}` does: verifiers
    /// cut at the mark behind that word, and some never look at it.
    pub fn begins_with_a_word(&self) -> bool {
        match self {
            Self::Template(layout) => matches!(layout.parts().first(), Some(Part::Literal(_))),
            Self::List(_) | Self::Pairs(_) => false,
        }
    }

    /// Checks what no single layout can tell: one MAC, and separators that separate.
    pub fn check(&self, fields: &FieldSet) -> Result<(), TokenError> {
        match self
            .layouts()
            .filter(|layout| layout.mac_encoding().is_some())
            .count()
        {
            0 => return Err(TokenError::NoMac),
            1 => {}
            _ => return Err(TokenError::SeveralMacs),
        }
        // Of two values that differ, which is it?
        let mut carried = HashSet::new();
        if let Some(twice) = self.fields().find(|at| !carried.insert(*at)) {
            let name = fields.at(twice).name.clone();
            return Err(LayoutError::Repeated(name).into());
        }
        match self {
            Self::Template(_) => Ok(()),
            Self::Pairs(pairs) => pairs.check(fields),
            Self::List(list) => {
                if list.item.fields().next().is_some() {
                    return Err(TokenError::ListCarriesField);
                }
                separates(&list.item, fields, "an item", &list.separator)
            }
        }
    }

    /// The encoding of its MAC.
    pub fn mac_encoding(&self) -> Encoding {
        self.layouts()
            .find_map(Layout::mac_encoding)
            .unwrap_or(Encoding::Hex)
    }

    /// The indices of the fields that the token carries.
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        self.layouts().flat_map(Layout::fields)
    }

    /// How the token writes a field that it carries; as it is, where nothing is said.
    pub fn filters(&self, field: usize) -> &[Filter] {
        let filters = self.layouts().find_map(|layout| layout.filters(field));
        filters.unwrap_or_default()
    }

    /// What stands in the token for a field that it carries.
    pub fn carried_text(&self, texts: &FieldTexts<'_>, field: usize) -> Option<String> {
        texts.written(field, self.filters(field))
    }

    /// Writes the token of a MAC (already of the scheme's length) and these fields.
    pub fn render(
        &self,
        set: &FieldSet,
        mac: &[u8],
        texts: &FieldTexts<'_>,
    ) -> Result<String, Refusal> {
        match self {
            Self::Template(layout) => layout.render(set, mac, texts),
            Self::List(list) => list.item.render(set, mac, texts),
            Self::Pairs(pairs) => {
                let pair = |pair: &Pair| {
                    pair.value
                        .render(set, mac, texts)
                        .map(|value| format!("{}={value}", pair.key))
                };
                let written = pairs
                    .pairs
                    .iter()
                    .map(pair)
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(written.join(&pairs.separator))
            }
        }
    }

    /// Takes a token apart; `None` when it is not of this grammar, to the letter.
    pub fn parse(&self, set: &FieldSet, text: &str) -> Option<ParsedToken> {
        let items = match self {
            Self::Template(layout) => {
                vec![Item::Known {
                    pair: 0,
                    found: layout.parse(set, text)?,
                }]
            }
            Self::List(list) => list.parse(set, text)?,
            Self::Pairs(pairs) => pairs.parse(set, text)?,
        };
        let parsed = ParsedToken { items };
        let has_mac = parsed.macs().next().is_some();
        has_mac.then_some(parsed)
    }

    /// The text that [`parse`](Self::parse) made this of, to the letter.
    pub fn render_parsed(&self, parsed: &ParsedToken) -> String {
        let items = parsed.items.iter().map(|item| match (self, item) {
            (_, Item::Unknown(text)) => text.clone(),
            (Self::Template(layout), Item::Known { found, .. }) => layout.render_match(found),
            (Self::List(list), Item::Known { found, .. }) => list.item.render_match(found),
            (Self::Pairs(pairs), Item::Known { pair, found }) => {
                let pair = &pairs.pairs[*pair];
                format!("{}={}", pair.key, pair.value.render_match(found))
            }
        });
        let items: Vec<String> = items.collect();
        items.join(self.separator().unwrap_or_default())
    }
}

impl Pairs {
    fn check(&self, fields: &FieldSet) -> Result<(), TokenError> {
        for pair in &self.pairs {
            let well_formed = !pair.key.is_empty()
                && !pair.key.contains('=')
                && !pair.key.contains(&self.separator);
            if !well_formed {
                return Err(TokenError::BadKey(pair.key.clone()));
            }
            let mac_alone =
                pair.value.mac_encoding().is_some() && pair.value.fields().next().is_none();
            if pair.repeat && !mac_alone {
                return Err(TokenError::NotRepeatable(pair.key.clone()));
            }
            separates(
                &pair.value,
                fields,
                &format!("the value of {:?}", pair.key),
                &self.separator,
            )?;
        }
        Ok(())
    }

    fn parse(&self, set: &FieldSet, text: &str) -> Option<Vec<Item>> {
        let mut items = Vec::new();
        let mut seen = vec![false; self.pairs.len()];
        let mut latest = 0;
        for piece in text.split(&self.separator) {
            let (key, value) = piece.split_once('=')?;
            let Some(at) = self.pairs.iter().position(|pair| pair.key == key) else {
                if self.unknown == Unknown::Reject || key.is_empty() {
                    return None;
                }
                items.push(Item::Unknown(piece.to_owned()));
                continue;
            };
            let pair = &self.pairs[at];
            let Some(found) = pair.value.parse(set, value) else {
                // Beside a right one it is as good as unknown, as while a vendor tries a new form.
                if self.unknown == Unknown::Reject || !pair.repeat {
                    return None;
                }
                items.push(Item::Unknown(piece.to_owned()));
                continue;
            };
            let is_misplaced = self.order == Order::Given && at < latest;
            if is_misplaced || (seen[at] && !pair.repeat) {
                return None;
            }
            (latest, seen[at]) = (at, true);
            items.push(Item::Known { pair: at, found });
        }
        seen.iter().all(|&seen| seen).then_some(items)
    }

    /// The pieces of a text whose keys are known, whatever stands behind them: in the order of the
    /// scheme where any order will do, and without the others where these are passed over.
    pub fn known_pieces<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let place = |piece: &str| {
            let key = piece.split_once('=').map_or(piece, |(key, _)| key);
            self.pairs.iter().position(|pair| pair.key == key)
        };
        let is_kept = |piece: &&str| self.unknown == Unknown::Reject || place(piece).is_some();
        let mut pieces: Vec<&str> = text.split(&self.separator).filter(is_kept).collect();
        if self.order == Order::Any {
            pieces.sort_by_key(|piece| place(piece).unwrap_or(self.pairs.len()));
        }
        pieces
    }
}

impl List {
    fn parse(&self, set: &FieldSet, text: &str) -> Option<Vec<Item>> {
        let item = |piece: &str| match self.item.parse(set, piece) {
            Some(found) => Some(Item::Known { pair: 0, found }),
            None if self.unknown == Unknown::Ignore && !piece.is_empty() => {
                Some(Item::Unknown(piece.to_owned()))
            }
            None => None,
        };
        text.split(&self.separator).map(item).collect()
    }
}

/// Whether nothing that `layout` can write contains the separator.
fn separates(
    layout: &Layout,
    fields: &FieldSet,
    what: &str,
    separator: &str,
) -> Result<(), TokenError> {
    if separator.is_empty() {
        return Err(TokenError::EmptySeparator);
    }
    // A separator all of whose bytes can stand in a value may stand there whole; one with a byte
    // that cannot is never found inside, and a literal is searched as it is.
    let inside = |part: &Part| match part {
        Part::Literal(text) => text.contains(separator),
        Part::Mac(encoding) => separator.bytes().all(|b| encoding.may_contain(b)),
        Part::Field { field, filters } => match &fields.at(*field).kind {
            FieldKind::Text => separator.bytes().all(|b| may_be_written(filters, b)),
            FieldKind::Enum(values) => values.iter().any(|value| value.contains(separator)),
            FieldKind::Time(form) => separator.bytes().all(|b| form.may_contain(b)),
        },
    };
    // A separator of several characters could also be put together by neighbours.
    let across = separator.len() > 1
        && layout.parts().len() > 1
        && separator.bytes().all(|b| may_stand_in(layout, fields, b));
    if layout.parts().iter().any(inside) || across {
        Err(TokenError::SeparatorInValue {
            what: what.to_owned(),
            separator: separator.to_owned(),
        })
    } else {
        Ok(())
    }
}

/// Whether a byte can stand in a text that goes through these filters.
fn may_be_written(filters: &[Filter], byte: u8) -> bool {
    filters.last().is_none_or(|filter| filter.may_write(byte))
}

fn may_stand_in(layout: &Layout, fields: &FieldSet, byte: u8) -> bool {
    layout.parts().iter().any(|part| match part {
        Part::Literal(text) => text.as_bytes().contains(&byte),
        Part::Mac(encoding) => encoding.may_contain(byte),
        Part::Field { field, filters } => match &fields.at(*field).kind {
            FieldKind::Text => may_be_written(filters, byte),
            FieldKind::Enum(values) => values.iter().any(|value| value.as_bytes().contains(&byte)),
            FieldKind::Time(form) => form.may_contain(byte),
        },
    })
}
