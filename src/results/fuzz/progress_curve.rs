//! The progress of a campaign over time, with a bounded number of points.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Maximum number of points in a document.
const MOST_POINTS: usize = 200;

/// Initial interval between points, in milliseconds.
const FIRST_INTERVAL_MS: u64 = 10;

/// The progress of a campaign at one point in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuzzPoint {
    /// Milliseconds since the start.
    pub at_ms: u64,
    /// The number of cases answered.
    pub cases: u64,
    /// The number of kinds of answers.
    pub kinds: u64,
    /// The number of findings.
    pub findings: u64,
}

/// Collects the points of a campaign. The interval between them grows with the duration, so that
/// the number of points is bounded.
#[derive(Debug)]
pub struct ProgressCurve {
    /// In ascending order of time. Starts with the zero point, and always has room for the final
    /// one: at [`MOST_POINTS`] every second point is dropped.
    points: Vec<FuzzPoint>,
    /// Minimum distance between points, in milliseconds; doubles whenever points are dropped.
    interval_ms: u64,
}

impl Default for ProgressCurve {
    fn default() -> Self {
        Self {
            points: vec![FuzzPoint::default()],
            interval_ms: FIRST_INTERVAL_MS,
        }
    }
}

impl ProgressCurve {
    /// The current interval between points, in milliseconds.
    pub fn interval_ms(&self) -> u64 {
        self.interval_ms
    }

    /// Adds a point if the previous one is at least an interval old.
    pub fn add(&mut self, point: FuzzPoint) {
        let last = self.points.last().map_or(0, |last| last.at_ms);
        if point.at_ms < last.saturating_add(self.interval_ms) {
            return;
        }
        self.points.push(point);
        // Leave room for the last point.
        if self.points.len() == MOST_POINTS {
            let mut at = 0;
            self.points.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.interval_ms *= 2;
        }
    }

    /// All points, including the final one.
    pub fn ended(mut self, last: FuzzPoint) -> Vec<FuzzPoint> {
        self.points.retain(|point| point.at_ms < last.at_ms);
        // Two processes that find the same cause both count it until their findings are merged, so
        // earlier counts may exceed the final one.
        for point in &mut self.points {
            point.findings = point.findings.min(last.findings);
        }
        self.points.push(last);
        self.points
    }
}

/// Combines the points of parallel campaigns: for each time, the sum over all campaigns.
pub(super) fn together(courses: &[&[FuzzPoint]]) -> Vec<FuzzPoint> {
    let mut times: Vec<u64> = courses
        .iter()
        .flat_map(|points| points.iter().map(|point| point.at_ms))
        .collect();
    times.sort_unstable();
    times.dedup();
    let at = |at_ms: u64| {
        let reached = courses.iter().filter_map(|points| {
            let before = points.partition_point(|point| point.at_ms <= at_ms);
            points[..before].last()
        });
        reached.fold(
            FuzzPoint {
                at_ms,
                ..FuzzPoint::default()
            },
            |sum, one| FuzzPoint {
                at_ms,
                cases: sum.cases.saturating_add(one.cases),
                kinds: sum.kinds.saturating_add(one.kinds),
                findings: sum.findings.saturating_add(one.findings),
            },
        )
    };
    // If there are too many points, keep every nth, counted from the end so that the last one
    // stays.
    let step = times.len().div_ceil(MOST_POINTS).max(1);
    let kept = times.iter().rev().step_by(step).rev();
    kept.map(|time| at(*time)).collect()
}

#[cfg(test)]
mod tests {
    use super::{FuzzPoint, MOST_POINTS, ProgressCurve, together};

    fn point(at_ms: u64, cases: u64) -> FuzzPoint {
        FuzzPoint {
            at_ms,
            cases,
            ..FuzzPoint::default()
        }
    }

    #[test]
    fn points_stay_few_and_evenly_spread() {
        let mut curve = ProgressCurve::default();
        for at in 0..100_000 {
            curve.add(point(at * 7, at));
        }
        let points = curve.ended(point(700_000, 100_000));
        assert!(
            (50..=MOST_POINTS).contains(&points.len()),
            "{}",
            points.len()
        );
        assert_eq!(points.first(), Some(&FuzzPoint::default()));
        assert_eq!(points.last(), Some(&point(700_000, 100_000)));
        let gaps: Vec<u64> = points
            .windows(2)
            .map(|pair| pair[1].at_ms - pair[0].at_ms)
            .collect();
        let inner = &gaps[..gaps.len() - 1];
        let (least, most) = (inner.iter().min().unwrap(), inner.iter().max().unwrap());
        assert!(most <= &(least * 2), "{least} to {most}");
    }

    #[test]
    fn a_short_campaign_has_start_and_end_points() {
        let mut curve = ProgressCurve::default();
        curve.add(point(3, 1));
        assert_eq!(curve.ended(point(4, 2)), [point(0, 0), point(4, 2)]);
    }

    #[test]
    fn parallel_curves_add_up() {
        let one = [point(0, 0), point(10, 5), point(30, 9)];
        let other = [point(0, 0), point(20, 7)];
        assert_eq!(
            together(&[&one, &other]),
            [point(0, 0), point(10, 5), point(20, 12), point(30, 16)]
        );
        let long: Vec<FuzzPoint> = (0..1000).map(|at| point(at, at)).collect();
        let thinned = together(&[&long]);
        assert!(thinned.len() <= MOST_POINTS);
        assert_eq!(thinned.last(), Some(&point(999, 999)));
    }
}
