//! The page of `explain`: a form into which a token, the secret and the fields are pasted, and the
//! explanation.
//!
//! The form is the same for everybody and for ever. What is pasted is posted, and answered in a
//! frame of the page, so that the form keeps its contents and no answer repeats them. Nothing is
//! kept, logged, or put into an address, and there is no script.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use url::form_urlencoded;

use crate::explain::{Answer, Cause, Comparison, Explanation};
use crate::report::visible;
use crate::serve::host::is_local;
use crate::serve::reply;
use crate::signature::Secret;

/// Maximum size of what is pasted in all, in bytes, as a form encodes it.
const MAX_PASTED: usize = 1 << 20;

/// How many explanations are searched for at once.
const AT_ONCE: usize = 4;

/// What may be loaded: the style that stands in the page, and the frame with the answer.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'";

/// What the page needs.
pub struct ExplainPage {
    /// The suites among which one may be chosen, with the names of their fields.
    pub suites: Vec<(String, Vec<String>)>,
    /// Maximum time to receive what was pasted.
    pub body_time: Duration,
    /// Explains it, or says what is missing.
    pub explain: Box<dyn Fn(Pasted) -> Result<Told, String> + Send + Sync>,
}

/// What was pasted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// The suite that was chosen; none to try all.
    pub suite: Option<String>,
    /// The token; empty where it stands in the request.
    pub token: String,
    /// A saved request, from which the token and the fields are read.
    pub request: Option<Vec<u8>>,
    /// The secret; none where the field was left empty.
    pub secret: Option<Secret>,
    /// The fields: names and values, to the letter.
    pub fields: Vec<(String, String)>,
    /// Other values that may have been signed.
    pub others: Vec<(String, String)>,
    /// The platform of the secret.
    pub platform: Option<String>,
    /// The time at which the token was made, in Unix seconds.
    pub now: Option<u64>,
    /// The token that was expected.
    pub expected: Option<String>,
}

/// The answer.
#[derive(Clone, Debug)]
pub enum Told {
    /// Why the token is what it is.
    Explanation(Box<Explanation>),
    /// What two tokens tell about each other.
    Comparison(Comparison),
}

struct Shared {
    form: String,
    page: ExplainPage,
    searches: Semaphore,
}

#[derive(Template)]
#[template(path = "explain.html")]
struct Form<'d> {
    version: &'static str,
    suites: &'d [(String, Vec<String>)],
}

#[derive(Template, Default)]
#[template(path = "explanation.html")]
struct Shown {
    tone: &'static str,
    title: &'static str,
    /// What is said first, and each with what to do about it.
    said: Vec<(String, Vec<String>)>,
    /// What goes wrong, by the mistake.
    wrong: Vec<(String, String)>,
    /// What the token does not tell apart from it.
    others: Vec<(String, Vec<String>)>,
    lists: Vec<(&'static str, Vec<String>)>,
    effort: String,
}

/// Builds the router.
pub fn explain_router(page: ExplainPage) -> Result<Router, askama::Error> {
    let form = Form {
        version: env!("CARGO_PKG_VERSION"),
        suites: &page.suites,
    };
    let shared = Shared {
        form: form.render()?,
        page,
        searches: Semaphore::new(AT_ONCE),
    };
    Ok(Router::new()
        .route("/", get(form_page))
        .route("/explanation", post(explanation))
        .fallback(async || reply::error(StatusCode::NOT_FOUND, "not found; see /"))
        .layer(from_fn(guard))
        .with_state(Arc::new(shared)))
}

/// Rejects requests for other host names, and what no page of this server has sent. Whatever the
/// answer is, no browser keeps it.
async fn guard(request: Request, next: Next) -> Response<Body> {
    let mut response = match stranger(request.headers(), request.method().is_safe()) {
        Some((status, why)) => reply::error(status, why),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    let mut say = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    say(CACHE_CONTROL, "no-store");
    say(CONTENT_SECURITY_POLICY, POLICY);
    say(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // With `no-referrer`, a browser would not say from which origin it posts.
    say(REFERRER_POLICY, "same-origin");
    response
}

/// Why a request is not answered, if it is not.
fn stranger(headers: &HeaderMap, is_safe: bool) -> Option<(StatusCode, &'static str)> {
    let mut hosts = headers.get_all(HOST).into_iter();
    let (Some(Ok(host)), None) = (hosts.next().map(HeaderValue::to_str), hosts.next()) else {
        return Some((StatusCode::BAD_REQUEST, "the request has no host"));
    };
    if !is_local(host) {
        return Some((
            StatusCode::MISDIRECTED_REQUEST,
            "this server answers only to 127.0.0.1, [::1] and localhost",
        ));
    }
    let is_ours = |origin: &HeaderValue| {
        let origin = origin.to_str().ok();
        origin.and_then(|origin| origin.strip_prefix("http://")) == Some(host)
    };
    // A browser says with every post from which page it comes.
    match (headers.get(ORIGIN), is_safe) {
        (None, true) => None,
        (Some(origin), _) if is_ours(origin) => None,
        _ => Some((
            StatusCode::FORBIDDEN,
            "only the page of this server may ask",
        )),
    }
}

async fn form_page(State(shared): State<Arc<Shared>>) -> Response<Body> {
    html(StatusCode::OK, shared.form.clone())
}

async fn explanation(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes().split(|byte| *byte == b';').next();
        kind.is_some_and(|kind| {
            kind.trim_ascii()
                .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
        })
    });
    if !is_form {
        let why = "the content type must be application/x-www-form-urlencoded";
        return reply::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, why);
    }
    let body = to_bytes(request.into_body(), MAX_PASTED);
    let body = match tokio::time::timeout(shared.page.body_time, body).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            let why = format!(
                "what was pasted is longer than {MAX_PASTED} bytes as a form encodes it, or did not come whole; use the command line for it"
            );
            return shown(StatusCode::PAYLOAD_TOO_LARGE, &refused(&why));
        }
        Err(_) => {
            let why = "timed out while reading the body";
            return reply::error(StatusCode::REQUEST_TIMEOUT, why);
        }
    };
    let Ok(_permit) = shared.searches.acquire().await else {
        return reply::error(StatusCode::SERVICE_UNAVAILABLE, "the server is ending");
    };
    let worker = Arc::clone(&shared);
    // A search is slow, so do it off the async threads.
    let answered = tokio::task::spawn_blocking(move || answer(&worker.page, &body)).await;
    match answered {
        Ok((status, page)) => shown(status, &page),
        Err(_) => shown(
            StatusCode::INTERNAL_SERVER_ERROR,
            &refused("this is a bug in macproof; please report it"),
        ),
    }
}

fn answer(page: &ExplainPage, body: &[u8]) -> (StatusCode, Shown) {
    let told = Pasted::of_form(body).and_then(|pasted| (page.explain)(pasted));
    match told {
        Ok(Told::Explanation(explanation)) => (StatusCode::OK, of_explanation(&explanation)),
        Ok(Told::Comparison(comparison)) => (StatusCode::OK, of_comparison(&comparison)),
        Err(why) => (StatusCode::UNPROCESSABLE_ENTITY, refused(&why)),
    }
}

impl Pasted {
    /// Reads what the form sends.
    fn of_form(body: &[u8]) -> Result<Self, String> {
        let mut pasted = Self::default();
        let (mut body_of, mut long) = (String::new(), String::new());
        let mut request = String::new();
        let (mut has_crlf, mut request_has_crlf) = (false, false);
        for (name, value) in form_urlencoded::parse(body) {
            let value = value.into_owned();
            let given = |value: String| Some(value).filter(|value| !value.is_empty());
            match &*name {
                "suite" => pasted.suite = given(value),
                // A field of several lines may end with one that nobody sees.
                "token" => {
                    let text = line_feeds(&value);
                    text.trim_end_matches('\n').clone_into(&mut pasted.token);
                }
                "expected" => pasted.expected = given(value),
                "secret" => pasted.secret = given(value).map(Secret::new),
                "platform" => pasted.platform = given(value),
                "fields" => pasted.fields = lines(&value, "fields")?,
                "others" => pasted.others = lines(&value, "other values")?,
                "long-name" => body_of = value,
                "long" => long = line_feeds(&value),
                "crlf" => has_crlf = true,
                "request" => request = line_feeds(&value),
                "request-crlf" => request_has_crlf = true,
                "now" => {
                    let time = value.trim();
                    let seconds = time.parse().ok();
                    if seconds.is_none() && !time.is_empty() {
                        return Err(format!("{time:?} is not a time in Unix seconds"));
                    }
                    pasted.now = seconds;
                }
                _ => {}
            }
        }
        if !long.is_empty() {
            if body_of.is_empty() {
                return Err("give the name of the field that has several lines".to_owned());
            }
            pasted.fields.push((body_of, with_ends(long, has_crlf)));
        }
        if request.trim().is_empty() {
            if pasted.token.is_empty() {
                return Err("give the token, or the request in which it stands".to_owned());
            }
        } else {
            let request = with_ends(request, request_has_crlf);
            pasted.request = Some(request.into_bytes());
        }
        Ok(pasted)
    }
}

/// A browser sends every line end of what is pasted as CRLF, whatever it was.
fn line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The lines of a text with the ends that they have.
fn with_ends(text: String, are_crlf: bool) -> String {
    if are_crlf {
        text.replace('\n', "\r\n")
    } else {
        text
    }
}

/// Names and values, one pair a line.
fn lines(text: &str, what: &str) -> Result<Vec<(String, String)>, String> {
    let text = line_feeds(text);
    let lines = text.split('\n').filter(|line| !line.is_empty());
    let pair = |line: &str| {
        let (name, value) = line
            .split_once('=')
            .ok_or_else(|| format!("among the {what} is {line:?}; write NAME=VALUE"))?;
        Ok((name.trim().to_owned(), value.to_owned()))
    };
    lines.map(pair).collect()
}

fn shown(status: StatusCode, page: &Shown) -> Response<Body> {
    match page.render() {
        Ok(page) => html(status, page),
        Err(_) => reply::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "cannot show the explanation",
        ),
    }
}

fn html(status: StatusCode, page: String) -> Response<Body> {
    reply::with_type(status, "text/html; charset=utf-8", page)
}

fn refused(why: &str) -> Shown {
    let why = capitalised(why);
    Shown {
        tone: "doubt",
        title: "Nothing was searched for",
        said: why
            .lines()
            .map(|line| (visible(line.trim()), vec![]))
            .collect(),
        ..Shown::default()
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

fn of_explanation(explanation: &Explanation) -> Shown {
    let (tone, title) = match explanation.answer {
        Answer::Right => ("good", "The token is right"),
        Answer::Explained => ("bad", "The token is wrong, and here is why"),
        Answer::Unexplained => ("doubt", "The token is wrong"),
        Answer::NotAskable => ("doubt", "Nothing can be determined about the token"),
    };
    let sentence = |text: &str| format!("{}.", visible(&capitalised(text)));
    let mut said = Vec::new();
    if !explanation.schemes.is_empty() {
        let schemes = explanation.schemes.join(" or ");
        said.push((sentence(&format!("This is a token of {schemes}")), vec![]));
    }
    for remark in &explanation.remarks {
        let remedy = "Give the secret as it was issued, whole, and nothing around it.";
        said.push((sentence(remark), vec![remedy.to_owned()]));
    }
    if let Some(instead) = &explanation.instead {
        said.push((sentence(&instead.sentence()), instead.remedies()));
    }
    let cause = |cause: &Cause| {
        let remedies = cause.remedies();
        let remedies = remedies.iter().map(|remedy| visible(remedy));
        (sentence(&cause.sentence()), remedies.collect())
    };
    let mut causes = explanation.causes.iter();
    let first = causes.next();
    said.extend(first.map(cause));
    match explanation.answer {
        Answer::Right => {
            said.push((
                sentence("It is right for these fields and this secret"),
                vec![],
            ));
        }
        Answer::Unexplained => said.push((sentence("No known mistake produces it"), vec![])),
        Answer::Explained | Answer::NotAskable => {}
    }
    let mistakes = first.iter().flat_map(|cause| &cause.mistakes);
    let wrong = mistakes.map(|one| (one.id.to_string(), visible(&one.wrong)));
    let all = |texts: &[String]| texts.iter().map(|text| sentence(text)).collect();
    let lists = [
        ("What the token itself shows", all(&explanation.clues)),
        ("Notes", all(&explanation.notes)),
    ];
    Shown {
        tone,
        title,
        said,
        wrong: wrong.collect(),
        others: causes.map(cause).collect(),
        lists: lists.into(),
        effort: match explanation.answer {
            Answer::Right | Answer::NotAskable => String::new(),
            Answer::Explained | Answer::Unexplained => sentence(&explanation.effort()),
        },
    }
}

/// What two tokens tell, as the command says it.
fn of_comparison(comparison: &Comparison) -> Shown {
    let (tone, title) = match comparison.answer {
        Answer::Right => ("good", "The two tokens are the same"),
        Answer::Explained => ("bad", "The forms of the two tokens tell how they differ"),
        Answer::Unexplained | Answer::NotAskable => ("doubt", "The two tokens differ"),
    };
    let text = comparison.to_string();
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (line.strip_prefix("fix: "), said.last_mut()) {
            (Some(remedy), Some((_, remedies))) => remedies.push(visible(remedy)),
            _ => said.push((visible(line), vec![])),
        }
    }
    Shown {
        tone,
        title,
        said,
        ..Shown::default()
    }
}
