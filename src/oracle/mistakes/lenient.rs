//! How other languages decode what is no clean hex or base64. Each function does what that
//! language does; the tests ask the languages themselves where they are installed.

use crate::signature::{Encoding, Family};

/// How a lenient verifier decodes what is spelt in an encoding.
pub(crate) fn leniently(encoding: Encoding) -> fn(&[u8]) -> Vec<u8> {
    match encoding.family() {
        Family::Hex => hex_as_node,
        Family::Base64 => base64_as_node,
    }
}

/// `Buffer.from(text, 'hex')` of Node.js: up to the first pair that is none.
pub(crate) fn hex_as_node(text: &[u8]) -> Vec<u8> {
    let pair = |pair: &[u8]| Some(strict_nibble(pair[0])? << 4 | strict_nibble(pair[1])?);
    text.chunks_exact(2).map_while(pair).collect()
}

/// `[text].pack('H*')` of Ruby: any character counts by its low bits, a missing last one is 0.
pub(crate) fn hex_as_ruby(text: &[u8]) -> Vec<u8> {
    let nibble = |byte: &u8| {
        let low = byte & 15;
        if byte.is_ascii_alphabetic() {
            (low + 9) & 15
        } else {
            low
        }
    };
    let byte = |pair: &[u8]| nibble(&pair[0]) << 4 | pair.get(1).map_or(0, nibble);
    text.chunks(2).map(byte).collect()
}

/// `hex2bin($text)` of PHP: `false`, and so an empty key, unless all of it is hex.
pub(crate) fn hex_as_php(text: &[u8]) -> Vec<u8> {
    hex::decode(text).unwrap_or_default()
}

/// `Buffer.from(text, 'base64')` of Node.js: either alphabet, foreign characters passed over, up
/// to the first `=`.
pub(crate) fn base64_as_node(text: &[u8]) -> Vec<u8> {
    let sextet = |byte: u8| match byte {
        b'-' => Some(62),
        b'_' => Some(63),
        _ => standard_sextet(byte),
    };
    let before_padding = text.split(|&byte| byte == b'=').next().unwrap_or_default();
    from_sextets(before_padding.iter().copied().filter_map(sextet))
}

/// `base64_decode($text)` of PHP, which is not strict unless told: whatever is not of the standard
/// alphabet is passed over.
pub(crate) fn base64_as_php(text: &[u8]) -> Vec<u8> {
    from_sextets(text.iter().copied().filter_map(standard_sextet))
}

fn strict_nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn standard_sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Whole bytes only: what is left over at the end is dropped.
fn from_sextets(sextets: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0_u16, 0);
    for sextet in sextets {
        buffer = buffer << 6 | u16::from(sextet);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits).to_be_bytes()[1]);
            buffer &= (1 << bits) - 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{base64_as_node, base64_as_php, hex_as_node, hex_as_php, hex_as_ruby};

    /// JotReview's sample secret: it is called a "32-byte hex string" and has 33 characters.
    const ODD: &str = "13f2a9c1d8e7b4f6a0c5d2e9b1a4f7e3c";

    #[test]
    fn an_odd_number_of_digits_gives_three_wrong_keys() {
        assert_eq!(hex_as_node(ODD.as_bytes()).len(), 16);
        assert_eq!(hex_as_ruby(ODD.as_bytes()).len(), 17);
        assert_eq!(hex_as_php(ODD.as_bytes()).len(), 0);
        assert!(hex::decode(ODD).is_err());
    }

    const HEX: [&str; 12] = [
        ODD,
        "abc",
        "zz",
        "ab zz cd",
        "a",
        "AbCd",
        "gz00",
        "0g11",
        "",
        "h\u{e9}x0",
        "12 34",
        "GHIJKLMNOPQRSTUVWXYZ@[`{~!/:",
    ];

    const BASE64: [&str; 13] = [
        "whsec_MfKQ",
        "aGk",
        "aGk=",
        "a-_b",
        "a+/b",
        "a b\nc=d",
        "a=bc",
        "ab$c",
        "a",
        "\u{e9}",
        "aGk=aGk=",
        "",
        "====",
    ];

    /// What these cases gave in Node.js 20, Ruby 3.1 and PHP 8.2, as hex.
    #[test]
    fn decoding_matches_the_recordings() {
        let node: Vec<String> = HEX
            .iter()
            .map(|t| hex::encode(hex_as_node(t.as_bytes())))
            .collect();
        assert_eq!(
            node,
            [
                "13f2a9c1d8e7b4f6a0c5d2e9b1a4f7e3",
                "ab",
                "",
                "ab",
                "",
                "abcd",
                "",
                "",
                "",
                "",
                "12",
                ""
            ]
        );
        let ruby: Vec<String> = HEX
            .iter()
            .map(|t| hex::encode(hex_as_ruby(t.as_bytes())))
            .collect();
        assert_eq!(
            ruby,
            [
                "13f2a9c1d8e7b4f6a0c5d2e9b1a4f7e3c0",
                "abc0",
                "33",
                "ab0330cd",
                "a0",
                "abcd",
                "0300",
                "0011",
                "",
                "139100",
                "120340",
                "0123456789abcdef01230b0be1fa",
            ]
        );
        let node: Vec<String> = BASE64
            .iter()
            .map(|t| hex::encode(base64_as_node(t.as_bytes())))
            .collect();
        assert_eq!(
            node,
            [
                "c21b1e73f31f29",
                "6869",
                "6869",
                "6befdb",
                "6befdb",
                "69b7",
                "",
                "69b7",
                "",
                "",
                "6869",
                "",
                ""
            ]
        );
        let php: Vec<String> = BASE64
            .iter()
            .map(|t| hex::encode(base64_as_php(t.as_bytes())))
            .collect();
        assert_eq!(
            php,
            [
                "c21b1e70c7ca",
                "6869",
                "6869",
                "69",
                "6befdb",
                "69b71d",
                "69b7",
                "69b7",
                "",
                "",
                "68691a1a",
                "",
                ""
            ]
        );
    }

    #[test]
    fn decoding_matches_the_languages() {
        let mut skipped = Vec::new();
        // One process for all cases of a language: each prints a line for each argument.
        let mut check =
            |name: &str, program: &[&str], cases: &[&str], ours: fn(&[u8]) -> Vec<u8>| {
                let command = Command::new(program[0])
                    .args(&program[1..])
                    .args(cases)
                    .output();
                let Ok(output) = command else {
                    skipped.push(name.to_owned());
                    return;
                };
                let theirs = String::from_utf8(output.stdout).unwrap();
                let theirs: Vec<&str> = theirs.lines().collect();
                let ours: Vec<String> = cases
                    .iter()
                    .map(|case| hex::encode(ours(case.as_bytes())))
                    .collect();
                assert_eq!(ours, theirs, "{name}");
            };
        let node = |encoding: &str| {
            format!(
                "for (const text of process.argv.slice(1)) console.log(Buffer.from(text,'{encoding}').toString('hex'))"
            )
        };
        let php = |decode: &str| {
            format!(
                "foreach (array_slice($argv, 1) as $text) echo bin2hex((string) @{decode}($text)), \"\\n\";"
            )
        };
        check(
            "node, hex",
            &["node", "-e", &node("hex"), "--"],
            &HEX,
            hex_as_node,
        );
        check(
            "node, base64",
            &["node", "-e", &node("base64"), "--"],
            &BASE64,
            base64_as_node,
        );
        check(
            "ruby, hex",
            &[
                "ruby",
                "-e",
                "ARGV.each { |text| puts [text].pack('H*').unpack1('H*') }",
                "--",
            ],
            &HEX,
            hex_as_ruby,
        );
        check(
            "php, hex",
            &["php", "-r", &php("hex2bin"), "--"],
            &HEX,
            hex_as_php,
        );
        check(
            "php, base64",
            &["php", "-r", &php("base64_decode"), "--"],
            &BASE64,
            base64_as_php,
        );
        if !skipped.is_empty() {
            println!(
                "skipped, because the language is not installed: {}",
                skipped.join("; ")
            );
        }
    }
}
