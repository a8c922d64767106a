//! `macproof serve` as a front-end developer meets it: in a real browser, headless.

use std::path::Path;

use fantoccini::Locator;
use macproof::signature::{Fields, Secret, Secrets};
use macproof::suite::find;
use serde_json::json;

use crate::browser::{Look, browse, browse_in, has_browser};
use crate::served::{Served, secret_file};

const SECRET: &str = "a-secret-that-no-page-may-show-0123456789";

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
    for dark in [false, true] {
        let look = Look {
            width: 1200,
            height: 1000,
            dark,
        };
        let (served, right) = (&served, &right);
        browse(
            "the_page_says_why_somebody_is_anonymous",
            look,
            |browser| async move {
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
                for hidden in [SECRET, right, &right.to_uppercase()] {
                    assert!(!source.contains(hidden));
                }
                let name = if dark { "serve-dark.png" } else { "serve.png" };
                let picture = browser.screenshot().await.unwrap();
                std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), picture).unwrap();
            },
        );
    }
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
    let profile = tempfile::tempdir().unwrap();
    let (url, call) = (format!("{}/healthz", served.url()), &call);
    let at = &url;
    browse_in(profile.path(), Look::DESK, |browser| async move {
        browser.goto(at).await.unwrap();
        let mut seen = Vec::new();
        for method in ["getUser", "addUser", "getUser", "addUser"] {
            seen.push(browser.execute_async(&call(method), vec![]).await.unwrap());
        }
        assert_eq!(seen, [json!(403), json!(200), json!(200), json!(200)]);
    });
    // The same profile, opened again: the cookie is gone.
    browse_in(profile.path(), Look::DESK, |browser| async move {
        browser.goto(at).await.unwrap();
        let status = browser
            .execute_async(&call("getUser"), vec![])
            .await
            .unwrap();
        assert_eq!(status, json!(403));
    });
}
