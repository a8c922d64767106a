//! Another hash function than the scheme's.

use crate::mistakes::applicability::{algorithm_is_not, always};
use crate::mistakes::{Change, Hash, Mistake, MistakeId, Stage};
use crate::scheme::Algorithm;

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "Another hash function than the scheme's is used.",
    remedy: "",
    hints: &[],
    seen: "",
    stage: Stage::Algorithm,
    case_of: None,
    applies: always,
    change: Change::Hash(Hash::Sha256),
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("algorithm-sha-1"),
        title: "SHA-1 is used",
        remedy: "Name {hash} in the call of HMAC, not sha1.",
        seen: "libraries whose default it is",
        applies: |scheme| algorithm_is_not(scheme, Algorithm::HmacSha1),
        change: Change::Hash(Hash::Sha1),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("algorithm-sha-256"),
        title: "SHA-256 is used",
        remedy: "Name {hash} in the call of HMAC, not sha256.",
        applies: |scheme| algorithm_is_not(scheme, Algorithm::HmacSha256),
        change: Change::Hash(Hash::Sha256),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("algorithm-sha-512"),
        title: "SHA-512 is used",
        remedy: "Name {hash} in the call of HMAC, not sha512.",
        applies: |scheme| algorithm_is_not(scheme, Algorithm::HmacSha512),
        change: Change::Hash(Hash::Sha512),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("algorithm-md5"),
        title: "MD5 is used",
        remedy: "Name {hash} in the call of HMAC, not md5.",
        change: Change::Hash(Hash::Md5),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("algorithm-sha-384"),
        title: "SHA-384 is used",
        remedy: "Name {hash} in the call of HMAC, not sha384.",
        applies: |scheme| algorithm_is_not(scheme, Algorithm::HmacSha384),
        change: Change::Hash(Hash::Sha384),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("algorithm-sha3-256"),
        title: "SHA3-256 is used",
        remedy: "Name {hash} in the call of HMAC, not sha3-256.",
        change: Change::Hash(Hash::Sha3_256),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("algorithm-sha-512-256"),
        title: "SHA-512/256 is used",
        remedy: "Name {hash} in the call of HMAC, not sha512-256.",
        change: Change::Hash(Hash::Sha512_256),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("algorithm-sha-224"),
        title: "SHA-224 is used",
        remedy: "Name {hash} in the call of HMAC, not sha224.",
        applies: |scheme| algorithm_is_not(scheme, Algorithm::HmacSha224),
        change: Change::Hash(Hash::Sha224),
        ..ENTRY
    },
];
