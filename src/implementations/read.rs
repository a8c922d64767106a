//! Reads the text of a `macproof.yaml`.

use std::path::{Path, PathBuf};

use crate::implementations::calls::{Call, ExecCall, WebCall};
use crate::implementations::described::{
    Access, Described, Implementations, Native, REFERENCE, SecretSource,
};
use crate::implementations::error::{DescriptionProblem as Problem, Fault, ImplementationsError};
use crate::implementations::inputs::InputName;
use crate::implementations::raw::{
    ExecFile, HttpFile, ImplementationFile, ImplementationsFile, SecretFile, WebFile,
};
use crate::implementations::read_calls::{exec_call, is_variable, session_call, web_call};
use crate::implementations::settings::{Settings, directory_of};
use crate::implementations::web_address::WebAddress;
use crate::protocol::Clock;
use crate::scheme::Scheme;
use crate::signature::Slug;
use crate::suite::{self, At, InputKind, MAX_FILE_BYTES, Position, Suite, from_yaml, nearest};

impl Implementations {
    /// Reads the text of the file at `path`. Fails on the first error, with its place. What it says
    /// of fields, and what it leaves to the places of schemes, is not checked before
    /// [`knowing`](Self::knowing).
    pub fn parse(path: &str, text: &str) -> Result<Self, ImplementationsError> {
        Self::read(path, text, &Schemes(None))
    }

    /// Reads the file once more, now that the suites are known that are run: what it says is checked
    /// against their schemes and the embedded ones, too, and completed by their places.
    pub fn knowing(&self, suites: &[Suite]) -> Result<Self, ImplementationsError> {
        let path = self.path.display().to_string();
        Self::read(&path, &self.text, &Schemes(Some(suites)))
    }

    fn read(path: &str, text: &str, schemes: &Schemes<'_>) -> Result<Self, ImplementationsError> {
        let error = |fault| ImplementationsError::new(path, text, fault);
        if text.len() as u64 > MAX_FILE_BYTES {
            return Err(error(Fault::new(Position::START, Problem::TooLarge)));
        }
        let mut file: ImplementationsFile = from_yaml(text)
            .map_err(|(at, message)| error(Fault::new(at, Problem::Form(message))))?;
        if file.implementations.0.is_empty() {
            return Err(error(Fault::new(Position::START, Problem::Nothing)));
        }
        let directory = directory_of(Path::new(path));
        let settings = Settings::read(&mut file, directory).map_err(error)?;
        let named = file.suites.map(asked).transpose().map_err(error)?;
        let described = file.implementations.0.into_iter().map(|(name, file)| {
            implementation(path, schemes, &name, file).map_err(|mut fault| {
                fault
                    .implementation
                    .get_or_insert_with(|| name.value.clone());
                error(fault)
            })
        });
        Ok(Self {
            path: PathBuf::from(path),
            suites: named.unwrap_or_default(),
            settings,
            described: described.collect::<Result<_, _>>()?,
            text: text.into(),
        })
    }
}

fn implementation(
    path: &str,
    schemes: &Schemes<'_>,
    name: &At<String>,
    file: ImplementationFile,
) -> Result<Described, Fault> {
    let slug = Slug::new(&name.value).map_err(|error| Fault::new(name.at, error))?;
    match slug.as_str() {
        "all" => return Err(Fault::new(name.at, Problem::NameAll)),
        REFERENCE => return Err(Fault::new(name.at, Problem::NameReference)),
        _ => {}
    }
    let said = file.secret.map(secret).transpose()?;
    let about = About {
        name: &name.value,
        path,
        schemes,
        said,
    };
    if let (Some(build), None) = (&file.build, &file.command) {
        return Err(Fault::new(build.at, Problem::NothingToBuild));
    }
    let build = file.build.map(words).transpose()?;
    let http_at = file.http.as_ref().map(|http| http.at);
    let (way, secret) = match (file.command, file.http, file.exec) {
        (Some(command), None, None) => (
            Access::Command(words(command)?),
            about.said.unwrap_or(SecretSource::Request),
        ),
        (None, Some(http), None) => match http.value {
            HttpFile::Address(text) => {
                let address =
                    WebAddress::parse(&text).map_err(|error| Fault::new(http.at, error))?;
                (
                    Access::Server(address),
                    about.said.unwrap_or(SecretSource::Request),
                )
            }
            HttpFile::Calls(calls) => {
                let (native, secret) = web(about, http.at, calls)?;
                (Access::Web(Box::new(native)), secret)
            }
        },
        (None, None, Some(file)) => {
            let (native, secret) = exec(about, file.at, file.value)?;
            (Access::Exec(Box::new(native)), secret)
        }
        _ => return Err(Fault::new(name.at, Problem::NotOneWay)),
    };
    let ca_file = match (file.ca_file, way.is_https()) {
        (Some(file), true) => Some(file.value),
        (None, false) => None,
        (Some(file), false) => return Err(Fault::new(file.at, Problem::NotHttps)),
        (None, true) => {
            return Err(Fault::new(
                http_at.unwrap_or(name.at),
                Problem::NoAuthorities,
            ));
        }
    };
    Ok(Described {
        name: slug,
        ca_file,
        way,
        build,
        secret,
    })
}

/// Reads a command line that starts with a program.
fn words(command: At<Vec<At<String>>>) -> Result<Vec<String>, Fault> {
    let first = command.value.first();
    if first.is_none_or(|program| program.value.is_empty()) {
        return Err(Fault::new(command.at, Problem::NoProgram));
    }
    Ok(command.value.into_iter().map(|word| word.value).collect())
}

/// Reads the suites to run, as names or files.
fn asked(file: At<Vec<At<String>>>) -> Result<Vec<String>, Fault> {
    if file.value.is_empty() {
        return Err(Fault::new(file.at, Problem::NoSuite));
    }
    let one = |word: At<String>| {
        if !word.value.contains(['/', '.']) {
            Slug::new(&word.value).map_err(|error| Fault::new(word.at, error))?;
        }
        Ok(word.value)
    };
    file.value.into_iter().map(one).collect()
}

/// What is known of an implementation before its calls are read.
struct About<'a> {
    name: &'a str,
    path: &'a str,
    schemes: &'a Schemes<'a>,
    said: Option<SecretSource>,
}

fn secret(file: At<SecretFile>) -> Result<SecretSource, Fault> {
    match file.value {
        SecretFile::Word(word) if word == "unknown" => Ok(SecretSource::Unknown),
        SecretFile::Word(word) => Err(Fault::new(file.at, Problem::SecretWord(word))),
        SecretFile::Env(file) => {
            is_variable(&file.env)?;
            Ok(SecretSource::Env(file.env.value))
        }
    }
}

fn exec(
    about: About<'_>,
    at: Position,
    file: ExecFile,
) -> Result<(Native<ExecCall>, SecretSource), Fault> {
    let common = Common {
        suites: file.suites,
        clock: file.clock,
        inputs: file.inputs,
        sign: file.sign,
        verify: file.verify,
    };
    native(about, at, common, exec_call, None)
}

fn web(
    about: About<'_>,
    at: Position,
    file: WebFile,
) -> Result<(Native<WebCall>, SecretSource), Fault> {
    let common = Common {
        suites: file.suites,
        clock: file.clock,
        inputs: file.inputs,
        sign: file.sign,
        verify: file.verify,
    };
    let (mut native, secret) = native(about, at, common, web_call, Some(WebCall::placed))?;
    if let Some(many) = file.max_in_flight {
        if !(1..=256).contains(&many.value) {
            return Err(Fault::new(many.at, Problem::InFlight));
        }
        native.max_in_flight = many.value;
    }
    let session = file.session.map(|session| session_call(session.value));
    native.session = session.transpose()?;
    Ok((native, secret))
}

/// The keys common to `exec` and `http`, with calls of type `F`.
struct Common<F> {
    suites: At<Vec<At<String>>>,
    clock: Option<Clock>,
    inputs: Option<Vec<InputKind>>,
    sign: Option<At<F>>,
    verify: Option<At<F>>,
}

fn native<F, C: Call>(
    about: About<'_>,
    at: Position,
    common: Common<F>,
    call: fn(At<F>, bool) -> Result<C, Fault>,
    place: Option<Place<C>>,
) -> Result<(Native<C>, SecretSource), Fault> {
    let read = |file: At<F>, is_sign| positioned(file, |file| call(file, is_sign));
    let sign = common.sign.map(|file| read(file, true)).transpose()?;
    let verify = common.verify.map(|file| read(file, false)).transpose()?;
    let suites = suites(common.suites)?;
    let schemes: Vec<(&str, Option<Scheme>)> = suites
        .iter()
        .map(|suite| (suite.as_str(), about.schemes.find(suite)))
        .collect();
    for call in sign.iter().chain(&verify) {
        check_fields(call, &schemes)?;
    }
    let placed = placed(verify.as_ref(), &schemes, place)?;
    let secret = checked(about.said, at, sign.as_ref(), verify.as_ref())?;
    let native = Native {
        name: about.name.to_owned(),
        path: about.path.to_owned(),
        suites,
        clock: common.clock.unwrap_or(Clock::Injected),
        inputs: common.inputs.unwrap_or_else(|| vec![InputKind::Text]),
        max_in_flight: 1,
        session: None,
        sign: sign.map(|call| call.value),
        verify: verify.map(|call| call.value),
        placed,
    };
    Ok((native, secret))
}

/// Completes a call by the places of a scheme, where it has some.
type Place<C> = fn(&C, &Scheme) -> Option<C>;

/// The schemes that are known: none, or those of the suites that are run and the embedded ones.
struct Schemes<'a>(Option<&'a [Suite]>);

impl Schemes<'_> {
    fn find(&self, name: &str) -> Option<Scheme> {
        let run = self.0?.iter().find(|suite| suite.name.as_str() == name);
        run.map(|suite| suite.scheme.clone())
            .or_else(|| suite::find(name)?.scheme().ok())
    }
}

/// Checks that some suite has each field that a call passes on, where all its suites are known.
fn check_fields<C: Call>(call: &At<C>, schemes: &[(&str, Option<Scheme>)]) -> Result<(), Fault> {
    let known: Option<Vec<&Scheme>> = schemes.iter().map(|(_, scheme)| scheme.as_ref()).collect();
    let Some(known) = known else {
        return Ok(());
    };
    for name in call.value.names() {
        let InputName::Field(name) = name else {
            continue;
        };
        let is_there = |scheme: &&Scheme| scheme.fields.index(name).is_some();
        if known.iter().any(is_there) {
            continue;
        }
        let mut fields: Vec<&str> = Vec::new();
        for field in known.iter().flat_map(|scheme| scheme.fields.iter()) {
            if !fields.contains(&field.name.as_str()) {
                fields.push(&field.name);
            }
        }
        let meant = nearest(name, fields.iter().copied());
        let meant = meant.map_or_else(String::new, |meant| {
            format!("did you mean {{fields.{meant}}}? (")
        });
        let end = if meant.is_empty() { "" } else { ")" };
        let problem = Problem::UnknownField {
            name: name.clone(),
            hint: format!("{meant}the suites have {}{end}", fields.join(", ")),
        };
        return Err(Fault::new(call.at, problem));
    }
    Ok(())
}

/// The call that verifies, completed by the places of each suite, where it leaves the token to
/// these.
fn placed<C: Call>(
    verify: Option<&At<C>>,
    schemes: &[(&str, Option<Scheme>)],
    place: Option<Place<C>>,
) -> Result<Vec<(String, C)>, Fault> {
    let Some(verify) = verify else {
        return Ok(Vec::new());
    };
    if verify.value.names().contains(&&InputName::Token) {
        return Ok(Vec::new());
    }
    let place = place.ok_or_else(|| Fault::new(verify.at, Problem::TokenNotPassed))?;
    let mut placed = Vec::new();
    for (name, scheme) in schemes {
        let Some(scheme) = scheme else {
            continue;
        };
        if let Some(call) = place(&verify.value, scheme) {
            placed.push(((*name).to_owned(), call));
        }
    }
    let are_known = schemes.iter().all(|(_, scheme)| scheme.is_some());
    if placed.is_empty() && are_known {
        return Err(Fault::new(verify.at, Problem::TokenNotPlaced));
    }
    Ok(placed)
}

fn suites(file: At<Vec<At<String>>>) -> Result<Vec<String>, Fault> {
    if file.value.is_empty() {
        return Err(Fault::new(file.at, Problem::NoSuite));
    }
    let name = |name: At<String>| {
        Slug::new(&name.value).map_err(|error| Fault::new(name.at, error))?;
        Ok(name.value)
    };
    file.value.into_iter().map(name).collect()
}

fn positioned<T, U>(
    file: At<T>,
    read: impl FnOnce(At<T>) -> Result<U, Fault>,
) -> Result<At<U>, Fault> {
    let at = file.at;
    Ok(At {
        value: read(file)?,
        at,
    })
}

/// Checks that the calls pass on what they must, and determines which secret they use.
fn checked<C: Call>(
    said: Option<SecretSource>,
    at: Position,
    sign: Option<&At<C>>,
    verify: Option<&At<C>>,
) -> Result<SecretSource, Fault> {
    if sign.is_none() && verify.is_none() {
        return Err(Fault::new(at, Problem::NoCall));
    }
    if let Some(sign) = sign {
        let other = |name: &&InputName| matches!(name, InputName::Token | InputName::Now);
        if let Some(name) = sign.value.names().into_iter().find(other) {
            return Err(Fault::new(sign.at, Problem::NotOfSign(name.to_string())));
        }
    }
    let passes = |call: &At<C>| {
        let is_secret =
            |name: &&InputName| matches!(name, InputName::Secret | InputName::SecretOf(_));
        call.value.names().iter().any(is_secret)
    };
    let (sign_passes, verify_passes) = (sign.map(passes), verify.map(passes));
    match said {
        Some(SecretSource::Unknown) if sign_passes == Some(true) || verify_passes == Some(true) => {
            Err(Fault::new(at, Problem::UnknownSecretPassed))
        }
        Some(said) => Ok(said),
        None => match (sign_passes, verify_passes) {
            (Some(true), Some(false)) => {
                Err(Fault::new(at, Problem::SecretPassedOnce("sign", "verify")))
            }
            (Some(false), Some(true)) => {
                Err(Fault::new(at, Problem::SecretPassedOnce("verify", "sign")))
            }
            (Some(true), _) | (_, Some(true)) => Ok(SecretSource::Request),
            _ => Ok(SecretSource::Unknown),
        },
    }
}
