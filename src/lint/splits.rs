//! Finds two ways to split one word into the pieces of a message.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use crate::lint::form::Form;
use crate::scheme::{FieldKind, Filter, MessagePart, Pattern, Scheme, filtered, normalizing};

/// Maximum number of states of one automaton, and of pairs of states, to visit.
const MAX_STATES: usize = 20_000;
const MAX_PAIRS: usize = 400_000;

/// The pieces of a message as one automaton over a reduced alphabet.
pub(super) struct Cuts {
    /// One representative byte for each class of bytes that no piece distinguishes, most readable
    /// first.
    alphabet: Vec<u8>,
    /// A beginning without letters, and then one per part of the message, in order. A word is read
    /// piece by piece, and one that may follow starts wherever the current one can end.
    pieces: Vec<SplitPart>,
    /// For each piece, what may follow where it ends.
    follow: Vec<Follow>,
}

/// What may follow a piece, with nothing read between.
struct Follow {
    /// The pieces that may read the next letter, in order.
    pieces: Vec<u32>,
    /// Whether the message may end.
    is_end: bool,
}

/// A split: for each part of the message that is read, its index and bytes. A part that may be
/// absent is, where nothing is read in it and in what stands or falls with it.
pub(super) type Cut = Vec<(usize, Vec<u8>)>;

/// The result of the search.
#[derive(Debug)]
pub(super) enum TwoCuts {
    /// Every word has at most one split.
    None,
    /// The shortest word with two splits, as both splits.
    Found(Cut, Cut),
    /// There are too many states to visit.
    TooMany,
}

/// One part of the message: a deterministic automaton with initial state 0.
#[derive(Debug, Default)]
struct SplitPart {
    /// For each state and each letter of the alphabet, the next state.
    next: Vec<Vec<Option<u32>>>,
    /// For each state, whether it is accepting.
    ends: Vec<bool>,
}

/// A position of a reader: a state inside a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct At {
    /// Index into [`Cuts::pieces`].
    piece: u32,
    state: u32,
}

/// Two readers of one word, and whether they have already put a letter into different pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Pair {
    one: At,
    other: At,
    /// Stays true once set: from then on the two readings are different splits.
    differ: bool,
}

impl Cuts {
    /// Builds the automaton of a scheme's message, with or without empty texts; `None` if it is too
    /// large.
    pub(super) fn of(scheme: &Scheme, empty_texts: bool) -> Option<Self> {
        let words: Vec<Words> = scheme
            .message
            .parts()
            .iter()
            .map(|part| Words::of(part, scheme))
            .collect();
        let alphabet = alphabet(&words);
        let mut states = 0;
        let mut pieces = Vec::with_capacity(words.len() + 1);
        for words in std::iter::once(&Words::Listed(vec![Vec::new()])).chain(&words) {
            let piece = words.automaton(&alphabet, empty_texts, MAX_STATES - states)?;
            states += piece.ends.len();
            pieces.push(piece);
        }
        let follow = (0..pieces.len()).map(|at| follow(scheme, &pieces, at));
        let follow = follow.collect();
        Some(Self {
            alphabet,
            pieces,
            follow,
        })
    }

    /// Searches the pairs of readings breadth-first, so the first result is the shortest.
    pub(super) fn find_two(&self, scheme: &Scheme) -> TwoCuts {
        let begin = At { piece: 0, state: 0 };
        let begin = Pair {
            one: begin,
            other: begin,
            differ: false,
        };
        let mut came_from: HashMap<Pair, Option<(Pair, u8)>> = HashMap::from([(begin, None)]);
        let mut queue = VecDeque::from([begin]);
        while let Some(pair) = queue.pop_front() {
            if pair.differ && self.may_finish(pair.one) && self.may_finish(pair.other) {
                return self.cut(scheme, &came_from, pair);
            }
            for letter in 0..self.alphabet.len() {
                let others = self.after(pair.other, letter);
                for one in self.after(pair.one, letter) {
                    for &other in &others {
                        let next = Pair {
                            one,
                            other,
                            differ: pair.differ || one.piece != other.piece,
                        };
                        if let Entry::Vacant(entry) = came_from.entry(next) {
                            entry.insert(Some((pair, self.alphabet[letter])));
                            queue.push_back(next);
                        }
                    }
                }
            }
            if came_from.len() > MAX_PAIRS {
                return TwoCuts::TooMany;
            }
        }
        TwoCuts::None
    }

    /// Where a reader may be after one more letter: in its piece, or in a later one if its own
    /// piece and those between can end.
    fn after(&self, at: At, letter: usize) -> Vec<At> {
        let read = |piece: u32, state: u32| {
            let next = self.pieces[piece as usize].next[state as usize][letter];
            next.map(|state| At { piece, state })
        };
        let mut found = Vec::from_iter(read(at.piece, at.state));
        if self.ends(at) {
            let follow = self.follow[at.piece as usize].pieces.iter();
            found.extend(follow.filter_map(|&piece| read(piece, 0)));
        }
        found
    }

    fn ends(&self, at: At) -> bool {
        self.pieces[at.piece as usize].ends[at.state as usize]
    }

    fn may_finish(&self, at: At) -> bool {
        self.ends(at) && self.follow[at.piece as usize].is_end
    }

    /// Walks back to the start and assigns each letter to the piece that read it.
    fn cut(
        &self,
        scheme: &Scheme,
        came_from: &HashMap<Pair, Option<(Pair, u8)>>,
        last: Pair,
    ) -> TwoCuts {
        let mut letters = Vec::new();
        let mut pair = last;
        while let Some(Some((before, letter))) = came_from.get(&pair) {
            letters.push((*letter, pair.one.piece, pair.other.piece));
            pair = *before;
        }
        let mut one = vec![Vec::new(); self.pieces.len()];
        let mut other = one.clone();
        for (letter, in_one, in_other) in letters.into_iter().rev() {
            one[in_one as usize].push(letter);
            other[in_other as usize].push(letter);
        }
        TwoCuts::Found(read_parts(scheme, one), read_parts(scheme, other))
    }
}

/// The parts that stand, of what each piece has read.
fn read_parts(scheme: &Scheme, read: Vec<Vec<u8>>) -> Cut {
    let parts: Vec<Vec<u8>> = read.into_iter().skip(1).collect();
    let is_read = |field: usize| {
        let hanging = (0..parts.len()).filter(|&at| scheme.message.hangs_on(at) == Some(field));
        hanging.into_iter().any(|at| !parts[at].is_empty())
    };
    let stands = |at: usize| scheme.message.hangs_on(at).is_none_or(is_read);
    let standing: Vec<usize> = (0..parts.len()).filter(|&at| stands(at)).collect();
    standing
        .into_iter()
        .map(|at| (at, parts[at].clone()))
        .collect()
}

/// What may follow the piece at `at`: the next, and where that may be absent or can be empty, those
/// behind it.
fn follow(scheme: &Scheme, pieces: &[SplitPart], at: usize) -> Follow {
    // The first piece is none of the message's.
    let hangs_on = |piece: usize| {
        let part = piece.checked_sub(1)?;
        scheme.message.hangs_on(part)
    };
    let mut reached = vec![false; pieces.len() + 1];
    reached[at + 1] = true;
    let mut following = Vec::new();
    for piece in at + 1..pieces.len() {
        if !reached[piece] {
            continue;
        }
        following.extend(u32::try_from(piece));
        if pieces[piece].ends[0] {
            reached[piece + 1] = true;
        }
        let hanging = hangs_on(piece);
        if hanging.is_some() && hanging != hangs_on(piece - 1) {
            let behind = (piece..pieces.len()).find(|&other| hangs_on(other) != hanging);
            reached[behind.unwrap_or(pieces.len())] = true;
        }
    }
    Follow {
        pieces: following,
        is_end: reached[pieces.len()],
    }
}

/// The language of one part of a message.
enum Words {
    /// A finite set of words.
    Listed(Vec<Vec<u8>>),
    /// `0|[1-9][0-9]*`.
    Time,
    /// The texts of these bytes, without what filters remove. The bytes are those that the pattern
    /// allows, so this is a superset of its texts: if no two of these texts collide, neither do two
    /// of the pattern. If nothing is removed and the pattern is small enough, it is exactly the
    /// pattern's texts.
    Text {
        lower: bool,
        upper: bool,
        trim: bool,
        bytes: Option<Box<[bool; 256]>>,
        pattern: Option<Pattern>,
    },
    /// What filters write in the place of a text: any text of these bytes, of this length where
    /// it has always the same.
    Written {
        bytes: Box<[bool; 256]>,
        length: Option<usize>,
    },
}

impl Words {
    fn of(part: &MessagePart, scheme: &Scheme) -> Self {
        match part {
            MessagePart::Literal(bytes) => Self::Listed(vec![bytes.clone()]),
            MessagePart::Field { field, filters } => match &scheme.fields.at(*field).kind {
                _ if filters.iter().any(|filter| !filter.is_normalizing()) => {
                    Self::written(filters)
                }
                FieldKind::Time(form) if form.is_number() => Self::Time,
                FieldKind::Time(form) => {
                    let pattern = form.pattern();
                    let bytes = pattern.as_ref().map(|pattern| Box::new(pattern.bytes()));
                    Self::Text {
                        lower: false,
                        upper: false,
                        trim: false,
                        bytes,
                        pattern: pattern.filter(|_| filters.is_empty()),
                    }
                }
                FieldKind::Enum(values) => Self::Listed(
                    values
                        .iter()
                        .map(|value| filtered(value.as_bytes(), filters).into_owned())
                        .collect(),
                ),
                FieldKind::Text => Self::Text {
                    lower: filters.contains(&Filter::Lower),
                    upper: filters.contains(&Filter::Upper),
                    trim: filters.contains(&Filter::Trim),
                    bytes: scheme
                        .fields
                        .at(*field)
                        .pattern
                        .as_ref()
                        .map(|pattern| Box::new(filtered_bytes(pattern.bytes(), filters))),
                    pattern: scheme
                        .fields
                        .at(*field)
                        .pattern
                        .clone()
                        .filter(|_| filters.is_empty()),
                },
            },
        }
    }

    /// What these filters write. The bytes of a digest may be any; its length is its own.
    fn written(filters: &[Filter]) -> Self {
        let (normalizing, writing) = normalizing(filters);
        let of = |bytes: &[u8]| filtered(&filtered(bytes, normalizing), writing).into_owned();
        let is_digest = |filter: &Filter| matches!(filter, Filter::Digest(_));
        let length = writing.iter().any(is_digest).then(|| of(b"").len());
        let mut bytes = Box::new([false; 256]);
        match writing.iter().rposition(is_digest) {
            // A raw digest at the end.
            Some(at) if at + 1 == writing.len() => bytes.fill(true),
            digest => {
                // Encodings write by groups of three bytes: every digit is the first of some group, and
                // one byte alone shows the padding.
                let behind = &writing[digest.map_or(0, |at| at + 1)..];
                for byte in 0..=255 {
                    for text in [&[byte; 3][..], &[byte]] {
                        for byte in filtered(text, behind).iter() {
                            bytes[usize::from(*byte)] = true;
                        }
                    }
                }
            }
        }
        Self::Written { bytes, length }
    }

    fn automaton(&self, alphabet: &[u8], empty_texts: bool, most: usize) -> Option<SplitPart> {
        let mut piece = SplitPart::default();
        let add = |piece: &mut SplitPart, ends| -> Option<u32> {
            piece.next.push(vec![None; alphabet.len()]);
            piece.ends.push(ends);
            let state = piece.ends.len() - 1;
            (state < most).then_some(u32::try_from(state).ok()?)
        };
        match self {
            Self::Listed(words) => {
                add(&mut piece, false)?;
                for word in words {
                    let mut state = 0;
                    for byte in word {
                        let letter = alphabet.iter().position(|known| known == byte)?;
                        let next = match piece.next[state][letter] {
                            Some(next) => next,
                            None => add(&mut piece, false)?,
                        };
                        piece.next[state][letter] = Some(next);
                        state = next as usize;
                    }
                    piece.ends[state] = true;
                }
            }
            Self::Time => {
                add(&mut piece, false)?;
                let zero = add(&mut piece, true)?;
                let digits = add(&mut piece, true)?;
                for (letter, byte) in alphabet.iter().enumerate() {
                    if byte.is_ascii_digit() {
                        let first = if *byte == b'0' { zero } else { digits };
                        piece.next[0][letter] = Some(first);
                        piece.next[digits as usize][letter] = Some(digits);
                    }
                }
            }
            Self::Written { bytes, length } => {
                let states = length.map_or(1, |length| length + 1);
                for state in 0..states {
                    add(&mut piece, length.is_none_or(|length| length == state))?;
                }
                for (letter, byte) in alphabet.iter().enumerate() {
                    if !bytes[usize::from(*byte)] {
                        continue;
                    }
                    for state in 0..states {
                        let next = match length {
                            None => Some(state),
                            Some(length) => Some(state + 1).filter(|next| next <= length),
                        };
                        let next = next.and_then(|next| u32::try_from(next).ok());
                        piece.next[state][letter] = next;
                    }
                }
                if length.is_none() && !empty_texts {
                    // Of no text filters make no text.
                    let begin = add(&mut piece, false)?;
                    piece.next.swap(0, begin as usize);
                    piece.ends.swap(0, begin as usize);
                    let row = piece.next[begin as usize].clone();
                    let moved = |next: &Option<u32>| next.map(|_| begin);
                    let first: Vec<Option<u32>> = row.iter().map(moved).collect();
                    piece.next[0].clone_from(&first);
                    piece.next[begin as usize] = first;
                }
            }
            Self::Text {
                lower,
                upper,
                trim,
                bytes,
                pattern,
            } => {
                if let Some(form) = pattern.as_ref().and_then(|one| Form::of(one, most)) {
                    return Some(SplitPart::of_form(&form, alphabet, empty_texts));
                }
                add(&mut piece, empty_texts)?;
                let behind_other = add(&mut piece, true)?;
                let behind_blank = add(&mut piece, !trim)?;
                for (letter, byte) in alphabet.iter().enumerate() {
                    let is_absent = bytes.as_ref().is_some_and(|may| !may[*byte as usize]);
                    let is_changed = (*lower && byte.is_ascii_uppercase())
                        || (*upper && byte.is_ascii_lowercase());
                    if is_absent || is_changed {
                        continue;
                    }
                    let blank = is_blank(*byte);
                    let next = if blank { behind_blank } else { behind_other };
                    if !(blank && *trim) {
                        piece.next[0][letter] = Some(next);
                    }
                    piece.next[behind_other as usize][letter] = Some(next);
                    piece.next[behind_blank as usize][letter] = Some(next);
                }
            }
        }
        Some(piece)
    }
}

impl SplitPart {
    /// The texts of a form, with or without the empty one.
    fn of_form(form: &Form, alphabet: &[u8], empty_texts: bool) -> Self {
        let row = |next: &[Option<u32>; 256]| {
            let letters = alphabet.iter();
            letters.map(|&byte| next[usize::from(byte)]).collect()
        };
        let mut piece = Self {
            next: form.next.iter().map(row).collect(),
            ends: form.ends.clone(),
        };
        // A non-empty text may return to the initial state, and must still be accepted there.
        if !empty_texts && piece.ends[0] {
            let begin = u32::try_from(piece.ends.len()).unwrap_or_default();
            piece.next.push(piece.next[0].clone());
            piece.ends.push(true);
            for next in piece.next.iter_mut().flatten().flatten() {
                if *next == 0 {
                    *next = begin;
                }
            }
            piece.ends[0] = false;
        }
        piece
    }
}

/// The bytes that may occur in a text after its filters.
fn filtered_bytes(mut bytes: [bool; 256], filters: &[Filter]) -> [bool; 256] {
    if filters.contains(&Filter::Lower) {
        for upper in b'A'..=b'Z' {
            bytes[upper.to_ascii_lowercase() as usize] |= bytes[upper as usize];
        }
    }
    if filters.contains(&Filter::Upper) {
        for lower in b'a'..=b'z' {
            bytes[lower.to_ascii_uppercase() as usize] |= bytes[lower as usize];
        }
    }
    // Escapes may stand for any byte.
    if filters.contains(&Filter::PercentDecode) && bytes[usize::from(b'%')] {
        bytes.fill(true);
    }
    bytes
}

/// Whether [`Filter::Trim`] removes a byte.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

/// Every byte that occurs in a listed word, and one representative for each class of the remaining
/// bytes that some piece distinguishes. Exchanging bytes of a class changes no split, so these
/// suffice.
fn alphabet(words: &[Words]) -> Vec<u8> {
    let mut named = [false; 256];
    for word in words.iter().flat_map(|words| match words {
        Words::Listed(words) => words.as_slice(),
        _ => &[],
    }) {
        for &byte in word {
            named[byte as usize] = true;
        }
    }
    // A pattern may distinguish any two bytes.
    let has_bytes = |words: &Words| {
        matches!(
            words,
            Words::Text { bytes: Some(_), .. } | Words::Written { .. }
        )
    };
    if words.iter().any(has_bytes) {
        let mut all: Vec<u8> = (0..=255).collect();
        all.sort_by_key(|byte| (!byte.is_ascii_lowercase(), !byte.is_ascii_graphic()));
        return all;
    }
    let friendly: Vec<u8> = (b'a'..=b'z').chain(0..=255).collect();
    let kinds: [fn(u8) -> bool; 5] = [
        |b| !b.is_ascii_digit() && !b.is_ascii_uppercase() && !is_blank(b),
        |b| b == b'0',
        |b| matches!(b, b'1'..=b'9'),
        |b| b.is_ascii_uppercase(),
        is_blank,
    ];
    let others = kinds.into_iter().filter_map(|is| {
        let of_kind = |&b: &u8| is(b) && !named[b as usize];
        // Prefer a space as the representative of whitespace.
        let space = Some(b' ').filter(of_kind);
        space.or_else(|| friendly.iter().copied().find(of_kind))
    });
    let others: Vec<u8> = others.collect();
    let named = (0..=255).filter(|&byte| named[byte as usize]);
    others.into_iter().chain(named).collect()
}
