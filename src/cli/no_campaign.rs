//! Why a fuzz campaign did not take place, as an exit code.

use crate::adapters::AdapterError;
use crate::cli::exit::Stop;
use crate::cli::interruption::interruption;
use crate::fuzz::FuzzError;

/// Why there was no campaign.
pub(crate) fn no_campaign(error: FuzzError) -> Stop {
    match (error, interruption()) {
        (FuzzError::Nothing(why), _) => Stop::usage(FuzzError::Nothing(why)),
        (FuzzError::Adapter(_), Some(interruption)) => {
            Stop::interrupted(interruption, "interrupted before the first case ran")
        }
        (FuzzError::Adapter(AdapterError::Interrupted), None) => {
            Stop::harness("the time was up before the adapter said hello")
        }
        (error, None) => Stop::harness(error),
    }
}
