//! Mistakes in comparing two signatures: comparisons that are not equality, so that somebody
//! without the secret needs fewer guesses, or none.
//!
//! A longer or other spelling of the right MAC is none of these: it forges nothing.

use crate::mistakes::applicability::always;
use crate::mistakes::checksums::Checksum;
use crate::mistakes::lenient::leniently;
use crate::mistakes::{Attempt, Change, Judgement, Mistake, MistakeId, Stage};

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "Compare the whole signature, for equality and in constant time.",
    hints: &[],
    seen: "",
    stage: Stage::Verifying,
    case_of: None,
    applies: always,
    change: Change::Verifying(|_| None),
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("verify-adds-up-differences"),
        title: "the differences of the characters are added up",
        wrong: "Differences of both signs cancel each other, so that any permutation of the right signature passes.",
        remedy: "Join the differences by OR, or use the language's own comparison for secrets.",
        seen: "comparison loops with += or ^= for |=",
        change: Change::Verifying(|attempt| {
            attempt.judged_where(|presented, expected| {
                let sum = |text: &str| text.bytes().map(u64::from).sum::<u64>();
                presented.len() == expected.len() && sum(presented) == sum(expected)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-ignores-the-order"),
        title: "the characters of the signature are compared in any order",
        wrong: "Both signatures are sorted or counted, so that any permutation of the right one passes.",
        change: Change::Verifying(|attempt| {
            attempt.judged_where(|presented, expected| sorted(presented) == sorted(expected))
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-accepts-a-subset"),
        title: "a signature is accepted whose characters all stand in the expected one",
        wrong: "Which characters there are is compared, not where they stand: one character is enough.",
        change: Change::Verifying(|attempt| {
            attempt.judged_where(|presented, expected| {
                !presented.is_empty() && presented.chars().all(|c| expected.contains(c))
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-accepts-a-suffix"),
        title: "the end of a signature is accepted",
        wrong: "Only as many characters are compared as were presented, from the end: one character is enough.",
        remedy: "Compare lengths first, then the whole signature in constant time.",
        change: Change::Verifying(|attempt| {
            attempt.judged_where(|presented, expected| {
                !presented.is_empty() && expected.ends_with(presented)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-last-characters"),
        title: "only the last 8 characters of the signature are compared",
        wrong: "What stands before them may be anything, and the end can be guessed.",
        change: Change::Verifying(|attempt| {
            attempt.judged_where(|presented, expected| {
                let end = |text: &str| text.bytes().rev().take(8).collect::<Vec<_>>();
                presented.len() == expected.len() && end(presented) == end(expected)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-every-second-character"),
        title: "only every second character of the signature is compared",
        wrong: "The loop advances by two, so that half of the signature may be anything.",
        change: Change::Verifying(|attempt| {
            attempt.judged_where(|presented, expected| {
                let second = |text: &str| text.bytes().step_by(2).collect::<Vec<_>>();
                presented.len() == expected.len() && second(presented) == second(expected)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-what-is-decoded"),
        title: "of a signature that cannot be decoded only the decoded part is compared",
        wrong: "Decoding fails, what there is up to there is compared as far as it goes: nothing equals nothing.",
        remedy: "Reject a signature that does not decode, or decodes to another length.",
        change: Change::Verifying(|attempt| {
            let encoding = attempt.call.scheme.token.mac_encoding();
            let decode = leniently(encoding);
            attempt.judged_where(|presented, expected| {
                encoding.decode(presented).is_none()
                    && decode(expected.as_bytes()).starts_with(&decode(presented.as_bytes()))
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-lengths"),
        title: "only the lengths of the signatures are compared",
        wrong: "Any text as long as a signature passes.",
        change: Change::Verifying(|attempt| {
            attempt.judged_where(|presented, expected| presented.len() == expected.len())
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-to-the-first-nul"),
        title: "the signature's bytes are compared up to the first NUL",
        wrong: "strcmp ends at a NUL, so that of one signature in 256 nothing is compared at all.",
        remedy: "Compare as many bytes as a signature has, not a C string.",
        seen: "the Wii's check of SHA-1 by strncmp (2008)",
        change: Change::Verifying(|attempt| {
            let encoding = attempt.call.scheme.token.mac_encoding();
            let to_nul = |text: &str| {
                let bytes = encoding.decode(text)?;
                bytes.split(|&byte| byte == 0).next().map(<[u8]>::to_vec)
            };
            attempt.judged_where(|presented, expected| {
                to_nul(presented).is_some_and(|to_nul_of| Some(to_nul_of) == to_nul(expected))
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-crc-32"),
        title: "only the CRC-32 of the signatures is compared",
        wrong: CHECKSUM,
        change: Change::Verifying(|attempt| by_checksum(attempt, Checksum::Crc32)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-java-hash-codes"),
        title: "only a hash code of 32 bits of the signatures is compared, with the factor 31",
        wrong: CHECKSUM,
        change: Change::Verifying(|attempt| by_checksum(attempt, Checksum::JavaHashCode)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-fnv-1a"),
        title: "only the FNV-1a hash of the signatures is compared",
        wrong: CHECKSUM,
        change: Change::Verifying(|attempt| by_checksum(attempt, Checksum::Fnv1a)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-compares-adler-32"),
        title: "only the Adler-32 of the signatures is compared",
        wrong: CHECKSUM,
        change: Change::Verifying(|attempt| by_checksum(attempt, Checksum::Adler32)),
        ..ENTRY
    },
];

const CHECKSUM: &str = "A checksum of 32 bits is not a digest: other texts with the same one are easily computed, and guesses find one.";

fn by_checksum(attempt: &Attempt<'_>, checksum: Checksum) -> Option<Judgement> {
    attempt.judged_where(|presented, expected| {
        presented.len() == expected.len()
            && checksum.of(presented.as_bytes()) == checksum.of(expected.as_bytes())
    })
}

fn sorted(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes
}
