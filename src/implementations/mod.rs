//! Implementations that are described and not programmed: `macproof.yaml`.

mod web_address;

pub use web_address::{Reach, WebAddress, WebAddressError};
