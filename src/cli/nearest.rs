//! The name that was probably meant by one that does not exist.

/// The known name nearest to a given one, where any is near.
pub(crate) fn nearest<'n>(given: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let given = plain(given);
    known
        .filter_map(|name| {
            let plain = plain(name);
            let distance = distance(&given, &plain);
            let is_part = !given.is_empty() && (plain.contains(&given) || given.contains(&plain));
            let is_near = is_part || distance * 3 <= plain.len();
            is_near.then_some((distance, name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A name as people mix it up: `userId`, `user-id` and `USER_ID` are one.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// How many characters have to be put in, taken out or exchanged.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, c) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, &d) in other.iter().enumerate() {
            let exchanged = diagonal + usize::from(c != d);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn the_name_that_was_meant_is_found() {
        let known = ["msg_id", "timestamp", "payload"];
        let nearest = |given: &str| nearest(given, known.into_iter());
        assert_eq!(nearest("timestmap"), Some("timestamp"));
        assert_eq!(nearest("msgId"), Some("msg_id"));
        assert_eq!(nearest("id"), Some("msg_id"));
        assert_eq!(nearest("pay-load"), Some("payload"));
        assert_eq!(nearest("colour"), None);
        assert_eq!(nearest(""), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
