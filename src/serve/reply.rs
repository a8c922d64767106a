//! The responses to callers.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, json};

use crate::serve::identified::Identified;
use crate::serve::latest::outcome_word;

/// The session cookie. It has no maximum age, so it ends with the browser session.
pub(super) const COOKIE: &str = "macproof_session";

/// The response for an outcome: JSON, status, and the session cookie if a session was opened.
pub(super) fn identified(suite: &str, identified: &Identified) -> Response<Body> {
    let mut body = Map::new();
    body.insert("outcome".into(), outcome_word(&identified.decision).into());
    if let Some(code) = identified.code() {
        body.insert("code".into(), code.into());
    }
    if let Err(why) = &identified.decision {
        body.insert("why".into(), why.clone().into());
    }
    if let Some(warning) = &identified.warning {
        body.insert("warning".into(), warning.clone().into());
    }
    if let Some(rejection) = &identified.rejection {
        body.insert("why".into(), rejection.to_string().into());
    }
    let mut response = json_response(identified.status(), &body.into());
    let cookie = identified.session.as_ref().and_then(|session| {
        let cookie = format!("{COOKIE}={session}; Path=/{suite}; HttpOnly; SameSite=Lax");
        HeaderValue::from_str(&cookie).ok()
    });
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// Why a request got an error, beside the response that says it.
#[derive(Clone, Debug)]
pub(super) struct Why(pub(super) String);

/// An error response as JSON.
pub(super) fn error(status: StatusCode, message: impl std::fmt::Display) -> Response<Body> {
    let why = message.to_string();
    let mut response = json_response(status, &json!({"error": why}));
    response.extensions_mut().insert(Why(why));
    response
}

/// A JSON response.
pub(super) fn json_response(status: StatusCode, body: &serde_json::Value) -> Response<Body> {
    with_type(status, "application/json", format!("{body}\n"))
}

/// A response with this content type.
pub(super) fn with_type(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
