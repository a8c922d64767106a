//! The words of a shell command, as browsers write them: with `$'…'`, which `shlex` does not know.

use crate::received::RequestError;

/// Splits a command into words. Nothing is expanded: a browser quotes what a shell would.
pub(super) fn shell_words(text: &str) -> Result<Vec<String>, RequestError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next().ok_or(RequestError::OpenQuote)? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next().ok_or(RequestError::OpenQuote)? {
                        '"' => break,
                        '\\' => match rest.next().ok_or(RequestError::OpenQuote)? {
                            '\n' => {}
                            c @ ('"' | '\\' | '$' | '`') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            '$' if rest.peek() == Some(&'\'') => {
                rest.next();
                let word = word.get_or_insert_default();
                loop {
                    match rest.next().ok_or(RequestError::OpenQuote)? {
                        '\'' => break,
                        '\\' => word.push(escaped(&mut rest)?),
                        c => word.push(c),
                    }
                }
            }
            '\\' => match rest.next() {
                // A command goes on in the next line.
                Some('\n') | None => {}
                Some('\r') if rest.peek() == Some(&'\n') => {
                    rest.next();
                }
                Some(c) => word.get_or_insert_default().push(c),
            },
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// An escape of `$'…'`.
fn escaped(rest: &mut Characters<'_>) -> Result<char, RequestError> {
    let c = rest.next().ok_or(RequestError::OpenQuote)?;
    let code = match c {
        'n' => return Ok('\n'),
        'r' => return Ok('\r'),
        't' => return Ok('\t'),
        'a' => 0x7,
        'b' => 0x8,
        'f' => 0xc,
        'v' => 0xb,
        'e' | 'E' => 0x1b,
        'x' => number(rest, 2, 16, 0),
        'u' => utf16(rest),
        'U' => number(rest, 8, 16, 0),
        '0'..='7' => number(rest, 2, 8, c.to_digit(8).unwrap_or_default()),
        c => return Ok(c),
    };
    Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// The four digits of `\u`; a browser writes UTF-16, so two of them may be one character.
fn utf16(rest: &mut Characters<'_>) -> u32 {
    let first = number(rest, 4, 16, 0);
    if !(0xd800..0xdc00).contains(&first) {
        return first;
    }
    let mut ahead = rest.clone();
    if ahead.next() != Some('\\') || ahead.next() != Some('u') {
        return first;
    }
    let second = number(&mut ahead, 4, 16, 0);
    if !(0xdc00..0xe000).contains(&second) {
        return first;
    }
    *rest = ahead;
    0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
}

fn number(rest: &mut Characters<'_>, most: usize, radix: u32, start: u32) -> u32 {
    let mut value = start;
    for _ in 0..most {
        let Some(digit) = rest.peek().and_then(|c| c.to_digit(radix)) else {
            break;
        };
        value = value.wrapping_mul(radix).wrapping_add(digit);
        rest.next();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::shell_words;

    #[test]
    fn words_are_those_of_a_shell() {
        let text = r#"curl 'https://a.example/h?a=1&b=2' \
  -H "X-A: \"b\" \c" \
  --data-raw $'{"a":"it\'s \ud83d\ude00 \u0021\n\x41"}' e''f a\ b"#;
        let words = [
            "curl",
            "https://a.example/h?a=1&b=2",
            "-H",
            r#"X-A: "b" \c"#,
            "--data-raw",
            "{\"a\":\"it's \u{1f600} !\nA\"}",
            "ef",
            "a b",
        ];
        assert_eq!(shell_words(text).unwrap(), words);
        for open in ["'a", "\"a", "$'a", "\"a\\"] {
            assert!(shell_words(open).is_err(), "{open}");
        }
        assert_eq!(shell_words("").unwrap(), Vec::<String>::new());
        assert_eq!(shell_words("a ''").unwrap(), ["a", ""]);
    }
}
