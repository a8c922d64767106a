//! Writes lists of known failures: edits a file in place, or rewrites it.

use std::fmt::Write as _;

use crate::results::{KnownFailure, KnownFailures, ObservedKind};

/// An entry to write.
pub(super) struct Line {
    pub(super) case: String,
    pub(super) expect: ObservedKind,
    pub(super) reason: String,
    pub(super) issue: Option<String>,
    pub(super) expires: Option<String>,
}

/// What happens to an existing entry.
pub(super) enum Disposition {
    Stays,
    Goes,
    /// The entry is replaced by these.
    Becomes(Vec<Line>),
}

/// The text of the list after applying the fate of each entry and appending new entries.
pub(super) fn rewritten(known: &KnownFailures, fates: &[Disposition], new: &[Line]) -> String {
    let edited = edit(known, fates, new);
    let wanted = rewritten_whole(known, fates, new);
    // Discard an edit that does not read back as intended.
    if says_the_same(&edited, &wanted) {
        edited
    } else {
        wanted
    }
}

impl Line {
    pub(super) fn of(entry: &KnownFailure) -> Self {
        Self {
            case: entry.cases.as_str().to_owned(),
            expect: entry.expect,
            reason: entry.reason.clone(),
            issue: entry.issue.clone(),
            expires: entry.expires.clone(),
        }
    }

    fn write(&self, indent: &str, out: &mut String) {
        let _ = write!(
            out,
            "{indent}- {{case: {}, expect: {}, reason: {}",
            quoted(&self.case),
            self.expect,
            quoted(&self.reason)
        );
        if let Some(issue) = &self.issue {
            let _ = write!(out, ", issue: {}", quoted(issue));
        }
        if let Some(expires) = &self.expires {
            let _ = write!(out, ", expires: {}", quoted(expires));
        }
        out.push_str("}\n");
    }
}

/// Edits the file in place and changes only the entries that need it.
fn edit(known: &KnownFailures, fates: &[Disposition], new: &[Line]) -> String {
    let lines: Vec<&str> = known.text().split_inclusive('\n').collect();
    let starts = entry_starts(known, &lines);
    let indent: &str = known
        .entries()
        .first()
        .and_then(|entry| lines.get(entry.line.saturating_sub(1) as usize))
        .map_or("", |line| &line[..line.len() - line.trim_start().len()]);
    let preamble_ends = starts.first().copied().unwrap_or(lines.len());
    let mut out = lines[..preamble_ends].concat();
    for (at, fate) in fates.iter().enumerate() {
        let ends = starts.get(at + 1).copied().unwrap_or(lines.len());
        let own = lines.get(starts[at]..ends).unwrap_or_default();
        if matches!(fate, Disposition::Stays) {
            out.push_str(&own.concat());
            continue;
        }
        if let Disposition::Becomes(entries) = fate {
            let comments = own.iter().take_while(|line| is_comment(line));
            out.extend(comments.copied());
            for entry in entries {
                entry.write(indent, &mut out);
            }
        }
        // Comments after an entry belong to the file, unless they are right above the next entry.
        let is_of_entry = |line: &&str| !is_comment(line) && !line.trim().is_empty();
        let behind = own.iter().rposition(is_of_entry).map_or(0, |at| at + 1);
        if own[behind..].iter().any(|line| is_comment(line)) {
            out.push_str(&own[behind..].concat());
        }
    }
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    for entry in new {
        entry.write(indent, &mut out);
    }
    out
}

/// The index of the line on which each entry begins, including the comments right above it. The
/// comments above the first entry belong to the file.
fn entry_starts(known: &KnownFailures, lines: &[&str]) -> Vec<usize> {
    let entries = known.entries().iter().enumerate();
    entries
        .map(|(at, entry)| {
            let begins = (entry.line.saturating_sub(1) as usize).min(lines.len());
            let comments = lines[..begins]
                .iter()
                .rev()
                .take_while(|line| at > 0 && is_comment(line));
            begins - comments.count()
        })
        .collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// Rewrites the file: its initial comments, then one entry per line.
fn rewritten_whole(known: &KnownFailures, fates: &[Disposition], new: &[Line]) -> String {
    let mut out: String = known
        .text()
        .split_inclusive('\n')
        .take_while(|line| is_comment(line) || line.trim().is_empty())
        .collect();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    for (entry, fate) in known.entries().iter().zip(fates) {
        match fate {
            Disposition::Stays => Line::of(entry).write("", &mut out),
            Disposition::Goes => {}
            Disposition::Becomes(entries) => {
                for entry in entries {
                    entry.write("", &mut out);
                }
            }
        }
    }
    for entry in new {
        entry.write("", &mut out);
    }
    out
}

fn says_the_same(one: &str, other: &str) -> bool {
    let read = |text| {
        let list = KnownFailures::parse("", text).ok()?;
        let facts = |e: &KnownFailure| {
            let Line {
                case,
                expect,
                reason,
                issue,
                expires,
            } = Line::of(e);
            (case, expect, reason, issue, expires)
        };
        Some(list.entries().iter().map(facts).collect::<Vec<_>>())
    };
    let (one, other) = (read(one), read(other));
    one.is_some() && one == other
}

/// Quotes a text as a YAML double-quoted scalar.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            _ if c.is_alphanumeric() => out.push(c),
            _ => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}
