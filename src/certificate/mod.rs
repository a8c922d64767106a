//! Certificates: signed statements about what an implementation was shown to do, and their
//! verification. A [`Certification`] runs what a level requires and makes the statement.
//!
//! The statement is an in-toto Statement v1 with the predicate `test-result/v0.1`, in a DSSE
//! envelope with Ed25519. Files and clocks are passed in.

mod certification;
mod envelope;
mod evidence;
mod git_object;
mod hardened;
mod key;
mod level;
mod page;
mod rekey;
mod statement;
mod verify;

pub use certification::{
    Certification, CertificationError, CertificationEvent, DEFAULT_FUZZ_CASES, Environment,
};
pub use envelope::{Envelope, EnvelopeError, PAYLOAD_TYPE, pre_authentication};
pub use evidence::{Decisions, Evidence};
pub(crate) use git_object::{TreeEntry, tree_id};
pub use hardened::{Fuzzed, Hardened, Timed, TimedSubject};
pub use key::{KeyError, PrivateKey, PublicKey};
pub use level::{CertificateLevel, Refused, may_certify, same_hello};
pub use page::{Checked, Sentences, certificate_html, certificate_markdown};
pub use rekey::rekeyed;
pub use statement::{
    Certified, PREDICATE_TYPE, Predicate, ResourceDescriptor, STATEMENT_TYPE, Shown, Statement,
    Subject, statement,
};
pub use verify::{Demands, Invalid, verify};
