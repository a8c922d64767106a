//! How an implementation is reached that `macproof.yaml` describes.

use std::path::Path;

use crate::adapters::{AdapterCommand, Authorities, ExecTarget, HttpTarget, Transport, WebTarget};
use crate::implementations::{Access, Described, Reach, WebAddressError};

/// The transport to a described implementation; commands run in `directory`, and a server over TLS
/// is trusted by `authorities`.
///
/// # Errors
///
/// One of its addresses is none, or is not within `reach`.
pub fn transport_to(
    described: &Described,
    directory: &Path,
    reach: Reach,
    authorities: Option<Authorities>,
) -> Result<Box<dyn Transport>, WebAddressError> {
    Ok(match &described.way {
        Access::Command(words) => {
            let mut words = words.iter();
            let program = words.next().cloned().unwrap_or_default();
            Box::new(AdapterCommand::new(program, words).in_directory(directory))
        }
        Access::Server(address) => {
            address.check(reach)?;
            let address = address.clone();
            Box::new(HttpTarget {
                address,
                reach,
                authorities,
            })
        }
        Access::Exec(native) => Box::new(ExecTarget {
            native: (**native).clone(),
            directory: directory.to_owned(),
        }),
        Access::Web(native) => {
            for address in native.addresses() {
                address?.check(reach)?;
            }
            let native = (**native).clone();
            Box::new(WebTarget {
                native,
                reach,
                authorities,
            })
        }
    })
}
