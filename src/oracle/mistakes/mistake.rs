//! What a mistake changes: the steps of signing, what each is given, and what it gives back.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::mistakes::digest::Prepared;
use crate::mistakes::{Digest, Hash, TokenPieces};
use crate::scheme::{Call, FieldTexts, Filter, Refusal, Rejection, Scheme, SecretRule, TimeForm};
use crate::signature::{Fields, Secret, Secrets, Value};

/// The steps of signing in their order, and verifying. A pipeline deviates at most once at each
/// step, so two mistakes of one step cannot be combined; those of verifying can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Which of the configured secrets is taken.
    WhichSecret,
    /// The text of the secret, before it is decoded.
    SecretText,
    /// How the text becomes key bytes.
    Decoding,
    /// The key bytes themselves.
    Key,
    /// How the key is derived from them.
    Derivation,
    /// How a field's value becomes text.
    Reading,
    /// What stands at the ends of the text that is signed.
    Ends,
    /// That text as bytes.
    Identity,
    /// How the filters of the scheme write that text: a digest, an encoding, escapes.
    Filtering,
    /// How the time is written.
    Time,
    /// How the message is put together.
    Composition,
    /// What is done with key and message.
    Keying,
    /// The hash function.
    Hash,
    /// The bytes of the MAC, before they are spelt.
    MacBytes,
    /// How they are spelt.
    Spelling,
    /// What stands around that text.
    Wrapping,
    /// How the token is put together.
    Token,
    /// How a verifier judges a presented token.
    Verifying,
}

impl Step {
    /// How many steps signing has.
    pub const SIGNING: usize = Self::Verifying as usize;
}

/// One result of a change. A mistake that is made in several ways (other delimiters, say) has
/// several forms, the usual one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form<T> {
    /// What comes out.
    pub value: T,
    /// Which of several forms it is, in words; empty where there is only one.
    pub detail: Cow<'static, str>,
    /// The only field that it touches, where the change may touch several.
    pub of: Option<String>,
}

/// The forms of a change for one input, the usual one first; none where an exception comes out.
/// Where there is nothing to change, the input as it was.
pub type Forms<T> = Vec<Form<T>>;

impl<T> Form<T> {
    /// A form among several.
    pub fn new(value: T, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            value,
            detail: detail.into(),
            of: None,
        }
    }

    /// The same, of one field only.
    #[must_use]
    pub fn of(self, field: &str) -> Self {
        Self {
            of: Some(field.to_owned()),
            ..self
        }
    }

    /// The only form.
    pub fn only(value: T) -> Forms<T> {
        vec![Self::new(value, "")]
    }
}

/// What a mistake changes. See [`Step`] for what each step is.
#[derive(Clone, Copy)]
pub enum Change {
    /// Which of several secrets is taken.
    WhichSecret(fn(&SelectedSecret<'_>) -> Forms<Vec<u8>>),
    /// The text of the secret, before it is decoded.
    SecretText(fn(&[u8]) -> Forms<Vec<u8>>),
    /// How the text of the secret becomes the key.
    Decoding(fn(&SecretText<'_>) -> Forms<Vec<u8>>),
    /// The bytes of the key.
    Key(fn(&[u8]) -> Forms<Vec<u8>>),
    /// How the key is derived from the bytes of the secret.
    Derivation(fn(&KeyDerivation<'_>) -> Forms<Vec<u8>>),
    /// How the value of a field is read; `None` for one that is absent.
    Reading(fn(Option<&Value>) -> Forms<Vec<u8>>),
    /// The ends of a text: blanks, line ends.
    Ends(fn(&[u8]) -> Forms<Vec<u8>>),
    /// The text of a field in the message.
    Identity(fn(&IdentityText<'_>) -> Forms<Vec<u8>>),
    /// What the filters of the scheme that write a text in another form make of it.
    Filtering(fn(&FilteredText<'_>) -> Forms<Vec<u8>>),
    /// The time, in the message, in the token, or in both.
    Time(fn(&TimeText<'_>) -> Forms<TimeTexts>),
    /// How the message is put together.
    Composition(fn(&Composition<'_>) -> Forms<Vec<u8>>),
    /// What is done with key and message, by the words for each form.
    Keying(&'static [(&'static str, Keying)]),
    /// Another hash function.
    Hash(Hash),
    /// The bytes of the MAC. `undo` gives what may have been there before; its first eight bytes are what counts.
    MacBytes {
        /// Makes the mistake.
        change: fn(&[u8]) -> Forms<Vec<u8>>,
        /// Takes it back.
        undo: fn(&[u8]) -> Vec<Vec<u8>>,
    },
    /// How the bytes of the MAC are written. `read` gives the bytes that may have been spelt so; their first eight are what counts.
    Spelling {
        /// Makes the mistake.
        spell: fn(&[u8]) -> Forms<String>,
        /// Takes it back.
        read: fn(&str) -> Vec<Vec<u8>>,
    },
    /// What is put around the text of the MAC, or changed in it. `unwrap` gives the texts that may have been wrapped so.
    Wrapping {
        /// Makes the mistake.
        wrap: fn(&str) -> Forms<String>,
        /// Takes it back.
        unwrap: fn(&str) -> Vec<String>,
    },
    /// How the token is put together.
    Token(fn(&TokenPieces) -> Forms<String>),
    /// Which of several secrets that hold at once a verifier tries: of the newest, and of those before
    /// it, at least one, the latest first.
    Holding(fn(&Scheme, &Secret, &[Secret]) -> Secrets),
    /// What a verifier says; `None` where the mistake makes no difference.
    Verifying(fn(&Attempt<'_>) -> Option<Judgement>),
}

/// What is done with key and message.
pub type Keying = fn(&KeyedHash<'_>, &[u8]) -> Digest;

impl Change {
    /// The step that it is a change to.
    pub fn step(&self) -> Step {
        match self {
            Self::WhichSecret(_) => Step::WhichSecret,
            Self::SecretText(_) => Step::SecretText,
            Self::Decoding(_) => Step::Decoding,
            Self::Key(_) => Step::Key,
            Self::Derivation(_) => Step::Derivation,
            Self::Reading(_) => Step::Reading,
            Self::Ends(_) => Step::Ends,
            Self::Identity(_) => Step::Identity,
            Self::Filtering(_) => Step::Filtering,
            Self::Time(_) => Step::Time,
            Self::Composition(_) => Step::Composition,
            Self::Keying(_) => Step::Keying,
            Self::Hash(_) => Step::Hash,
            Self::MacBytes { .. } => Step::MacBytes,
            Self::Spelling { .. } => Step::Spelling,
            Self::Wrapping { .. } => Step::Wrapping,
            Self::Token(_) => Step::Token,
            Self::Holding(_) | Self::Verifying(_) => Step::Verifying,
        }
    }
}

/// The secrets, and the one that counts.
pub struct SelectedSecret<'a> {
    /// The text of the right one.
    pub selected: &'a [u8],
    /// The others, with what selects them.
    pub others: Vec<(&'a str, &'a [u8])>,
    /// Those before it, which hold while it replaces them, the latest first.
    pub previous: Vec<&'a [u8]>,
}

/// A secret before it is decoded.
pub struct SecretText<'a> {
    /// The text as it is configured.
    pub configured: &'a [u8],
    /// The text without the prefix that the scheme takes off.
    pub stripped: &'a [u8],
    /// The scheme's rule.
    pub rule: &'a SecretRule,
}

/// The bytes of a secret, of which a key is derived.
pub struct KeyDerivation<'a> {
    /// The scheme, which says how.
    pub scheme: &'a Scheme,
    /// The bytes.
    pub secret: &'a [u8],
    /// The fields, which may go into the key.
    pub texts: &'a FieldTexts<'a>,
}

/// A text field of the message.
pub struct IdentityText<'a> {
    /// Its bytes as they were given.
    pub raw: &'a [u8],
    /// Its bytes after the filters of the scheme that normalize it.
    pub right: &'a [u8],
    /// Its name.
    pub name: &'a str,
    /// All that was given.
    pub fields: &'a Fields,
}

/// A text before the filters that write it in another form.
pub struct FilteredText<'a> {
    /// Its bytes, normalized.
    pub text: &'a [u8],
    /// Those filters, in order; at least one.
    pub filters: &'a [Filter],
}

/// The time that is signed.
pub struct TimeText<'a> {
    /// Its text.
    pub text: &'a str,
    /// How the scheme writes it.
    pub form: TimeForm,
    /// The present, in Unix seconds.
    pub now: u64,
    /// The time to the millisecond, where the token tells.
    pub millis: Option<u64>,
}

/// A time as it stands in the message, and as it stands in the token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeTexts {
    /// In the message.
    pub message: String,
    /// In the token.
    pub token: String,
}

/// What a message is put together from.
pub struct Composition<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The pieces in the order of the scheme.
    pub pieces: &'a [Piece<'a>],
    /// The secret as it is configured.
    pub secret: &'a [u8],
    /// The fields that are given and not signed, with their names.
    pub unsigned: Vec<(&'a str, &'a [u8])>,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What it is.
    pub kind: PieceKind,
    /// Its bytes; none where it does not stand.
    pub bytes: Cow<'a, [u8]>,
    /// Whether it stands in the message: one that hangs on an absent field does not, and keeps its
    /// place among the others all the same.
    pub stands: bool,
}

/// What a piece of a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// It stands in every message.
    Literal,
    /// A text field.
    Identity,
    /// A time.
    Time,
    /// Another field.
    Other,
}

/// A hash function and a key that it has taken in.
pub struct KeyedHash<'a> {
    /// The hash function.
    pub hash: Hash,
    /// The key.
    pub key: &'a [u8],
    /// The HMAC with that hash function that has taken in the key.
    pub prepared: &'a Prepared,
}

impl KeyedHash<'_> {
    /// The MAC of a message.
    pub fn mac(&self, message: &[u8]) -> Digest {
        self.prepared.mac(message)
    }

    /// The MAC with the roles of key and message exchanged.
    pub fn swapped(&self, message: &[u8]) -> Digest {
        self.hash.prepare(message).mac(self.key)
    }

    /// The digest of some parts of which the key may be one.
    pub fn digest(&self, parts: &[&[u8]]) -> Digest {
        self.hash.digest(&parts.concat())
    }

    /// The key.
    pub fn key(&self) -> &[u8] {
        self.key
    }
}

/// A named way to get a signature wrong.
#[derive(Clone, Copy)]
pub struct Mistake {
    /// Its name.
    pub id: MistakeId,
    /// What was done, as a clause without its full stop; a template, as are the next two.
    pub title: &'static str,
    /// What goes wrong, in one sentence.
    pub wrong: &'static str,
    /// What to do instead, in one sentence, without the name of any language.
    pub remedy: &'static str,
    /// What to call for that in some languages, by the names that adapters give them.
    pub hints: &'static [(&'static str, &'static str)],
    /// Where it was seen; empty where it is known from no public report.
    pub seen: &'static str,
    /// The stage that it touches.
    pub stage: Stage,
    /// The more general mistake which, where it does the same, is the better explanation.
    pub case_of: Option<&'static str>,
    /// Whether it can make a difference in a scheme; if not, why.
    pub applies: fn(&Scheme) -> Result<(), &'static str>,
    /// What it changes.
    pub change: Change,
}

impl Mistake {
    /// What the entries of a stage have in common: each says the rest.
    pub(super) const fn entry(stage: Stage) -> Self {
        Self {
            id: MistakeId(""),
            title: "",
            wrong: "",
            remedy: "",
            hints: &[],
            seen: "",
            stage,
            case_of: None,
            applies: |_| Ok(()),
            change: Change::Keying(&[]),
        }
    }

    /// Whether it can make a difference in this scheme; if not, why.
    pub fn applies(&self, scheme: &Scheme) -> Result<(), &'static str> {
        (self.applies)(scheme)
    }

    /// The step that it changes.
    pub fn step(&self) -> Step {
        self.change.step()
    }

    /// Whether it changes how a token is judged, not how one is made.
    pub fn is_of_verifying(&self) -> bool {
        self.step() == Step::Verifying
    }

    /// Whether both cannot be made at once, because they change the same step.
    pub fn excludes(&self, other: &Self) -> bool {
        self.id == other.id || (self.step() == other.step() && !self.is_of_verifying())
    }
}

impl fmt::Debug for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mistake({})", self.id)
    }
}

impl PartialEq for Mistake {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Mistake {}

/// The stage that a mistake touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// From the configured secret to the key.
    Secret,
    /// From the identity to its bytes.
    Identity,
    /// From those bytes to the message, and what is done with it.
    Message,
    /// The hash function.
    Algorithm,
    /// From the MAC to text.
    Encoding,
    /// From that text to the token.
    Token,
    /// The judgement of a presented token.
    Verifying,
}

impl Stage {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Identity => "identity",
            Self::Message => "message",
            Self::Algorithm => "algorithm",
            Self::Encoding => "encoding",
            Self::Token => "token",
            Self::Verifying => "verifying",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The name of a mistake in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct MistakeId(pub &'static str);

impl MistakeId {
    /// The name.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The right MAC in a token that is put together otherwise.
    pub const fn around_the_mac() -> Self {
        Self("encoding-other-text-around")
    }
}

impl fmt::Display for MistakeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// A mistake in one of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The mistake.
    pub mistake: &'static Mistake,
    /// Which of its forms, from 0.
    pub form: usize,
}

/// The choices that differ from the scheme, at most one at each step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pipeline(pub(super) [Option<Choice>; Step::SIGNING]);

/// The result of judging a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The token is good.
    Accepted,
    /// It is not, and this is where it failed.
    Rejected(Rejection),
    /// Nothing can be said of any token.
    Refused(Refusal),
    /// An exception came out.
    Threw(String),
}

/// The judgement of one token by a verifier with mistakes, at the place of one of them.
pub struct Attempt<'a> {
    /// The request.
    pub call: Call<'a>,
    pub(super) pipeline: &'a Pipeline,
    pub(super) mistakes: &'a [&'static Mistake],
    pub(super) at: usize,
}
