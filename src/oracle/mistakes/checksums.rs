//! Checksums of 32 bits by which verifiers compare. Each takes in one byte at a time, and each can
//! give it back: so a text with the checksum of another is found from both of its ends.

/// A checksum of 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// CRC-32 of zlib, gzip and PHP's `crc32` (ISO 3309).
    Crc32,
    /// Adler-32 (RFC 1950).
    Adler32,
    /// FNV-1a.
    Fnv1a,
    /// Java's `String.hashCode` of an ASCII text, and `Arrays.hashCode` but for what it begins with.
    JavaHashCode,
}

const CRC_POLYNOMIAL: u32 = 0xedb8_8320;
/// What the lowest byte of a state becomes.
static CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        let mut state = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            state = (state >> 1) ^ (CRC_POLYNOMIAL * (state & 1));
            bit += 1;
        }
        table[byte as usize] = state;
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    table
};
/// Which entry of [`CRC`] has that highest byte; no two have the same.
static CRC_BY_HIGH_BYTE: [u8; 256] = {
    let mut places = [0; 256];
    let mut byte = 0_u8;
    loop {
        places[(CRC[byte as usize] >> 24) as usize] = byte;
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    places
};
const ADLER_MODULUS: u32 = 65_521;
const FNV_PRIME: u32 = 0x0100_0193;
/// `FNV_PRIME * FNV_INVERSE` is 1 modulo 2³².
const FNV_INVERSE: u32 = 0x359c_449b;
/// `31 * JAVA_INVERSE` is 1 modulo 2³².
const JAVA_INVERSE: u32 = 0xbdef_7bdf;

impl Checksum {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Crc32, Self::Adler32, Self::Fnv1a, Self::JavaHashCode];

    /// The checksum of some bytes.
    pub fn of(self, bytes: &[u8]) -> u32 {
        let state = self.after(self.start(), bytes);
        match self {
            Self::Crc32 => !state,
            Self::Adler32 | Self::Fnv1a | Self::JavaHashCode => state,
        }
    }

    /// The state before the first byte.
    pub fn start(self) -> u32 {
        match self {
            Self::Crc32 => u32::MAX,
            Self::Adler32 => 1,
            Self::Fnv1a => 0x811c_9dc5,
            Self::JavaHashCode => 0,
        }
    }

    /// The state after some more bytes.
    pub fn after(self, state: u32, bytes: &[u8]) -> u32 {
        bytes
            .iter()
            .fold(state, |state, &byte| self.take(state, byte))
    }

    /// The state after one more byte.
    pub fn take(self, state: u32, byte: u8) -> u32 {
        let byte = u32::from(byte);
        match self {
            Self::Crc32 => (state >> 8) ^ CRC[((state ^ byte) & 0xff) as usize],
            Self::Adler32 => {
                let low = ((state & 0xffff) + byte) % ADLER_MODULUS;
                let high = ((state >> 16) + low) % ADLER_MODULUS;
                high << 16 | low
            }
            Self::Fnv1a => (state ^ byte).wrapping_mul(FNV_PRIME),
            Self::JavaHashCode => state.wrapping_mul(31).wrapping_add(byte),
        }
    }

    /// The state before the last byte that was taken in.
    pub fn give_back(self, state: u32, byte: u8) -> u32 {
        let byte = u32::from(byte);
        match self {
            Self::Crc32 => {
                // The highest byte tells which entry of the table was joined.
                let low = u32::from(CRC_BY_HIGH_BYTE[(state >> 24) as usize]);
                (state ^ CRC[low as usize]) << 8 | (low ^ byte)
            }
            Self::Adler32 => {
                let (high, low) = (state >> 16, state & 0xffff);
                let high = (high + ADLER_MODULUS - low) % ADLER_MODULUS;
                let low = (low + ADLER_MODULUS - byte) % ADLER_MODULUS;
                high << 16 | low
            }
            Self::Fnv1a => state.wrapping_mul(FNV_INVERSE) ^ byte,
            Self::JavaHashCode => state.wrapping_sub(byte).wrapping_mul(JAVA_INVERSE),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Checksum;

    #[test]
    fn checksums_match_their_languages() {
        // Python's zlib.crc32 and zlib.adler32, the FNV page's own values, Java's String.hashCode.
        assert_eq!(Checksum::Crc32.of(b"123456789"), 0xcbf4_3926);
        assert_eq!(Checksum::Adler32.of(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(Checksum::Fnv1a.of(b"foobar"), 0xbf9c_f968);
        assert_eq!(Checksum::JavaHashCode.of(b"hello"), 99_162_322);
        assert_eq!(
            Checksum::JavaHashCode.of(b"Aa"),
            Checksum::JavaHashCode.of(b"BB")
        );
    }

    proptest! {
        #[test]
        fn state_round_trips(
            bytes in prop::collection::vec(any::<u8>(), 0..40),
            byte in any::<u8>(),
        ) {
            for checksum in Checksum::ALL {
                let state = checksum.after(checksum.start(), &bytes);
                prop_assert_eq!(checksum.give_back(checksum.take(state, byte), byte), state);
            }
        }
    }
}
