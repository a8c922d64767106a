//! Calls of an implementation: the process to start or the HTTP request to send for a request.

use crate::implementations::answer_rules::AnswerRules;
use crate::implementations::inputs::{InputName, NotCarried};
use crate::implementations::json_template::JsonTemplate;
use crate::implementations::text_template::{
    TemplatePart, TextTemplate, cookie_text, form, header_text, verbatim, without_nul,
};
use crate::implementations::url_template::UrlTemplate;
use crate::signature::Request;

/// A process that is started for each request.
#[derive(Clone, Debug)]
pub struct ExecCall {
    /// The program and its arguments.
    pub(super) command: Vec<TextTemplate>,
    pub(super) stdin: Option<TextTemplate>,
    pub(super) env: Vec<(String, TextTemplate)>,
    /// Whether a value that starts with `-` is allowed at the start of an argument.
    pub(super) leading_hyphens: bool,
    pub(super) answer: AnswerRules,
}

/// A process to start, with all values filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecRequest {
    /// The program and its arguments.
    pub words: Vec<Vec<u8>>,
    /// The environment variables to set.
    pub env: Vec<(String, Vec<u8>)>,
    /// The content of standard input.
    pub stdin: Vec<u8>,
}

/// A templated HTTP request.
#[derive(Clone, Debug)]
pub struct WebCall {
    /// By default GET without a body, and POST with one.
    pub(super) method: Option<String>,
    pub(super) url: UrlTemplate,
    pub(super) headers: Vec<(String, TextTemplate)>,
    /// Cookies by name, each a value alone.
    pub(super) cookies: Vec<(String, TextTemplate)>,
    pub(super) body: Option<BodyTemplate>,
    pub(super) answer: AnswerRules,
    /// The fields that a request may leave out, as its scheme says.
    pub(super) optional: Vec<InputName>,
}

impl WebCall {
    /// The same without the headers, cookies and parameters that hold nothing but a field which a
    /// request leaves out.
    fn without_absent(&self, request: &Request) -> Self {
        let (given, absent): (Vec<InputName>, Vec<InputName>) = self
            .optional
            .iter()
            .cloned()
            .partition(|name| name.value(request).is_ok());
        let mut call = Self {
            optional: given,
            ..self.clone()
        };
        let is_given = |(_, template): &(String, TextTemplate)| !matches!(template.pieces(), [TemplatePart::Value(name)] if absent.contains(name));
        call.headers.retain(is_given);
        call.cookies.retain(is_given);
        call.url.retain_query(is_given);
        if let Some(BodyTemplate::Form(fields)) = &mut call.body {
            fields.retain(is_given);
        }
        call
    }
}

/// The body of a request.
#[derive(Clone, Debug)]
pub(super) enum BodyTemplate {
    Json(JsonTemplate),
    Form(Vec<(String, TextTemplate)>),
    /// Byte for byte, as a webhook is delivered.
    Raw(TextTemplate),
}

/// An HTTP request to send, with all values filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// The URL.
    pub url: url::Url,
    /// The headers, including the content type of JSON and of a form.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A call of either kind.
pub trait Call {
    /// The concrete process or HTTP request.
    type Request;

    /// Fills in the values of a request. Fails if a value cannot be carried where the template puts
    /// it.
    fn render(&self, request: &Request) -> Result<Self::Request, NotCarried>;

    /// The rules for reading the output.
    fn answer(&self) -> &AnswerRules;

    /// The values that the templates use.
    fn names(&self) -> Vec<&InputName>;
}

impl Call for ExecCall {
    type Request = ExecRequest;

    fn render(&self, request: &Request) -> Result<ExecRequest, NotCarried> {
        let word = |template: &TextTemplate| {
            let word = template.render(request, without_nul)?;
            match template.pieces().first() {
                Some(TemplatePart::Value(name))
                    if word.starts_with(b"-") && !self.leading_hyphens =>
                {
                    Err(NotCarried(format!(
                        "{name} begins with - and would be read as an option; leading_hyphens: true allows it"
                    )))
                }
                _ => Ok(word),
            }
        };
        let variable = |(name, template): &(String, TextTemplate)| {
            Ok((name.clone(), template.render(request, without_nul)?))
        };
        let stdin = self
            .stdin
            .as_ref()
            .map(|stdin| stdin.render(request, verbatim));
        Ok(ExecRequest {
            words: self.command.iter().map(word).collect::<Result<_, _>>()?,
            env: self.env.iter().map(variable).collect::<Result<_, _>>()?,
            stdin: stdin.transpose()?.unwrap_or_default(),
        })
    }

    fn answer(&self) -> &AnswerRules {
        &self.answer
    }

    fn names(&self) -> Vec<&InputName> {
        let env = self.env.iter().map(|(_, template)| template);
        let templates = self.command.iter().chain(&self.stdin).chain(env);
        templates.flat_map(TextTemplate::names).collect()
    }
}

impl Call for WebCall {
    type Request = WebRequest;

    fn render(&self, request: &Request) -> Result<WebRequest, NotCarried> {
        if self
            .optional
            .iter()
            .any(|name| name.value(request).is_err())
        {
            return self.without_absent(request).render(request);
        }
        let header = |(name, template): &(String, TextTemplate)| {
            let value = template.render(request, header_text)?;
            if value.trim_ascii().len() < value.len() {
                return Err(NotCarried(format!(
                    "the header {name} would begin or end with a space, which HTTP does not transmit"
                )));
            }
            Ok((name.clone(), value))
        };
        let mut headers = self
            .headers
            .iter()
            .map(header)
            .collect::<Result<Vec<_>, _>>()?;
        let has_type = headers.iter().any(|(name, _)| name == "content-type");
        let (kind, body) = match &self.body {
            None => (None, Vec::new()),
            Some(BodyTemplate::Json(json)) => (Some("application/json"), json.render(request)?),
            Some(BodyTemplate::Form(fields)) => (
                Some("application/x-www-form-urlencoded"),
                form(fields, request)?,
            ),
            Some(BodyTemplate::Raw(template)) => (None, template.render(request, verbatim)?),
        };
        if let Some(kind) = kind.filter(|_| !has_type) {
            headers.push(("content-type".to_owned(), kind.into()));
        }
        let cookie = |(name, template): &(String, TextTemplate)| {
            let value = template.render(request, cookie_text)?;
            Ok([name.as_bytes(), b"=", &value].concat())
        };
        let cookies = self.cookies.iter().map(cookie);
        let cookies = cookies.collect::<Result<Vec<_>, _>>()?;
        if !cookies.is_empty() {
            headers.push(("cookie".to_owned(), cookies.join(&b"; "[..])));
        }
        let by_default = if self.body.is_some() { "POST" } else { "GET" };
        Ok(WebRequest {
            method: self.method.clone().unwrap_or_else(|| by_default.to_owned()),
            url: self.url.render(request)?,
            headers,
            body,
        })
    }

    fn answer(&self) -> &AnswerRules {
        &self.answer
    }

    fn names(&self) -> Vec<&InputName> {
        let mut names = self.url.names();
        names.extend(
            self.headers
                .iter()
                .chain(&self.cookies)
                .flat_map(|(_, template)| template.names()),
        );
        match &self.body {
            None => {}
            Some(BodyTemplate::Json(json)) => json.add_names(&mut names),
            Some(BodyTemplate::Form(fields)) => {
                names.extend(fields.iter().flat_map(|(_, template)| template.names()));
            }
            Some(BodyTemplate::Raw(template)) => names.extend(template.names()),
        }
        names
    }
}
