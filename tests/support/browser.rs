//! A real browser, for tests that look at pages: Chromium, headless, by `WebDriver`.

use std::future::Future;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::Url;

/// How a page is to be looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// The window, in pixels.
    pub(crate) width: u32,
    /// Its height.
    pub(crate) height: u32,
    /// Whether the user prefers dark pages.
    pub(crate) dark: bool,
}

impl Look {
    pub(crate) const DESK: Self = Self {
        width: 1280,
        height: 900,
        dark: false,
    };
}

/// Waits until no other test has a browser: each has more than a hundred threads, and containers
/// often allow 256 in all.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ONLY_ONE: Mutex<()> = Mutex::new(());
    ONLY_ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a browser, lets `look` work with it, and ends it whatever becomes of that.
pub(crate) fn browse<F: Future<Output = ()>>(how: Look, look: impl FnOnce(Client) -> F) {
    let profile = tempfile::tempdir().unwrap();
    browse_in(profile.path(), how, look);
}

/// The same, with a folder for what the browser keeps, where there is one.
pub(crate) fn browse_in<F: Future<Output = ()>>(
    profile: &Path,
    how: Look,
    look: impl FnOnce(Client) -> F,
) {
    let _alone = alone();
    let driver = Driver::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = driver.client(how, profile.to_str().unwrap()).await;
        look(client.clone()).await;
        client.close().await.unwrap();
    });
}

/// What the page has written to its console, warnings and errors.
pub(crate) async fn console(client: &Client) -> Vec<String> {
    let log = client.issue_cmd(ConsoleLog).await.unwrap();
    let lines = log.as_array().cloned().unwrap_or_default();
    lines
        .iter()
        .map(|line| line["message"].to_string())
        .collect()
}

/// What a script returns.
pub(crate) async fn script(client: &Client, script: &str) -> Value {
    client.execute(script, Vec::new()).await.unwrap()
}

/// Waits until a script returns this, for as long as a busy machine may take.
pub(crate) async fn comes_to(client: &Client, text: &str, expected: &Value) {
    let began = Instant::now();
    loop {
        let seen = script(client, text).await;
        if seen == *expected {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(100),
            "{text}: {seen}, and not {expected}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// `chromedriver` on a free port.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                let port = line.strip_suffix('.')?.rsplit_once("on port ")?.1;
                port.parse().ok()
            })
            .expect("chromedriver says its port");
        Self { process, port }
    }

    async fn client(&self, how: Look, profile: &str) -> Client {
        let arguments = [
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            format!("--user-data-dir={profile}"),
            format!("--window-size={},{}", how.width, how.height),
            format!(
                "--blink-settings=preferredColorScheme={}",
                i32::from(!how.dark)
            ),
        ];
        let mut wanted = Capabilities::new();
        wanted.insert("goog:chromeOptions".into(), json!({ "args": arguments }));
        // On a busy machine a page takes longer than the 30 s that a script is given by itself.
        let patience = json!({ "script": 600_000, "pageLoad": 600_000 });
        wanted.insert("timeouts".into(), patience);
        wanted.insert("goog:loggingPrefs".into(), json!({ "browser": "WARNING" }));
        ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _already_gone = self.process.wait();
    }
}

type UrlError = <Url as std::str::FromStr>::Err;

/// The log of the browser's console, which only Chromium has.
#[derive(Debug)]
struct ConsoleLog;

impl WebDriverCompatibleCommand for ConsoleLog {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, UrlError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}
