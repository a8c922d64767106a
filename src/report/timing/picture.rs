//! Two pictures of a timing measurement, as SVG.

use plotters::coord::Shift;
use plotters::coord::combinators::LogCoord;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::report::chart::{
    BLUE, Chart, FONT, Failed, LABEL, ORANGE, QUIET, TITLE, draw_axes, draw_legend, draw_line,
    drawn, place,
};
use crate::results::{Distributions, Measurement, TimingVerdict};

/// Plots the cumulative distribution of call durations for both classes; two separate curves mean a
/// leak. `None` if nothing was measured.
pub fn timing_distributions(measurement: &Measurement) -> Option<String> {
    let distributions = measurement.distributions.as_ref()?;
    drawn(|root| draw_distributions(root, distributions))
}

/// Plots the effect over the number of pairs, with its 99.9 % interval, the floor, and the size a
/// leak would have needed to be found. `None` if nothing was measured.
pub fn timing_running_effect(measurement: &Measurement) -> Option<String> {
    if measurement.running.len() < 2 {
        return None;
    }
    drawn(|root| draw_running(root, measurement))
}

fn draw_distributions(
    root: &DrawingArea<SVGBackend<'_>, Shift>,
    distributions: &Distributions,
) -> Result<(), Failed> {
    // The outermost percentiles would compress the rest of the curve.
    let shown = |quantiles: &[f64]| -> Vec<(f64, f64)> {
        (0..=92_u8)
            .zip(quantiles)
            .skip(1)
            .map(|(percent, &ns)| (ns, f64::from(percent)))
            .collect()
    };
    let first = shown(&distributions.first_wrong_ns);
    let last = shown(&distributions.last_wrong_ns);
    let times = || first.iter().chain(&last).map(|(ns, _)| *ns);
    let (low, high) = padded(
        times().fold(f64::INFINITY, f64::min),
        times().fold(f64::NEG_INFINITY, f64::max),
    );
    let mut chart = ChartBuilder::on(root)
        .caption("Time per call", (FONT, TITLE))
        .margin(12)
        .x_label_area_size(50)
        .y_label_area_size(60)
        .build_cartesian_2d(low..high, 0.0..100.0)?;
    draw_axes(
        &mut chart,
        ("nanoseconds per call, with its share of the round trip", 5),
        "% of the requests",
    )?;
    draw_line(&mut chart, first, BLUE, "first character wrong")?;
    draw_line(&mut chart, last, ORANGE, "last character wrong")?;
    draw_legend(&mut chart)
}

fn draw_running(
    root: &DrawingArea<SVGBackend<'_>, Shift>,
    measurement: &Measurement,
) -> Result<(), Failed> {
    const HALF_WIDTH: f64 = 3.29;
    let floor = measurement.floor_ns;
    // The first few estimates are so uncertain that they would hide the rest.
    let running: Vec<_> = measurement
        .running
        .iter()
        .filter(|one| one.pairs >= 40)
        .map(|one| (place(one.pairs), one.ns, HALF_WIDTH * one.standard_error_ns))
        .collect();
    let (Some(&(start, ..)), Some(&(end, ..))) = (running.first(), running.last()) else {
        return Err("too few pairs".into());
    };
    let detectable = measurement.detectable_ns.unwrap_or(floor);
    let reach = |sign: f64| {
        let ends = running
            .iter()
            .map(move |(_, ns, half)| sign * (ns + sign * half));
        ends.fold(floor * 1.3, f64::max)
    };
    let limit = if measurement.verdict == TimingVerdict::NoLeak {
        detectable * 1.1
    } else {
        0.0
    };
    let (low, high) = (-reach(-1.0).max(limit), reach(1.0).max(limit));
    let mut chart = ChartBuilder::on(root)
        .caption("The effect over the pairs", (FONT, TITLE))
        .margin(12)
        .x_label_area_size(50)
        .y_label_area_size(76)
        .build_cartesian_2d((start..end.max(start + 1.0)).log_scale(), low..high)?;
    draw_axes(
        &mut chart,
        ("pairs of requests", 7),
        "ns per call, last minus first wrong",
    )?;
    let band = running.iter().map(|(pairs, ns, half)| (*pairs, ns + half));
    let back = running
        .iter()
        .rev()
        .map(|(pairs, ns, half)| (*pairs, ns - half));
    let outline: Vec<(f64, f64)> = band.chain(back).collect();
    chart
        .draw_series([Polygon::new(outline, ORANGE.mix(0.22))])?
        .label("99.9 % interval")
        .legend(|(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], ORANGE.mix(0.22).filled()));
    let effect = running.iter().map(|(pairs, ns, _)| (*pairs, *ns));
    draw_line(&mut chart, effect, ORANGE, "effect")?;
    let above = Bound {
        ns: floor,
        dash: 5,
        colour: QUIET,
        words: format!("floor {floor:.1} ns"),
        words_at: (floor, VPos::Bottom),
    };
    draw_bound(&mut chart, (start, end), above)?;
    chart.draw_series(LineSeries::new(
        [(start, 0.0), (end, 0.0)],
        QUIET.stroke_width(1),
    ))?;
    if measurement.verdict == TimingVerdict::NoLeak {
        let below = Bound {
            ns: detectable,
            dash: 8,
            colour: BLUE,
            words: format!("detects a leak of {detectable:.1} ns or more"),
            words_at: (detectable - (high - low) / 60.0, VPos::Top),
        };
        draw_bound(&mut chart, (start, end), below)?;
    }
    draw_legend(&mut chart)
}

/// A threshold, drawn at both signs of its value.
struct Bound {
    ns: f64,
    /// Length of its dashes.
    dash: u32,
    colour: RGBColor,
    words: String,
    /// Vertical position of its label, and the edge that is anchored there.
    words_at: (f64, VPos),
}

fn draw_bound(
    chart: &mut Chart<'_, '_, LogCoord<f64>, RangedCoordf64>,
    (start, end): (f64, f64),
    bound: Bound,
) -> Result<(), Failed> {
    for level in [-bound.ns, bound.ns] {
        chart.draw_series(DashedLineSeries::new(
            [(start, level), (end, level)],
            bound.dash,
            4,
            bound.colour.stroke_width(1),
        ))?;
    }
    let (height, edge) = bound.words_at;
    let style = (FONT, LABEL).into_font().color(&bound.colour);
    let style = style.pos(Pos::new(HPos::Left, edge));
    chart.draw_series([Text::new(bound.words, (start, height), style)])?;
    Ok(())
}

/// Extends the range by a twentieth on either side.
fn padded(low: f64, high: f64) -> (f64, f64) {
    let room = ((high - low) / 20.0).max(0.5);
    (low - room, high + room)
}

#[cfg(test)]
mod tests {
    use super::{timing_distributions, timing_running_effect};
    use crate::report::timing::fixture::{leak, no_leak, not_measured};

    #[test]
    fn pictures_have_their_labels() {
        for measurement in [leak(), no_leak()] {
            let distributions = timing_distributions(&measurement).unwrap();
            let running = timing_running_effect(&measurement).unwrap();
            for svg in [&distributions, &running] {
                assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
            }
            for words in [
                "first character wrong",
                "last character wrong",
                "nanoseconds per call",
            ] {
                assert!(distributions.contains(words), "{words}");
            }
            assert!(running.contains("floor"));
        }
        assert!(
            timing_running_effect(&no_leak())
                .unwrap()
                .contains("detects a leak of")
        );
        assert!(timing_distributions(&not_measured()).is_none());
        assert!(timing_running_effect(&not_measured()).is_none());
    }

    #[test]
    fn the_same_measurement_gives_the_same_picture() {
        assert_eq!(timing_distributions(&leak()), timing_distributions(&leak()));
        insta::assert_snapshot!(
            "timing_running_effect",
            timing_running_effect(&leak()).unwrap()
        );
    }
}
