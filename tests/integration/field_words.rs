//! What people reported, asked again: the cause comes first, in words that are true of the scheme.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use macproof::scheme::Algorithm;

use crate::harness::test;

/// The MAC of a message.
fn mac(key: &[u8], message: &str) -> Vec<u8> {
    Algorithm::HmacSha256.mac(key, message.as_bytes())
}

fn base64(bytes: &[u8]) -> String {
    macproof::signature::Encoding::Base64.encode(bytes)
}

/// What `macproof explain` says of a token.
fn explained(suite: &str, secret: &str, fields: &[&str], token: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let secret_file = folder.path().join("secret");
    fs::write(&secret_file, secret).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_macproof"));
    command.arg("explain");
    let scheme = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/field/{suite}.yaml"));
    if scheme.exists() {
        command.arg("--suite-file").arg(scheme);
    } else {
        command.arg(suite);
    }
    command.arg("--secret-file").arg(secret_file);
    for field in fields {
        command.args(["--field", field]);
    }
    let output = command.args(["--token", token]).output().unwrap();
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

/// Holds the first line, what is said anywhere, and what is not.
fn says(said: &str, first: &str, also: &[&str], never: &[&str]) {
    assert_eq!(said.lines().next(), Some(first), "{said}");
    for text in also {
        assert!(said.contains(text), "{text:?} is not in\n{said}");
    }
    for text in never {
        assert!(!said.contains(text), "{text:?} is in\n{said}");
    }
}

/// f07: the right MAC stands in a token that is put together otherwise.
#[test]
fn the_right_mac_is_recognised_in_a_wrong_token() {
    let right = hex::encode(mac(b"field-secret-2", "12.34:private-x"));
    let fields = ["socket_id=12.34", "channel=private-x", "app_key=appkey1"];
    for (token, around) in [
        (
            format!("appkey2:{right}"),
            "\"appkey2:\" before it; expected \"appkey1:\"",
        ),
        (format!("appkey1:Some({right})"), "(Some(…))"),
        (
            format!("{{\"auth\":\"appkey1:{right}\"}}"),
            "\"\\\"}\" behind it",
        ),
        (
            format!("appkey1:appkey1:{right}"),
            "\"appkey1:appkey1:\" before it",
        ),
    ] {
        let said = explained("channel-auth", "field-secret-2", &fields, &token);
        let first = said.lines().next().unwrap();
        assert!(
            first.starts_with("Something else stands around the signature ("),
            "{said}"
        );
        assert!(first.contains(around), "{said}");
        assert!(
            said.contains("fix: Write the token as <app_key>:<signature>."),
            "{said}"
        );
    }
    let right = hex::encode(mac(b"field-secret-2", "u-1"));
    for before in ["HMAC with SHA256: ", "SHA2-256(stdin)= "] {
        let said = explained(
            "jotreview",
            "field-secret-2",
            &["user_id=u-1"],
            &format!("{before}{right}"),
        );
        says(
            &said,
            &format!("Something else stands around the signature ({before:?} before it)."),
            &["fix: Write the token as <signature>."],
            &[],
        );
    }
    let right = hex::encode(mac(b"field-secret-2", "push"));
    for before in ["v1=", "SHA256=", "sha256:"] {
        let said = explained(
            "github-webhook",
            "field-secret-2",
            &["payload=push"],
            &format!("{before}{right}"),
        );
        says(
            &said,
            &format!("Another text stands before the signature ({before} for sha256=)."),
            &["fix: Write the token as sha256=<signature>."],
            &["part of the token is missing"],
        );
    }
}

/// f10: a secret that is not what the scheme says.
#[test]
fn a_prefixed_secret_is_explained_in_the_right_direction() {
    const KEY: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2A=";
    let key = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`";
    let token = format!("v1,{}", base64(&mac(key, "m1.1731705121.{}")));
    let fields = ["msg_id=m1", "timestamp=1731705121", "payload={}"];
    let said = |secret: &str| explained("standard-webhooks", secret, &fields, &token);
    let remark = "The secret is not whsec_ followed by base64, as the scheme's secrets are.";
    for (secret, before) in [
        (format!("v1,whsec_{KEY}"), "v1,"),
        (format!("polar_whs_{KEY}"), "polar_whs_"),
    ] {
        let cause = format!("\n\nThe secret is used without what stands before it ({before}).\n");
        says(
            &said(&secret),
            remark,
            &[
                &cause,
                "fix: Give the secret as it is issued, beginning with whsec_.",
            ],
            &["Use the whole secret"],
        );
    }
    for secret in ["whsec_!!!!", "sk_test_51Jexample"] {
        says(
            &said(secret),
            remark,
            &[
                "fix: Give the secret as it was issued, whole, and nothing around it.",
                "\n\nThe token is wrong, and no known mistake produces it.\n",
            ],
            &["the key or the message differs"],
        );
    }
    let fitting = said(&format!("whsec_{KEY}"));
    says(
        &fitting,
        "The token is right for these fields and this secret.",
        &[],
        &[],
    );
}

/// The caller's secret need not stand in a file.
#[test]
fn a_secret_or_a_field_comes_from_standard_input() {
    let right = hex::encode(mac(b"field-secret-d", "u-1"));
    let folder = tempfile::tempdir().unwrap();
    let secret_file = folder.path().join("secret");
    fs::write(&secret_file, "field-secret-d").unwrap();
    let secret_file = secret_file.to_str().unwrap();
    for (arguments, given) in [
        (
            ["--secret-file", "-", "--field", "user_id=u-1"],
            "field-secret-d\n",
        ),
        (
            ["--secret-file", secret_file, "--field", "user_id=@-"],
            "u-1",
        ),
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_macproof"))
            .args(["explain", "--token", &right])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(given.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        says(
            &said,
            "This is a token of jotreview or castle.",
            &["The token is right for these fields and this secret."],
            &[],
        );
    }
}

/// f12: a part of the message is left out.
#[test]
fn an_omitted_part_is_named() {
    let token = hex::encode(mac(b"field-secret-5", "42"));
    let said = explained(
        "bound-hash",
        "field-secret-5",
        &["env=env_1", "subscriber=42"],
        &token,
    );
    says(
        &said,
        "The env is not signed (nor its delimiter).",
        &["fix: Put the env into the message, as the scheme says."],
        &["time is", "the time", "the identity"],
    );
    let key = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`";
    let said = explained(
        "standard-webhooks",
        "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2A=",
        &["msg_id=m1", "timestamp=1731705121", "payload={}"],
        &format!("v1,{}", base64(&mac(key, "1731705121.{}"))),
    );
    says(
        &said,
        "The msg_id is not signed (nor its delimiter).",
        &["fix: Put the msg_id into the message, as the scheme says."],
        &["time is not signed", "another field"],
    );
}

/// f13: two parts in the other order, and a delimiter between parts that have none.
#[test]
fn a_different_order_is_not_a_different_field() {
    let fields = ["url=https://a.example/h", "body={\"a\":1}"];
    let said = |message: &str| {
        explained(
            "url-and-body",
            "field-secret-6",
            &fields,
            &base64(&mac(b"field-secret-6", message)),
        )
    };
    says(
        &said("{\"a\":1}https://a.example/h"),
        "The parts of the message stand in another order (body, url).",
        &[],
        &["another field", "Another field"],
    );
    says(
        &said("https://a.example/h?{\"a\":1}"),
        "A delimiter stands in the message that the scheme does not have (\"?\").",
        &[],
        &["byte-order mark"],
    );
}

/// f23: remedies that fit.
#[test]
fn remedies_fit() {
    let right = hex::encode(mac(b"field-secret-c", "x"));
    says(
        &explained("upper-hex", "field-secret-c", &["m=x"], &right),
        "The MAC is in hex.",
        &["fix: Print the MAC in hex with capital letters."],
        &["base64"],
    );
    let by_sha1 = hex::encode(Algorithm::HmacSha1.mac(b"field-secret-c", b"x"));
    says(
        &explained(
            "github-webhook",
            "field-secret-c",
            &["payload=x"],
            &format!("sha1={by_sha1}"),
        ),
        "SHA-1 is used, and another text stands before the signature (sha1= for sha256=).",
        &[
            "fix: Name sha256 in the call of HMAC, not sha1.",
            "fix: Write the token as sha256=<signature>.",
        ],
        &["is missing"],
    );
    says(
        &explained(
            "jotreview",
            "field-secret-c",
            &["user_id=x"],
            &format!(" {right}"),
        ),
        "A blank stands before the signature.",
        &["fix: Hand over the signature alone, without blanks or line endings"],
        &["line feed stands"],
    );
}
