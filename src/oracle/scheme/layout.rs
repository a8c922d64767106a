//! One template of a token, and its strict parsing back.
//!
//! A layout is parsed from both ends towards its *pivot*, the one part whose length nothing else
//! tells. Every other part ends where its own form says so: a literal, a MAC of fixed length, one
//! of the values of an enum, the digits or the date of a time. So a text parses in one way or in none.

use crate::scheme::{
    FieldKind, FieldSet, FieldTexts, Filter, Refusal, TimeForm, filtered, unfiltered,
};
use crate::signature::{Encoding, Segment, Template, TemplateError};

/// A piece of a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text that stands as it is.
    Literal(String),
    /// The MAC in this encoding.
    Mac(Encoding),
    /// A field.
    Field {
        /// The field's index.
        field: usize,
        /// How its bytes are written. Each can be undone, because a verifier reads the field here.
        filters: Vec<Filter>,
    },
}

/// A compiled token template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    parts: Vec<Part>,
    /// Index of the part that takes what the others leave; the number of parts if none needs to.
    pivot: usize,
    mac_bytes: usize,
}

/// What a layout found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutMatch {
    /// The decoded MAC, of the scheme's length; absent where the layout has none.
    pub mac: Option<Vec<u8>>,
    /// The bytes of each field that the layout carries, as they are signed and not as they are
    /// written here, with the field's index.
    pub fields: Vec<(usize, Vec<u8>)>,
}

/// Why a text is no layout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// It is no template at all.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// It names a field that the scheme does not have.
    #[error(
        "the token names {{{0}}}, which is not a field of the scheme; write the MAC as {{mac:hex}}, {{mac:base64}} …"
    )]
    UnknownField(String),
    /// `{mac}` without or with an unknown encoding.
    #[error(
        "{{mac}} needs an encoding: {{mac:hex}}, hex-upper, base64, base64url, or either base64 with -unpadded"
    )]
    BadEncoding,
    /// A filter that a verifier could not undo.
    #[error(
        "{{{0}|{1}}}: a verifier reads {0} back from the token, so only a filter that can be undone may stand here: {known}",
        known = Filter::undoable().join(", ")
    )]
    NotUndone(String, String),
    /// A filter on a time or an enum.
    #[error(
        "{{{0}|…}}: in a token only a text may have a filter; a time and the value of an enum stand as they are"
    )]
    Filtered(String),
    /// A part in brackets.
    #[error("a token has no part that may be absent; write [[ and ]] for literal brackets")]
    Optional,
    /// The same placeholder twice.
    #[error("{{{0}}} occurs twice in one token")]
    Repeated(String),
    /// It cannot be parsed back.
    #[error(transparent)]
    Ambiguous(#[from] AmbiguousLayout),
}

/// Why a layout cannot be parsed back in one way only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the token cannot be parsed back: the boundary between {{{part}}} and the part {side} it is ambiguous; separate them by a delimiter that cannot occur in it, or remove the second free text"
)]
pub struct AmbiguousLayout {
    part: String,
    side: &'static str,
}

impl Layout {
    /// Compiles a template over the scheme's fields, for MACs of `mac_bytes` bytes.
    pub fn compile(text: &str, fields: &FieldSet, mac_bytes: usize) -> Result<Self, LayoutError> {
        let template = Template::with_brackets(text)?;
        if template.bracketed() > 0 {
            return Err(LayoutError::Optional);
        }
        let parts = template
            .segments()
            .iter()
            .map(|segment| part(segment, fields))
            .collect::<Result<Vec<_>, _>>()?;
        for (at, part) in parts.iter().enumerate() {
            let again = |other: &Part| match (part, other) {
                (Part::Mac(_), Part::Mac(_)) => true,
                (Part::Field { field: one, .. }, Part::Field { field: two, .. }) => one == two,
                _ => false,
            };
            if parts[..at].iter().any(again) {
                return Err(LayoutError::Repeated(name(part, fields)));
            }
        }
        let pivot = choose_pivot(&parts, fields)?;
        Ok(Self {
            parts,
            pivot,
            mac_bytes,
        })
    }

    /// The pieces, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The encoding of its MAC, if it has one.
    pub fn mac_encoding(&self) -> Option<Encoding> {
        self.parts.iter().find_map(|part| match part {
            Part::Mac(encoding) => Some(*encoding),
            _ => None,
        })
    }

    /// The indices of the fields it carries.
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field { field, .. } => Some(*field),
            _ => None,
        })
    }

    /// How it writes a field that it carries.
    pub fn filters(&self, carried: usize) -> Option<&[Filter]> {
        self.parts.iter().find_map(|part| match part {
            Part::Field { field, filters } if *field == carried => Some(filters.as_slice()),
            _ => None,
        })
    }

    /// The token text of a MAC (already of the scheme's length) and these fields.
    pub fn render(
        &self,
        set: &FieldSet,
        mac: &[u8],
        texts: &FieldTexts<'_>,
    ) -> Result<String, Refusal> {
        let mut token = String::with_capacity(96);
        for part in &self.parts {
            match part {
                Part::Literal(text) => token.push_str(text),
                Part::Mac(encoding) => token.push_str(&encoding.encode(mac)),
                Part::Field { field, filters } => token.push_str(
                    &texts
                        .written(*field, filters)
                        .ok_or_else(|| Refusal::MissingField(set.at(*field).name.clone()))?,
                ),
            }
        }
        Ok(token)
    }

    /// Parses a text; `None` when it is not of this layout, to the letter.
    pub fn parse(&self, set: &FieldSet, text: &str) -> Option<LayoutMatch> {
        let mut found = LayoutMatch {
            mac: None,
            fields: Vec::new(),
        };
        let mut rest = text;
        let (left, right) = self.parts.split_at(self.pivot);
        for part in left {
            let length = self.length_at_start(part, set, rest)?;
            let (piece, remaining) = rest.split_at_checked(length)?;
            found.keep(part, set, piece, self.mac_bytes)?;
            rest = remaining;
        }
        let mut behind = Vec::new();
        for part in right.iter().skip(1).rev() {
            let length = self.length_at_end(part, set, rest)?;
            let (remaining, piece) = rest.split_at_checked(rest.len().checked_sub(length)?)?;
            behind.push((part, piece));
            rest = remaining;
        }
        match right.first() {
            Some(pivot) => found.keep(pivot, set, rest, self.mac_bytes)?,
            None if rest.is_empty() => {}
            None => return None,
        }
        for (part, piece) in behind.into_iter().rev() {
            found.keep(part, set, piece, self.mac_bytes)?;
        }
        Some(found)
    }

    /// The text that [`parse`](Self::parse) made this of.
    pub fn render_match(&self, found: &LayoutMatch) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.clone(),
                Part::Mac(encoding) => found
                    .mac
                    .as_deref()
                    .map(|mac| encoding.encode(mac))
                    .unwrap_or_default(),
                Part::Field { field, filters } => found
                    .fields
                    .iter()
                    .find(|(known, _)| known == field)
                    .map(|(_, text)| String::from_utf8_lossy(&filtered(text, filters)).into_owned())
                    .unwrap_or_default(),
            })
            .collect()
    }

    fn length_at_start(&self, part: &Part, set: &FieldSet, text: &str) -> Option<usize> {
        self.length(
            part,
            set,
            |literal| text.starts_with(literal),
            |form| form.length_at_start(text),
        )
    }

    fn length_at_end(&self, part: &Part, set: &FieldSet, text: &str) -> Option<usize> {
        self.length(
            part,
            set,
            |literal| text.ends_with(literal),
            |form| form.length_at_end(text),
        )
    }

    /// How long `part` is in a text of which we can ask what stands at the end that we look at.
    fn length(
        &self,
        part: &Part,
        set: &FieldSet,
        stands: impl Fn(&str) -> bool,
        time: impl Fn(TimeForm) -> Option<usize>,
    ) -> Option<usize> {
        match part {
            Part::Literal(literal) => stands(literal).then_some(literal.len()),
            Part::Mac(encoding) => Some(encoding.encoded_length(self.mac_bytes)),
            Part::Field { field, .. } => match &set.at(*field).kind {
                FieldKind::Time(form) => time(*form),
                FieldKind::Enum(values) => values.iter().find(|v| stands(v)).map(String::len),
                // Only the pivot may be a free text.
                FieldKind::Text => None,
            },
        }
    }
}

impl LayoutMatch {
    /// Checks the form of a piece and keeps it.
    fn keep(&mut self, part: &Part, set: &FieldSet, piece: &str, mac_bytes: usize) -> Option<()> {
        match part {
            Part::Literal(literal) => (literal == piece).then_some(()),
            Part::Mac(encoding) => {
                let mac = encoding
                    .decode(piece)
                    .filter(|mac| mac.len() == mac_bytes)?;
                self.mac = Some(mac);
                Some(())
            }
            Part::Field { field, filters } => {
                let bytes = unfiltered(piece.as_bytes(), filters)?;
                let fits = match &set.at(*field).kind {
                    FieldKind::Text => true,
                    FieldKind::Enum(values) => values.iter().any(|value| value == piece),
                    FieldKind::Time(form) => form.takes(piece.as_bytes()),
                };
                fits.then(|| self.fields.push((*field, bytes)))
            }
        }
    }
}

fn part(segment: &Segment, fields: &FieldSet) -> Result<Part, LayoutError> {
    match segment {
        Segment::Literal(text) => Ok(Part::Literal(text.clone())),
        Segment::Placeholder {
            name,
            spec,
            filters,
        } if name == "mac" => spec
            .as_deref()
            .filter(|_| filters.is_empty())
            .and_then(Encoding::named)
            .map(Part::Mac)
            .ok_or(LayoutError::BadEncoding),
        Segment::Placeholder {
            name,
            spec: None,
            filters,
        } => {
            let field = fields
                .index(name)
                .ok_or_else(|| LayoutError::UnknownField(name.clone()))?;
            if !filters.is_empty() && fields.at(field).kind != FieldKind::Text {
                return Err(LayoutError::Filtered(name.clone()));
            }
            let undone = |filter: &String| {
                let parsed = Filter::parse(filter).ok().filter(Filter::can_be_undone);
                parsed.ok_or_else(|| LayoutError::NotUndone(name.clone(), filter.clone()))
            };
            let filters = filters.iter().map(undone).collect::<Result<_, _>>()?;
            Ok(Part::Field { field, filters })
        }
        Segment::Placeholder {
            name,
            spec: Some(spec),
            ..
        } => Err(LayoutError::UnknownField(format!("{name}:{spec}"))),
    }
}

fn name(part: &Part, fields: &FieldSet) -> String {
    match part {
        Part::Literal(text) => text.clone(),
        Part::Mac(encoding) => format!("mac:{}", encoding.name()),
        Part::Field { field, .. } => fields.at(*field).name.clone(),
    }
}

/// Finds the part that takes what the others leave, such that all others end by themselves.
fn choose_pivot(parts: &[Part], fields: &FieldSet) -> Result<usize, AmbiguousLayout> {
    let of_kind = |wanted: fn(&FieldKind) -> bool| {
        let is = move |part: &Part| matches!(part, Part::Field { field, .. } if wanted(&fields.at(*field).kind));
        parts
            .iter()
            .enumerate()
            .filter(move |(_, part)| is(part))
            .map(|(at, _)| at)
    };
    let free: Vec<usize> = of_kind(|kind| *kind == FieldKind::Text).collect();
    let candidates: Vec<usize> = if free.is_empty() {
        std::iter::once(parts.len())
            .chain(of_kind(|kind| *kind != FieldKind::Text))
            .collect()
    } else {
        free
    };
    let mut first_problem = None;
    for pivot in candidates {
        match every_other_part_ends(parts, fields, pivot) {
            Ok(()) => return Ok(pivot),
            Err(problem) => first_problem = first_problem.or(Some(problem)),
        }
    }
    match first_problem {
        Some(problem) => Err(problem),
        None => Ok(parts.len()),
    }
}

fn every_other_part_ends(
    parts: &[Part],
    fields: &FieldSet,
    pivot: usize,
) -> Result<(), AmbiguousLayout> {
    let ambiguous = |part: &Part, side| {
        Err(AmbiguousLayout {
            part: name(part, fields),
            side,
        })
    };
    for (at, part) in parts.iter().enumerate() {
        let Part::Field { field, .. } = part else {
            continue;
        };
        let before_pivot = at < pivot;
        if at == pivot {
            continue;
        }
        let side = if before_pivot { "behind" } else { "before" };
        match &fields.at(*field).kind {
            FieldKind::Text => return ambiguous(part, side),
            // Without a zone it ends where its fraction does, and what is behind may look like one.
            FieldKind::Time(TimeForm::Iso8601WithoutZone) => {
                let continues = |next: &Part| {
                    let is_point = matches!(next, Part::Literal(text) if text.is_empty() || text.starts_with('.'));
                    is_point || may_touch_with_digit(next, fields, true)
                };
                if before_pivot && parts.get(at + 1).is_some_and(continues) {
                    return ambiguous(part, side);
                }
            }
            // A date ends where its zone does.
            FieldKind::Time(form) if !form.is_number() => {}
            FieldKind::Time(_) => {
                let neighbour = if before_pivot {
                    parts.get(at + 1)
                } else {
                    parts.get(at - 1)
                };
                if neighbour.is_some_and(|n| may_touch_with_digit(n, fields, before_pivot)) {
                    return ambiguous(part, side);
                }
            }
            FieldKind::Enum(values) => {
                let swallows = |one: &String, two: &String| {
                    one != two
                        && if before_pivot {
                            two.starts_with(one)
                        } else {
                            two.ends_with(one)
                        }
                };
                if values
                    .iter()
                    .any(|one| values.iter().any(|two| swallows(one, two)))
                {
                    return ambiguous(part, side);
                }
            }
        }
    }
    Ok(())
}

/// Whether a neighbour may begin (or, seen from behind, end) with a digit.
fn may_touch_with_digit(part: &Part, fields: &FieldSet, at_its_start: bool) -> bool {
    let touches = |text: &str| {
        let byte = if at_its_start {
            text.bytes().next()
        } else {
            text.bytes().next_back()
        };
        byte.is_none_or(|b| b.is_ascii_digit())
    };
    match part {
        Part::Literal(text) => touches(text),
        Part::Mac(_) => true,
        Part::Field { field, .. } => match &fields.at(*field).kind {
            FieldKind::Enum(values) => values.iter().any(|value| touches(value)),
            FieldKind::Text | FieldKind::Time(_) => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, LayoutError};
    use crate::scheme::{Field, FieldKind, FieldSet, FieldTexts, TimeForm};
    use crate::signature::{Fields, Value};

    fn fields() -> FieldSet {
        FieldSet::new(vec![
            Field::new("payload", FieldKind::Text),
            Field::new("time", FieldKind::Time(TimeForm::UnixSeconds)),
        ])
    }

    #[test]
    fn a_text_is_read_as_it_was_before_it_was_written() {
        let set = fields();
        let layout = Layout::compile("{payload|base64url-unpadded}.{mac:hex}", &set, 2).unwrap();
        for payload in [&b"{\"a\":\"\xc3\xa9?>\"}"[..], b"", b"\xff\0.", b"a.b"] {
            let given = Fields::new().with("payload", Value::of_bytes(payload));
            let texts = FieldTexts::read(&set, &given).unwrap();
            let token = layout.render(&set, &[1, 2], &texts).unwrap();
            let found = layout.parse(&set, &token).unwrap();
            assert_eq!(found.fields, [(0, payload.to_vec())], "{token}");
            assert_eq!(layout.render_match(&found), token);
        }
        // One text has one spelling: no padding, no other alphabet, no bits that no byte holds.
        assert!(layout.parse(&set, "YQ.0102").is_some());
        for other in ["YQ==.0102", "YR.0102", "Y Q.0102", "a+b_.0102", "Y.0102"] {
            assert_eq!(layout.parse(&set, other), None, "{other}");
        }
    }

    #[test]
    fn what_cannot_be_undone_has_no_place_in_a_token() {
        let error = |text: &str| {
            Layout::compile(text, &fields(), 32)
                .unwrap_err()
                .to_string()
        };
        for filter in ["lower", "sha256", "params", "rot13"] {
            let text = format!("{{payload|{filter}}}.{{mac:hex}}");
            let known = "can be undone may stand here: percent, percent-path, form, hex, hex-upper, base64,";
            assert!(error(&text).contains(known), "{}", error(&text));
        }
        let of_a_time = error("{time|base64}.{mac:hex}");
        assert!(of_a_time.contains("only a text may have a filter"));
        let of_the_mac = Layout::compile("{mac:hex|base64}", &fields(), 32);
        assert_eq!(of_the_mac, Err(LayoutError::BadEncoding));
    }
}
