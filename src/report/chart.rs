//! What all pictures have in common: size, type, colours, axes, legend.

use plotters::coord::Shift;
use plotters::coord::ranged1d::{Ranged, ValueFormatter};
use plotters::prelude::*;

/// How large a picture is, in pixels.
const SIZE: (u32, u32) = (640, 400);

/// Two kinds of things: blue and orange are told apart by everybody.
pub(super) const BLUE: RGBColor = RGBColor(0, 90, 160);
pub(super) const ORANGE: RGBColor = RGBColor(205, 85, 0);
/// Something is wrong there.
pub(super) const RED: RGBColor = RGBColor(171, 31, 20);
pub(super) const QUIET: RGBColor = RGBColor(110, 110, 110);

/// A family that every viewer has one of.
pub(super) const FONT: &str = "sans-serif";

pub(super) type Failed = Box<dyn std::error::Error>;

/// A chart of these axes.
pub(super) type Chart<'c, 's, X, Y> = ChartContext<'c, SVGBackend<'s>, Cartesian2d<X, Y>>;

/// A picture as SVG; `None` if it cannot be drawn.
pub(super) fn drawn(
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

/// Draws the axes with their words, and lines at their numbers, of which there are about so many
/// along the lower one.
pub(super) fn draw_axes<X, Y>(
    chart: &mut Chart<'_, '_, X, Y>,
    (along, numbers): (&str, usize),
    upward: &str,
) -> Result<(), Failed>
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    chart
        .configure_mesh()
        .x_desc(along)
        .y_desc(upward)
        .x_labels(numbers)
        .x_label_formatter(&|value| grouped(*value))
        .y_label_formatter(&|value| grouped(*value))
        .light_line_style(TRANSPARENT)
        .bold_line_style(QUIET.mix(0.25))
        .label_style((FONT, 13))
        .draw()?;
    Ok(())
}

/// Draws a line through these points, under that name.
pub(super) fn draw_line<X, Y>(
    chart: &mut Chart<'_, '_, X, Y>,
    points: impl IntoIterator<Item = (f64, f64)>,
    colour: RGBColor,
    name: &str,
) -> Result<(), Failed>
where
    X: Ranged<ValueType = f64>,
    Y: Ranged<ValueType = f64>,
{
    chart
        .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
        .label(name)
        .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2)));
    Ok(())
}

/// Draws the names of what is in it.
pub(super) fn draw_legend<'c, 's: 'c, X, Y>(chart: &mut Chart<'c, 's, X, Y>) -> Result<(), Failed>
where
    X: Ranged<ValueType = f64>,
    Y: Ranged<ValueType = f64>,
{
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.85))
        .border_style(QUIET.mix(0.4))
        .label_font((FONT, 13))
        .draw()?;
    Ok(())
}

/// A count as a place on an axis.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub(super) fn place(count: u64) -> f64 {
    count as f64
}

/// Thousands apart, no digit more than is needed.
pub(super) fn grouped(value: f64) -> String {
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
    use super::grouped;

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
}
