//! Reads the calls of a described implementation: requests, and the rules for their answers.

use crate::implementations::answer_rules::{AnswerRules, Condition, Extract};
use crate::implementations::calls::{BodyTemplate, ExecCall, WebCall};
use crate::implementations::error::{DescriptionProblem as Problem, Fault};
use crate::implementations::json_template::JsonTemplate;
use crate::implementations::raw::{
    ExecCallFile, ExecConditionFile, ExtractFile, SessionFile, StatusesFile, WebCallFile,
    WebConditionFile,
};
use crate::implementations::text_template::{TextTemplate, percent_encoded};
use crate::implementations::url_template::UrlTemplate;
use crate::suite::{At, Entries, Position};
use hyper::Method;
use hyper::header::HeaderName;
use regex::Regex;

/// Headers for message framing, which the client sets itself.
const NOT_SET: [&str; 5] = [
    "content-length",
    "transfer-encoding",
    "connection",
    "accept-encoding",
    "cookie",
];

pub(super) fn exec_call(file: At<ExecCallFile>, is_sign: bool) -> Result<ExecCall, Fault> {
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

pub(super) fn web_call(file: At<WebCallFile>, is_sign: bool) -> Result<WebCall, Fault> {
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
        body: file.body,
    };
    request.read(answer)
}

pub(super) fn session_call(file: SessionFile) -> Result<WebCall, Fault> {
    let request = RequestFile {
        method: file.method,
        url: file.url,
        query: None,
        headers: file.headers,
        json: file.json,
        form: file.form,
        body: file.body,
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
    body: Option<At<String>>,
}

impl RequestFile {
    fn read(self, answer: AnswerRules) -> Result<WebCall, Fault> {
        let named = |(name, text): (At<String>, At<String>)| Ok((name.value, template(&text)?));
        let query = self.query.map_or_else(Vec::new, |entries| entries.0);
        let query = query.into_iter().map(named).collect::<Result<_, _>>()?;
        let url = UrlTemplate::parse(&self.url.value, query)
            .map_err(|error| Fault::new(self.url.at, error))?;
        let body = match (self.json, self.form, self.body) {
            (Some(json), Some(_), _) | (Some(json), _, Some(_)) => {
                return Err(Fault::new(json.at, Problem::TwoBodies));
            }
            (None, Some(_), Some(body)) => return Err(Fault::new(body.at, Problem::TwoBodies)),
            (Some(json), None, None) => {
                let template = JsonTemplate::parse(json.value);
                let template = template.map_err(|error| Fault::new(json.at, error))?;
                Some(BodyTemplate::Json(template))
            }
            (None, Some(form), None) => {
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
            (None, None, Some(body)) => Some(BodyTemplate::Raw(template(&body)?)),
            (None, None, None) => None,
        };
        let method = |method: At<String>| {
            let is_method = Method::from_bytes(method.value.as_bytes()).is_ok()
                && method.value.bytes().all(|byte| byte.is_ascii_uppercase());
            if !is_method || method.value == "CONNECT" {
                return Err(Fault::new(method.at, Problem::Method(method.value)));
            }
            Ok(method.value)
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
            method: self.method.map(method).transpose()?,
            url,
            headers: headers.into_iter().map(header).collect::<Result<_, _>>()?,
            cookies: Vec::new(),
            body,
            answer,
            optional: Vec::new(),
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

pub(super) fn is_variable(name: &At<String>) -> Result<(), Fault> {
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

pub(super) fn regex(text: &At<String>) -> Result<Regex, Fault> {
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
