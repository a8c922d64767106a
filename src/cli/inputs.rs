//! Secrets and fields as a person gives them.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::Stop;
use crate::cli::files::{read, read_standard_input};
use crate::cli::modes::ask_hidden;
use crate::cli::nearest::nearest;
use crate::cli::suites;
use crate::cli::terminal::say;
use crate::explain::{NamedSecret, secrets_for};
use crate::scheme::{FieldKind, Scheme};
use crate::signature::{Fields, Secret, Secrets, Value};

/// A scheme, a secret, and fields.
#[derive(Debug, Args)]
pub(crate) struct SignatureArgs {
    /// The suite whose scheme to use, by name.
    #[arg(value_name = "SUITE", required_unless_present = "suite_file")]
    pub(crate) suite: Option<String>,
    /// A suite file of your own instead, or a file with no more than a scheme.
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    pub(crate) suite_file: Option<PathBuf>,
    /// A file with the secret, or `-` for standard input; a trailing line feed is dropped, with a
    /// note. `explain` takes several: first the secret that should have been used.
    #[arg(long, value_name = "FILE", group = "secret_from")]
    pub(crate) secret_file: Vec<PathBuf>,
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

/// What `sign` and `verify` work on.
pub(crate) struct Inputs {
    pub(crate) scheme: Scheme,
    pub(crate) secrets: Secrets,
    pub(crate) fields: Fields,
}

impl Inputs {
    /// Finds the scheme, takes the fields apart, and reads the one secret.
    pub(crate) fn read(args: &SignatureArgs) -> Result<Self, Stop> {
        let scheme = scheme(args)?;
        let sources = Sources::default();
        let fields = fields(args, &scheme, &sources)?;
        let named = secrets(args, &sources)?;
        let [NamedSecret { secret, .. }] = &named[..] else {
            return Err(Stop::usage("several secrets: only `explain` takes them"));
        };
        Ok(Self {
            secrets: secrets_for(&scheme, &fields, secret),
            scheme,
            fields,
        })
    }
}

/// Standard input, which only one option can read.
#[derive(Default)]
pub(crate) struct Sources {
    /// The option that has read it.
    taken_by: RefCell<Option<String>>,
}

impl Sources {
    /// Reads a file, or standard input for `-`.
    fn read(&self, path: &Path, option: &str) -> Result<Vec<u8>, Stop> {
        if !is_standard_input(path) {
            return read(path);
        }
        let before = self.taken_by.replace(Some(option.to_owned()));
        match before {
            None => read_standard_input(),
            Some(before) => Err(Stop::usage(format_args!(
                "{before} has read standard input; {option} cannot read it, too"
            ))),
        }
    }
}

/// Other values of fields, as the scheme reads them.
pub(crate) fn others(
    texts: &[String],
    scheme: &Scheme,
    sources: &Sources,
) -> Result<Vec<(String, Value)>, Stop> {
    let read = |text: &String| field(text, "--other", scheme, sources);
    texts.iter().map(read).collect()
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdin")
}

/// The scheme that is named.
pub(crate) fn scheme(args: &SignatureArgs) -> Result<Scheme, Stop> {
    match (&args.suite, &args.suite_file) {
        (Some(name), _) => suites::scheme_named(name),
        (None, Some(file)) => suites::load_scheme(file),
        (None, None) => Err(Stop::usage(
            "name a suite; `macproof suite list` shows them",
        )),
    }
}

/// The fields as the scheme reads them, the one that selects the secret included.
pub(crate) fn fields(
    args: &SignatureArgs,
    scheme: &Scheme,
    sources: &Sources,
) -> Result<Fields, Stop> {
    let mut fields = Fields::new();
    for text in &args.fields {
        let (name, value) = field(text, "--field", scheme, sources)?;
        if fields.value(&name).is_some() {
            return Err(Stop::usage(format_args!("duplicate field {name}")));
        }
        fields.set(name, value);
    }
    select(args, scheme, &mut fields)?;
    Ok(fields)
}

/// Sets the field that selects the secret, where the scheme has one.
fn select(args: &SignatureArgs, scheme: &Scheme, fields: &mut Fields) -> Result<(), Stop> {
    let Some(per) = scheme.secret.per else {
        return match &args.platform {
            Some(_) => Err(Stop::usage(
                "this scheme has one secret, so --platform does not apply",
            )),
            None => Ok(()),
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
        (Some(_), _) => Ok(()),
        (None, Some(platform)) => {
            fields.set(name.as_str(), platform.as_str());
            Ok(())
        }
        (None, None) => Err(Stop::usage(format_args!(
            "this scheme has a secret for each {name}: choose one with --platform NAME"
        ))),
    }
}

fn field(
    text: &str,
    option: &str,
    scheme: &Scheme,
    sources: &Sources,
) -> Result<(String, Value), Stop> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| Stop::usage(format_args!("invalid {option} {text:?}; write NAME=VALUE")))?;
    let index = scheme
        .fields
        .index(name)
        .ok_or_else(|| no_field(name, scheme))?;
    let value = match value.strip_prefix('@') {
        Some(text) if text.starts_with('@') => Value::from(text),
        Some(file) => bytes_value(sources.read(file.as_ref(), &format!("{option} {name}"))?),
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

/// The secrets that were given, with the names under which they were; at least one.
pub(crate) fn secrets(args: &SignatureArgs, sources: &Sources) -> Result<Vec<NamedSecret>, Stop> {
    let named = |name: String, secret: Secret| NamedSecret { name, secret };
    let mut all = Vec::new();
    for file in &args.secret_file {
        let (secret, was_ended) = without_line_end(sources.read(file, "--secret-file")?);
        let name = if is_standard_input(file) {
            "standard input".into()
        } else {
            file.to_string_lossy()
        };
        if was_ended {
            say(
                "note: the trailing line feed of the secret file was dropped (--secret-file-raw keeps it)",
            );
        }
        all.push(named(name.into_owned(), secret));
    }
    if let Some(file) = &args.secret_file_raw {
        let secret = Secret::new(sources.read(file, "--secret-file-raw")?);
        all.push(named(file.to_string_lossy().into_owned(), secret));
    }
    if let Some(variable) = &args.secret_env {
        let value = std::env::var_os(variable).ok_or_else(|| {
            Stop::usage(format_args!(
                "the environment variable {variable} is not set"
            ))
        })?;
        all.push(named(
            variable.clone(),
            Secret::new(value.into_encoded_bytes()),
        ));
    }
    if all.is_empty() {
        if !io::stdin().is_terminal() {
            return Err(Stop::usage(
                "the secret is missing: --secret-file FILE or --secret-env VAR",
            ));
        }
        let typed = ask_hidden("secret (input is hidden): ")
            .map_err(|error| Stop::usage(format_args!("failed to read the secret: {error}")))?;
        all.push(named(
            "the terminal".to_owned(),
            Secret::new(typed.into_bytes()),
        ));
    }
    Ok(all)
}

/// The secret in a file without the line feed at its end; whether there was one.
pub(crate) fn secret_of_file(file: &Path) -> Result<(Secret, bool), Stop> {
    read(file).map(without_line_end)
}

fn without_line_end(mut bytes: Vec<u8>) -> (Secret, bool) {
    for ending in [&b"\r\n"[..], b"\n"] {
        if bytes.ends_with(ending) {
            bytes.truncate(bytes.len() - ending.len());
            return (Secret::new(bytes), true);
        }
    }
    (Secret::new(bytes), false)
}

fn bytes_value(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).map_or_else(|error| Value::Bytes(error.into_bytes()), Value::Text)
}
