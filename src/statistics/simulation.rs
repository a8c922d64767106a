//! The complete rule on simulated times of known truth: how often it raises a false alarm, and how
//! often it finds what is there. Deterministic for a given seed.

use fastrand::Rng;

use crate::statistics::{Order, Paired, estimate, is_look, steadiest_share};

/// The distribution of simulated times. All have a spread of about 1000.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Normal,
    /// With a log-normal right tail, as real times have.
    HeavyTailed,
    /// Each time depends on the previous one, with a coefficient of 0.6.
    Autocorrelated,
    /// Times grow by half a spread every hundred pairs, with occasional jumps.
    Drifting,
    /// One time in 30 is 50 times longer.
    Outliers,
    /// One time in four waits for other processes, for up to 100 times as long.
    Interrupted,
}

const SHAPES: [Shape; 6] = [
    Shape::Normal,
    Shape::HeavyTailed,
    Shape::Autocorrelated,
    Shape::Drifting,
    Shape::Outliers,
    Shape::Interrupted,
];

/// A simulated target.
struct Clockwork {
    shape: Shape,
    rng: Rng,
    memory: f64,
    level: f64,
}

impl Clockwork {
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.rng.f64()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.rng.f64()).cos()
    }

    fn time(&mut self) -> f64 {
        let noise = self.normal();
        match self.shape {
            Shape::Normal => 1000.0 * noise,
            Shape::HeavyTailed => 1000.0 * (1.2 * noise).exp(),
            Shape::Autocorrelated => {
                self.memory = 0.6 * self.memory + 0.8 * noise;
                1000.0 * self.memory
            }
            Shape::Drifting => {
                self.level += 2.5;
                if self.rng.u32(..500) == 0 {
                    self.level += 20_000.0;
                }
                self.level + 1000.0 * noise
            }
            Shape::Outliers => {
                let wild = if self.rng.u32(..30) == 0 {
                    50_000.0
                } else {
                    0.0
                };
                wild + 1000.0 * noise
            }
            Shape::Interrupted => {
                let waits = if self.rng.u32(..4) == 0 {
                    100_000.0
                } else {
                    0.0
                };
                waits * self.rng.f64() + 1000.0 * noise
            }
        }
    }

    /// Two times in random order; the first class takes `effect` longer, whichever is second 200.
    fn pair(&mut self, effect: f64) -> Paired {
        let (earlier, later) = (self.time(), self.time() + 200.0);
        if self.rng.bool() {
            let difference = earlier + effect - later;
            Paired {
                order: Order::Forward,
                difference,
            }
        } else {
            let difference = later + effect - earlier;
            Paired {
                order: Order::Backward,
                difference,
            }
        }
    }
}

/// Whether a campaign of a thousand pairs finds an effect, and the smallest effect it would find.
fn campaign(shape: Shape, effect: f64, floor: f64, seed: u64) -> (bool, f64) {
    let rng = Rng::with_seed(seed);
    let mut clockwork = Clockwork {
        shape,
        rng,
        memory: 0.0,
        level: 0.0,
    };
    let (mut pairs, mut control) = (Vec::new(), Vec::new());
    let (mut found, mut detectable) = (false, f64::NAN);
    while pairs.len() < 1000 {
        pairs.push(clockwork.pair(effect));
        control.push(clockwork.pair(0.0));
        if is_look(pairs.len()) {
            let estimate = estimate(&pairs, steadiest_share(&control)).unwrap();
            found |= estimate.exceeds(1e-5, floor);
            detectable = estimate.detectable(floor);
        }
    }
    (found, detectable)
}

fn found_of(trials: u64, shape: Shape, effect: f64, floor: f64) -> u64 {
    let campaigns = (0..trials).map(|seed| campaign(shape, effect, floor, seed).0);
    campaigns.map(u64::from).sum()
}

/// A floor of 0 is the hardest test: only the statistics prevent a false alarm.
#[test]
fn no_effect_is_detected_without_one() {
    let found = SHAPES.map(|shape| found_of(120, shape, 0.0, 0.0));
    assert_eq!(found, [0; 6]);
}

/// An effect that a campaign calls detectable is found by others.
#[test]
fn effects_stated_as_detectable_are_detected() {
    const FLOOR: f64 = 50.0;
    let found = SHAPES.map(|shape| {
        let (_, detectable) = campaign(shape, 0.0, FLOOR, 1_000_000);
        assert!(detectable < 1500.0, "{shape:?}: {detectable}");
        found_of(40, shape, detectable, FLOOR)
    });
    assert_eq!(found, [40; 6]);
}

/// A much smaller effect is not found, which shows that the previous test is meaningful.
#[test]
fn a_tenth_of_the_detectable_effect_is_not_detected() {
    let found = SHAPES.map(|shape| {
        let (_, detectable) = campaign(shape, 0.0, 0.0, 1_000_000);
        found_of(40, shape, detectable / 10.0, 0.0)
    });
    assert_eq!(found, [0; 6]);
}
