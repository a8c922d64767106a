//! Secrets and fields as a person gives them.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::Stop;
use crate::cli::modes::ask_hidden;
use crate::cli::nearest::nearest;
use crate::cli::suites;
use crate::cli::terminal::say;
use crate::report::visible;
use crate::scheme::{FieldKind, Scheme};
use crate::signature::{Fields, Secret, Secrets, Value};
use crate::suite::is_foreign_pipe;

/// A scheme, a secret, and fields.
#[derive(Debug, Args)]
pub(crate) struct SignatureArgs {
    /// The suite whose scheme to use, by name.
    #[arg(value_name = "SUITE", required_unless_present = "suite_file")]
    pub(crate) suite: Option<String>,
    /// A suite file of your own instead, or a file with no more than a scheme.
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    pub(crate) suite_file: Option<PathBuf>,
    /// A file with the secret; a trailing line feed is dropped, with a note.
    #[arg(long, value_name = "FILE", group = "secret_from")]
    pub(crate) secret_file: Option<PathBuf>,
    /// A file with the secret, read byte for byte.
    #[arg(long, value_name = "FILE", group = "secret_from")]
    pub(crate) secret_file_raw: Option<PathBuf>,
    /// An environment variable with the secret.
    #[arg(long, value_name = "VAR", group = "secret_from")]
    pub(crate) secret_env: Option<String>,
    /// A field, for example `user_id=id-1`; `user_id=@FILE` reads it byte for byte from a file, and
    /// `user_id=@@text` gives the text `@text`; may be repeated.
    #[arg(long = "field", value_name = "NAME=VALUE")]
    pub(crate) fields: Vec<String>,
    /// The platform of the secret, if the scheme has one for each platform.
    #[arg(long, value_name = "NAME")]
    pub(crate) platform: Option<String>,
    /// Write JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `sign`, `verify` and `explain` work on.
pub(crate) struct Inputs {
    pub(crate) scheme: Scheme,
    pub(crate) secrets: Secrets,
    pub(crate) fields: Fields,
}

impl Inputs {
    /// Finds the scheme, reads the secret, and takes the fields apart.
    pub(crate) fn read(args: &SignatureArgs) -> Result<Self, Stop> {
        let scheme = match (&args.suite, &args.suite_file) {
            (Some(name), _) => suites::scheme_named(name)?,
            (None, Some(file)) => suites::load_scheme(file)?,
            (None, None) => {
                return Err(Stop::usage(
                    "name a suite; `macproof suite list` shows them",
                ));
            }
        };
        let mut fields = Fields::new();
        for text in &args.fields {
            let (name, value) = field(text, &scheme)?;
            if fields.value(&name).is_some() {
                return Err(Stop::usage(format_args!("duplicate field {name}")));
            }
            fields.set(name, value);
        }
        let selector = selector(args, &scheme, &mut fields)?;
        let secret = secret(args)?;
        let secrets = match selector {
            Some(platform) => Secrets::Per(vec![(platform, secret)]),
            None => Secrets::One(secret),
        };
        Ok(Self {
            scheme,
            secrets,
            fields,
        })
    }
}

/// The value of the field that selects the secret, where the scheme has one.
fn selector(
    args: &SignatureArgs,
    scheme: &Scheme,
    fields: &mut Fields,
) -> Result<Option<String>, Stop> {
    let Some(per) = scheme.secret.per else {
        return match &args.platform {
            Some(_) => Err(Stop::usage(
                "this scheme has one secret, so --platform does not apply",
            )),
            None => Ok(None),
        };
    };
    let name = &scheme.fields.at(per).name;
    let given = fields
        .value(name)
        .and_then(Value::as_text)
        .map(str::to_owned);
    match (given, &args.platform) {
        (Some(one), Some(other)) if one != *other => Err(Stop::usage(format_args!(
            "--platform {other} conflicts with --field {name}={one}"
        ))),
        (Some(platform), _) => Ok(Some(platform)),
        (None, Some(platform)) => {
            fields.set(name.as_str(), platform.as_str());
            Ok(Some(platform.clone()))
        }
        (None, None) => Err(Stop::usage(format_args!(
            "this scheme has a secret for each {name}: choose one with --platform NAME"
        ))),
    }
}

fn field(text: &str, scheme: &Scheme) -> Result<(String, Value), Stop> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| Stop::usage(format_args!("invalid --field {text:?}; write NAME=VALUE")))?;
    let index = scheme
        .fields
        .index(name)
        .ok_or_else(|| no_field(name, scheme))?;
    let value = match value.strip_prefix('@') {
        Some(text) if text.starts_with('@') => Value::from(text),
        Some(file) => bytes_value(read(Path::new(file))?),
        None => Value::from(value),
    };
    // A time is a number to everybody, and a text only where it is no number.
    let number = match (&scheme.fields.at(index).kind, &value) {
        (FieldKind::UnixSeconds | FieldKind::UnixMillis, Value::Text(text)) => text.parse().ok(),
        _ => None,
    };
    Ok((name.to_owned(), number.map_or(value, Value::Number)))
}

fn no_field(name: &str, scheme: &Scheme) -> Stop {
    let known: Vec<&str> = scheme.fields.iter().map(|field| &*field.name).collect();
    Stop::usage(match (nearest(name, known.iter().copied()), &known[..]) {
        (Some(meant), [_]) => {
            format!("this scheme has no field {name:?}; did you mean {meant}?")
        }
        (Some(meant), _) => format!(
            "this scheme has no field {name:?}; did you mean {meant}? It has {}",
            known.join(", ")
        ),
        (None, _) => format!(
            "this scheme has no field {name:?}; it has {}",
            known.join(", ")
        ),
    })
}

fn secret(args: &SignatureArgs) -> Result<Secret, Stop> {
    if let Some(file) = &args.secret_file {
        let (secret, was_ended) = secret_of_file(file)?;
        if was_ended {
            say(
                "note: the trailing line feed of the secret file was dropped (--secret-file-raw keeps it)",
            );
        }
        return Ok(secret);
    }
    if let Some(file) = &args.secret_file_raw {
        return read(file).map(Secret::new);
    }
    if let Some(variable) = &args.secret_env {
        return std::env::var_os(variable)
            .map(|value| Secret::new(value.into_encoded_bytes()))
            .ok_or_else(|| {
                Stop::usage(format_args!(
                    "the environment variable {variable} is not set"
                ))
            });
    }
    if !io::stdin().is_terminal() {
        return Err(Stop::usage(
            "the secret is missing: --secret-file FILE or --secret-env VAR",
        ));
    }
    ask_hidden("secret (input is hidden): ")
        .map(|text| Secret::new(text.into_bytes()))
        .map_err(|error| Stop::usage(format_args!("failed to read the secret: {error}")))
}

/// The secret in a file without the line feed at its end; whether there was one.
pub(crate) fn secret_of_file(file: &Path) -> Result<(Secret, bool), Stop> {
    let mut bytes = read(file)?;
    for ending in [&b"\r\n"[..], b"\n"] {
        if bytes.ends_with(ending) {
            bytes.truncate(bytes.len() - ending.len());
            return Ok((Secret::new(bytes), true));
        }
    }
    Ok((Secret::new(bytes), false))
}

fn bytes_value(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).map_or_else(|error| Value::Bytes(error.into_bytes()), Value::Text)
}

/// The largest file that a person writes and this program reads, in bytes: a list, a description,
/// a key, a secret, a certificate.
const MAX_FILE: u64 = 16 << 20;

/// The largest document that a program writes and this program reads, in bytes.
const MAX_DOCUMENT: u64 = 512 << 20;

/// Reads a file that a person wrote.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    read_up_to(path, MAX_FILE)
}

/// Reads a document that a program wrote: results, recordings, a corpus.
pub(crate) fn read_document(path: &Path) -> Result<Vec<u8>, Stop> {
    read_up_to(path, MAX_DOCUMENT)
}

fn read_up_to(path: &Path, limit: u64) -> Result<Vec<u8>, Stop> {
    let attempt = || {
        let mut bytes = Vec::new();
        open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::other(format!(
                "it has more than {} MiB",
                limit >> 20
            )));
        }
        Ok(bytes)
    };
    attempt().map_err(|error| unread(path, &error))
}

/// Opens a file to be read.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    if is_foreign_pipe(path) {
        return Err(io::Error::other(
            "it is a named pipe, which may block; give a file, or /dev/stdin",
        ));
    }
    File::open(path)
}

pub(crate) fn unread(path: &Path, error: &io::Error) -> Stop {
    let path = visible(&path.to_string_lossy());
    Stop::usage(format_args!("failed to read {path}: {error}"))
}
