//! The badge, as an SVG picture for a README and as the JSON that badge services draw one from.

use serde_json::json;

use crate::report::beside::Tone;
use crate::report::digits::{count, grouped};
use crate::report::run::headline::Headline;
use crate::report::{Campaigns, json};
use crate::results::{Conformance, Document, JUDGED_ITSELF, Verdict};

const LABEL: &str = "macproof";

/// Renders the badge as SVG. It shows no text that came from the implementation.
pub fn badge(document: &Document, campaigns: &Campaigns<'_>) -> String {
    let headline = Headline::of(document, campaigns);
    let message = message(document, campaigns);
    let (left, right) = (width(LABEL), width(&message));
    let total = left + right;
    let color = match headline.tone {
        Tone::Good => "#1a7f37",
        Tone::Bad => "#b42318",
        Tone::Doubtful => "#7a5c00",
    };
    // Drawn at twice the size and scaled down, so that widths are whole numbers.
    let text = |x: usize, length: usize, words: &str| {
        format!(
            r#"<text x="{x}" y="14" textLength="{length}" lengthAdjust="spacingAndGlyphs">{words}</text>"#
        )
    };
    format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{label}: {message}">"#,
            "<title>{label}: {message}</title>",
            r##"<clipPath id="r"><rect width="{total}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="{left}" height="20" fill="#30363d"/><rect x="{left}" width="{right}" height="20" fill="{color}"/></g>"##,
            r##"<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">{one}{two}</g></svg>"##,
            "\n"
        ),
        total = total,
        label = LABEL,
        message = message,
        left = left,
        right = right,
        color = color,
        one = text(8, left - 16, LABEL),
        two = text(left + 8, right - 16, &message),
    )
}

/// Renders the badge as the JSON that badge services fetch from a URL and draw.
pub fn badge_json(document: &Document, campaigns: &Campaigns<'_>) -> String {
    let color = match Headline::of(document, campaigns).tone {
        Tone::Good => "brightgreen",
        Tone::Bad => "red",
        Tone::Doubtful => "yellow",
    };
    json(&json!({
        "schemaVersion": 1,
        "label": LABEL,
        "message": message(document, campaigns),
        "color": color,
    }))
}

/// The result, always with its scope and with the findings of the campaigns.
fn message(document: &Document, campaigns: &Campaigns<'_>) -> String {
    if document.judged_itself() {
        return JUDGED_ITSELF.to_owned();
    }
    let conformance = conformance(document);
    match Headline::of(document, campaigns).caveat() {
        None => conformance,
        Some(caveat) => format!("{conformance}, {caveat}"),
    }
}

/// The conformance and its scope. Suite names are slugs, so nothing needs escaping.
fn conformance(document: &Document) -> String {
    let runs = document.runs();
    let mut suites: Vec<&str> = runs
        .iter()
        .flat_map(|run| run.suites.iter().map(|suite| suite.name.as_str()))
        .collect();
    suites.sort_unstable();
    suites.dedup();
    let suites = match suites[..] {
        [] => "nothing".to_owned(),
        [one] => one.to_owned(),
        [one, two] => format!("{one} + {two}"),
        ref more => format!("{} suites", more.len()),
    };
    let whole = runs
        .iter()
        .all(|run| run.scope.left_out_of_asked().next().is_none());
    let mut scope = if whole { "" } else { ", in part" }.to_owned();
    let restarts: u64 = runs.iter().map(|run| run.restarts.count).sum();
    if restarts > 0 {
        let restarts = count(restarts, "restart", "restarts");
        scope = format!("{scope}, {restarts}");
    }
    if runs.iter().any(|run| !run.hello_changes.is_empty()) {
        scope.push_str(", hello changed");
    }
    let interrupted = if runs.iter().any(|run| run.interrupted) {
        ", interrupted"
    } else {
        ""
    };
    scope.push_str(interrupted);
    match document.conformance() {
        Conformance::Conformant => {
            let level = runs.iter().map(|run| run.level).min();
            let level = level.map_or("must", |level| level.name());
            format!("conformant ({level}, {suites}{scope})")
        }
        Conformance::Nonconformant => {
            let failed: usize = runs
                .iter()
                .flat_map(|run| &run.cases)
                .filter(|case| case.own_verdict() == Verdict::Fail)
                .count();
            let cases: u64 = runs.iter().map(|run| run.counts.total()).sum();
            format!(
                "nonconformant ({} of {} fail{scope})",
                grouped(failed as u64),
                grouped(cases)
            )
        }
        Conformance::Incomplete => {
            let absent = runs.iter().filter(|run| run.did_not_start.is_some());
            match (absent.count(), runs.len()) {
                (0, _) => format!("incomplete ({suites}{scope})"),
                (_, 1) => format!("incomplete (did not start{interrupted})"),
                (absent, all) => {
                    format!("incomplete ({absent} of {all} did not start{interrupted})")
                }
            }
        }
    }
}

/// Approximate width of a text at this font and size, with a margin on both sides.
fn width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | ',' | '.' | ' ' | '(' | ')' | '-' => 40,
            'm' | 'w' | 'M' | 'W' => 100,
            _ => 69,
        })
        .sum();
    tenths.div_ceil(10) + 16
}

#[cfg(test)]
mod tests {
    use super::{badge, badge_json};
    use crate::report::Campaigns;
    use crate::report::fixture::{forty_of_three_hundred, green, rich};
    use crate::results::{Document, Runs, ScopeNote};

    #[test]
    fn the_badges_match_the_snapshot() {
        let several = Document::from(Runs::new(vec![green(), rich(1)]));
        let documents: [Document; 4] = [
            green().into(),
            forty_of_three_hundred().into(),
            rich(1).into(),
            several,
        ];
        let none = Campaigns::default();
        let drawn: Vec<_> = documents
            .iter()
            .map(|d| badge(d, &none) + &badge_json(d, &none))
            .collect();
        insta::assert_snapshot!("badge", drawn.join("\n"));
    }

    #[test]
    fn only_a_complete_passing_run_is_green() {
        let badge_json = |document: &Document| badge_json(document, &Campaigns::default());
        let green_one = badge_json(&green().into());
        assert!(green_one.contains("brightgreen"), "{green_one}");
        let mut in_part = green();
        let left_out = |what: &str| ScopeNote {
            what: what.into(),
            cases: 3,
        };
        in_part.scope.left_out = vec![left_out("suites not selected: bolt")];
        assert_eq!(badge_json(&in_part.clone().into()), green_one);
        in_part
            .scope
            .left_out
            .push(left_out("not selected by --filter 'acme/*'"));
        assert!(badge_json(&in_part.into()).contains(", in part)"));
        assert!(badge_json(&rich(1).into()).contains("\"red\""));
    }
}
