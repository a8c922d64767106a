//! Randomness from the operating system: what no one may be able to predict or choose.

use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};

use crate::cli::exit::Stop;

/// So many bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Stop> {
    let mut bytes = [0; N];
    let mut filled = 0;
    while filled < N {
        match getrandom(&mut bytes[filled..], GetRandomFlags::empty()) {
            Ok(more) => filled += more,
            Err(Errno::INTR) => {}
            Err(errno) => {
                return Err(Stop::harness(format_args!(
                    "failed to get random bytes from the system: {errno}"
                )));
            }
        }
    }
    Ok(bytes)
}

/// A seed of 53 bits: every reader of JSON keeps it whole.
pub(crate) fn seed() -> Result<u64, Stop> {
    Ok(u64::from_le_bytes(bytes()?) >> 11)
}
