//! The page of `explain`: it says what the command says, to nobody but its own page, and keeps
//! nothing.

use fantoccini::Locator;
use macproof::scheme::Algorithm;
use rustix::process::Signal;
use url::form_urlencoded::Serializer;

use crate::browser::{Look, browse, console, script};
use crate::harness::test;
use crate::program::{Program, root, stdout};
use crate::served::{Answer, Served, secret_file};

const SECRET: &str = "a-secret-that-no-page-may-show-0123456789";

fn mac(message: &str) -> String {
    hex::encode(Algorithm::HmacSha256.mac(SECRET.as_bytes(), message.as_bytes()))
}

fn form(pairs: &[(&str, &str)]) -> String {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(pairs);
    form.finish()
}

const FORM: &str = "content-type: application/x-www-form-urlencoded";

/// Posts it as the page would.
fn ask(served: &Served, pairs: &[(&str, &str)]) -> Answer {
    let origin = format!("origin: {}", served.url());
    let mut answer = served.post("/explanation", &[FORM, &origin], &form(pairs));
    // The style is long, and the same for all.
    answer.body = match answer.body.split_once("</style>") {
        Some((_, body)) => body.to_owned(),
        None => answer.body,
    };
    answer
}

#[test]
fn the_page_says_what_the_command_says() {
    let served = Served::explain(&[]);
    let token = mac("ID-1");
    let pasted = [
        ("suite", "jotreview"),
        ("token", &token),
        ("secret", SECRET),
        ("fields", "user_id=id-1\r\n"),
    ];
    let answer = ask(&served, &pasted);
    assert_eq!(answer.status, 200, "{answer:?}");
    for words in [
        "The token is wrong, and here is why",
        "The user_id is upper-cased.",
        "Sign exactly the text that is passed on.",
        "identity-upper-cased",
        "ways to make a token, by",
    ] {
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
    }
    let secret = secret_file(SECRET);
    let command = ["explain", "jotreview", "--secret-file", &secret, "--token"];
    let told = Program::new().run(&[&command[..], &[&token, "--field", "user_id=id-1"]].concat());
    let told = stdout(&told);
    let first = told.lines().next().unwrap();
    assert!(answer.body.contains(first), "{told}");
    // Without a suite.
    let right = mac("id-1");
    let pasted = [
        ("token", right.as_str()),
        ("secret", SECRET),
        ("fields", "user_id=id-1"),
    ];
    let answer = ask(&served, &pasted);
    assert!(answer.body.contains("The token is right"), "{answer:?}");
    assert!(
        answer
            .body
            .contains("This is a token of jotreview or castle.")
    );
    // Two tokens, and no secret.
    let pair = [("token", "0a0b0c0d"), ("expected", "0A0B0C0D")];
    let answer = ask(&served, &pair);
    assert!(answer.body.contains("only the case of its letters differs"));
}

/// Browsers send CRLF for each line end.
#[test]
fn the_lines_of_a_body_are_those_that_were_pasted() {
    let served = Served::explain(&[]);
    let is_right = |signed: &str, crlf: &[(&str, &str)]| {
        let token = format!("sha256={}", mac(signed));
        let pasted = [
            ("suite", "github-webhook"),
            ("token", &token),
            ("secret", SECRET),
            ("long-name", "payload"),
            ("long", "{\r\n  \"a\": 1\r\n}\r\n"),
        ];
        let answer = ask(&served, &[&pasted[..], crlf].concat());
        answer.body.contains("<h1>The token is right</h1>")
    };
    assert!(is_right("{\n  \"a\": 1\n}\n", &[]));
    assert!(is_right("{\r\n  \"a\": 1\r\n}\r\n", &[("crlf", "on")]));
    assert!(!is_right("{\n  \"a\": 1\n}", &[]));
}

#[test]
fn a_whole_request_may_be_pasted() {
    let served = Served::explain(&[]);
    let signed = mac(r#"{"a": 1}"#);
    let request = format!(
        "POST /hook HTTP/1.1\r\nHost: example.com\r\nX-Hub-Signature-256: sha256={signed}\r\n\r\n{{\"a\":1}}"
    );
    let pasted = |suite, request: &str| {
        let pairs = [
            ("suite", suite),
            ("token", ""),
            ("secret", SECRET),
            ("request", request),
        ];
        ask(&served, &pairs)
    };
    for suite in ["github-webhook", ""] {
        let answer = pasted(suite, &request);
        assert_eq!(answer.status, 200, "{answer:?}");
        let words = "is parsed and written again";
        assert!(answer.body.contains(words), "{suite}: {}", answer.body);
    }
    for (suite, request, why) in [
        (
            "github-webhook",
            "",
            "Give the token, or the request in which it stands",
        ),
        ("github-webhook", "what?", "The request: "),
        (
            "github-webhook",
            "POST /hook HTTP/1.1\r\nHost: example.com\r\n\r\n{}",
            "The request lacks the token in the header X-Hub-Signature-256",
        ),
        ("jotreview", &request, "This scheme has no places"),
    ] {
        let answer = pasted(suite, request);
        assert_eq!(answer.status, 422, "{answer:?}");
        assert!(answer.body.contains(why), "{why}: {}", answer.body);
    }
}

#[test]
fn only_its_own_page_may_ask() {
    let served = Served::explain(&[]);
    let body = form(&[("token", "x"), ("expected", "y")]);
    let ours = format!("origin: {}", served.url());
    let port = served.address.port();
    for (headers, status) in [
        (vec![], 403),
        (vec!["origin: null".to_owned()], 403),
        (vec!["origin: http://evil.example".to_owned()], 403),
        (vec![format!("origin: https://127.0.0.1:{port}")], 403),
        (vec![format!("origin: http://127.0.0.1:{}", port ^ 1)], 403),
        (vec![format!("origin: http://localhost:{port}")], 403),
        (vec![ours.clone(), "host: evil.example".to_owned()], 421),
        (
            vec![
                format!("origin: http://evil.example:{port}"),
                format!("host: evil.example:{port}"),
            ],
            421,
        ),
        (
            vec![
                format!("origin: http://localhost:{port}"),
                format!("host: localhost:{port}"),
            ],
            200,
        ),
        (vec![ours], 200),
    ] {
        let mut headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        headers.push(FORM);
        let answer = served.post("/explanation", &headers, &body);
        assert_eq!(answer.status, status, "{headers:?}: {answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    // Nothing is asked by an address, and nothing is shown under another name.
    assert_eq!(served.get("/explanation?token=x").status, 405);
    let request = "GET / HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert_eq!(served.raw(request.as_bytes()).status, 421);
    let request =
        "GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert_eq!(served.raw(request.as_bytes()).status, 400);
    assert_eq!(served.get("/").status, 200);
}

#[test]
fn what_is_pasted_is_text_and_never_repeated_as_markup() {
    let served = Served::explain(&[]);
    let odd = "</p><script>alert(1)</script><b id=\"odd\">&amp;\u{202e}\u{7}";
    for pairs in [
        vec![("token", odd), ("secret", SECRET), ("fields", "user_id=1")],
        vec![("token", odd), ("expected", odd)],
        vec![("token", odd), ("expected", "other")],
        vec![("token", "x"), ("secret", SECRET), ("fields", odd)],
        vec![("token", "x"), ("secret", SECRET), ("suite", odd)],
        vec![("token", "x"), ("secret", SECRET), ("now", odd)],
        vec![("token", "x"), ("secret", SECRET), ("platform", odd)],
        vec![("token", "x"), ("secret", odd), ("fields", "user_id=1")],
        vec![("token", "x"), ("secret", SECRET), ("others", odd)],
        vec![
            ("token", "x"),
            ("secret", SECRET),
            ("long", odd),
            ("long-name", odd),
        ],
        vec![("token", odd)],
    ] {
        let answer = ask(&served, &pairs);
        assert!([200, 422].contains(&answer.status), "{answer:?}");
        for markup in ["<script", "<b id", "\u{202e}", "\u{7}"] {
            assert!(!answer.body.contains(markup), "{pairs:?}: {}", answer.body);
        }
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(!policy.contains("script"), "{policy}");
    }
    // Beside the right token, too, the secret is not repeated.
    let around = format!("secret={SECRET} token={}", mac("id-1"));
    for token in [&around, SECRET] {
        let pasted = [
            ("suite", "jotreview"),
            ("token", token),
            ("secret", SECRET),
            ("fields", "user_id=id-1"),
        ];
        let answer = ask(&served, &pasted);
        assert!(!answer.body.contains(SECRET), "{}", answer.body);
    }
}

/// On the command line, `@` before a value names a file.
#[test]
fn no_file_is_read_for_a_page() {
    let served = Served::explain(&[]);
    let token = mac("@Cargo.toml");
    let pasted = [
        ("suite", "jotreview"),
        ("token", &token),
        ("secret", SECRET),
        ("fields", "user_id=@Cargo.toml"),
    ];
    let answer = ask(&served, &pasted);
    assert!(answer.body.contains("The token is right"), "{answer:?}");
    let other = [("token", "x"), ("secret", SECRET), ("suite", "Cargo.toml")];
    assert_eq!(ask(&served, &other).status, 422);
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let served = Served::explain(&[]);
    let origin = format!("origin: {}", served.url());
    let long = form(&[("token", &"x".repeat(2 << 20))]);
    let answer = served.post("/explanation", &[FORM, &origin], &long);
    assert_eq!(answer.status, 413, "{}", answer.head);
    let json = served.post("/explanation", &[&origin], "{}");
    assert_eq!(json.status, 415);
    for (pairs, words) in [
        (vec![("token", "x")], "Give the secret, or the token"),
        (
            vec![("token", "x"), ("secret", "s"), ("expected", "y")],
            "not both",
        ),
        (
            vec![("token", "x"), ("secret", "s"), ("fields", "user_id")],
            "write NAME=VALUE",
        ),
        (
            vec![
                ("token", "x"),
                ("secret", "s"),
                ("fields", "user_id=1\r\nuser_id=2"),
            ],
            "Duplicate field user_id",
        ),
        (
            vec![("token", "x"), ("secret", "s"), ("fields", "user=1")],
            "did you mean user_id?",
        ),
        (
            vec![("token", "x"), ("secret", "s"), ("now", "noon")],
            "is not a time in Unix seconds",
        ),
        (
            vec![("token", "x"), ("secret", "s"), ("suite", "mtribes")],
            "a secret for each platform",
        ),
    ] {
        let answer = ask(&served, &pairs);
        assert_eq!(answer.status, 422, "{pairs:?}");
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
    }
}

#[test]
fn it_ends_on_a_signal_and_has_logged_nothing() {
    let served = Served::explain(&[]);
    let pasted = [("token", "x"), ("secret", SECRET), ("fields", "user_id=1")];
    assert_eq!(ask(&served, &pasted).status, 200);
    served.signal(Signal::INT);
    assert_eq!(served.ended(), (Some(0), String::new()));
}

#[test]
fn a_scheme_of_ones_own_may_be_chosen() {
    let file = root().join("vectors/schemes/jotreview.yaml");
    let file = file.to_str().unwrap();
    let served = Served::explain(&["--suite-file", file]);
    assert!(served.get("/").body.contains(file));
    let token = mac("id-1");
    let pasted = [
        ("suite", file),
        ("token", &token),
        ("secret", SECRET),
        ("fields", "user_id=id-1"),
    ];
    let answer = ask(&served, &pasted);
    assert!(answer.body.contains("The token is right"), "{answer:?}");
}

#[test(needs(CHROMIUM))]
fn a_browser_shows_the_answer_beside_the_form() {
    let served = Served::explain(&[]);
    let token = mac("ID-1");
    for (dark, width) in [(false, 1280), (true, 420)] {
        let how = Look {
            width,
            dark,
            ..Look::DESK
        };
        browse(how, async |page| {
            page.goto(&served.url()).await.unwrap();
            assert_eq!(page.title().await.unwrap(), "macproof explain");
            for (field, text) in [
                ("token", token.as_str()),
                ("secret", SECRET),
                ("fields", "user_id=id-1"),
            ] {
                let field = page.find(Locator::Id(field)).await.unwrap();
                field.send_keys(text).await.unwrap();
            }
            let button = page.find(Locator::Css("button")).await.unwrap();
            button.click().await.unwrap();
            let frame = page.find(Locator::Css("iframe")).await.unwrap();
            frame.enter_frame().await.unwrap();
            let said = page.wait().for_element(Locator::Css("h1")).await.unwrap();
            assert_eq!(
                said.text().await.unwrap(),
                "The token is wrong, and here is why"
            );
            let source = page.source().await.unwrap();
            assert!(source.contains("identity-upper-cased"), "{source}");
            assert!(!source.contains(SECRET));
            let width = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(script(&page, width).await, true);
            page.enter_parent_frame().await.unwrap();
            // What was pasted still stands in the form, and in nothing else.
            let secret = page.find(Locator::Id("secret")).await.unwrap();
            let kept = secret.prop("value").await.unwrap();
            assert_eq!(kept.as_deref(), Some(SECRET));
            let address = page.current_url().await.unwrap();
            assert_eq!(address.as_str(), format!("{}/", served.url()));
            assert_eq!(script(&page, width).await, true);
            let complaints = console(&page).await;
            assert!(
                complaints.iter().all(|line| line.contains("favicon")),
                "{complaints:?}"
            );
            if let Ok(folder) = std::env::var("SHOTS") {
                let shot = page.screenshot().await.unwrap();
                std::fs::write(format!("{folder}/shot-{dark}.png"), shot).unwrap();
            }
        });
    }
}
