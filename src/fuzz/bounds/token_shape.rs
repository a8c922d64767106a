//! How ordinary an identity or a secret is: what is demanded of an implementation depends on it,
//! just as in the catalogue of the generator.

/// How ordinary a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Texture {
    /// A name as systems give them.
    Plain,
    /// One that a system may have reasons to decline.
    Unusual,
}

/// How ordinary an identity is.
pub(super) fn of_identity(text: &str) -> Texture {
    const WORDS: [&str; 9] = [
        "null",
        "undefined",
        "none",
        "nan",
        "false",
        "true",
        "nil",
        "0",
        "infinity",
    ];
    let length = text.chars().count();
    let is_plain = (1..=129).contains(&length)
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        && text.chars().all(is_plain_character)
        && text == text.trim()
        && text.contains(char::is_alphanumeric);
    if is_plain {
        Texture::Plain
    } else {
        Texture::Unusual
    }
}

/// One that is seen, as itself or as a mark upon another.
fn is_plain_character(c: char) -> bool {
    let is_mark = ('\u{300}'..='\u{36f}').contains(&c);
    let is_seen = c.is_ascii_graphic() || c.escape_debug().eq(std::iter::once(c));
    let is_private = ('\u{e000}'..='\u{f8ff}').contains(&c) || c >= '\u{20000}' || c == '\u{fffd}';
    c == ' ' || is_mark || (is_seen && !c.is_whitespace() && !is_private)
}

/// How ordinary a secret that is a text is.
pub(super) fn of_secret(bytes: &[u8]) -> Texture {
    let is_plain = (2..=256).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_graphic)
        && !bytes.starts_with(b"\"")
        && !bytes.starts_with(b"'")
        && !bytes.ends_with(b"\"")
        && !bytes.ends_with(b"'");
    if is_plain {
        Texture::Plain
    } else {
        Texture::Unusual
    }
}

#[cfg(test)]
mod tests {
    use super::{Texture, of_identity, of_secret};

    #[test]
    fn unusual_names_are_recognised() {
        for plain in [
            "a",
            "user 42",
            "john.doe@company.com",
            "o'brien",
            "李明",
            "josé",
        ] {
            assert_eq!(of_identity(plain), Texture::Plain, "{plain}");
        }
        for odd in [
            "",
            " ",
            " a",
            "a ",
            "a\n",
            "a\0",
            "None",
            "0",
            "a\u{200d}b",
            "-",
            &"a".repeat(130),
        ] {
            assert_eq!(of_identity(odd), Texture::Unusual, "{odd:?}");
        }
    }

    #[test]
    fn unusual_secrets_are_recognised() {
        assert_eq!(of_secret(b"7f3c9a1b"), Texture::Plain);
        for odd in [
            &b""[..],
            b"k",
            b" secret",
            b"se cret",
            b"\"secret\"",
            b"\xff\xff",
            b"a\n",
        ] {
            assert_eq!(of_secret(odd), Texture::Unusual, "{odd:?}");
        }
    }
}
