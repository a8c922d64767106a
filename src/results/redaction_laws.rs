//! Redaction leaves no spelling of a secret in a text, wherever it occurs.

use proptest::prelude::*;

use crate::results::{REDACTED, Redaction};
use crate::signature::{Encoding, Secret};

/// The ways in which programs print untrusted text.
fn spellings(secret: &str) -> Vec<(&'static str, String)> {
    let hex = |prefix: &str, upper: bool| -> String {
        let digits = |byte: u8| {
            if upper {
                format!("{prefix}{byte:02X}")
            } else {
                format!("{prefix}{byte:02x}")
            }
        };
        secret.bytes().map(digits).collect()
    };
    let some_percent = |keep: &str, upper: bool| -> String {
        let spelt = |byte: u8| match char::from(byte) {
            c if c.is_ascii_alphanumeric() || keep.contains(c) => c.to_string(),
            _ if upper => format!("%{byte:02X}"),
            _ => format!("%{byte:02x}"),
        };
        secret.bytes().map(spelt).collect()
    };
    let html = |quote: &str, apostrophe: &str| {
        secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', quote)
            .replace('\'', apostrophe)
    };
    let json = serde_json::to_string(secret).unwrap();
    let base64 = |text: &str| Encoding::Base64.encode(text.as_bytes());
    let base64url = |text: &str| Encoding::Base64urlUnpadded.encode(text.as_bytes());
    let twice = some_percent("", true).replace('%', "%25");
    let units = |braces: bool| -> String {
        let spelt = |c: char| {
            if braces {
                format!("\\u{{{:x}}}", u32::from(c))
            } else {
                let mut buffer = [0; 2];
                let units = c.encode_utf16(&mut buffer).iter();
                units.map(|unit| format!("\\u{unit:04x}")).collect()
            }
        };
        secret.chars().map(spelt).collect()
    };
    vec![
        ("raw", secret.to_owned()),
        ("upper", secret.to_uppercase()),
        ("lower", secret.to_lowercase()),
        ("percent", some_percent("", true)),
        ("percent, lower", some_percent("-._~", false)),
        (
            "percent, as a path",
            some_percent("-._~!$&'()*+,;=:@/", true),
        ),
        ("percent, every byte", hex("%", true)),
        ("percent, twice", twice),
        ("form", some_percent("*-._ ", true).replace(' ', "+")),
        ("json", json.trim_matches('"').to_owned()),
        ("json in json", serde_json::to_string(&json).unwrap()),
        ("json, in PHP's way", json.replace('/', "\\/")),
        ("debug", format!("{secret:?}")),
        ("debug of debug", format!("{:?}", format!("{secret:?}"))),
        ("code units", units(false)),
        ("code points", units(true)),
        ("html", html("&quot;", "&#39;")),
        ("html, in hex", html("&#x22;", "&#X27;")),
        (
            "html, twice",
            html("&quot;", "&apos;").replace('&', "&amp;"),
        ),
        ("hex", hex("", false)),
        ("hex, upper", hex("", true)),
        ("hex escapes", hex("\\x", false)),
        ("base64", base64(secret)),
        ("base64url", base64url(secret)),
        ("base64 of a pair", base64(&format!("name:{secret}"))),
        (
            "base64 of more",
            base64(&format!("{{\"key\":\"{secret}\"}}")),
        ),
        ("bytes", format!("{:?}", secret.as_bytes())),
    ]
}

/// Secrets of common shapes, with characters that escaping changes.
fn secrets() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9@!#$%&'\"<>/\\\\+=:;?_. -]{8,40}",
        "[a-z0-9éßÄ漢😀\"\\\\%&]{8,20}",
    ]
    // The surrounding text must not have the shape of the secret.
    .prop_map(|text| format!("q{}z", text.trim()))
}

#[test]
fn escaped_and_truncated_secrets_are_found() {
    let secret = "p@ssw0rd!2026#x";
    let redaction = Redaction::of([Secret::new(secret)]);
    for (text, shown) in [
        (
            "ValueError: bad ACME_CORP_SIGNING_KEY=p@ssw0rd!2026#x",
            "ValueError: bad [redacted]",
        ),
        ("key P@SSW0RD!2026#X is bad", "key [redacted] is bad"),
        (
            "GET /?key=p%40ssw0rd%212026%23x HTTP",
            "GET /?key=[redacted] HTTP",
        ),
        (
            "\"the key p@ssw0r…the end\"",
            "\"the key [redacted]…the end\"",
        ),
        (
            "\"the key p%40ssw0%…the end\"",
            "\"the key [redacted]…the end\"",
        ),
        ("\"begin…rd!2026#x\" was it", "\"begin…[redacted]\" was it"),
        ("\"begin…1!2026%23x\" was it", "\"begin…[redacted]\" was it"),
        ("\"…w0rd!2026…\"", "\"…[redacted]…\""),
        ("password p@s", "password p@s"),
    ] {
        assert_eq!(redaction.text(text), shown);
    }
    // What is left of the escape of `X` is `\x5`, whose beginning is also an escaped `x`.
    let hex = Redaction::of([Secret::new("abcdeXyz")]);
    assert_eq!(hex.text(r"key=\x61\x62\x63\x64\x65\x5…"), "key=[redacted]…");
    let quoted = Redaction::of([Secret::new("a \"quoted\" one")]);
    assert_eq!(
        quoted.text(r#"{"key": "a \"quoted\" one"}"#),
        "{\"key\": \"[redacted]\"}"
    );
    assert_eq!(
        quoted.text("key=a &quot;quoted&quot; one"),
        "key=[redacted]"
    );
    let lines = Redaction::of([Secret::new(
        "-----BEGIN-----\nabcdefgh\nijklmnop\n-----END-----\n",
    )]);
    assert_eq!(
        lines.text("\"abcdefgh\" \"ijklmnop\""),
        "\"[redacted]\" \"[redacted]\""
    );
    let bytes = Redaction::of([Secret::new([0xff, 0xfe, b'a', b'b', b'c', 0x80])]);
    assert_eq!(
        bytes.text("it is \\xff\\xfeabc\\x80, it says"),
        "it is [redacted], it says"
    );
    assert_eq!(
        bytes.text("é\u{fffd}\u{fffd}abc\u{fffd}"),
        format!("é{REDACTED}")
    );
}

#[test]
fn text_that_is_not_part_of_a_secret_is_kept() {
    let redaction = Redaction::of([Secret::new("p@ssw0rd!2026#x")]).and([Secret::new("abc")]);
    for text in [
        "",
        "…",
        "......",
        "abc",
        "% \\ & = + %2 \\u &#",
        "é…漢",
        "\\\\\\\\",
        "p@ss…",
    ] {
        let shown = redaction.text(text);
        assert!(
            shown == text || text == "p@ss…" && shown == "[redacted]…",
            "{text} {shown}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_encoding_is_found_anywhere(
        secret in secrets(),
        before in "[ -~é…]{0,30}",
        after in "[ -~é…]{0,30}",
    ) {
        let redaction = Redaction::none().and([Secret::new(secret.clone())]);
        for (name, spelling) in spellings(&secret) {
            let shown = redaction.text(&format!("{before} {spelling} {after}"));
            // The outermost digits also encode the surrounding bytes.
            let core = match name {
                "base64 of a pair" | "base64 of more" => {
                    spelling.get(12..spelling.len() - 8).unwrap_or_default()
                }
                "json in json" | "debug of debug" => spelling.trim_matches(['\\', '"']),
                "debug" => spelling.trim_matches('"'),
                "bytes" => spelling.trim_matches(['[', ']']),
                _ => spelling.trim(),
            };
            prop_assert!(core.is_empty() || !shown.contains(core), "{}: {} in {}", name, core, shown);
            prop_assert!(shown.contains(REDACTED), "{}: {}", name, shown);
        }
    }

    #[test]
    fn truncation_leaves_at_most_three_letters(
        secret in secrets(),
        at in 0..60usize,
    ) {
        let redaction = Redaction::none().and([Secret::new(secret.clone())]);
        for (name, spelling) in spellings(&secret).into_iter().filter(|(name, _)| {
            !name.contains("of") && *name != "bytes"
        }) {
            let at = spelling.floor_char_boundary(at.min(spelling.len()));
            let (head, tail) = spelling.split_at(at);
            for text in [format!("key={head}…"), format!("…{tail}, it said")] {
                let shown = redaction.text(&text);
                // At most three letters of up to twelve bytes each, and one truncated spelling.
                let left = shown.len() - "key=…, it said".len().min(shown.len());
                prop_assert!(
                    shown.contains(REDACTED) || left <= 4 * 12,
                    "{}: {} of {}", name, shown, text
                );
            }
        }
    }

    #[test]
    fn any_text_is_redacted_without_a_panic(
        secret in proptest::collection::vec(any::<u8>(), 0..12),
        text in any::<String>(),
    ) {
        let redaction = Redaction::of([Secret::new(secret.clone())]);
        redaction.text(&text);
        let around = format!("{text}{}{text}", String::from_utf8_lossy(&secret));
        let shown = redaction.text(&around);
        if String::from_utf8_lossy(&secret).chars().count() >= 4 {
            prop_assert!(shown.contains(REDACTED), "{:?} in {}", secret, shown);
        }
    }
}
