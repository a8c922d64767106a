//! `macproof serve` as a front-end developer meets it: in a real browser, headless.

use fantoccini::{Client, Locator};
use macproof::signature::{Fields, Secret, Secrets};
use macproof::suite::find;
use serde_json::{Value as Json, json};

use crate::browser::{Look, browse, browse_in, comes_to, console};
use crate::harness::test;
use crate::served::{Served, secret_file};

const SECRET: &str = "a-secret-that-no-page-may-show-0123456789";

async fn text(page: &Client, of: &str) -> String {
    let found = page.find(Locator::Css(of)).await;
    found
        .unwrap_or_else(|error| panic!("{of}: {error}"))
        .text()
        .await
        .unwrap()
}

#[test(needs(CHROMIUM))]
fn the_page_explains_why_a_call_is_anonymous() {
    let jotreview = format!("jotreview={}", secret_file(SECRET));
    let jimo = format!("jimo={}", secret_file(SECRET));
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
    let fields = Fields::new().with("user_id", "user-42");
    let right = scheme.sign(&secrets, &fields).unwrap();
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
        let how = Look { dark, ..Look::DESK };
        browse(how, async |page| {
            page.goto(&served.url()).await.unwrap();
            assert_eq!(page.title().await.unwrap(), "macproof serve");
            assert!(text(&page, "#jotreview .settings").await.contains("secure"));
            let row = text(&page, "#jotreview tbody tr:first-child").await;
            for word in ["user-42", "mode: secure", "invalid", "anonymous"] {
                assert!(row.contains(word), "{word}: {row}");
            }
            let causes = text(&page, "#jotreview tbody tr:first-child .causes").await;
            assert!(causes.contains("upper-case hex"), "{causes}");
            assert!(row.contains("200"), "{row}");
            let last = text(&page, "#jotreview tbody tr:last-child").await;
            assert!(last.contains("no token was presented"), "{last}");
            let mut words = Vec::new();
            for outcome in page
                .find_all(Locator::Css("#jotreview tbody .outcome"))
                .await
                .unwrap()
            {
                words.push(outcome.text().await.unwrap());
            }
            assert_eq!(words, ["anonymous", "anonymous", "accept", "reject"]);
            assert!(
                text(&page, "#mtribes .notice")
                    .await
                    .contains("--secret-file")
            );
            // What callers say is text.
            assert!(page.find(Locator::Css("#odd")).await.is_err());
            let scripts = page.execute("return document.scripts.length", vec![]).await;
            assert_eq!(scripts.unwrap(), 1);
            let source = page.source().await.unwrap();
            for hidden in [SECRET, &right, &right.to_uppercase()] {
                assert!(!source.contains(hidden));
            }
            // It is self-contained: nothing was asked for that its policy forbids.
            let complaints = console(&page).await;
            assert!(
                complaints.iter().all(|line| line.contains("favicon")),
                "{complaints:?}"
            );
            let ground = "return getComputedStyle(document.body).backgroundColor";
            let ground = page.execute(ground, vec![]).await.unwrap();
            assert_eq!(ground == json!("rgb(20, 24, 30)"), dark, "{ground}");
        });
    }
}

/// The page that stands open shows a call that comes later, with its status and its code, and says
/// that a token which nobody looked at proves nothing.
#[test(needs(CHROMIUM))]
fn the_page_brings_itself_up_to_date() {
    let jimo = format!("jimo={}", secret_file(SECRET));
    let served = Served::start(&["jimo", "--secret-file", &jimo]);
    let strict = Served::start(&["jimo", "--mode", "on", "--secret-file", &jimo]);
    browse(Look::DESK, async |page| {
        for (served, words) in [
            (
                &served,
                [
                    "accept 200",
                    "! Signatures are not checked in this mode",
                    "! not checked",
                    "user_id: \" user-42\"",
                ],
            ),
            (
                &strict,
                [
                    "reject",
                    "IDENTIFY_VERIFICATION_",
                    "invalid",
                    "user_id: \" user-42\"",
                ],
            ),
        ] {
            page.goto(&served.url()).await.unwrap();
            assert!(text(&page, "#jimo").await.contains("No call yet."));
            let body = json!({"user_id": " user-42", "signedIdentifier": "wrong"});
            served.post("/jimo/identify", &[], &body.to_string());
            let has_row = "return document.querySelector('#jimo tbody tr') !== null";
            comes_to(&page, has_row, &true.into()).await;
            let seen = page.execute("return document.querySelector('#jimo').innerText", vec![]);
            let seen = seen.await.unwrap();
            for word in words {
                assert!(seen.as_str().unwrap().contains(word), "{word}: {seen}");
            }
            assert_eq!(console(&page).await, Vec::<String>::new());
        }
    });
}

#[test(needs(CHROMIUM))]
fn a_session_ends_with_the_browser() {
    let served = Served::start(&["prefinery", "--secret-file", &secret_file(SECRET)]);
    // The status of a call by the page's own script.
    let call = |method: &str| {
        let body = json!({"method": method, "lookup": "email", "identifier": "a@b.example"});
        format!(
            "const done = arguments[0]; const call = {{method: 'POST', headers: {{'content-type': 'application/json'}}, body: '{body}'}}; fetch('/prefinery/identify', call).then(answer => done(answer.status), error => done(String(error)));"
        )
    };
    let profile = tempfile::tempdir().unwrap();
    let statuses = async |page: &Client, methods: &[&str]| {
        page.goto(&format!("{}/healthz", served.url()))
            .await
            .unwrap();
        let mut seen: Vec<Json> = Vec::new();
        for method in methods {
            seen.push(page.execute_async(&call(method), vec![]).await.unwrap());
        }
        seen
    };
    browse_in(profile.path(), Look::DESK, async |page| {
        let seen = statuses(&page, &["getUser", "addUser", "getUser", "addUser"]).await;
        assert_eq!(seen, [403, 200, 200, 200]);
    });
    // The same profile, opened again: the cookie is gone.
    browse_in(profile.path(), Look::DESK, async |page| {
        assert_eq!(statuses(&page, &["getUser"]).await, [403]);
    });
}
