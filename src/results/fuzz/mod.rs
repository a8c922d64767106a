//! A fuzz campaign against one implementation, and the comparison of two.

mod document;
mod merge;
mod progress_curve;
mod versus;

pub use document::{
    FUZZ_SCHEMA_VERSION, FuzzEnd, FuzzFinding, FuzzResult, FuzzTrait, FuzzWarning, FuzzedSuite,
};
pub use merge::merge_fuzz;
pub use progress_curve::{FuzzPoint, ProgressCurve};
pub use versus::{
    VERSUS_SCHEMA_VERSION, VersusAnswer, VersusCell, VersusDifference, VersusExample, VersusResult,
    VersusSide,
};
