//! The five formats of documents: what each declares itself to be, and how it is read.

use serde_json::{Result, from_slice};

use crate::results::{
    Document, FUZZ_SCHEMA_VERSION, FuzzResult, RUNS_VERSION, RunResult, Runs, SCHEMA_VERSION,
    TIMING_SCHEMA_VERSION, TimingResult, VERSUS_SCHEMA_VERSION, VersusResult,
};
use crate::signature::enumerated;

enumerated! {
    /// The format of a document.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum DocumentFormat {
        /// A run of one implementation.
        Run,
        /// Runs of several implementations.
        Runs,
        /// A fuzz campaign.
        Fuzz,
        /// A comparison of two implementations.
        Versus,
        /// A timing campaign.
        Timing,
    }
}

impl DocumentFormat {
    /// The version of its schema that this program writes and reads.
    pub fn version(self) -> u32 {
        match self {
            Self::Run => SCHEMA_VERSION,
            Self::Runs => RUNS_VERSION,
            Self::Fuzz => FUZZ_SCHEMA_VERSION,
            Self::Versus => VERSUS_SCHEMA_VERSION,
            Self::Timing => TIMING_SCHEMA_VERSION,
        }
    }

    /// The command that writes it.
    pub fn command(self) -> &'static str {
        match self {
            Self::Run | Self::Runs => "macproof run",
            Self::Fuzz => "macproof fuzz",
            Self::Versus => "macproof fuzz --against",
            Self::Timing => "macproof timing",
        }
    }
}

/// What is read from documents that declare their format and version.
pub trait Versioned: Sized {
    /// The format that is expected.
    const FORMAT: DocumentFormat;

    /// Whether it can be read from documents of this format.
    fn is_read_from(format: DocumentFormat) -> bool {
        format == Self::FORMAT
    }

    /// Parses a document of the current version, and migrates what an older program wrote.
    fn parse(format: DocumentFormat, json: &[u8]) -> Result<Self>;
}

impl Versioned for Document {
    const FORMAT: DocumentFormat = DocumentFormat::Run;

    fn is_read_from(format: DocumentFormat) -> bool {
        matches!(format, DocumentFormat::Run | DocumentFormat::Runs)
    }

    fn parse(format: DocumentFormat, json: &[u8]) -> Result<Self> {
        let mut document: Self = match format {
            DocumentFormat::Runs => from_slice::<Runs>(json)?.into(),
            _ => from_slice::<RunResult>(json)?.into(),
        };
        for run in document.runs_mut() {
            run.bring_up_to_date();
        }
        Ok(document)
    }
}

impl Versioned for FuzzResult {
    const FORMAT: DocumentFormat = DocumentFormat::Fuzz;

    fn parse(_: DocumentFormat, json: &[u8]) -> Result<Self> {
        from_slice(json)
    }
}

impl Versioned for VersusResult {
    const FORMAT: DocumentFormat = DocumentFormat::Versus;

    fn parse(_: DocumentFormat, json: &[u8]) -> Result<Self> {
        from_slice(json)
    }
}

impl Versioned for TimingResult {
    const FORMAT: DocumentFormat = DocumentFormat::Timing;

    fn parse(_: DocumentFormat, json: &[u8]) -> Result<Self> {
        from_slice(json)
    }
}
