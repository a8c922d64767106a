//! A received token, taken apart into every MAC that it may spell.

use std::collections::HashSet;

use crate::explain::pipelines::every_mistake_of;
use crate::mistakes::encoding_forms::{read_base64, read_hex};
use crate::mistakes::token_text::loosely;
use crate::mistakes::{Change, DELIMITERS, Step, TokenPieces};
use crate::scheme::Scheme;

/// A match needs eight bytes: 64 bits that chance does not give.
pub(super) const HEAD: usize = 8;

/// What a received token may stand for.
pub(super) struct Candidates {
    /// Every text in it that may be that of a MAC.
    pub(super) texts: HashSet<String>,
    /// The first eight bytes of every MAC that such a text may spell, sorted.
    heads: Vec<u64>,
    /// One bit for the lowest 16 bits of each.
    filter: Box<[u64; 1024]>,
    /// How many bytes those MACs have.
    lengths: Vec<usize>,
}

impl Candidates {
    /// Takes a token apart; `carried` are the texts that it may carry beside the MAC.
    pub(super) fn of(scheme: &Scheme, token: &str, carried: &[String]) -> Self {
        let mut texts = HashSet::new();
        for whole in with_unwrapped(&[token.to_owned()].into()) {
            pieces(scheme, &whole, carried, &mut texts);
        }
        let texts = with_unwrapped(&texts);
        let macs: Vec<Vec<u8>> = texts.iter().flat_map(|text| macs(text)).collect();
        let mut heads: Vec<u64> = macs.iter().filter_map(|mac| head(mac)).collect();
        heads.sort_unstable();
        heads.dedup();
        let mut lengths: Vec<usize> = macs.iter().map(Vec::len).filter(|n| *n >= HEAD).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let mut filter = Box::new([0; 1024]);
        for head in &heads {
            let (word, bit) = place(*head);
            filter[word] |= bit;
        }
        Self {
            texts,
            heads,
            filter,
            lengths,
        }
    }

    /// What it takes for a MAC of so many bytes to stand in the token: 0 where it may stand there
    /// whole, 1 where it would have been cut, `None` where it is too short.
    pub(super) fn room(&self, bytes: usize) -> Option<usize> {
        if self.lengths.contains(&bytes) {
            Some(0)
        } else {
            self.lengths
                .first()
                .filter(|&&shortest| shortest < bytes)
                .map(|_| 1)
        }
    }

    /// Whether no text in it is long enough to tell.
    pub(super) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Whether a MAC that begins so may stand in the token.
    pub(super) fn contain(&self, head: u64) -> bool {
        let (word, bit) = place(head);
        self.filter[word] & bit != 0 && self.heads.binary_search(&head).is_ok()
    }
}

fn place(head: u64) -> (usize, u64) {
    let low = head.to_le_bytes();
    let index = usize::from(u16::from_le_bytes([low[0], low[1]]));
    (index >> 6, 1 << (index & 63))
}

/// These texts, and what each is without whatever mistakes put around it.
fn with_unwrapped(texts: &HashSet<String>) -> HashSet<String> {
    let mut all = texts.clone();
    for mistake in every_mistake_of(Step::Wrapping) {
        if let Change::Wrapping { unwrap, .. } = mistake.change {
            all.extend(texts.iter().flat_map(|text| unwrap(text)));
        }
    }
    all
}

/// Every text in a token that may be that of its MAC, whatever order, separator or part was
/// mistaken.
fn pieces(scheme: &Scheme, token: &str, carried: &[String], out: &mut HashSet<String>) {
    let mut parts: Vec<String> = vec![token.to_owned()];
    parts.extend(loosely(scheme, token).into_iter().map(|loose| loose.mac));
    if let Some(separator) = scheme.token.separator() {
        parts.extend(token.split(separator).map(str::to_owned));
    }
    // Without what else it carries, at either end.
    for at in 0..parts.len() {
        for text in carried.iter().filter(|text| !text.is_empty()) {
            let rest = [
                parts[at].strip_prefix(text.as_str()),
                parts[at].strip_suffix(text.as_str()),
            ];
            parts.extend(
                rest.into_iter()
                    .flatten()
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            );
        }
    }
    // Cut at each delimiter, at its first and its last.
    let own = TokenPieces::of(scheme, "", |_| None);
    let delimiters = DELIMITERS
        .iter()
        .map(|(text, _)| *text)
        .chain(own.separators.iter().map(String::as_str))
        .filter(|delimiter| !delimiter.is_empty());
    let delimiters: Vec<&str> = delimiters.collect();
    for part in parts.clone() {
        for delimiter in &delimiters {
            let cuts = [part.split_once(delimiter), part.rsplit_once(delimiter)];
            for (first, second) in cuts.into_iter().flatten() {
                parts.extend([first.to_owned(), second.to_owned()]);
            }
        }
    }
    // Without the literal texts of the scheme, which may be glued to it.
    for part in parts {
        for unit in &own.units {
            out.extend(part.strip_prefix(unit.before.as_str()).map(str::to_owned));
            // The key of the next pair, where the separator is missing.
            out.extend(
                part.split(unit.before.as_str())
                    .filter(|_| !unit.before.is_empty())
                    .map(str::to_owned),
            );
        }
        out.insert(part);
    }
}

/// Every MAC that a text may spell.
fn macs(text: &str) -> Vec<Vec<u8>> {
    // The scheme's own encoding is read as one of these.
    let mut spelt = [read_hex(text), read_base64(text)].concat();
    for mistake in every_mistake_of(Step::Spelling) {
        if let Change::Spelling { read, .. } = mistake.change {
            spelt.extend(read(text));
        }
    }
    let mut macs = spelt.clone();
    for mistake in every_mistake_of(Step::MacBytes) {
        if let Change::MacBytes { undo, .. } = mistake.change {
            macs.extend(spelt.iter().flat_map(|mac| undo(mac)));
        }
    }
    macs
}

fn head(mac: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(mac.get(..HEAD)?.try_into().ok()?))
}
