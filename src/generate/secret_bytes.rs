//! Bytes of secrets and keys, and how strictly their use is demanded.

#[derive(Clone, Copy)]
pub(super) enum Bytes {
    Are(&'static [u8]),
    Repeat(u8, usize),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum SecretStrictness {
    /// Used as it is; or refused, because a vendor may know the form of its own secrets.
    Used,
    /// The same, but only as a matter of care.
    Unusual,
}

impl Bytes {
    pub(super) fn bytes(self) -> Vec<u8> {
        match self {
            Self::Are(bytes) => bytes.to_vec(),
            Self::Repeat(byte, times) => vec![byte; times],
        }
    }
}
