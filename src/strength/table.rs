//! Renders a suite's strength as a table for people.

use std::fmt::Write as _;

use crate::mistakes::MistakeId;
use crate::results::outcome_in_words;
use crate::strength::{Detection, Strength, Witness};
use crate::suite::Suite;

/// Maximum number of vectors named per mistake.
const NAMED: usize = 3;
/// Maximum length of a request or token shown, in characters.
const SHOWN: usize = 240;

/// Renders the table: the scores, the result for each mistake, and what is left to do.
pub fn table(strength: &Strength, suite: &Suite) -> String {
    let mut out = String::new();
    let (caught, of) = (strength.caught(), strength.of());
    let pairs = &strength.pairs;
    let _ = writeln!(
        out,
        "{}: {caught} of {of} mistakes caught ({}), {} of {} pairs ({}), by {} vectors",
        strength.suite,
        percent(caught, of),
        pairs.caught,
        pairs.tried,
        percent(pairs.caught, pairs.tried),
        suite.vectors.len(),
    );
    rows(strength, suite, &mut out);
    left_to_do(strength, suite, &mut out);
    let _ = writeln!(
        out,
        "\nTrivial baselines pass, of the must and should vectors:"
    );
    for score in &strength.baselines {
        let passed = usize::try_from(score.passed).unwrap_or(usize::MAX);
        let _ = writeln!(
            out,
            "  {:<24}  {} of {} ({})",
            score.baseline.name(),
            passed,
            strength.binding,
            percent(passed, strength.binding)
        );
    }
    out
}

fn rows(strength: &Strength, suite: &Suite, out: &mut String) {
    let mut equivalent = String::new();
    let _ = writeln!(out, "\nCaught by:");
    for planted in &strength.mistakes {
        let id = planted.mistake.id.as_str();
        match &planted.fate {
            Detection::Caught { by, .. } => {
                let _ = writeln!(out, "  {id:<36}  {}", names(by, suite));
            }
            Detection::Shown { observed } => {
                let names = names(observed, suite);
                let _ = writeln!(
                    out,
                    "  {id:<36}  only observed, as it accepts no forgery: {names}"
                );
            }
            Detection::Equivalent(reason) => {
                let _ = writeln!(equivalent, "  {id:<36}  {reason}");
            }
            Detection::Tolerated { .. } | Detection::Missed(_) => {}
        }
    }
    if !equivalent.is_empty() {
        let _ = write!(out, "\nNot a mistake in this scheme:\n{equivalent}");
    }
    if !strength.pairs.equivalent.is_empty() {
        let _ = writeln!(out, "\nNot a mistake in this scheme when combined:");
        for (one, other) in &strength.pairs.equivalent {
            let _ = writeln!(out, "  {one} and {other}");
        }
    }
}

fn left_to_do(strength: &Strength, suite: &Suite, out: &mut String) {
    let mut missed = String::new();
    for planted in &strength.mistakes {
        let id = planted.mistake.id;
        match &planted.fate {
            Detection::Missed(witness) => {
                let _ = writeln!(missed, "  {id}\n{}", would_catch(witness));
            }
            Detection::Tolerated { observed, witness } => {
                let names = names(observed, suite);
                let _ = writeln!(
                    missed,
                    "  {id}: it accepts a forgery, but is only observed: {names}\n{}",
                    would_catch(witness)
                );
            }
            _ => {}
        }
    }
    missed_pairs(strength, &mut missed);
    if !missed.is_empty() {
        let _ = write!(
            out,
            "\nMissed, with a request that would catch it:\n{missed}"
        );
    }
    if !strength.idle.is_empty() {
        let _ = writeln!(out, "\nVectors that catch nothing:");
        for &at in &strength.idle {
            let _ = writeln!(out, "  {}", suite.vectors[at].id);
        }
    }
}

/// The missed pairs whose mistakes the suite catches individually. The other missed pairs are many,
/// and follow from missed mistakes.
fn missed_pairs(strength: &Strength, out: &mut String) {
    let is_caught = |id: MistakeId| {
        let mut mistakes = strength.mistakes.iter();
        mistakes.any(|p| p.mistake.id == id && matches!(p.fate, Detection::Caught { .. }))
    };
    let missed = strength.pairs.missed.iter();
    let (telling, others): (Vec<_>, Vec<_>) =
        missed.partition(|(one, other, _)| is_caught(*one) && is_caught(*other));
    for (one, other, witness) in telling {
        let _ = writeln!(
            out,
            "  {one} and {other} together\n{}",
            would_catch(witness)
        );
    }
    if !others.is_empty() {
        let _ = writeln!(out, "  and {} pairs with one of these", others.len());
    }
}

/// Names the first few vectors, and how many more there are.
fn names(vectors: &[usize], suite: &Suite) -> String {
    let named: Vec<&str> = vectors
        .iter()
        .take(NAMED)
        .map(|&at| suite.vectors[at].id.as_str())
        .collect();
    let mut names = named.join(", ");
    if vectors.len() > NAMED {
        let _ = write!(names, " and {} more", vectors.len() - NAMED);
    }
    names
}

fn would_catch(witness: &Witness) -> String {
    let id = match &witness.id {
        Some(id) => format!("`macproof suite generate` writes it as {id}: "),
        None => String::new(),
    };
    format!(
        "    {id}{}\n    right: {}; with the mistake: {}",
        cut(&witness.request_as_json()),
        cut(&outcome_in_words(&witness.right)),
        cut(&outcome_in_words(&witness.wrong)),
    )
}

/// The beginning of a text, with invisible characters escaped.
fn cut(text: &str) -> String {
    let mut characters = text.chars();
    let mut shown = String::new();
    for character in characters.by_ref().take(SHOWN) {
        match character {
            '"' | '\'' | '\\' => shown.push(character),
            other => shown.extend(other.escape_debug()),
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// A percentage, rounded down, so that only a full score gives 100.
fn percent(part: usize, whole: usize) -> String {
    match (part * 100).checked_div(whole) {
        None => "100 %".to_owned(),
        Some(percent) => format!("{percent} %"),
    }
}
