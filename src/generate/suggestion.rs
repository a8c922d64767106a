//! Single requests of the catalogue, for those who want one and not a whole suite.

use crate::generate::case::{Case, Expected};
use crate::generate::rows::revealed_by;
use crate::generate::vectors::vectors;
use crate::mistakes::MistakeId;
use crate::signature::{Context, Request};
use crate::suite::{Expect, Level, Suite};

/// A request that a suite may want to hold, and what is sound.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// The id under which the generator writes it.
    pub id: String,
    /// The level of its requirement, where nobody says otherwise.
    pub level: Level,
    /// The operation.
    pub request: Request,
    /// What is expected.
    pub expect: Expect,
    /// The mistakes that it stands in the catalogue of inputs for.
    pub reveals: &'static [MistakeId],
}

/// Every request of the catalogue of inputs that applies to a suite's scheme.
pub fn suggestions(suite: &Suite) -> Vec<Suggestion> {
    vectors(suite)
        .into_iter()
        .map(|case| suggestion(suite, case))
        .collect()
}

fn suggestion(suite: &Suite, case: Case) -> Suggestion {
    let level = case.rule.level;
    let expect = match case.expected(level) {
        Expected::Token { token, or } => Expect::Token {
            token: token.to_owned(),
            or: or.to_vec(),
            pairs: None,
        },
        Expected::Outcomes(kinds) => Expect::Outcomes(kinds.to_vec()),
        Expected::Observe(what) => Expect::Observe(what.to_owned()),
    };
    Suggestion {
        reveals: revealed_by(&case.id),
        id: case.id,
        level,
        request: Request {
            suite: (&suite.name).into(),
            op: case.op,
            secrets: case.secrets,
            fields: case.fields,
            token: case.token,
            context: Context::default(),
            now: case.now,
        },
        expect,
    }
}
