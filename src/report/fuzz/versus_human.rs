//! The document of a comparison of two implementations as text.

use std::fmt::Write as _;
use std::time::Duration;

use crate::protocol::to_ascii;
use crate::report::digits::{count, grouped};
use crate::report::fuzz::human::{cropped, if_interrupted, per_second};
use crate::report::visible::{excerpt, visible};
use crate::results::{VersusAnswer, VersusResult};

/// Printed first and last if only the second of two implementations was named.
pub const FIRST_IS_OURS: &str =
    "the first implementation is the built-in reference, because none was named";

/// The comparison of two implementations.
pub fn versus_human(result: &VersusResult) -> String {
    let mut out = String::new();
    let name = |at: usize| {
        let side = &result.sides[at];
        let named = &side.implementation.name;
        visible(if named.trim().is_empty() {
            &side.adapter
        } else {
            named
        })
    };
    for difference in &result.differences {
        let _ = writeln!(
            out,
            "DIFFERENCE {} ({}; shrunk from {} to {})\n  request: {}",
            difference.suite,
            count(difference.cases, "case", "cases"),
            grouped(difference.length_before),
            count(difference.length, "character", "characters"),
            cropped(to_ascii(&difference.request), 600)
        );
        for (at, answer) in difference.answers.iter().enumerate() {
            let side = ["first: ", "second:"][at];
            let _ = writeln!(out, "  {side}  {}: {}", name(at), said(answer));
        }
        out.push('\n');
    }
    for cell in &result.matrix {
        let side = |at: u64| {
            let at = usize::from(at > 0);
            format!("the {} ({})", ["first", "second"][at], name(at))
        };
        let _ = writeln!(
            out,
            "{}: signed by {}, verified by {}: {} of {} accepted",
            cell.suite,
            side(cell.signer),
            side(cell.verifier),
            grouped(cell.accepted),
            count(cell.tokens, "token", "tokens")
        );
        if let Some(example) = &cell.example {
            let request = cropped(to_ascii(&example.request), 600);
            let _ = writeln!(out, "  not accepted: {request}: {}", said(&example.answer));
        }
    }
    for note in &result.notes {
        let _ = writeln!(out, "note: {}", visible(note));
    }
    if result.unanswered > 0 {
        let _ = writeln!(
            out,
            "{} got no valid answer from either implementation and could not be compared",
            count(result.unanswered, "request", "requests")
        );
    }
    let troubles =
        std::iter::zip(["the first", "the second"], &result.sides).flat_map(|(name, side)| {
            let troubles = side.troubles().into_iter();
            troubles.map(move |words| format!("{name}: {words}; "))
        });
    let elapsed = Duration::from_millis(result.duration_ms);
    let _ = writeln!(
        out,
        "{}{}; {}{} sent to both in {:.1} s, {} per second; seed {}",
        if_interrupted(result.ended),
        count(result.differences.len() as u64, "difference", "differences"),
        troubles.collect::<String>(),
        count(result.cases, "case", "cases"),
        elapsed.as_secs_f64(),
        grouped(per_second(result.cases, elapsed)),
        result.seed
    );
    if result.sides[0].judged_itself {
        let _ = writeln!(out, "{FIRST_IS_OURS}");
    }
    out
}

fn said(answer: &VersusAnswer) -> String {
    excerpt(&answer.actual, 300)
}
