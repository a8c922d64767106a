//! `macproof serve` as a front-end developer meets it: in a real browser, headless.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use macproof::signature::{Fields, Secret, Secrets};
use macproof::suite::find;
use serde_json::json;

use crate::present::present;
use crate::served::{Served, secret_file};

const SECRET: &str = "a-secret-that-no-page-may-show-0123456789";

/// A driver process; ended when it is dropped.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        // What else it says has to be read, or it stands still.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            port: port.unwrap(),
        }
    }

    async fn browser(&self, profile: &Path, dark: bool) -> Client {
        let profile = format!("--user-data-dir={}", profile.display());
        let mut arguments = vec![
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1200,1000",
            &profile,
        ];
        if dark {
            arguments.push("--force-dark-mode");
        }
        let serde_json::Value::Object(capabilities) =
            json!({"goog:chromeOptions": {"args": arguments}})
        else {
            unreachable!()
        };
        ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _over = self.process.kill();
        let _over = self.process.wait();
    }
}

/// An empty folder for what a browser keeps.
fn profile(name: &str) -> PathBuf {
    let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent = std::fs::remove_dir_all(&profile);
    std::fs::create_dir_all(&profile).unwrap();
    profile
}

fn has_browser(test: &str) -> bool {
    present(test, "chromedriver", "--version") && present(test, "chromium", "--version")
}

fn in_time(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let limit = Duration::from_secs(120);
    runtime.block_on(async { tokio::time::timeout(limit, work).await.unwrap() });
}

#[test]
fn the_page_says_why_somebody_is_anonymous() {
    if !has_browser("the_page_says_why_somebody_is_anonymous") {
        return;
    }
    let (jotreview, jimo) = (
        format!("jotreview={}", secret_file(SECRET)),
        format!("jimo={}", secret_file(SECRET)),
    );
    let served = Served::start(&[
        "jotreview",
        "jimo",
        "mtribes",
        "--mode",
        "secure",
        "--secret-file",
        &jotreview,
        "--secret-file",
        &jimo,
    ]);
    let secrets = Secrets::One(Secret::new(SECRET));
    let scheme = find("jotreview").unwrap().scheme().unwrap();
    let sign = |id: &str| {
        let fields = Fields::new().with("user_id", id);
        scheme.sign(&secrets, &fields).unwrap()
    };
    let right = sign("user-42");
    let odd = "<script>document.title='taken'</script><b id=\"odd\">&amp;\u{202e}";
    for body in [
        json!({"user_id": "user-42"}),
        json!({"user_id": "user-42", "signature": right}),
        json!({"user_id": odd, "signature": "<i id='odd'>x</i>"}),
        json!({"user_id": "user-42", "signature": right.to_uppercase()}),
    ] {
        served.post("/jotreview/identify", &[], &body.to_string());
    }
    in_time(async {
        let driver = Driver::start();
        for dark in [false, true] {
            let browser = driver.browser(&profile("page-profile"), dark).await;
            browser.goto(&served.url()).await.unwrap();
            assert_eq!(browser.title().await.unwrap(), "macproof serve");
            let text = |of: &'static str| {
                let browser = browser.clone();
                async move {
                    let found = browser.find(Locator::Css(of)).await.unwrap();
                    found.text().await.unwrap()
                }
            };
            assert!(text("#jotreview .settings").await.contains("secure"));
            let first = "#jotreview tbody tr:first-child";
            let row = text("#jotreview tbody tr:first-child").await;
            for word in ["user-42", "mode: secure", "invalid", "anonymous"] {
                assert!(row.contains(word), "{word}: {row}");
            }
            let causes = text("#jotreview tbody tr:first-child .causes").await;
            assert!(causes.contains("upper-case hex"), "{causes}");
            let outcomes = browser
                .find_all(Locator::Css("#jotreview .outcome"))
                .await
                .unwrap();
            let mut words = Vec::new();
            for outcome in outcomes {
                words.push(outcome.text().await.unwrap());
            }
            assert_eq!(
                words,
                ["anonymous", "anonymous", "accept", "reject"],
                "{first}"
            );
            assert!(text("#mtribes .notice").await.contains("--secret-file"));
            // What callers say is text.
            assert!(browser.find(Locator::Css("#odd")).await.is_err());
            assert!(browser.find(Locator::Css("script")).await.is_err());
            let source = browser.source().await.unwrap();
            for hidden in [SECRET, &right, &right.to_uppercase()] {
                assert!(!source.contains(hidden));
            }
            let name = if dark { "serve-dark.png" } else { "serve.png" };
            let picture = browser.screenshot().await.unwrap();
            std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), picture).unwrap();
            browser.close().await.unwrap();
        }
    });
}

#[test]
fn a_session_ends_with_the_browser() {
    if !has_browser("a_session_ends_with_the_browser") {
        return;
    }
    let served = Served::start(&["prefinery", "--secret-file", &secret_file(SECRET)]);
    // Awaited by the driver: the status of a call by the page's own script.
    let call = |method: &str| {
        format!(
            "const done = arguments[0]; fetch('/prefinery/identify', {{method: 'POST', headers: {{'content-type': 'application/json'}}, body: JSON.stringify({{method: '{method}', lookup: 'email', identifier: 'a@b.example'}})}}).then(answer => done(answer.status), error => done(String(error)));"
        )
    };
    in_time(async {
        let driver = Driver::start();
        let profile = profile("session-profile");
        let browser = driver.browser(&profile, false).await;
        browser
            .goto(&format!("{}/healthz", served.url()))
            .await
            .unwrap();
        let mut seen = Vec::new();
        for method in ["getUser", "addUser", "getUser", "addUser"] {
            seen.push(browser.execute_async(&call(method), vec![]).await.unwrap());
        }
        assert_eq!(seen, [json!(403), json!(200), json!(200), json!(200)]);
        browser.close().await.unwrap();
        // The same profile, opened again: the cookie is gone.
        let again = driver.browser(&profile, false).await;
        again
            .goto(&format!("{}/healthz", served.url()))
            .await
            .unwrap();
        let status = again.execute_async(&call("getUser"), vec![]).await.unwrap();
        assert_eq!(status, json!(403));
        again.close().await.unwrap();
    });
}
