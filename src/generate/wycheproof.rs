//! Project Wycheproof's HMAC vectors as a suite: the bare primitive, keys and tags in hex.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::generate::GenerateError;
use crate::generate::merge::Outline;
use crate::generate::yaml::quoted;
use crate::scheme::Algorithm;

/// A file of Wycheproof's `MacTest` groups.
#[derive(Debug, Deserialize)]
struct File {
    algorithm: String,
    #[serde(rename = "testGroups")]
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
struct Group {
    #[serde(rename = "tagSize")]
    tag_bits: usize,
    tests: Vec<Test>,
}

#[derive(Debug, Deserialize)]
struct Test {
    #[serde(rename = "tcId")]
    id: u32,
    comment: String,
    key: String,
    msg: String,
    tag: String,
    result: String,
}

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WycheproofError {
    /// It is no JSON of that form.
    #[error("it is no file of Wycheproof's MAC vectors: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is about something else.
    #[error(
        "its algorithm is {0:?}; HMACSHA1, HMACSHA224, HMACSHA256, HMACSHA384 and HMACSHA512 can be imported"
    )]
    Algorithm(String),
    /// It has no tags of that length.
    #[error("it has no vector with tags of {asked} bits; there are {present:?}")]
    TagBits {
        /// What was asked for.
        asked: usize,
        /// What there is.
        present: Vec<usize>,
    },
    /// A hexadecimal member is not.
    #[error("test {id}: {member} is not hexadecimal")]
    NotHex {
        /// The test.
        id: u32,
        /// The member.
        member: &'static str,
    },
    /// A result that is neither.
    #[error("test {id}: the result {result:?} is neither valid nor invalid")]
    Result {
        /// The test.
        id: u32,
        /// What it says.
        result: String,
    },
}

/// What an import gives: a suite in three pieces of YAML.
#[derive(Debug)]
pub struct Imported {
    /// Everything before the requirements.
    pub head: String,
    /// The entries of `requirements`.
    pub requirements: String,
    /// The entries of `vectors`.
    pub vectors: String,
}

impl Imported {
    /// The whole suite file.
    pub fn into_suite(self) -> String {
        format!(
            "{}requirements:\n{}\nvectors:\n{}",
            self.head, self.requirements, self.vectors
        )
    }

    /// A scheme file with the requirements and vectors added to its own. `path` names it in
    /// errors.
    pub fn into_scheme(self, path: &str, text: &str) -> Result<String, GenerateError> {
        let head = "\n  # From Wycheproof, by `macproof suite import wycheproof`.\n";
        let outline = Outline::of(path, text)?;
        Ok(outline.merge(
            &format!("{head}{}", self.requirements),
            &format!("{head}{}", self.vectors),
        ))
    }
}

/// Reads a Wycheproof file; `tag_bits` picks the vectors with tags of that length, whole tags if
/// `None`.
pub fn import_wycheproof(json: &str, tag_bits: Option<usize>) -> Result<Imported, WycheproofError> {
    let file: File = serde_json::from_str(json)?;
    let algorithm = Algorithm::ALL
        .into_iter()
        .find(|known| {
            known
                .name()
                .replace('-', "")
                .eq_ignore_ascii_case(&file.algorithm)
        })
        .ok_or(WycheproofError::Algorithm(file.algorithm))?;
    let asked = tag_bits.unwrap_or(algorithm.mac_bytes() * 8);
    let mut vectors = String::new();
    let mut present = Vec::new();
    for group in &file.groups {
        if !present.contains(&group.tag_bits) {
            present.push(group.tag_bits);
        }
        if group.tag_bits == asked {
            for test in &group.tests {
                write_test(test, &mut vectors)?;
            }
        }
    }
    if vectors.is_empty() {
        return Err(WycheproofError::TagBits { asked, present });
    }
    Ok(Imported {
        head: head(algorithm, asked),
        requirements: REQUIREMENTS.to_owned(),
        vectors,
    })
}

fn head(algorithm: Algorithm, tag_bits: usize) -> String {
    let whole = algorithm.mac_bytes() * 8;
    let (name, truncated) = if tag_bits == whole {
        (algorithm.name().to_owned(), String::new())
    } else {
        (
            format!("{}-{tag_bits}", algorithm.name()),
            format!("  mac_bytes: {}\n", tag_bits / 8),
        )
    };
    format!(
        "# Made by `macproof suite import wycheproof`. The figures are those of Project Wycheproof
# (Apache License 2.0), commit dac1dd47 of 2026-08-18; the vectors' numbers are its tcIds.
macproof: 1
suite: {name}
version: 1
title: The bare primitive {name}, Wycheproof's vectors
source: {{title: \"Project Wycheproof, testvectors_v1\", url: \"https://github.com/C2SP/wycheproof\", retrieved: \"2026-08-18\"}}
scheme:
  algorithm: {}
{truncated}  secret: {{encoding: hex}}
  fields:
    message: {{type: text}}
  message: \"{{message}}\"
  token: \"{{mac:hex}}\"

",
        algorithm.name()
    )
}

const REQUIREMENTS: &str = r#"  mac-is-exact:
    level: must
    basis: document
    text: "The MAC is that of RFC 2104 over the named hash function, to the bit."
    where: "RFC 2104, section 2; Wycheproof, flag Pseudorandom"
  right-tag-is-accepted:
    level: must
    basis: document
    text: "The right tag is accepted."
    where: "Wycheproof, result valid"
  modified-tag-is-not-accepted:
    level: must
    basis: document
    text: "A tag that differs in any bit is not accepted: the whole tag is checked."
    where: "Wycheproof, flag ModifiedTag"
"#;

fn write_test(test: &Test, out: &mut String) -> Result<(), WycheproofError> {
    let id = test.id;
    let message =
        hex::decode(&test.msg).map_err(|_| WycheproofError::NotHex { id, member: "msg" })?;
    for (member, text) in [("key", &test.key), ("tag", &test.tag)] {
        hex::decode(text).map_err(|_| WycheproofError::NotHex { id, member })?;
    }
    let mut vector = |name: &str, shows: &str, rest: String| {
        let note = if test.comment.is_empty() {
            String::new()
        } else {
            format!("    note: {}\n", quoted(&test.comment))
        };
        // Writing to a `String` cannot fail.
        let _ = write!(
            out,
            "  - id: wycheproof-{id}-{name}
    shows: [{shows}]
{note}    op: {}
    secret: \"{}\"
    fields: {{message: {{base64: \"{}\"}}}}
{rest}",
            if name == "sign" { "sign" } else { "verify" },
            test.key,
            STANDARD.encode(&message),
        );
    };
    match test.result.as_str() {
        "valid" => {
            let expect = format!("    expect: {{token: \"{}\"}}\n", test.tag);
            vector("sign", "mac-is-exact", expect);
            let expect = format!(
                "    token: \"{}\"\n    expect: {{outcome: accept}}\n",
                test.tag
            );
            vector("verify", "right-tag-is-accepted", expect);
        }
        "invalid" => {
            let expect = format!(
                "    token: \"{}\"\n    expect: {{outcome: [reject, refused, threw]}}\n",
                test.tag
            );
            vector("modified", "modified-tag-is-not-accepted", expect);
        }
        other => {
            return Err(WycheproofError::Result {
                id,
                result: other.to_owned(),
            });
        }
    }
    Ok(())
}
