//! The picture of a fuzz campaign, as SVG.

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::report::chart::{
    BLUE, FONT, Failed, LABEL, ORANGE, RED, TITLE, draw_axes, draw_legend, draw_line, drawn,
    grouped, place,
};
use crate::results::FuzzPoint;

/// Plots answered cases and distinct kinds of answers over time, and marks when findings were made.
/// Returns `None` if the campaign has no duration.
pub fn fuzz_progress(progress: &[FuzzPoint]) -> Option<String> {
    let last = progress.last().filter(|last| last.at_ms > 0)?;
    drawn(|root| draw(root, progress, last))
}

fn draw(
    root: &DrawingArea<SVGBackend<'_>, Shift>,
    progress: &[FuzzPoint],
    last: &FuzzPoint,
) -> Result<(), Failed> {
    let seconds = |point: &FuzzPoint| place(point.at_ms) / 1000.0;
    let room = |most: u64| 0.0..place(most.max(1)) * 1.08;
    let time = 0.0..seconds(last);
    let mut chart = ChartBuilder::on(root)
        .caption("Cases and kinds of answers over time", (FONT, TITLE))
        .margin(12)
        .x_label_area_size(50)
        .y_label_area_size(92)
        .right_y_label_area_size(76)
        .build_cartesian_2d(time.clone(), room(last.cases))?
        .set_secondary_coord(time, room(last.kinds));
    draw_axes(&mut chart, ("seconds", 6), "cases")?;
    chart
        .configure_secondary_axes()
        .y_desc("kinds of answers")
        .y_label_formatter(&|kinds| grouped(*kinds))
        .label_style((FONT, LABEL))
        .draw()?;
    let cases = progress
        .iter()
        .map(|point| (seconds(point), place(point.cases)));
    draw_line(&mut chart, cases, BLUE, "cases")?;
    let kinds = progress
        .iter()
        .map(|point| (seconds(point), place(point.kinds)));
    chart
        .draw_secondary_series(LineSeries::new(kinds, ORANGE.stroke_width(2)))?
        .label("kinds of answers")
        .legend(|(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], ORANGE.stroke_width(2)));
    let found = progress
        .windows(2)
        .filter(|pair| pair[1].findings > pair[0].findings)
        .map(|pair| (seconds(&pair[1]), place(pair[1].cases)));
    let found: Vec<(f64, f64)> = found.collect();
    if !found.is_empty() {
        chart
            .draw_series(found.into_iter().map(|at| Circle::new(at, 5, RED.filled())))?
            .label("finding")
            .legend(|(x, y)| Circle::new((x + 9, y), 5, RED.filled()));
    }
    draw_legend(&mut chart)
}

#[cfg(test)]
mod tests {
    use super::fuzz_progress;
    use crate::results::FuzzPoint;

    fn progress() -> Vec<FuzzPoint> {
        let point = |at: u64| FuzzPoint {
            at_ms: at * 500,
            cases: at * 12_000,
            kinds: 40 + at.isqrt() * 9,
            findings: u64::from(at > 3) + u64::from(at > 12),
        };
        (0..=20).map(point).collect()
    }

    #[test]
    fn the_picture_has_its_labels() {
        let svg = fuzz_progress(&progress()).unwrap();
        for words in ["seconds", "cases", "kinds of answers", "finding"] {
            assert!(svg.contains(words), "{words}");
        }
        // One circle per finding, and one in the legend.
        assert_eq!(svg.matches("<circle").count(), 3);
        insta::assert_snapshot!("fuzz_progress", svg);
        let mut quiet = progress();
        for point in &mut quiet {
            point.findings = 0;
        }
        assert!(!fuzz_progress(&quiet).unwrap().contains("<circle"));
    }

    #[test]
    fn an_empty_campaign_has_no_picture() {
        assert_eq!(fuzz_progress(&[]), None);
        assert_eq!(fuzz_progress(&[FuzzPoint::default()]), None);
    }
}
