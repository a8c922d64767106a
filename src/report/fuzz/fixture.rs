//! Documents for the tests of readers and schemas.

use serde_json::{Value, json};

/// A campaign with every possible member.
pub(crate) fn campaign() -> Value {
    let request = json!({"op": "sign", "suite": "acme", "secret": "k", "fields": {"user_id": " "}});
    let finding = json!({
        "id": "fuzz-token-is-exact-1",
        "suite": "acme",
        "outcome": "token",
        "requirement": "token-is-exact",
        "level": "must",
        "basis": "document",
        "text": "The token is exact.",
        "request": request,
        "expected": "token ab",
        "actual": "token ac",
        "length": 2,
        "length_before": 51,
        "asked": 30,
        "sequence": [request],
        "causes": [{"mistakes": [
            {"id": "identity-trimmed", "title": "trimmed", "remedy": "do not"},
        ]}],
        "cases": 2,
        "found_after_cases": 5,
        "found_after_ms": 40,
    });
    json!({
        "macproof_fuzz": 1,
        "macproof_version": "0.0.0",
        "started": "2026-11-21T08:00:00Z",
        "duration_ms": 90,
        "ended": "findings",
        "seed": 7,
        "jobs": 2,
        "shard": {"number": 2, "count": 3},
        "level": "should",
        "implementation": {"name": "acme-identity", "version": "2.1.0"},
        "adapter": "php adapter.php",
        "arguments": ["--command", "php adapter.php"],
        "suites": [{"name": "acme", "version": 1, "digest": "00"}],
        "cases": 9,
        "disagreements": 2,
        "unsupported": 0,
        "kinds": 4,
        "progress": [
            {"at_ms": 0, "cases": 0, "kinds": 0, "findings": 0},
            {"at_ms": 90, "cases": 9, "kinds": 4, "findings": 1},
        ],
        "restarts": {"count": 2, "allowed": 3, "reasons": [{"kind": "time-out", "count": 2, "first": "no answer within 5 ms"}]},
        "hello_changes": ["name", "ops"],
        "findings": [finding],
        "profile": [{
            "suite": "acme", "what": "refuses", "cases": 1, "request": request, "actual": "refused: no",
        }],
        "warnings": [{"suite": "acme", "requirement": "r", "cases": 1}],
        "notes": ["restarted"],
    })
}

/// A comparison with every possible member.
pub(crate) fn versus() -> Value {
    let request = json!({
        "op": "verify", "suite": "acme", "secret": "k", "fields": {"user_id": "a"},
        "token": "ab", "now": 5,
    });
    let answer = |outcome: &str| json!({"outcome": outcome, "actual": outcome});
    let side = |name: &str| {
        json!({
            "implementation": {"name": name}, "adapter": name,
            "restarts": {"count": 1, "allowed": 0, "reasons": [{"kind": "crash", "count": 1, "first": "x"}]},
            "hello_changes": ["ops"],
        })
    };
    json!({
        "macproof_versus": 1,
        "macproof_version": "0.0.0",
        "started": "2026-11-21T08:00:00Z",
        "duration_ms": 90,
        "ended": "whole",
        "seed": 7,
        "sides": [side("php"), side("node")],
        "suites": [{"name": "acme", "version": 1, "digest": "00"}],
        "cases": 512,
        "unanswered": 2,
        "kinds": 40,
        "progress": [{"at_ms": 0, "cases": 0, "kinds": 0, "findings": 0}],
        "differences": [{
            "suite": "acme",
            "request": request,
            "answers": [answer("accept"), answer("reject")],
            "length": 3,
            "length_before": 12,
            "cases": 4,
        }],
        "matrix": [{
            "suite": "acme", "signer": 0, "verifier": 1, "tokens": 9, "accepted": 8,
            "example": {"request": request, "answer": answer("crash")},
        }],
        "notes": ["restarted"],
        "exit_code": 1,
    })
}
