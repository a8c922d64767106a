//! Loads a [`Suite`] from a file, or reports an error and its place.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::scheme::Scheme;
use crate::signature::Slug;
use crate::suite::error::{Fault, Problem, SuiteError};
use crate::suite::form_error::{form_fault, message};
use crate::suite::forms::Entries;
use crate::suite::position::{At, Position};
use crate::suite::raw::{RequirementFile, SchemeOnly, SourceFile, SuiteFile};
use crate::suite::scheme_reader::read_scheme;
use crate::suite::vector_reader::VectorReader;
use crate::suite::yaml_options::options;
use crate::suite::{Requirement, Source, Suite, SuiteHead, SuiteText};

/// Maximum size of a suite file, in bytes.
pub const MAX_FILE_BYTES: u64 = 8 << 20;

impl Suite {
    /// Parses a suite. `path` names the file in errors and reports. Fails on the first error.
    pub fn parse(path: &str, text: &str) -> Result<Self, SuiteError> {
        let path: Arc<str> = path.into();
        if text.len() as u64 > MAX_FILE_BYTES {
            let limit = MAX_FILE_BYTES;
            return Err(SuiteError::unread(path, Problem::TooLarge { limit }));
        }
        read(&path, text).map_err(|fault| SuiteError::at(path, text, fault))
    }

    /// Loads a suite from a file, and reads at most [`MAX_FILE_BYTES`]. Fails on the first error.
    pub fn load(path: &Path) -> Result<Self, SuiteError> {
        let (label, text) = read_text(path)?;
        Self::parse(&label, &text)
    }
}

/// Loads only the scheme of a suite file, which may have neither requirements nor vectors.
pub fn load_scheme(path: &Path) -> Result<Scheme, SuiteError> {
    let (label, text) = read_text(path)?;
    parse_scheme(&label, &text)
}

/// The path as errors name it, and the text of the file.
fn read_text(path: &Path) -> Result<(String, String), SuiteError> {
    let label = path.to_string_lossy();
    let unread = |problem: Problem| SuiteError::unread(label.as_ref().into(), problem);
    let mut bytes = Vec::new();
    if is_foreign_pipe(path) {
        return Err(unread(Problem::NamedPipe));
    }
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| unread(error.into()))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let limit = MAX_FILE_BYTES;
        return Err(unread(Problem::TooLarge { limit }));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((label.into_owned(), text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let at = position_behind(&error.as_bytes()[..valid]);
            let text = String::from_utf8_lossy(error.as_bytes());
            let fault = Fault::new(at, Problem::NotUtf8);
            Err(SuiteError::at(label.as_ref().into(), &text, fault))
        }
    }
}

/// Whether a path is a named pipe that might never get a writer. Pipes passed to this process, such
/// as `/dev/stdin` or a shell's `<(command)`, already have one.
pub fn is_foreign_pipe(path: &Path) -> bool {
    let ours = ["/dev/fd", "/dev/stdin", "/proc/self/fd"];
    let is_ours = ours.iter().any(|ours| path.starts_with(ours));
    !is_ours && fs::metadata(path).is_ok_and(|known| known.file_type().is_fifo())
}

/// The text of a suite file without its vectors. An unindented `vectors:` is a key of the file
/// itself, so the text before it is a complete map. A file in another style is given whole.
pub(super) fn before_vectors(text: &str) -> &str {
    match text.find("\nvectors:") {
        Some(end) if text[..end].contains("\nscheme:") => &text[..=end],
        _ => text,
    }
}

/// Parses only the head of a suite file.
pub(super) fn parse_head(path: &str, text: &str) -> Result<SuiteHead, SuiteError> {
    serde_yaml::from_str_with_options(before_vectors(text), options())
        .map_err(|error| SuiteError::at(path.into(), text, form_fault(text, &error)))
}

/// Parses only the scheme of a suite.
pub(super) fn parse_scheme(path: &str, text: &str) -> Result<Scheme, SuiteError> {
    let head = before_vectors(text);
    let scheme = serde_yaml::from_str_with_options::<SchemeOnly>(head, options())
        .map_err(|error| form_fault(head, &error))
        .and_then(|file| read_scheme(file.scheme, file.policy));
    scheme.map_err(|fault| SuiteError::at(path.into(), text, fault))
}

fn read(path: &Arc<str>, text: &str) -> Result<Suite, Fault> {
    let file: SuiteFile = serde_yaml::from_str_with_options(text, options())
        .map_err(|error| form_fault(text, &error))?;
    let format = file.macproof.whole()?;
    if format != 1 {
        return Err(Fault::new(file.macproof.at, Problem::Format(format)));
    }
    let name = Slug::new(&file.suite.value).map_err(|error| Fault::new(file.suite.at, error))?;
    let version = u32::try_from(file.version.whole()?)
        .ok()
        .filter(|&version| version > 0)
        .ok_or_else(|| Fault::new(file.version.at, Problem::Version))?;
    let source = read_source(file.source)?;
    let scheme = read_scheme(file.scheme, file.policy)?;
    let requirements = read_requirements(file.requirements)?;
    let mut reader = VectorReader::new(&name, &scheme, &requirements);
    let vectors = file
        .vectors
        .into_iter()
        .map(|vector| reader.read(vector))
        .collect::<Result<_, _>>()?;
    Ok(Suite {
        name,
        version,
        title: file.title,
        kind: file.kind,
        source,
        scheme,
        requirements,
        vectors,
        digest: hex::encode(Sha256::digest(text.as_bytes())),
        text: SuiteText {
            path: Arc::clone(path),
            text: text.into(),
        },
    })
}

/// Parses YAML with the limits that apply to all files of this program. Fails with the place and
/// the problem.
pub(crate) fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, (Position, String)> {
    serde_yaml::from_str_with_options(text, options()).map_err(|error| {
        let at = error.location().and_then(Position::of);
        (at.unwrap_or(Position::START), message(&error))
    })
}

fn read_source(file: SourceFile) -> Result<Source, Fault> {
    let check =
        |text: Option<At<String>>, good: fn(&str) -> bool, bad: fn(String) -> Problem| match text {
            Some(text) if !good(&text.value) => Err(Fault::new(text.at, bad(text.value))),
            text => Ok(text.map(|text| text.value)),
        };
    let is_url = |text: &str| {
        let rest = text
            .strip_prefix("https://")
            .or(text.strip_prefix("http://"));
        rest.is_some_and(|rest| {
            !rest.is_empty() && !rest.contains(|c: char| c.is_control() || c.is_whitespace())
        })
    };
    let is_day = |text: &str| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    Ok(Source {
        title: file.title,
        url: check(file.url, is_url, Problem::Url)?,
        retrieved: check(file.retrieved, is_day, Problem::Day)?,
    })
}

/// Maximum number of requirements in a suite: each vector searches them.
const MAX_REQUIREMENTS: usize = 2000;

fn read_requirements(file: Entries<RequirementFile>) -> Result<Vec<Requirement>, Fault> {
    if let Some((name, _)) = file.0.get(MAX_REQUIREMENTS) {
        let problem = Problem::TooMany {
            of: "requirements",
            most: MAX_REQUIREMENTS,
            found: file.0.len(),
        };
        return Err(Fault::new(name.at, problem));
    }
    let requirement = |(name, file): (At<String>, RequirementFile)| {
        Ok(Requirement {
            id: Slug::new(&name.value).map_err(|error| Fault::new(name.at, error))?,
            level: file.level,
            basis: file.basis,
            text: file.text,
            place: file.r#where,
            line: name.at.line,
        })
    };
    file.0.into_iter().map(requirement).collect()
}

/// The position after a text.
fn position_behind(bytes: &[u8]) -> Position {
    let text = String::from_utf8_lossy(bytes);
    let (lines, last) = match text.rsplit_once('\n') {
        Some((before, last)) => (before.matches('\n').count() + 1, last),
        None => (0, text.as_ref()),
    };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
    Position {
        line: count(lines),
        column: count(last.chars().count()),
    }
}
