//! The JSON document of a comparison of two implementations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::protocol::{HelloChanges, ImplementationInfo};
use crate::results::{FuzzEnd, FuzzPoint, FuzzedSuite, ObservedKind, Restarts};
use crate::signature::Request;

/// The version of the document's schema.
pub const VERSUS_SCHEMA_VERSION: u32 = 1;

/// The comparison of two implementations on the same requests. No oracle is involved: where they
/// differ, either may be right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersusResult {
    /// The schema version of this document: 1.
    pub macproof_versus: u32,
    /// The version of macproof that wrote it.
    pub macproof_version: String,
    /// The start time, as RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How it ended.
    pub ended: FuzzEnd,
    /// The seed for the inputs.
    pub seed: u64,
    /// The two implementations, in the order given.
    pub sides: [VersusSide; 2],
    /// The suites whose schemes took part.
    pub suites: Vec<FuzzedSuite>,
    /// How many requests each received, without those of shrinking and of the matrix.
    pub cases: u64,
    /// How many requests, including those of the matrix, got no valid answer from either, so that
    /// they could not be compared.
    #[serde(default)]
    pub unanswered: u64,
    /// The number of kinds of pairs of answers.
    pub kinds: u64,
    /// The progress over time: at most 200 points. Findings are differences.
    pub progress: Vec<FuzzPoint>,
    /// The differences, one entry per kind.
    pub differences: Vec<VersusDifference>,
    /// Which implementation accepts whose tokens: for each suite four cells, by signer, then by
    /// verifier. Empty if not both sign and verify, or if the campaign ended early.
    pub matrix: Vec<VersusCell>,
    /// What the harness noticed apart from the cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The exit code of the command.
    pub exit_code: u8,
}

/// One of the two implementations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersusSide {
    /// The implementation, as it identifies itself: untrusted text.
    pub implementation: ImplementationInfo,
    /// `reference`, the adapter's command, an address, or the name in `macproof.yaml`.
    pub adapter: String,
    /// Whether it is the built-in reference because no implementation was named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub judged_itself: bool,
    /// The unattributed restarts of the adapter.
    #[serde(default)]
    pub restarts: Restarts,
    /// Which parts of its hello differed between starts.
    #[serde(default, skip_serializing_if = "HelloChanges::is_empty")]
    pub hello_changes: HelloChanges,
}

impl VersusSide {
    /// Reasons not to trust this side: restarts, or a changed hello.
    pub fn troubles(&self) -> Vec<String> {
        let troubles = [self.restarts.in_words(), self.hello_changes.in_words()];
        troubles.into_iter().flatten().collect()
    }
}

/// A request that the two implementations answer differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersusDifference {
    /// The suite that defines the scheme.
    pub suite: String,
    /// The smallest request that reproduces it.
    pub request: Request,
    /// The answers of the first and the second.
    pub answers: [VersusAnswer; 2],
    /// The number of characters of its secrets, texts and literal token; numbers do not count.
    pub length: u64,
    /// The length before shrinking.
    pub length_before: u64,
    /// The number of cases that differ in this way.
    pub cases: u64,
}

/// The answer of one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersusAnswer {
    /// The outcome, in one word.
    pub outcome: ObservedKind,
    /// The outcome, in the words of the other reports: untrusted text.
    pub actual: String,
}

/// The tokens of one implementation, presented to one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersusCell {
    /// The suite that defines the scheme.
    pub suite: String,
    /// The side that signed: 0 or 1.
    pub signer: u64,
    /// The side that verified: 0 or 1.
    pub verifier: u64,
    /// The number of tokens presented.
    pub tokens: u64,
    /// The number of tokens accepted.
    pub accepted: u64,
    /// The first token that was not accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<VersusExample>,
}

/// A token that was not accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersusExample {
    /// The request to the verifier.
    pub request: Request,
    /// Its answer.
    pub answer: VersusAnswer,
}

impl VersusResult {
    /// The exit code of the command, ignoring interruptions: 1 if the implementations differ, or
    /// one accepts none of the tokens that another signs; else 4 if an adapter no longer worked;
    /// else 3 if the comparison is incomplete; else 0.
    pub fn exit_code_by_itself(&self) -> u8 {
        let takes_none = |cell: &VersusCell| cell.tokens > 0 && cell.accepted == 0;
        if !self.differences.is_empty() || self.matrix.iter().any(takes_none) {
            1
        } else if self.ended == FuzzEnd::Broken {
            4
        } else if self.is_incomplete() {
            3
        } else {
            0
        }
    }

    /// Whether agreement covers less than it should: nothing was compared, because no request was
    /// answered by both; the campaign was interrupted, neither side
    /// signed anything that could be presented, a request was answered by neither, or a side was
    /// restarted more often than allowed or changed its hello.
    fn is_incomplete(&self) -> bool {
        let is_doubtful =
            |side: &VersusSide| !side.restarts.are_allowed() || !side.hello_changes.is_empty();
        let has_no_token =
            !self.matrix.is_empty() && self.matrix.iter().all(|cell| cell.tokens == 0);
        // Every pair of answers is of some kind.
        let has_no_pair = self.kinds == 0;
        self.ended == FuzzEnd::Interrupted
            || has_no_pair
            || has_no_token
            || self.unanswered > 0
            || self.sides.iter().any(is_doubtful)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{VersusCell, VersusResult};
    use crate::protocol::{HelloChanges, HelloPart};
    use crate::results::{FuzzEnd, RestartKind};

    fn cell(tokens: u64, accepted: u64) -> VersusCell {
        VersusCell {
            suite: "acme".into(),
            signer: 0,
            verifier: 1,
            tokens,
            accepted,
            example: None,
        }
    }

    fn result(matrix: &[VersusCell], ended: FuzzEnd) -> VersusResult {
        let side = || json!({"implementation": {"name": "a"}, "adapter": "a"});
        let document = json!({
            "macproof_versus": 1, "macproof_version": "0.0.0", "started": "", "duration_ms": 1,
            "ended": ended, "seed": 1, "sides": [side(), side()], "suites": [], "cases": 9,
            "kinds": 1, "progress": [], "differences": [], "matrix": matrix, "exit_code": 0,
        });
        serde_json::from_value(document).unwrap()
    }

    #[test]
    fn rejecting_all_tokens_of_the_other_fails() {
        for (matrix, ended, code) in [
            (vec![cell(9, 9), cell(9, 8)], FuzzEnd::Whole, 0),
            (vec![cell(9, 9), cell(9, 0)], FuzzEnd::Whole, 1),
            (vec![cell(9, 9), cell(0, 0)], FuzzEnd::Whole, 0),
            (vec![cell(0, 0), cell(0, 0)], FuzzEnd::Whole, 3),
            (vec![cell(9, 0)], FuzzEnd::Broken, 1),
            (Vec::new(), FuzzEnd::Broken, 4),
            (Vec::new(), FuzzEnd::Interrupted, 3),
        ] {
            assert_eq!(result(&matrix, ended).exit_code_by_itself(), code);
        }
    }

    /// Agreement means little if a side broke down, or neither answered.
    #[test]
    fn agreement_with_crashes_is_incomplete() {
        let agreed = || result(&[cell(9, 9)], FuzzEnd::Whole);
        assert_eq!(agreed().exit_code_by_itself(), 0);
        for side in 0..2 {
            let mut restarted = agreed();
            let restarts = &mut restarted.sides[side].restarts;
            restarts.add(RestartKind::Crash, "exit status 1".into());
            assert_eq!(restarted.exit_code_by_itself(), 3);
            assert!(restarted.sides[side].troubles()[0].starts_with("1 unattributed restart "));
            restarted.sides[side].restarts.allowed = 1;
            assert_eq!(restarted.exit_code_by_itself(), 0);
            let mut changed = agreed();
            changed.sides[side].hello_changes = HelloChanges([HelloPart::Ops].into());
            assert_eq!(changed.exit_code_by_itself(), 3);
        }
        let mut silent = agreed();
        silent.unanswered = 1;
        assert_eq!(silent.exit_code_by_itself(), 3);
        let mut unsupported = agreed();
        unsupported.kinds = 0;
        assert_eq!(unsupported.exit_code_by_itself(), 3);
    }
}
