//! What all pictures share: size, font, colours, axes and legend.

use plotters::coord::Shift;
use plotters::coord::ranged1d::{Ranged, ValueFormatter};
use plotters::prelude::*;

/// Width and height of a picture, in pixels.
const SIZE: (u32, u32) = (560, 380);

/// Blue and orange mark two kinds of data: people with any form of colour vision can tell them
/// apart.
pub(super) const BLUE: RGBColor = RGBColor(0, 90, 160);
pub(super) const ORANGE: RGBColor = RGBColor(205, 85, 0);
/// Marks what is wrong.
pub(super) const RED: RGBColor = RGBColor(171, 31, 20);
pub(super) const QUIET: RGBColor = RGBColor(110, 110, 110);

/// A generic family, which every viewer can resolve.
pub(super) const FONT: &str = "sans-serif";

/// Sizes of the font: of a title, and of all else. A phone shows a picture at three fifths.
pub(super) const TITLE: u32 = 20;
pub(super) const LABEL: u32 = 16;

pub(super) type Failed = Box<dyn std::error::Error>;

/// A chart with axes of types `X` and `Y`.
pub(super) type Chart<'c, 's, X, Y> = ChartContext<'c, SVGBackend<'s>, Cartesian2d<X, Y>>;

/// Draws a picture as SVG; `None` if drawing fails.
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

/// Draws the axes with their labels and grid lines; `lines` is the approximate number of labels on
/// the x axis.
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
        .label_style((FONT, LABEL))
        .draw()?;
    Ok(())
}

/// Draws a line through the points and adds it to the legend as `name`.
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

/// Draws the legend.
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
        .label_font((FONT, LABEL))
        .draw()?;
    Ok(())
}

/// Converts a count to an axis coordinate.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub(super) fn place(count: u64) -> f64 {
    count as f64
}

/// Formats a number with thousands separated, and without superfluous digits.
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
    fn numbers_are_readable() {
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
