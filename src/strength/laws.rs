//! What the tables of inputs say of themselves is so.

use std::collections::BTreeSet;

use crate::generate::rows;
use crate::mistakes::{MistakeId, Mistaken, catalogue};
use crate::scheme::{MessagePart, Scheme};
use crate::strength::mutant::Mutant;

/// Whether the scheme changes a field before it is signed: then an input may be signed in the form
/// to which a mistake brings it.
fn changes_a_field(scheme: &Scheme) -> bool {
    let is_changed = |part: &MessagePart| matches!(part, MessagePart::Field { filters, .. } if !filters.is_empty());
    scheme.message.parts().iter().any(is_changed)
}

/// Each row reveals the mistakes that it names: an implementation that makes one fails a vector of
/// the row, in every suite that has such a vector and in which the mistake applies.
#[test]
fn each_row_reveals_the_mistakes_that_it_names() {
    let mut wrong = Vec::new();
    let mut unseen: BTreeSet<String> = rows()
        .filter(|row| !row.mistakes.is_empty())
        .map(|row| row.id())
        .collect();
    let suites = crate::suite::well_known().map(|suite| suite.parsed().clone());
    for suite in suites.filter(|suite| !changes_a_field(&suite.scheme)) {
        let mutant = Mutant::new(&suite);
        for mistake in catalogue() {
            if mistake.applies(&suite.scheme).is_err() {
                continue;
            }
            let mut mistaken = Mistaken::one(mistake);
            for row in rows().filter(|row| row.mistakes.contains(&mistake.id)) {
                let ids = suite.vectors.iter().map(|vector| vector.id.as_str());
                let at: Vec<usize> = std::iter::zip(0.., ids)
                    .filter(|(_, id)| row.has(id))
                    .map(|(at, _)| at)
                    .collect();
                if at.is_empty() {
                    continue;
                }
                unseen.remove(&row.id());
                if !at.iter().any(|&at| mutant.is_caught_by(at, &mut mistaken)) {
                    wrong.push(format!("{} in {}: {}", row.id(), suite.name, mistake.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unseen.is_empty(), "in no suite: {unseen:?}");
}

#[test]
fn the_mistakes_of_the_rows_are_in_the_catalogue() {
    let known: BTreeSet<MistakeId> = catalogue().iter().map(|mistake| mistake.id).collect();
    let named: BTreeSet<MistakeId> = rows().flat_map(|row| row.mistakes).copied().collect();
    assert!(named.is_subset(&known), "{:?}", named.difference(&known));
    assert!(named.len() > 50, "{}", named.len());
}
