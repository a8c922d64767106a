//! Two pictures of a timing measurement, as SVG.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::results::{Distributions, Measurement, TimingVerdict};

/// How large a picture is, in pixels.
const SIZE: (u32, u32) = (640, 400);

/// The two classes. Blue and orange are told apart by everybody.
const FIRST: RGBColor = RGBColor(0, 90, 160);
const LAST: RGBColor = RGBColor(205, 85, 0);
const QUIET: RGBColor = RGBColor(110, 110, 110);

/// A family that every viewer has one of.
const FONT: &str = "sans-serif";

type Failed = Box<dyn std::error::Error>;

/// The share of requests in which a call took at most so long, for both classes: two lines beside
/// each other are a leak. `None` where nothing was measured.
pub fn timing_distributions(measurement: &Measurement) -> Option<String> {
    let distributions = measurement.distributions.as_ref()?;
    drawn(|root| draw_distributions(root, distributions))
}

/// The effect as it went with the number of pairs, with its 99.9 % interval, the floor, and what a
/// leak would have had to reach. `None` where nothing was measured.
pub fn timing_running_effect(measurement: &Measurement) -> Option<String> {
    if measurement.running.len() < 2 {
        return None;
    }
    drawn(|root| draw_running(root, measurement))
}

fn drawn(
    draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), Failed>,
) -> Option<String> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        root.fill(&WHITE).ok()?;
        draw(&root).ok()?;
        root.present().ok()?;
    }
    Some(svg)
}

fn draw_distributions(
    root: &DrawingArea<SVGBackend<'_>, Shift>,
    distributions: &Distributions,
) -> Result<(), Failed> {
    // The outermost percents would leave nothing of the rest to be seen.
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
        .caption("How long a call took", (FONT, 18))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(52)
        .build_cartesian_2d(low..high, 0.0..100.0)?;
    chart
        .configure_mesh()
        .x_desc("nanoseconds a call, its share of the round trip included")
        .y_desc("% of the requests")
        .x_labels(6)
        .x_label_formatter(&|ns| grouped(*ns))
        .y_label_formatter(&|percent| format!("{percent:.0}"))
        .light_line_style(TRANSPARENT)
        .bold_line_style(QUIET.mix(0.25))
        .label_style((FONT, 13))
        .draw()?;
    for (points, colour, name) in [
        (first, FIRST, "first character wrong"),
        (last, LAST, "last character wrong"),
    ] {
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| {
                PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2))
            });
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.85))
        .border_style(QUIET.mix(0.4))
        .label_font((FONT, 13))
        .draw()?;
    Ok(())
}

fn draw_running(
    root: &DrawingArea<SVGBackend<'_>, Shift>,
    measurement: &Measurement,
) -> Result<(), Failed> {
    const HALF_WIDTH: f64 = 3.29;
    let floor = measurement.floor_ns;
    // The first few estimates are so unsure that they would hide the rest.
    let running: Vec<_> = measurement
        .running
        .iter()
        .filter(|one| one.pairs >= 40)
        .map(|one| (count(one.pairs), one.ns, HALF_WIDTH * one.standard_error_ns))
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
        .caption("The effect, as pairs came in", (FONT, 18))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d((start..end.max(start + 1.0)).log_scale(), low..high)?;
    chart
        .configure_mesh()
        .x_desc("pairs")
        .y_desc("ns a call, last minus first wrong")
        .x_label_formatter(&|pairs| grouped(*pairs))
        .y_label_formatter(&|ns| grouped(*ns))
        .light_line_style(TRANSPARENT)
        .bold_line_style(QUIET.mix(0.25))
        .label_style((FONT, 13))
        .draw()?;
    let band = running.iter().map(|(pairs, ns, half)| (*pairs, ns + half));
    let back = running
        .iter()
        .rev()
        .map(|(pairs, ns, half)| (*pairs, ns - half));
    let outline: Vec<(f64, f64)> = band.chain(back).collect();
    chart
        .draw_series([Polygon::new(outline, LAST.mix(0.22))])?
        .label("99.9 % interval")
        .legend(|(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], LAST.mix(0.22).filled()));
    chart
        .draw_series(LineSeries::new(
            running.iter().map(|(pairs, ns, _)| (*pairs, *ns)),
            LAST.stroke_width(2),
        ))?
        .label("effect")
        .legend(|(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], LAST.stroke_width(2)));
    for level in [-floor, floor] {
        chart.draw_series(DashedLineSeries::new(
            [(start, level), (end, level)],
            5,
            4,
            QUIET.stroke_width(1),
        ))?;
    }
    let small = (FONT, 12).into_font().color(&QUIET);
    let above = small.pos(Pos::new(HPos::Right, VPos::Bottom));
    chart.draw_series([Text::new(
        format!("floor {floor:.1} ns"),
        (end, floor),
        above,
    )])?;
    chart.draw_series(LineSeries::new(
        [(start, 0.0), (end, 0.0)],
        QUIET.stroke_width(1),
    ))?;
    if measurement.verdict == TimingVerdict::NoLeak {
        for level in [-detectable, detectable] {
            chart.draw_series(DashedLineSeries::new(
                [(start, level), (end, level)],
                8,
                4,
                FIRST.stroke_width(1),
            ))?;
        }
        let style = (FONT, 12).into_font().color(&FIRST);
        let below = style.pos(Pos::new(HPos::Right, VPos::Top));
        let words = format!("a leak of {detectable:.1} ns would have been found");
        chart.draw_series([Text::new(
            words,
            (end, detectable - (high - low) / 60.0),
            below,
        )])?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.85))
        .border_style(QUIET.mix(0.4))
        .label_font((FONT, 13))
        .draw()?;
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of pairs, far below 2^53"
)]
fn count(pairs: u64) -> f64 {
    pairs as f64
}

/// A twentieth of room on either side.
fn padded(low: f64, high: f64) -> (f64, f64) {
    let room = ((high - low) / 20.0).max(0.5);
    (low - room, high + room)
}

/// Thousands apart, no digit more than is needed.
fn grouped(value: f64) -> String {
    let rounded = value.round();
    if value.abs() < 10.0 && (value - rounded).abs() > 1e-9 {
        return format!("{value:.1}");
    }
    let digits = format!("{:.0}", rounded.abs());
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    if rounded < 0.0 {
        format!("−{out}")
    } else {
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{grouped, timing_distributions, timing_running_effect};
    use crate::report::timing::fixture::{leak, no_leak, not_measured};

    #[test]
    fn numbers_can_be_read() {
        for (value, text) in [
            (0.0, "0"),
            (2.5, "2.5"),
            (1234.0, "1\u{2009}234"),
            (-20.0, "−20"),
        ] {
            assert_eq!(grouped(value), text);
        }
    }

    #[test]
    fn pictures_say_what_they_show() {
        for measurement in [leak(), no_leak()] {
            let distributions = timing_distributions(&measurement).unwrap();
            let running = timing_running_effect(&measurement).unwrap();
            for svg in [&distributions, &running] {
                assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
            }
            for words in [
                "first character wrong",
                "last character wrong",
                "nanoseconds a call",
            ] {
                assert!(distributions.contains(words), "{words}");
            }
            assert!(running.contains("floor"));
        }
        assert!(
            timing_running_effect(&no_leak())
                .unwrap()
                .contains("would have been found")
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
