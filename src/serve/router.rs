//! The paths of the server, and the checks on who may use them.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, COOKIE, HOST, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};
use hyper::body::Body as _;
use serde_json::{Value as Json, json};
use tokio::sync::SemaphorePermit;

use crate::adapters::{ServeError, Served};
use crate::results::Redaction;
use crate::scheme::{Reference, SignatureState};
use crate::serve::app_state::AppState;
use crate::serve::host::is_local;
use crate::serve::latest::LatestCall;
use crate::serve::page::{POLICY, page};
use crate::serve::reply;
use crate::signature::Value;

/// Maximum size of a call's body, in bytes.
const MAX_CALL: usize = 256 << 10;
/// Maximum size of a body of protocol requests, in bytes.
const MAX_BATCH: usize = 16 << 20;

/// Maximum total number of repetitions per body: less than a second of work.
const MAX_REPETITIONS: u64 = 1_000_000;

/// Builds the router.
pub fn router(state: Arc<AppState>) -> Router {
    Router::new()
        .route("/", get(look))
        .route("/healthz", get(async || "ok\n"))
        .route("/macproof", post(speak))
        .route("/{suite}/identify", post(identify))
        .fallback(async || reply::error(StatusCode::NOT_FOUND, "not found; see /"))
        .layer(from_fn_with_state(Arc::clone(&state), guard))
        .with_state(state)
}

/// Rejects requests for other host names (DNS rebinding: a page elsewhere whose name was bound to
/// this machine) and from pages of other origins.
async fn guard(State(state): State<Arc<AppState>>, request: Request, next: Next) -> Response<Body> {
    let headers = request.headers();
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else {
        return reply::error(StatusCode::BAD_REQUEST, "the request has no host");
    };
    if !is_local(host) {
        return reply::error(
            StatusCode::MISDIRECTED_REQUEST,
            "this server answers only to 127.0.0.1, [::1] and localhost",
        );
    }
    let origin = match headers.get(ORIGIN) {
        None => None,
        Some(origin) => match state.lets_in(origin, host) {
            Some(cross) => cross.then(|| origin.clone()),
            None => {
                return reply::error(
                    StatusCode::FORBIDDEN,
                    "this origin is not allowed; allow it with --allow-origin",
                );
            }
        },
    };
    let is_preflight = request.method() == Method::OPTIONS && origin.is_some();
    let mut response = if is_preflight {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    } else {
        next.run(request).await
    };
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        let mut say = |name: HeaderName, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        say(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        say(ACCESS_CONTROL_ALLOW_METHODS, "POST, GET");
        say(ACCESS_CONTROL_ALLOW_HEADERS, "content-type");
        say(VARY, "origin");
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

/// `GET /`.
async fn look(State(state): State<Arc<AppState>>, headers: HeaderMap) -> Response<Body> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default().to_owned();
    // Explaining is slow, so do it off the async threads.
    let html = tokio::task::spawn_blocking(move || page(&state, &host)).await;
    match html {
        Ok(Ok(html)) => {
            let mut response = reply::with_type(StatusCode::OK, "text/html; charset=utf-8", html);
            for (name, value) in [
                ("content-security-policy", POLICY.as_str()),
                ("x-content-type-options", "nosniff"),
                ("cache-control", "no-store"),
            ] {
                let name = HeaderName::from_static(name);
                response
                    .headers_mut()
                    .insert(name, HeaderValue::from_static(value));
            }
            response
        }
        _ => reply::error(StatusCode::INTERNAL_SERVER_ERROR, "cannot show the page"),
    }
}

/// `POST /SUITE/identify`.
async fn identify(
    State(state): State<Arc<AppState>>,
    Path(suite): Path<String>,
    request: Request,
) -> Response<Body> {
    let Some(platform) = state.platforms.iter().find(|p| p.name.as_str() == suite) else {
        return reply::error(
            StatusCode::NOT_FOUND,
            "no suite of this name with a policy is served; see /",
        );
    };
    let session = session(request.headers());
    let unreadable = |response: Response<Body>| {
        let status = response.status().as_u16();
        let why = response.extensions().get::<reply::Why>();
        let why = why.map_or_else(String::new, |why| why.0.clone());
        let said = state.redaction.without_secrets(&why);
        let line = json!({"suite": suite, "status": status, "why": said});
        platform.could_not_read((state.environment.now)(), status, why);
        state.log("unreadable", line);
        response
    };
    let body = match body(&state, request, &["application/json"], MAX_CALL).await {
        Ok(body) => body,
        Err(response) => return unreadable(response),
    };
    let now = (state.environment.now)();
    let random_name = &state.environment.random_name;
    match platform.identify(&body.bytes, session.as_deref(), now, random_name) {
        Ok((identified, call)) => {
            let response = reply::identified(&suite, &identified);
            let line = log_line(&suite, &call, response.status(), &state.redaction);
            state.log("identify", line);
            response
        }
        Err(error) => unreadable(reply::error(StatusCode::BAD_REQUEST, error)),
    }
}

/// The log entry of a call, without its token.
fn log_line(suite: &str, call: &LatestCall, status: StatusCode, redaction: &Redaction) -> Json {
    let mut fields = json!(call.fields);
    redaction.without_secrets_in_json(&mut fields);
    let why = call.why.as_deref();
    json!({
        "suite": suite,
        "status": status.as_u16(),
        "outcome": call.outcome,
        "code": call.code,
        "why": why.map(|why| redaction.without_secrets(why)),
        "signature": call.signature.map(SignatureState::name),
        "fields": fields,
        "context": call.context,
        "token": call.token.as_ref().map(|token| match token {
            Value::Text(text) => format!("[redacted, {} characters]", text.chars().count()),
            _ => "[redacted, not a text]".to_owned(),
        }),
    })
}

/// The session named by the caller's cookies.
fn session(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).into_iter();
    let mut cookies = cookies.filter_map(|value| value.to_str().ok());
    cookies.find_map(|cookies| {
        let mut cookies = cookies
            .split(';')
            .filter_map(|cookie| cookie.trim().split_once('='));
        let (_, session) = cookies.find(|(name, _)| *name == reply::COOKIE)?;
        Some(session.to_owned())
    })
}

/// `POST /macproof`: the adapter protocol.
async fn speak(State(state): State<Arc<AppState>>, request: Request) -> Response<Body> {
    let types = ["application/json", "application/x-ndjson"];
    let answered = match body(&state, request, &types, MAX_BATCH).await {
        Ok(body) => {
            let bytes = body.bytes.clone();
            let speaker = Arc::clone(&state);
            // Thousands of requests are slow, so answer them off the async threads.
            tokio::task::spawn_blocking(move || answers(&speaker, &bytes)).await
        }
        Err(response) => return response,
    };
    match answered {
        Ok(Ok(answers)) => reply::with_type(StatusCode::OK, "application/x-ndjson", answers),
        Ok(Err(error)) => {
            // An error of the protocol may quote a token, so the log leaves it out.
            state.log("unreadable", json!({"suite": null, "status": 400}));
            reply::error(StatusCode::BAD_REQUEST, error)
        }
        Err(_) => reply::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the requests could not be answered",
        ),
    }
}

fn answers(state: &AppState, lines: &[u8]) -> Result<Vec<u8>, ServeError> {
    let mut reference = Reference::new();
    let mut served = Served {
        hello: state.hello.clone(),
        scheme: &|name| {
            let mut schemes = state.schemes.iter();
            let (_, scheme) = schemes.find(|(known, _)| known == name)?;
            Some(scheme)
        },
        implementation: &mut reference,
        repetitions: Some(MAX_REPETITIONS),
    };
    let mut answers = Vec::with_capacity(lines.len() / 2);
    served.answer_all(lines, &mut answers)?;
    Ok(answers)
}

/// A body, with the memory permits that it holds.
struct Held<'d> {
    bytes: Bytes,
    _memory: SemaphorePermit<'d>,
}

/// Receives a body of one of these content types, within the limits on size and time.
async fn body<'d>(
    state: &'d AppState,
    request: Request,
    types: &[&str],
    most: usize,
) -> Result<Held<'d>, Response<Body>> {
    let stated = request.headers().get(CONTENT_TYPE);
    let essence = stated
        .and_then(|stated| stated.to_str().ok())
        .map(|stated| stated.split(';').next().unwrap_or_default().trim());
    if !essence.is_some_and(|found| types.iter().any(|known| known.eq_ignore_ascii_case(found))) {
        return Err(reply::error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format_args!("the content type must be {}", types.join(" or ")),
        ));
    }
    match tokio::time::timeout(state.body_time, gathered(state, request.into_body(), most)).await {
        Ok(body) => body,
        Err(_) => {
            let late = "timed out while reading the body";
            Err(reply::error(StatusCode::REQUEST_TIMEOUT, late))
        }
    }
}

/// Receives a body completely, and acquires memory permits as it arrives.
async fn gathered(
    state: &AppState,
    mut body: Body,
    most: usize,
) -> Result<Held<'_>, Response<Body>> {
    let Ok(mut memory) = state.memory.0.try_acquire_many(0) else {
        return Err(busy());
    };
    let too_long = || {
        reply::error(
            StatusCode::PAYLOAD_TOO_LARGE,
            format_args!("the body is longer than {most} bytes"),
        )
    };
    // What announces that it is too long is not waited for.
    if body.size_hint().lower() > most as u64 {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else {
            return Err(reply::error(
                StatusCode::BAD_REQUEST,
                "the body is incomplete",
            ));
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > most {
            return Err(too_long());
        }
        let more = u32::try_from(data.len()).unwrap_or(u32::MAX);
        match state.memory.0.try_acquire_many(more) {
            Ok(more) => memory.merge(more),
            Err(_) => return Err(busy()),
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Held {
        bytes: bytes.into(),
        _memory: memory,
    })
}

fn busy() -> Response<Body> {
    reply::error(
        StatusCode::SERVICE_UNAVAILABLE,
        "too many concurrent requests; try again",
    )
}
