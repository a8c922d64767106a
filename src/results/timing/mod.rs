//! A timing campaign: its document, and what it measured.

mod document;
mod measurement;

pub use document::{TIMING_SCHEMA_VERSION, TimingCircumstances, TimingResult};
pub use measurement::{
    Confirmation, Control, ControlKind, Distributions, EarlyExit, Effect, LoopUnit, Measurement,
    RunningEffect, Subject, TimingVerdict,
};
