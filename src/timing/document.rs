//! The document of a timing campaign.

use crate::results::{TIMING_SCHEMA_VERSION, TimingResult};
use crate::timing::judge::judge;
use crate::timing::raw::RawHeader;
use crate::timing::recording::Recording;
use crate::timing::terms::Terms;
use crate::timing::words::limits;

/// The document of what was recorded, each recording judged.
pub fn document(header: &RawHeader, recordings: &[Recording]) -> TimingResult {
    let terms = Terms {
        target_ns: header.target_ns,
        time_s: header.time_s,
        subjects: recordings.len(),
    };
    let measurements: Vec<_> = recordings
        .iter()
        .map(|recording| judge(recording, &terms))
        .collect();
    let header = header.clone();
    TimingResult {
        macproof_timing: TIMING_SCHEMA_VERSION,
        macproof_version: header.macproof_version,
        started: header.started,
        implementation: header.implementation,
        adapter: header.adapter,
        judged_itself: header.judged_itself,
        circumstances: header.circumstances,
        target_ns: header.target_ns,
        time_s: header.time_s,
        seed: header.seed,
        exit_code: TimingResult::exit_code_of(&measurements),
        interrupted: header.interrupted,
        measurements,
        limits: limits(recordings),
    }
}
