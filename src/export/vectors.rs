//! A suite as one JSON file.

use std::fmt::Write as _;

use indexmap::IndexMap;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::protocol::to_ascii;
use crate::signature::{InputKind, OutcomeKind, Request};
use crate::suite::{Basis, Expect, Level, Requirement, Source, Suite, Vector};

/// The version of the format; an incompatible change raises it.
const VERSION: u32 = 1;

/// The vectors of a suite.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Vectors<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    /// What an implementation has to do, by id, in the order of the suite.
    #[schemars(with = "std::collections::BTreeMap<String, RequirementEntry>")]
    requirements: IndexMap<&'a str, RequirementEntry<'a>>,
    /// What is asked, and what is expected.
    cases: Vec<Case<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Head<'a> {
    /// The version of this format: 1.
    macproof_vectors: u32,
    /// The name of the suite.
    suite: &'a str,
    /// The version of the suite.
    version: u32,
    /// The SHA-256 of the suite file, in lower-case hex.
    digest: &'a str,
    /// The title for people.
    title: &'a str,
    /// The document on which the suite is based.
    source: &'a Source,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Requirement")]
#[serde(deny_unknown_fields)]
struct RequirementEntry<'a> {
    /// How much it matters.
    level: Level,
    /// On what it rests.
    basis: Basis,
    /// The statement.
    text: &'a str,
    /// Where the document says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    r#where: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Case<'a> {
    /// The id in the suite.
    id: &'a str,
    /// The ids of the requirements that it shows; all have the level of the case.
    shows: Vec<&'a str>,
    /// How much it matters: a failed `must` is a fault, a failed `should` a warning, and a `may` has
    /// no expectation.
    level: Level,
    /// The weakest basis of its requirements.
    basis: Basis,
    /// Which bug it catches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    /// The kind of values in the request. A language that cannot state them skips the case.
    input: InputKind,
    /// What is asked.
    request: &'a Request,
    /// What is expected.
    expect: Expectation<'a>,
}

/// The acceptable outcomes, or what to observe.
#[derive(Default, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Expectation<'a> {
    /// The acceptable outcomes. Empty if nothing is expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    outcomes: Vec<OutcomeKind>,
    /// The token, if `token` is among the outcomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    /// The separator of the token's items, if these may stand in any order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    items_in_any_order: Option<&'a str>,
    /// The acceptable codes of a rejection; any or none if empty. Only of an identify.
    #[serde(default, skip_serializing_if = "<[String]>::is_empty")]
    codes: &'a [String],
    /// The HTTP status of a rejection. Only of an identify.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// What to observe of a `may`, of which nothing is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    observe: Option<&'a str>,
}

/// The JSON Schema (2020-12) of the file.
pub fn schema() -> Schema {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Vectors<'_>>();
    schema.insert("title".to_owned(), "macproof vectors".into());
    schema
}

/// The JSON file of a suite, in ASCII, one requirement and one case a line: a change of the suite
/// is a change of the lines that it concerns.
pub fn vectors(suite: &Suite) -> String {
    let head = to_ascii(&Head {
        macproof_vectors: VERSION,
        suite: suite.name.as_str(),
        version: suite.version,
        digest: &suite.digest,
        title: &suite.title,
        source: &suite.source,
    });
    let mut text = format!(
        "{},\n\"requirements\":{{\n",
        head.strip_suffix('}').unwrap_or(&head)
    );
    let requirements = suite.requirements.iter().map(|requirement| {
        format!(
            "{}:{}",
            to_ascii(requirement.id.as_str()),
            to_ascii(&RequirementEntry::from(requirement))
        )
    });
    push_lines(&mut text, requirements);
    text.push_str("},\n\"cases\":[\n");
    let cases = suite
        .vectors
        .iter()
        .map(|vector| to_ascii(&case(suite, vector)));
    push_lines(&mut text, cases);
    text.push_str("]}\n");
    text
}

fn push_lines(text: &mut String, lines: impl Iterator<Item = String>) {
    for (at, line) in lines.enumerate() {
        let _ = write!(text, "{}{line}", if at == 0 { "" } else { ",\n" });
    }
    text.push('\n');
}

impl<'a> From<&'a Requirement> for RequirementEntry<'a> {
    fn from(requirement: &'a Requirement) -> Self {
        Self {
            level: requirement.level,
            basis: requirement.basis,
            text: &requirement.text,
            r#where: requirement.place.as_deref(),
        }
    }
}

fn case<'a>(suite: &'a Suite, vector: &'a Vector) -> Case<'a> {
    Case {
        id: vector.id.as_str(),
        shows: suite.shown_by(vector).map(|one| one.id.as_str()).collect(),
        level: vector.level,
        basis: vector.basis,
        note: vector.note.as_deref(),
        input: vector.input,
        request: &vector.request,
        expect: Expectation::from(&vector.expect),
    }
}

impl<'a> From<&'a Expect> for Expectation<'a> {
    fn from(expect: &'a Expect) -> Self {
        let outcomes = Self {
            outcomes: expect.outcomes(),
            ..Self::default()
        };
        match expect {
            Expect::Token { token, pairs, .. } => Self {
                token: Some(token),
                items_in_any_order: pairs.as_deref(),
                ..outcomes
            },
            Expect::Rejected { codes, status } => Self {
                codes,
                status: *status,
                ..outcomes
            },
            Expect::Observe(what) => Self {
                observe: Some(what),
                ..outcomes
            },
            Expect::Sent { .. } | Expect::Outcomes(_) => outcomes,
        }
    }
}
