//! The page at `/`: the served suites, their settings, and the results of recent calls.

use std::sync::LazyLock;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::report::visible;
use crate::results::Redaction;
use crate::scheme::Scheme;
use crate::serve::app_state::AppState;
use crate::serve::example_calls::{ExampleCall, ExampleCalls};
use crate::serve::latest::{LatestCall, UNREADABLE};
use crate::serve::platform::Platform;
use crate::signature::Value;

/// Maximum number of calls per platform that are explained.
const MAX_EXPLAINED: usize = 10;

/// The only script of the page: it brings the page up to date.
const SCRIPT: &str = include_str!("../../templates/serve.js");

/// What the page may do: run that script, and ask this server.
pub(super) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(SCRIPT));
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
});

#[derive(Template)]
#[template(path = "serve.html")]
struct StatusPage<'d> {
    script: &'static str,
    version: &'static str,
    platforms: Vec<Shown<'d>>,
    protocol: Vec<&'d str>,
}

struct Shown<'d> {
    platform: &'d Platform,
    settings: Vec<Setting>,
    calls: Vec<Row>,
    /// Calls to begin with.
    examples: Vec<ExampleCall>,
    /// Whether a wrong token is accepted.
    is_unchecked: bool,
    /// With which `--context` it is not.
    checked_with: Option<String>,
}

struct Setting {
    key: String,
    value: String,
    /// Whether it is the one that the document states as the default.
    is_default: bool,
    others: String,
}

struct Row {
    ago: String,
    who: String,
    token: String,
    context: String,
    outcome: &'static str,
    status: u16,
    code: Option<String>,
    /// The state of the signature; none of a call that could not be read.
    signature: Option<&'static str>,
    why: Option<String>,
    causes: Vec<String>,
}

/// Renders the page as HTML.
pub(super) fn page(state: &AppState, host: &str) -> Result<String, askama::Error> {
    let now = (state.environment.now)();
    let page = StatusPage {
        script: SCRIPT,
        version: env!("CARGO_PKG_VERSION"),
        platforms: state
            .platforms
            .iter()
            .map(|one| shown(one, host, &state.redaction, now))
            .collect(),
        protocol: state
            .schemes
            .iter()
            .map(|(name, _)| name.as_str())
            .collect(),
    };
    page.render()
}

fn shown<'d>(platform: &'d Platform, host: &str, redaction: &Redaction, now: u64) -> Shown<'d> {
    let visible = |text: &str| visible(&redaction.without_secrets(text));
    let settings = platform.settings.in_words(&platform.scheme);
    let mut explained = 0;
    let row = |call: LatestCall| {
        let causes = match platform.secrets() {
            Some(secrets) if explained < MAX_EXPLAINED => {
                let causes = call.causes(&platform.scheme, secrets).to_vec();
                explained += usize::from(!causes.is_empty());
                causes
            }
            _ => Vec::new(),
        };
        Row {
            ago: ago(now.saturating_sub(call.at)),
            who: call.who(&visible),
            token: token(call.token.as_ref(), &visible),
            context: visible(&call.context_in_words()),
            outcome: call.outcome,
            status: call.status,
            code: call.code.as_deref().map(visible),
            signature: (call.outcome != UNREADABLE).then(|| {
                let state = call.signature;
                state.map_or("not checked", crate::scheme::SignatureState::name)
            }),
            why: call.why.as_deref().map(visible),
            causes: causes.iter().map(|cause| visible(cause)).collect(),
        }
    };
    let ExampleCalls {
        calls: examples,
        is_unchecked,
    } = platform.example_calls(host, now);
    Shown {
        examples,
        is_unchecked,
        checked_with: is_unchecked.then(|| platform.checked_with(now)).flatten(),
        settings: settings
            .into_iter()
            .map(|(key, value)| Setting {
                others: others(&platform.scheme, &key, &value),
                is_default: platform.is_default(&key, &value),
                key,
                value,
            })
            .collect(),
        calls: platform.latest().into_iter().map(row).collect(),
        platform,
    }
}

/// The other values that a setting can have.
fn others(scheme: &Scheme, key: &str, value: &str) -> String {
    let name = key.split_once('.').map_or(key, |(name, _)| name);
    let policy = scheme.policy.as_ref();
    let Some((_, key)) = policy.and_then(|policy| policy.key(name)) else {
        return String::new();
    };
    let others = key.values.iter().filter(|other| *other != value);
    others.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The first characters of a token: enough to recognise it, too few to use it.
fn token(token: Option<&Value>, visible: &dyn Fn(&str) -> String) -> String {
    match token {
        None => "none".to_owned(),
        Some(Value::Text(text)) if text.is_empty() => "empty".to_owned(),
        Some(Value::Text(text)) => {
            let length = text.chars().count();
            let start: String = text.chars().take(8).collect();
            format!("{} ({length} characters)", visible(&format!("{start}…")))
        }
        Some(_) => "not a text".to_owned(),
    }
}

fn ago(seconds: u64) -> String {
    match seconds {
        0 => "now".to_owned(),
        1..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        _ => format!("{} h ago", seconds / 3600),
    }
}
