//! Reads expectations and checks that their operation can meet them.

use crate::signature::{Op, OutcomeKind};
use crate::suite::error::{Fault, Problem};
use crate::suite::policy_reader::{listed, read_codes};
use crate::suite::position::{At, Position};
use crate::suite::raw::{DeclinedFile, ExpectFile, OutcomesFile};
use crate::suite::{Expect, Level};

/// Reads the expectation of a vector with this operation and level.
pub(super) fn read_expect(
    op: Op,
    level: Level,
    expect: Option<At<ExpectFile>>,
    observe: Option<At<String>>,
    now: u64,
    at: Position,
) -> Result<Expect, Fault> {
    match (level, expect, observe) {
        (Level::May, None, Some(observe)) if observe.value.is_empty() => Err(Fault::new(
            observe.at,
            Problem::Empty("observe", "state what to observe: accepts …"),
        )),
        (Level::May, None, Some(observe)) => Ok(Expect::Observe(observe.value)),
        (Level::May, Some(expect), _) => Err(Fault::new(expect.at, Problem::MayExpects)),
        (Level::May, None, None) => Err(Fault::new(at, Problem::MayExpects)),
        (_, _, Some(observe)) => Err(Fault::new(observe.at, Problem::Observes(level))),
        (_, None, None) => Err(Fault::new(at, Problem::NoExpect(level))),
        (_, Some(expect), None) => read_expectation(op, now, expect),
    }
}

fn read_expectation(op: Op, now: u64, expect: At<ExpectFile>) -> Result<Expect, Fault> {
    let At { value: file, at } = expect;
    let codes = match file.code {
        Some(_) if !op.has_context() => return Err(Fault::new(at, Problem::CodeOfIdentify)),
        code => code.map(read_codes).transpose()?.unwrap_or_default(),
    };
    let status = match &file.status {
        Some(_) if !op.has_context() => return Err(Fault::new(at, Problem::CodeOfIdentify)),
        status => status.as_ref().map(At::status).transpose()?,
    };
    let says_why = !codes.is_empty() || status.is_some();
    match (file.token, file.or, file.outcome) {
        (Some(token), or, None) if op == Op::Sign => Ok(Expect::Token {
            token,
            or: or.map(read_declined).transpose()?.unwrap_or_default(),
            pairs: None,
        }),
        (Some(_), _, None) => Err(Fault::new(
            at,
            Problem::ExpectOfOther {
                op,
                kind: OutcomeKind::Token,
                hint: "write {outcome: accept}, or another outcome",
            },
        )),
        (None, None, Some(outcomes)) if !says_why => {
            let mut kinds = read_outcomes(op, outcomes)?;
            if !kinds.contains(&OutcomeKind::Sent) {
                return Ok(Expect::Outcomes(kinds));
            }
            kinds.retain(|kind| *kind != OutcomeKind::Sent);
            Ok(Expect::Sent {
                or: kinds,
                within: now..=now,
            })
        }
        (None, None, Some(outcomes)) => match *read_outcomes(op, outcomes)? {
            [OutcomeKind::Reject] => Ok(Expect::Rejected { codes, status }),
            _ => Err(Fault::new(at, Problem::CodeOfOther)),
        },
        _ => Err(Fault::new(at, Problem::ExpectShape)),
    }
}

/// Reads the ways to decline that are as acceptable as a token.
fn read_declined(file: At<DeclinedFile>) -> Result<Vec<OutcomeKind>, Fault> {
    let At {
        value: DeclinedFile(words),
        at,
    } = file;
    let mut kinds = read_outcomes(
        Op::Sign,
        At {
            value: OutcomesFile(words),
            at,
        },
    )?;
    kinds.sort_unstable_by_key(|kind| *kind == OutcomeKind::Threw);
    Ok(kinds)
}

fn read_outcomes(op: Op, file: At<OutcomesFile>) -> Result<Vec<OutcomeKind>, Fault> {
    let OutcomesFile(words) = file.value;
    let words = listed(At {
        value: words,
        at: file.at,
    });
    let mut kinds = Vec::with_capacity(words.len());
    for At { value: word, at } in words {
        let kind = match word.as_str() {
            "accept" => OutcomeKind::Accept,
            "reject" => OutcomeKind::Reject,
            "anonymous" => OutcomeKind::Anonymous,
            "sent" => OutcomeKind::Sent,
            "refused" => OutcomeKind::Refused,
            "threw" => OutcomeKind::Threw,
            _ => return Err(Fault::new(at, Problem::OutcomeWord(word))),
        };
        if !op.is_answered_by(kind) {
            let hint = match op {
                Op::Sign => "write {token: \"…\"}, or refused and threw where it must not sign",
                Op::Send => "write {outcome: sent}, or refused and threw where it must not send",
                Op::Verify | Op::Identify if kind == OutcomeKind::Sent => {
                    "that is an outcome of send"
                }
                Op::Verify | Op::Identify => "that is an outcome of identify",
            };
            return Err(Fault::new(at, Problem::ExpectOfOther { op, kind, hint }));
        }
        if kinds.contains(&kind) {
            return Err(Fault::new(at, Problem::OutcomeList));
        }
        kinds.push(kind);
    }
    if kinds.is_empty() {
        return Err(Fault::new(file.at, Problem::OutcomeList));
    }
    Ok(kinds)
}
