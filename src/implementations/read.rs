//! Reads the text of a `macproof.yaml`.

use std::path::PathBuf;

use hyper::Method;
use hyper::header::HeaderName;
use regex::Regex;

use crate::implementations::answer_rules::{AnswerRules, Condition, Extract};
use crate::implementations::calls::{BodyTemplate, Call, ExecCall, WebCall};
use crate::implementations::described::{
    Access, Described, Implementations, Native, REFERENCE, SecretSource,
};
use crate::implementations::error::{DescriptionProblem as Problem, Fault, ImplementationsError};
use crate::implementations::inputs::InputName;
use crate::implementations::json_template::JsonTemplate;
use crate::implementations::raw::{
    ExecCallFile, ExecConditionFile, ExecFile, ExtractFile, HttpFile, ImplementationFile,
    ImplementationsFile, SecretFile, SessionFile, StatusesFile, WebCallFile, WebConditionFile,
    WebFile,
};
use crate::implementations::text_template::{TextTemplate, percent_encoded};
use crate::implementations::url_template::UrlTemplate;
use crate::implementations::web_address::WebAddress;
use crate::protocol::Clock;
use crate::signature::Slug;
use crate::suite::{At, Entries, InputKind, MAX_FILE_BYTES, Position, from_yaml};

/// Headers for message framing, which the client sets itself.
const NOT_SET: [&str; 5] = [
    "content-length",
    "transfer-encoding",
    "connection",
    "accept-encoding",
    "cookie",
];

impl Implementations {
    /// Reads the text of the file at `path`. Fails on the first error, with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, ImplementationsError> {
        let error = |fault| ImplementationsError::new(path, text, fault);
        if text.len() as u64 > MAX_FILE_BYTES {
            return Err(error(Fault::new(Position::START, Problem::TooLarge)));
        }
        let file: ImplementationsFile = from_yaml(text)
            .map_err(|(at, message)| error(Fault::new(at, Problem::Form(message))))?;
        if file.implementations.0.is_empty() {
            return Err(error(Fault::new(Position::START, Problem::Nothing)));
        }
        let named = file.suites.map(asked).transpose().map_err(error)?;
        let described = file.implementations.0.into_iter().map(|(name, file)| {
            implementation(path, &name, file).map_err(|mut fault| {
                fault
                    .implementation
                    .get_or_insert_with(|| name.value.clone());
                error(fault)
            })
        });
        Ok(Self {
            path: PathBuf::from(path),
            suites: named.unwrap_or_default(),
            described: described.collect::<Result<_, _>>()?,
        })
    }
}

fn implementation(
    path: &str,
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
        said,
    };
    if let (Some(build), None) = (&file.build, &file.command) {
        return Err(Fault::new(build.at, Problem::NothingToBuild));
    }
    let build = file.build.map(words).transpose()?;
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
    Ok(Described {
        name: slug,
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
    native(about, at, common, exec_call)
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
    let (mut native, secret) = native(about, at, common, web_call)?;
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
) -> Result<(Native<C>, SecretSource), Fault> {
    let read = |file: At<F>, is_sign| placed(file, |file| call(file, is_sign));
    let sign = common.sign.map(|file| read(file, true)).transpose()?;
    let verify = common.verify.map(|file| read(file, false)).transpose()?;
    let secret = checked(about.said, at, sign.as_ref(), verify.as_ref())?;
    let native = Native {
        name: about.name.to_owned(),
        path: about.path.to_owned(),
        suites: suites(common.suites)?,
        clock: common.clock.unwrap_or(Clock::Injected),
        inputs: common.inputs.unwrap_or_else(|| vec![InputKind::Text]),
        max_in_flight: 1,
        session: None,
        sign: sign.map(|call| call.value),
        verify: verify.map(|call| call.value),
    };
    Ok((native, secret))
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

fn placed<T, U>(file: At<T>, read: impl FnOnce(At<T>) -> Result<U, Fault>) -> Result<At<U>, Fault> {
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
    if let Some(verify) = verify
        && !verify.value.names().contains(&&InputName::Token)
    {
        return Err(Fault::new(verify.at, Problem::TokenNotPassed));
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

fn exec_call(file: At<ExecCallFile>, is_sign: bool) -> Result<ExecCall, Fault> {
    let At { value: file, at } = file;
    let command = file.command.value.iter().map(template);
    let command = command.collect::<Result<Vec<_>, _>>()?;
    match command.first().map(TextTemplate::as_literal) {
        None => return Err(Fault::new(file.command.at, Problem::NoProgram)),
        Some(None) => return Err(Fault::new(file.command.at, Problem::ValueAsProgram)),
        Some(Some(program)) if program.is_empty() => {
            return Err(Fault::new(file.command.at, Problem::NoProgram));
        }
        Some(Some(_)) => {}
    }
    let variable = |(name, text): (At<String>, At<String>)| {
        is_variable(&name)?;
        Ok((name.value, template(&text)?))
    };
    let env = file.env.map_or_else(Vec::new, |entries| entries.0);
    if let Some(header) = file
        .token
        .as_ref()
        .and_then(|token| token.value.header.as_ref())
    {
        return Err(Fault::new(header.at, Problem::HeaderOfProcess));
    }
    let condition = |file: Option<At<ExecConditionFile>>| file.map(exec_condition).transpose();
    let answer = AnswerRules {
        token: file.token.map(extract).transpose()?,
        accept: condition(file.accept)?,
        reject: condition(file.reject)?,
        refused: condition(file.refused)?,
        threw: condition(file.threw)?,
        success: |status| status == 0,
    };
    check_rules(&answer, is_sign, at)?;
    Ok(ExecCall {
        command,
        stdin: file.stdin.as_ref().map(template).transpose()?,
        env: env.into_iter().map(variable).collect::<Result<_, _>>()?,
        leading_hyphens: file.leading_hyphens,
        answer,
    })
}

fn web_call(file: At<WebCallFile>, is_sign: bool) -> Result<WebCall, Fault> {
    let At { value: file, at } = file;
    let condition = |file: Option<At<WebConditionFile>>| file.map(web_condition).transpose();
    let answer = AnswerRules {
        token: file.token.map(extract).transpose()?,
        accept: condition(file.accept)?,
        reject: condition(file.reject)?,
        refused: condition(file.refused)?,
        threw: condition(file.threw)?,
        success: |status| (200..300).contains(&status),
    };
    check_rules(&answer, is_sign, at)?;
    let request = RequestFile {
        method: file.method,
        url: file.url,
        query: file.query,
        headers: file.headers,
        json: file.json,
        form: file.form,
    };
    request.read(answer)
}

fn session_call(file: SessionFile) -> Result<WebCall, Fault> {
    let request = RequestFile {
        method: file.method,
        url: file.url,
        query: None,
        headers: file.headers,
        json: file.json,
        form: file.form,
    };
    request.read(AnswerRules {
        token: None,
        accept: None,
        reject: None,
        refused: None,
        threw: None,
        success: |status| (200..400).contains(&status),
    })
}

/// The keys common to a call and the request that opens a session.
struct RequestFile {
    method: Option<At<String>>,
    url: At<String>,
    query: Option<Entries<At<String>>>,
    headers: Option<Entries<At<String>>>,
    json: Option<At<serde_json::Value>>,
    form: Option<Entries<At<String>>>,
}

impl RequestFile {
    fn read(self, answer: AnswerRules) -> Result<WebCall, Fault> {
        let named = |(name, text): (At<String>, At<String>)| Ok((name.value, template(&text)?));
        let query = self.query.map_or_else(Vec::new, |entries| entries.0);
        let query = query.into_iter().map(named).collect::<Result<_, _>>()?;
        let url = UrlTemplate::parse(&self.url.value, query)
            .map_err(|error| Fault::new(self.url.at, error))?;
        let body = match (self.json, self.form) {
            (Some(json), Some(_)) => return Err(Fault::new(json.at, Problem::TwoBodies)),
            (Some(json), None) => {
                let template = JsonTemplate::parse(json.value);
                let template = template.map_err(|error| Fault::new(json.at, error))?;
                Some(BodyTemplate::Json(template))
            }
            (None, Some(form)) => {
                let field = |(name, text): (At<String>, At<String>)| {
                    let name = percent_encoded(name.value.as_bytes());
                    Ok((
                        String::from_utf8_lossy(&name).into_owned(),
                        template(&text)?,
                    ))
                };
                let fields = form.0.into_iter().map(field);
                Some(BodyTemplate::Form(fields.collect::<Result<_, _>>()?))
            }
            (None, None) => None,
        };
        let method = match self.method {
            None if body.is_some() => "POST".to_owned(),
            None => "GET".to_owned(),
            Some(method) => {
                let is_method = Method::from_bytes(method.value.as_bytes()).is_ok()
                    && method.value.bytes().all(|byte| byte.is_ascii_uppercase());
                if !is_method || method.value == "CONNECT" {
                    return Err(Fault::new(method.at, Problem::Method(method.value)));
                }
                method.value
            }
        };
        let header = |(name, text): (At<String>, At<String>)| {
            let parsed = HeaderName::from_bytes(name.value.as_bytes()).ok();
            match parsed.filter(|parsed| !NOT_SET.contains(&parsed.as_str())) {
                Some(parsed) => Ok((parsed.as_str().to_owned(), template(&text)?)),
                None => Err(Fault::new(name.at, Problem::Header(name.value))),
            }
        };
        let headers = self.headers.map_or_else(Vec::new, |entries| entries.0);
        Ok(WebCall {
            method,
            url,
            headers: headers.into_iter().map(header).collect::<Result<_, _>>()?,
            body,
            answer,
        })
    }
}

fn check_rules(rules: &AnswerRules, is_sign: bool, at: Position) -> Result<(), Fault> {
    let judges = (rules.accept.is_some(), rules.reject.is_some());
    match (is_sign, rules.token.is_some(), judges) {
        (true, true, (false, false)) | (false, false, (true, true)) => Ok(()),
        (true, ..) => Err(Fault::new(at, Problem::SignRules)),
        (false, ..) => Err(Fault::new(at, Problem::VerifyRules)),
    }
}

fn template(text: &At<String>) -> Result<TextTemplate, Fault> {
    TextTemplate::parse(&text.value).map_err(|error| Fault::new(text.at, error))
}

fn is_variable(name: &At<String>) -> Result<(), Fault> {
    if name.value.is_empty() || name.value.contains(['=', '\0']) {
        Err(Fault::new(name.at, Problem::Variable(name.value.clone())))
    } else {
        Ok(())
    }
}

fn extract(file: At<ExtractFile>) -> Result<Extract, Fault> {
    match (file.value.regex, file.value.json, file.value.header) {
        (Some(text), None, None) => {
            let regex = regex(&text)?;
            if regex.captures_len() > 2 {
                return Err(Fault::new(text.at, Problem::Groups));
            }
            Ok(Extract::Regex(regex))
        }
        (None, Some(text), None) => Ok(Extract::Json(pointer(text)?)),
        (None, None, Some(name)) => Ok(Extract::Header(header_name(name)?)),
        _ => Err(Fault::new(file.at, Problem::NotOneExtract)),
    }
}

fn exec_condition(file: At<ExecConditionFile>) -> Result<Condition, Fault> {
    let At { value: file, at } = file;
    let condition = Condition {
        statuses: statuses(file.exit, 0, 255)?,
        regex: file.regex.as_ref().map(regex).transpose()?,
        json: pointers(file.json)?,
        headers: Vec::new(),
    };
    not_empty(condition, at)
}

fn web_condition(file: At<WebConditionFile>) -> Result<Condition, Fault> {
    let At { value: file, at } = file;
    let header = |(name, value): (At<String>, At<String>)| Ok((header_name(name)?, value.value));
    let headers = file.header.map_or_else(Vec::new, |entries| entries.0);
    let condition = Condition {
        statuses: statuses(file.status, 100, 599)?,
        regex: file.regex.as_ref().map(regex).transpose()?,
        json: pointers(file.json)?,
        headers: headers.into_iter().map(header).collect::<Result<_, _>>()?,
    };
    not_empty(condition, at)
}

fn not_empty(condition: Condition, at: Position) -> Result<Condition, Fault> {
    let is_empty = condition.statuses.is_empty()
        && condition.regex.is_none()
        && condition.json.is_empty()
        && condition.headers.is_empty();
    if is_empty {
        Err(Fault::new(at, Problem::EmptyCondition))
    } else {
        Ok(condition)
    }
}

fn statuses(file: Option<At<StatusesFile>>, least: u64, most: u64) -> Result<Vec<u16>, Fault> {
    let Some(file) = file else {
        return Ok(Vec::new());
    };
    let status = |status: &u64| {
        u16::try_from(*status)
            .ok()
            .filter(|_| (least..=most).contains(status))
    };
    let statuses: Option<Vec<u16>> = file.value.0.iter().map(status).collect();
    statuses
        .filter(|statuses| !statuses.is_empty())
        .ok_or_else(|| Fault::new(file.at, Problem::Status { least, most }))
}

fn regex(text: &At<String>) -> Result<Regex, Fault> {
    Regex::new(&text.value).map_err(|error| {
        // The problem is in the last line; the others show the expression.
        let words = error.to_string();
        let last = words.lines().last().unwrap_or_default();
        let words = last.trim_start_matches("error: ").to_owned();
        Fault::new(text.at, Problem::Regex(words))
    })
}

fn pointers(
    file: Option<Entries<serde_json::Value>>,
) -> Result<Vec<(String, serde_json::Value)>, Fault> {
    let entries = file.map_or_else(Vec::new, |entries| entries.0);
    let entry = |(text, value)| Ok((pointer(text)?, value));
    entries.into_iter().map(entry).collect()
}

fn pointer(text: At<String>) -> Result<String, Fault> {
    let tilde = text.value.replace("~0", "").replace("~1", "").contains('~');
    if (text.value.is_empty() || text.value.starts_with('/')) && !tilde {
        Ok(text.value)
    } else {
        Err(Fault::new(text.at, Problem::Pointer(text.value)))
    }
}

fn header_name(name: At<String>) -> Result<String, Fault> {
    HeaderName::from_bytes(name.value.as_bytes())
        .map(|header| header.as_str().to_owned())
        .map_err(|_| Fault::new(name.at, Problem::Header(name.value)))
}
