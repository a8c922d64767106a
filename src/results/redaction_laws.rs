//! No spelling of a secret is left in a text that was redacted, wherever it stands.

use crate::results::{REDACTED, Redaction};
use crate::signature::Secret;

#[test]
fn what_was_escaped_or_cut_is_found() {
    let secret = "p@ssw0rd!2026#x";
    let redaction = Redaction::of([Secret::new(secret)]);
    for (text, shown) in [
        (
            "ValueError: bad JOTREVIEW_SIGNING_KEY=p@ssw0rd!2026#x",
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
fn what_is_no_part_of_a_secret_stays() {
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
