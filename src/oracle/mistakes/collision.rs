//! Another text with the checksum of a given one.

use crate::mistakes::checksums::Checksum;

/// How many beginnings are remembered.
const REMEMBERED: usize = 1 << 16;

/// A text as long as `right`, and other than it, that has the same checksum behind the same bytes
/// `before`. `choices` says what may stand at each place; only the first few are changed, and the
/// same arguments give the same text. `None` if `right` is too short for one to be found.
///
/// From the left the states behind some beginnings are remembered, from the right what may follow
/// is given back: of 2³² pairs one is expected to meet.
pub fn collision(
    checksum: Checksum,
    before: &[u8],
    right: &[u8],
    choices: impl Fn(usize) -> Vec<u8>,
) -> Option<Vec<u8>> {
    // What stands there comes first: some checksums hardly scatter, and then what collides lies near.
    let place = |(at, &byte): (usize, &u8)| {
        let mut choices = choices(at);
        let own = choices.iter().position(|&choice| choice == byte);
        choices.rotate_left(own.unwrap_or_default());
        choices
    };
    let places: Vec<Vec<u8>> = right.iter().enumerate().map(place).collect();
    let (mut head, mut beginnings) = (0, 1);
    while beginnings < REMEMBERED {
        beginnings *= places.get(head)?.len().max(1);
        head += 1;
    }
    let (mut neck, mut followings) = (head, 1_usize);
    while followings < 64 * REMEMBERED {
        followings *= places.get(neck)?.len().max(1);
        neck += 1;
    }
    let start = checksum.after(checksum.start(), before);
    let mut met = Met {
        checksum,
        states: vec![None; REMEMBERED],
        nth: 0,
    };
    met.remember(start, &places[..head]);
    let end = checksum.after(start, &right[..neck]);
    let mut following = right[head..neck].to_vec();
    let is_another =
        |beginning: &[u8], following: &[u8]| [beginning, following].concat() != right[..neck];
    let nth = met.find(
        end,
        &places[head..neck],
        &mut following,
        &|nth, following| is_another(&nth_of(nth, &places[..head]), following),
    )?;
    Some(
        [
            &nth_of(nth, &places[..head])[..],
            &following,
            &right[neck..],
        ]
        .concat(),
    )
}

/// The states behind some beginnings.
struct Met {
    checksum: Checksum,
    /// A state and which beginning led to it, at the place that the state has.
    states: Vec<Option<(u32, usize)>>,
    nth: usize,
}

impl Met {
    /// Remembers the states behind all beginnings, as many as there is room for.
    fn remember(&mut self, state: u32, places: &[Vec<u8>]) {
        let Some((first, rest)) = places.split_first() else {
            self.states[slot(state)] = Some((state, self.nth));
            self.nth += 1;
            return;
        };
        for &byte in first {
            if self.nth < REMEMBERED {
                self.remember(self.checksum.take(state, byte), rest);
            }
        }
    }

    /// Fills the places from the last to the first, giving back each byte, until what is left is
    /// behind a beginning that will do; says which.
    fn find(
        &self,
        state: u32,
        places: &[Vec<u8>],
        following: &mut [u8],
        will_do: &dyn Fn(usize, &[u8]) -> bool,
    ) -> Option<usize> {
        let Some((last, rest)) = places.split_last() else {
            let (known, nth) = self.states[slot(state)]?;
            return (known == state && will_do(nth, following)).then_some(nth);
        };
        for &byte in last {
            following[rest.len()] = byte;
            let before = self.checksum.give_back(state, byte);
            let found = self.find(before, rest, following, will_do);
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// The states of texts that are alike lie close together, so they are scattered.
fn slot(state: u32) -> usize {
    (state.wrapping_mul(0x9e37_79b1) >> 16) as usize
}

/// The `nth` text of all that the places can hold, the last place counting fastest.
fn nth_of(nth: usize, places: &[Vec<u8>]) -> Vec<u8> {
    let mut rest = nth;
    let mut text: Vec<u8> = places
        .iter()
        .rev()
        .map(|choices| {
            let byte = choices[rest % choices.len()];
            rest /= choices.len();
            byte
        })
        .collect();
    text.reverse();
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::collision;
    use crate::mistakes::checksums::Checksum;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn a_collision_is_another_text_with_the_same_checksum(
            right in "[0-9a-f]{64}",
            before in "[a-z0-9=]{0,8}",
        ) {
            for checksum in Checksum::ALL {
                let found = collision(checksum, before.as_bytes(), right.as_bytes(), |_| {
                    b"0123456789abcdef".to_vec()
                });
                let found = String::from_utf8(found.unwrap()).unwrap();
                prop_assert_ne!(&found, &right);
                prop_assert_eq!(found.len(), right.len());
                prop_assert!(found.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
                let of = |text: &str| checksum.of(format!("{before}{text}").as_bytes());
                prop_assert_eq!(of(&found), of(&right));
            }
        }
    }

    #[test]
    fn short_texts_have_no_collision() {
        assert_eq!(
            collision(Checksum::Crc32, b"", b"abc", |_| b"abc".to_vec()),
            None
        );
    }
}
