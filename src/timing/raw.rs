//! Writes and reads recordings as CSV, one pair per line.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::protocol::ImplementationInfo;
use crate::results::{EarlyExit, Subject, TimingCircumstances};
use crate::statistics::Order;
use crate::timing::recording::{Condition, Recording, Sample, Stage, Trouble};

/// The version of the file format.
const FORM: u32 = 1;

/// The header line.
const COLUMNS: &str = "subject,stage,condition,repeat,order,longer_ns,shorter_ns";

/// The metadata of all recordings in a file: its first line, as JSON after `# `.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawHeader {
    /// The version of the file format.
    pub macproof_timing_raw: u32,
    /// The version of the program that wrote the file.
    pub macproof_version: String,
    /// When the campaign began, as RFC 3339.
    pub started: String,
    /// The implementation that was measured.
    pub implementation: ImplementationInfo,
    /// How the implementation was reached.
    pub adapter: String,
    /// Whether the built-in reference was measured because no implementation was named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// The circumstances of the measurement.
    pub circumstances: TimingCircumstances,
    /// The target, in nanoseconds per call.
    pub target_ns: f64,
    /// Maximum time per subject, in seconds.
    pub time_s: f64,
    /// The seed of all random choices.
    pub seed: u64,
    /// Whether a signal interrupted the campaign.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

/// The metadata of one recording: a line of JSON after `# `, before its pairs.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordingHeader {
    subject: Subject,
    #[serde(default = "amplified", skip_serializing_if = "is_amplified")]
    amplified: bool,
    counted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    early_exit: Option<EarlyExit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trouble: Option<Trouble>,
}

/// Why a file cannot be read as recordings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RawError {
    /// The file does not start with a header.
    #[error("not a file of raw pairs: its first line is not a header of macproof timing --raw")]
    NoHeader,
    /// The file has another format version.
    #[error(
        "unsupported version {0}; this macproof reads version {FORM}, so use the macproof that wrote the file"
    )]
    Form(u32),
    /// A line is malformed.
    #[error("line {line}: {what}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// The problem.
        what: String,
    },
}

/// Renders recordings as a file.
#[expect(
    clippy::expect_used,
    reason = "a text takes everything, and headers have text keys"
)]
pub fn raw_write(header: &RawHeader, recordings: &[Recording]) -> String {
    let json = "headers can be written";
    let mut out = format!(
        "# {}\n{COLUMNS}\n",
        serde_json::to_string(header).expect(json)
    );
    for recording in recordings {
        let header = RecordingHeader {
            subject: recording.subject.clone(),
            amplified: recording.amplified,
            counted: recording.counted,
            early_exit: recording.early_exit.clone(),
            trouble: recording.trouble.clone(),
        };
        let header = serde_json::to_string(&header).expect(json);
        writeln!(out, "# {header}").expect("a text takes everything");
        let subject = name(&recording.subject);
        for sample in &recording.samples {
            let stage = word(&Stage::WORDS, sample.stage);
            let condition = word(&Condition::WORDS, sample.condition);
            let order = word(&ORDERS, sample.order);
            let (repeat, longer, shorter) = (sample.repeat, sample.longer, sample.shorter);
            writeln!(
                out,
                "{subject},{stage},{condition},{repeat},{order},{longer},{shorter}"
            )
            .expect("a text takes everything");
        }
    }
    out
}

/// Reads a file's header and recordings. Fails on a missing header, another format version, or a
/// malformed line.
pub fn raw_read(text: &str) -> Result<(RawHeader, Vec<Recording>), RawError> {
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    let (_, first) = lines.next().ok_or(RawError::NoHeader)?;
    let json = first.strip_prefix("# ").ok_or(RawError::NoHeader)?;
    let value: serde_json::Value = serde_json::from_str(json).map_err(|_| RawError::NoHeader)?;
    match value["macproof_timing_raw"].as_u64() {
        Some(form) if form == u64::from(FORM) => {}
        Some(form) => return Err(RawError::Form(u32::try_from(form).unwrap_or(u32::MAX))),
        None => return Err(RawError::NoHeader),
    }
    let wrong = |line: usize, what: String| RawError::Line { line, what };
    let header = serde_json::from_value(value).map_err(|error| wrong(1, error.to_string()))?;
    let mut recordings: Vec<Recording> = Vec::new();
    for (at, line) in lines {
        if line == COLUMNS || line.is_empty() {
            continue;
        }
        if let Some(json) = line.strip_prefix("# ") {
            let header: RecordingHeader =
                serde_json::from_str(json).map_err(|error| wrong(at, error.to_string()))?;
            recordings.push(Recording {
                subject: header.subject,
                amplified: header.amplified,
                counted: header.counted,
                early_exit: header.early_exit,
                trouble: header.trouble,
                samples: Vec::new(),
            });
            continue;
        }
        let (subject, sample) = sample(line).ok_or_else(|| {
            wrong(
                at,
                format!("invalid pair {line:?}; the columns are {COLUMNS}"),
            )
        })?;
        let recording = recordings
            .last_mut()
            .filter(|recording| name(&recording.subject) == subject)
            .ok_or_else(|| {
                wrong(
                    at,
                    format!("the pair of {subject:?} is not under a header of that subject"),
                )
            })?;
        recording.samples.push(sample);
    }
    Ok((header, recordings))
}

impl RawHeader {
    /// The version of the format.
    pub const FORM: u32 = FORM;
}

const ORDERS: [(Order, &str); 2] = [
    (Order::Forward, "longer-first"),
    (Order::Backward, "shorter-first"),
];

/// The default for files that predate this member.
fn amplified() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_amplified(amplified: &bool) -> bool {
    *amplified
}

fn sample(line: &str) -> Option<(&str, Sample)> {
    let mut cells = line.split(',');
    let subject = cells.next()?;
    let sample = Sample {
        stage: meant(&Stage::WORDS, cells.next()?)?,
        condition: meant(&Condition::WORDS, cells.next()?)?,
        repeat: cells.next()?.parse().ok().filter(|repeat| *repeat > 0)?,
        order: meant(&ORDERS, cells.next()?)?,
        longer: cells.next()?.parse().ok()?,
        shorter: cells.next()?.parse().ok()?,
    };
    cells.next().is_none().then_some((subject, sample))
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Verify(suite) => format!("verify:{suite}"),
        Subject::Compare => "compare".to_owned(),
    }
}

fn word<T: Copy + PartialEq>(words: &[(T, &'static str)], meant: T) -> &'static str {
    words
        .iter()
        .find(|(one, _)| *one == meant)
        .map_or("", |(_, word)| word)
}

fn meant<T: Copy>(words: &[(T, &'static str)], word: &str) -> Option<T> {
    words
        .iter()
        .find(|(_, one)| *one == word)
        .map(|(meant, _)| *meant)
}
