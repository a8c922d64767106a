//! Secrets and fields as a person gives them.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::Stop;
use crate::cli::files::{read, read_standard_input};
use crate::cli::modes::ask_hidden;
use crate::cli::suites;
use crate::cli::terminal::say;
use crate::explain::{NamedSecret, secrets_for};
use crate::scheme::{FieldKind, Scheme};
use crate::signature::{Fields, Secret, Secrets, Value};
use crate::suite::nearest;

/// A scheme, a secret, and fields.
#[derive(Debug, Args)]
pub(crate) struct SignatureArgs {
    /// The suite whose scheme to use, by name; without one, `explain` tries all.
    #[arg(value_name = "SUITE")]
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
        let scheme = scheme(args)?
            .ok_or_else(|| Stop::usage("name a suite; `macproof suite list` shows them"))?;
        let sources = Sources::default();
        let fields = Given::read(args, &sources)?.selected(&scheme)?;
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

/// The scheme, where a suite or a file is named.
pub(crate) fn scheme(args: &SignatureArgs) -> Result<Option<Scheme>, Stop> {
    match (&args.suite, &args.suite_file) {
        (Some(name), _) => suites::scheme_named(name).map(Some),
        (None, Some(file)) => suites::load_scheme(file).map(Some),
        (None, None) => Ok(None),
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
    pub(crate) fn read(&self, path: &Path, option: &str) -> Result<Vec<u8>, Stop> {
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

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdin")
}

/// Fields as they were given, for whatever scheme.
pub(crate) struct Given {
    fields: Vec<(String, Value)>,
    platform: Option<String>,
}

impl Given {
    /// Takes the fields apart, and reads the files that they name.
    pub(crate) fn read(args: &SignatureArgs, sources: &Sources) -> Result<Self, Stop> {
        let fields = values(&args.fields, "--field", sources)?;
        Self::new(fields, args.platform.clone())
    }

    /// Fields as they are, each at most once.
    pub(crate) fn new(
        fields: Vec<(String, Value)>,
        platform: Option<String>,
    ) -> Result<Self, Stop> {
        for (at, (name, _)) in fields.iter().enumerate() {
            if fields[..at].iter().any(|(other, _)| other == name) {
                return Err(Stop::usage(format_args!("duplicate field {name}")));
            }
        }
        Ok(Self { fields, platform })
    }

    /// The fields as a scheme reads them, with the one that selects the secret, where it is given.
    pub(crate) fn fields(&self, scheme: &Scheme) -> Result<Fields, Stop> {
        let mut fields: Fields = values_for(&self.fields, scheme)?.into_iter().collect();
        let Some(platform) = &self.platform else {
            return Ok(fields);
        };
        let Some(per) = scheme.secret.per else {
            return Err(Stop::usage(
                "this scheme has one secret, so --platform does not apply",
            ));
        };
        let name = &scheme.fields.at(per).name;
        match fields.value(name).and_then(Value::as_text) {
            Some(other) if other != platform => Err(Stop::usage(format_args!(
                "--platform {platform} conflicts with --field {name}={other}"
            ))),
            _ => {
                fields.set(name.as_str(), platform.as_str());
                Ok(fields)
            }
        }
    }

    /// The same, where the secret has to be selected.
    pub(crate) fn selected(&self, scheme: &Scheme) -> Result<Fields, Stop> {
        let fields = self.fields(scheme)?;
        let per = scheme.secret.per.map(|per| &scheme.fields.at(per).name);
        match per {
            Some(name) if fields.value(name).and_then(Value::as_text).is_none() => {
                Err(Stop::usage(format_args!(
                    "this scheme has a secret for each {name}: choose one with --platform NAME"
                )))
            }
            _ => Ok(fields),
        }
    }

    /// The names that a scheme must have, for it to be of these fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }

    /// Whether a platform was named.
    pub(crate) fn has_platform(&self) -> bool {
        self.platform.is_some()
    }
}

/// Names and values as they were given.
pub(crate) fn values(
    texts: &[String],
    option: &str,
    sources: &Sources,
) -> Result<Vec<(String, Value)>, Stop> {
    let read = |text: &String| {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            Stop::usage(format_args!("invalid {option} {text:?}; write NAME=VALUE"))
        })?;
        let value = match value.strip_prefix('@') {
            Some(text) if text.starts_with('@') => Value::from(text),
            Some(file) => bytes_value(sources.read(file.as_ref(), &format!("{option} {name}"))?),
            None => Value::from(value),
        };
        Ok((name.to_owned(), value))
    };
    texts.iter().map(read).collect()
}

/// The same as a scheme reads them.
pub(crate) fn values_for(
    given: &[(String, Value)],
    scheme: &Scheme,
) -> Result<Vec<(String, Value)>, Stop> {
    let read = |(name, value): &(String, Value)| {
        let at = scheme.fields.index(name);
        let at = at.ok_or_else(|| no_field(name, scheme))?;
        // A time since 1970 is a number to everybody, and a text only where it is no number.
        let time = match (&scheme.fields.at(at).kind, value) {
            (FieldKind::Time(form), Value::Text(text)) => Some(form.value_of(text)),
            _ => None,
        };
        let value = time.unwrap_or_else(|| value.clone());
        Ok((name.clone(), value))
    };
    given.iter().map(read).collect()
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

/// A text where the bytes are one.
pub(crate) fn bytes_value(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).map_or_else(|error| Value::Bytes(error.into_bytes()), Value::Text)
}
