//! The name that was probably meant by one that does not exist.

use strsim::levenshtein;

/// The known name nearest to a given one, where any is near.
pub(crate) fn nearest<'n>(given: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let given = plain(given);
    known
        .filter_map(|name| {
            let plain = plain(name);
            let distance = levenshtein(&given, &plain);
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

#[cfg(test)]
mod tests {
    use super::nearest;

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
    }
}
