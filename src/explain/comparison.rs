//! Two tokens without a secret: what their forms tell about each other.
//!
//! Only what the two show is said. That two MACs differ tells nothing of why they do.

use std::fmt;

use serde::Serialize;

use crate::explain::Answer;
use crate::explain::differences::{Difference, differences};
use crate::explain::spelling::Spelt;
use crate::scheme::Scheme;

/// What two tokens tell about each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[must_use]
pub struct Comparison {
    /// Whether they are the same, and if not whether their forms explain that.
    pub answer: Answer,
    /// How the token comes about from the expected one, in this order.
    pub differences: Vec<Difference>,
    /// What their forms tell where that explains nothing; in words.
    pub clues: Vec<String>,
    /// What to compare next; in words.
    pub next: Vec<String>,
}

/// Compares a token with the one that was expected; a scheme tells which of them has its form.
pub fn compare(token: &str, expected: &str, scheme: Option<&Scheme>) -> Comparison {
    let mut comparison = Comparison {
        answer: Answer::Explained,
        differences: Vec::new(),
        clues: Vec::new(),
        next: Vec::new(),
    };
    match differences(token, expected) {
        Some(differences) if differences.is_empty() => comparison.answer = Answer::Right,
        Some(differences) => comparison.differences = differences,
        None => {
            comparison.answer = Answer::Unexplained;
            forms(token, expected, &mut comparison);
        }
    }
    if let Some(scheme) = scheme {
        let has_form = |text: &str| scheme.token.parse(&scheme.fields, text).is_some();
        let clue = match (has_form(token), has_form(expected)) {
            (true, true) => None,
            (false, true) => Some("only the expected token is written as the scheme writes tokens"),
            (true, false) => Some(
                "only the token is written as the scheme writes tokens, and the expected one is not",
            ),
            (false, false) => Some("neither of the two is written as the scheme writes tokens"),
        };
        comparison.clues.extend(clue.map(str::to_owned));
    }
    comparison
}

/// What can be told of two tokens that have nothing in common.
fn forms(token: &str, expected: &str, comparison: &mut Comparison) {
    let (one, other) = (Spelt::all_of(token), Spelt::all_of(expected));
    let described = |parts: &[Spelt<'_>], name: &str| match parts.first() {
        Some(part) => format!("{name} has {}", part.described()),
        None => format!("{name} has neither hex nor base64 of a MAC's length"),
    };
    let lines = [
        described(&one, "the token"),
        described(&other, "the expected one"),
    ];
    let (Some(one), Some(other)) = (one.first(), other.first()) else {
        comparison.clues.extend(lines);
        return;
    };
    if one.bytes.len() != other.bytes.len() {
        comparison.clues.extend(lines);
        comparison.clues.push(
            "MACs of different lengths come from different hash functions, unless one was cut"
                .to_owned(),
        );
        comparison
            .next
            .push("the name of the hash function in both places".to_owned());
        return;
    }
    if one.encoding() == other.encoding() {
        comparison.clues.push("they have the same form and other bytes: the two MACs were made with another message or another secret".to_owned());
    } else {
        comparison.clues.extend(lines);
        comparison.clues.push("their bytes differ, too: the two MACs were made with another message or another secret".to_owned());
    }
    comparison.next.extend([
        "the secret: how many bytes it has, and the SHA-256 of it, in both places".to_owned(),
        "the message: its bytes in hex, just before it is signed, in both places".to_owned(),
        "the token with the secret: `macproof explain SUITE --secret-file FILE --field NAME=VALUE --token TOKEN` finds known mistakes".to_owned(),
    ]);
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.answer {
            Answer::Right => f.write_str("The two tokens are the same.\n")?,
            Answer::Explained => {
                let what: Vec<&str> = self.differences.iter().map(|one| &*one.what).collect();
                writeln!(
                    f,
                    "The token differs from the expected one by its form: {}.",
                    what.join("; ")
                )?;
                for one in &self.differences {
                    writeln!(f, "  fix: {}", one.remedy)?;
                }
            }
            Answer::Unexplained | Answer::NotAskable => {
                f.write_str("The forms of the two tokens do not tell why they differ.\n")?;
            }
        }
        for (title, lines) in [
            ("What they show:", &self.clues),
            ("Compare next:", &self.next),
        ] {
            if !lines.is_empty() {
                writeln!(f, "{title}")?;
            }
            for line in lines {
                writeln!(f, "  - {line}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::explain::Answer;
    use crate::signature::Encoding;

    const MAC: [u8; 32] = [
        0xfb, 0x5d, 0xbb, 0xd5, 0xd2, 0x86, 0xf9, 0x74, 0xb5, 0x12, 0x0f, 0x4b, 0x0f, 0x0d, 0x03,
        0x6a, 0xc5, 0x4c, 0x5b, 0x36, 0x96, 0xcd, 0x00, 0x27, 0x19, 0x05, 0xec, 0x26, 0xca, 0x5b,
        0x0a, 0x0d,
    ];

    /// What is said of a token where the MAC in hex was expected.
    fn said(token: &str) -> String {
        compare(token, &hex::encode(MAC), None).to_string()
    }

    #[test]
    fn forms_tell_how_one_token_comes_from_the_other() {
        let hex = hex::encode(MAC);
        let reversed: Vec<u8> = MAC.iter().rev().copied().collect();
        let words: Vec<u8> = MAC
            .chunks(4)
            .flat_map(|word| word.iter().rev().copied())
            .collect();
        let base64 = |bytes: &[u8]| Encoding::Base64.encode(bytes);
        let sha256 = |bytes: &[u8]| hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
        for (token, what) in [
            (base64(&MAC), "it is the same MAC in base64; expected hex"),
            (
                base64(&MAC).replace('=', ""),
                "in base64 without padding; expected hex",
            ),
            (
                Encoding::Base64url.encode(&MAC),
                "in base64url; expected hex",
            ),
            (
                hex.to_uppercase(),
                "in hex with capital letters; expected hex with small letters",
            ),
            (format!("sha256={hex}"), "\"sha256=\" stands before the MAC"),
            (format!("{hex}\n"), "\"\\n\" stands behind the MAC"),
            (
                format!("sha256={}", base64(&MAC)),
                "expected hex; \"sha256=\" stands before the MAC",
            ),
            (
                base64(hex.as_bytes()),
                "it is base64 of the MAC's text in hex, not of its bytes",
            ),
            (
                hex::encode(hex.as_bytes()),
                "it is hex of the MAC's text in hex, not of its bytes",
            ),
            (hex::encode(reversed), "its bytes stand in reverse order"),
            (
                hex::encode(words),
                "the bytes of each word of 4 bytes stand in reverse order",
            ),
            (
                hex.chars().rev().collect(),
                "its characters stand in reverse order",
            ),
            (hex[..40].to_owned(), "the last 12 of 32 bytes are missing"),
            (
                hex[..63].to_owned(),
                "it is a part of the expected one, 63 of 64 characters",
            ),
            (
                sha256(hex.as_bytes()),
                "it is the SHA-256 of the expected one's text",
            ),
            (
                sha256(&MAC),
                "it is the SHA-256 of the expected one's bytes",
            ),
            (format!("\"{hex}\""), "it is written as JSON writes texts"),
            (
                hex.replacen("fb", "fc", 1),
                "1 of its 64 characters differs, at 2",
            ),
        ] {
            let said = said(&token);
            assert!(said.contains(what), "{token}: {said}");
        }
    }

    #[test]
    fn escapes_are_told_with_what_stands_behind_them() {
        let base64 = Encoding::Base64.encode(&MAC);
        let escaped = base64
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        let said = compare(&escaped, &base64, None).to_string();
        assert!(
            said.contains("by its form: it is percent-encoded.\n"),
            "{said}"
        );
        let said = compare(&escaped, &hex::encode(MAC), None).to_string();
        assert!(
            said.contains("it is percent-encoded; it is the same MAC in base64"),
            "{said}"
        );
        let said = compare(&base64, &escaped, None).to_string();
        assert!(
            said.contains("the expected one is percent-encoded"),
            "{said}"
        );
        let json = base64.replace('=', "\\u003d");
        let said = compare(&json, &base64, None).to_string();
        assert!(
            said.contains("it is written as JSON writes texts"),
            "{said}"
        );
    }

    #[test]
    fn nothing_is_invented_about_two_macs() {
        let comparison = compare(&"a7".repeat(32), &hex::encode(MAC), None);
        assert_eq!(comparison.answer, Answer::Unexplained);
        assert!(comparison.clues[0].starts_with("they have the same form and other bytes"));
        assert_eq!(comparison.next.len(), 3);
        let said = said(&"a7".repeat(20));
        assert!(
            said.contains("the token has 40 digits of hex, 20 bytes, as many as SHA-1 gives"),
            "{said}"
        );
        assert!(said.contains("the name of the hash function"), "{said}");
        let said = compare("hello", "world", None).to_string();
        assert!(
            said.contains("the token has neither hex nor base64 of a MAC's length"),
            "{said}"
        );
        // An id in both says nothing of the MACs.
        let of = |digits: &str| format!("app-key-0123456789abcdef:{}", digits.repeat(32));
        assert_eq!(
            compare(&of("a7"), &of("b8"), None).answer,
            Answer::Unexplained
        );
    }

    #[test]
    fn a_scheme_tells_which_of_them_has_its_form() {
        let scheme = &crate::suite::find("github-webhook")
            .unwrap()
            .parsed()
            .scheme;
        let hex = hex::encode(MAC);
        let comparison = compare(&hex, &format!("sha256={hex}"), Some(scheme));
        assert_eq!(
            comparison.clues,
            ["only the expected token is written as the scheme writes tokens"]
        );
        let same = compare(&hex, &hex, None);
        assert_eq!(
            (same.answer, same.to_string().as_str()),
            (Answer::Right, "The two tokens are the same.\n")
        );
    }
}
