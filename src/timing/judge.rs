//! Turns a recording into a verdict. Nothing else decides it.

use crate::results::{
    Confirmation, Control, ControlKind, Distributions, Effect, Measurement, RunningEffect, Subject,
    TimingVerdict,
};
use crate::statistics::{Estimate, Paired, estimate, median, quantile, sorted, steadiest_share};
use crate::timing::recording::{Condition, Recording, Sample, Stage, Trouble};
use crate::timing::rule::{
    ALPHA, PAIRS_OF_MORE, WORK, alike, beyond, floor, is_leak, least_work, more_of, ranks_agree,
};
use crate::timing::terms::Terms;
use crate::timing::words;

/// The share of pairs that is trimmed off each end in a confirmation. Its requests may take longer
/// than those of the negative control, so more of them are disturbed.
const CONFIRMING_SHARE: f64 = 0.4;

/// Minimum number of pairs for a verdict.
const FEWEST: usize = 200;

/// Judges a recording for leaks above what the terms, or the recording, state.
pub fn judge(recording: &Recording, terms: &Terms) -> Measurement {
    let figures = Figures::of(recording);
    let (verdict, reason) = match recording.trouble.clone() {
        Some(Trouble { verdict, reason }) => (verdict, Some(reason)),
        None => figures.verdict(recording, terms),
    };
    let repeat = figures.repeat;
    let detectable = figures.detectable();
    let confirming = |effect: &Estimate| Effect {
        trimmed: CONFIRMING_SHARE,
        ..figures.in_document(effect)
    };
    let mut measurement = Measurement {
        subject: recording.subject.clone(),
        verdict,
        sentence: String::new(),
        reason,
        repeat,
        call_ns: figures.call.map(rounded),
        round_trip_ns: figures.round_trip.map(rounded),
        effect: figures.effect.map(|effect| figures.in_document(&effect)),
        floor_ns: rounded(floor(repeat)),
        detectable_ns: detectable.map(rounded),
        early_exit: recording.early_exit.clone(),
        controls: figures.controls(recording),
        confirmation: figures.confirmation.map(|(repeat, effect)| Confirmation {
            repeat,
            effect: confirming(&effect),
            with_same: figures.confirmation_with_same.as_ref().map(confirming),
            held: figures.is_confirmed(),
        }),
        running: figures.running(recording),
        distributions: distributions(recording, repeat),
    };
    measurement.sentence = words::sentence(&measurement);
    measurement
}

/// The state of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// More pairs are needed.
    Open,
    /// There is an effect to confirm.
    Suspicious,
    /// A leak of the target size would have been found, and none was.
    Clear,
    /// A fresh process showed the same effect.
    Confirmed,
}

/// The state of a campaign, given its recording so far.
pub(super) fn standing(recording: &Recording, target: f64) -> Standing {
    let goal = recording.goal(target);
    let figures = Figures::of(recording);
    let (Some(effect), true) = (figures.effect, figures.controls_hold(recording)) else {
        return Standing::Open;
    };
    if is_leak(&effect, figures.repeat) {
        // Mean and ranks must agree in the end; if they do not yet, more pairs will tell.
        if !ranks_agree(&effect) {
            Standing::Open
        } else if figures.is_confirmed() {
            Standing::Confirmed
        } else {
            Standing::Suspicious
        }
    } else if figures.is_clear(goal) {
        Standing::Clear
    } else {
        Standing::Open
    }
}

/// What a recording shows. Effects are in nanoseconds per call, those of controls in nanoseconds
/// per request.
pub(super) struct Figures {
    /// Calls per request while measuring.
    repeat: u32,
    /// The share that is trimmed off each end.
    share: f64,
    /// How much longer a call takes if the last character is wrong instead of the first.
    effect: Option<Estimate>,
    /// All calls compared with a single one.
    all: Option<Estimate>,
    /// The time of one call, in nanoseconds.
    call: Option<f64>,
    /// The median round trip of a request, in nanoseconds.
    round_trip: Option<f64>,
    /// The positive control: some additional calls.
    more: Option<Estimate>,
    /// The negative control: two tokens that are wrong in the same character.
    null: Option<Estimate>,
    /// The number of calls per request in the fresh process, and the effect there. The number
    /// differs from `repeat` if requests carry more than one call.
    confirmation: Option<(u32, Estimate)>,
    /// The effect in the fresh process with the original number of calls.
    confirmation_with_same: Option<Estimate>,
    /// The length of the long identity, and the time of a call with it.
    work: Option<(usize, Estimate)>,
}

impl Figures {
    pub(super) fn of(recording: &Recording) -> Self {
        let share = steadiest_share(&paired(recording, Stage::Measuring, Condition::Null));
        let of = |stage, condition| estimate(&paired(recording, stage, condition), share);
        let repeat = recording.repeat_of(Stage::Measuring).unwrap_or(1);
        let a_call = |repeat: u32| 1.0 / f64::from(repeat);
        let more = of(Stage::Measuring, Condition::More);
        let all = of(Stage::Measuring, Condition::All);
        let call = match repeat {
            1 => more.map(|more| more.effect),
            _ => all.map(|all| all.effect / f64::from(repeat - 1)),
        };
        let mut times = recording
            .of(Stage::Measuring, Condition::Leak)
            .flat_map(Sample::times)
            .peekable();
        let round_trip = times.peek().is_some().then(|| median(times));
        let confirmed = |is_repeat: &dyn Fn(u32) -> bool| {
            let samples = || {
                let samples = recording.of(Stage::Confirming, Condition::Leak);
                samples.filter(|sample| is_repeat(sample.repeat))
            };
            let repeat = samples().next()?.repeat;
            let pairs: Vec<Paired> = samples().map(Sample::paired).collect();
            let effect = estimate(&pairs, CONFIRMING_SHARE)?;
            Some((repeat, effect.scaled(a_call(repeat))))
        };
        let with_another = confirmed(&|other| other != repeat);
        let with_same = confirmed(&|other| other == repeat);
        Self {
            repeat,
            share,
            all,
            effect: of(Stage::Measuring, Condition::Leak)
                .map(|effect| effect.scaled(a_call(repeat))),
            call,
            round_trip,
            more,
            null: of(Stage::Measuring, Condition::Null),
            confirmation: with_another.or(with_same),
            confirmation_with_same: with_another.and(with_same).map(|(_, effect)| effect),
            work: work(recording),
        }
    }

    fn verdict(&self, recording: &Recording, terms: &Terms) -> (TimingVerdict, Option<String>) {
        let inconclusive = |reason: String| (TimingVerdict::Inconclusive, Some(reason));
        let controls = self.controls(recording);
        let failed = |kind| {
            let failed = |control: &&Control| control.kind == kind && control.held == Some(false);
            controls.iter().find(failed)
        };
        if let Some(control) = failed(ControlKind::Works) {
            return inconclusive(words::failed(control, !self.is_idle()));
        }
        let Some(effect) = self.effect.filter(|effect| effect.pairs >= FEWEST) else {
            let pairs = self.effect.map_or(0, |effect| effect.pairs);
            return inconclusive(format!(
                "the time was enough for {pairs} pairs, but at least {FEWEST} are needed; increase --time"
            ));
        };
        let kinds = [
            ControlKind::Counts,
            ControlKind::Positive,
            ControlKind::Negative,
        ];
        if let Some(control) = kinds.into_iter().find_map(failed) {
            let is_noise =
                control.kind == ControlKind::Positive && self.is_too_noisy(&recording.subject);
            return inconclusive(words::failed(control, is_noise));
        }
        if is_leak(&effect, self.repeat) {
            if !ranks_agree(&effect) {
                return inconclusive(format!(
                    "the trimmed mean is {:.1} ns per call, but Wilcoxon's signed rank does not agree (z = {:.1})",
                    effect.effect, effect.signed_rank
                ));
            }
            if !self.is_confirmed() {
                return inconclusive(match self.confirmation {
                    None => format!(
                        "an effect of {:.1} ns per call was measured, but there was no time to confirm it",
                        effect.effect
                    ),
                    Some((repeat, again)) => format!(
                        "an effect of {:.1} ns per call was measured, but {:.1} ± {:.1} in the rerun{}",
                        effect.effect,
                        again.effect,
                        again.standard_error,
                        match self.confirmation_with_same {
                            Some(same) => format!(
                                " with {repeat} calls per request, {:.1} ± {:.1} with {}",
                                same.effect, same.standard_error, self.repeat
                            ),
                            None => String::new(),
                        }
                    ),
                });
            }
            return (TimingVerdict::Leak, None);
        }
        let limit = recording.limit(terms.target_ns);
        if self.is_clear(limit) {
            return (TimingVerdict::NoLeak, None);
        }
        inconclusive(words::unseen(&effect, self.repeat, recording, terms))
    }

    fn detectable(&self) -> Option<f64> {
        self.effect
            .map(|effect| effect.detectable(floor(self.repeat)))
    }

    fn is_clear(&self, limit: f64) -> bool {
        self.detectable()
            .is_some_and(|detectable| detectable <= limit)
    }

    /// Whether the fresh process shows a leak of the same sign, and of about the same size per call
    /// with another number of calls. A cost per request does not scale that way. The size in the
    /// first process does not matter, because a JIT compiler may have changed the program since.
    pub(super) fn is_confirmed(&self) -> bool {
        let (Some(first), Some((repeat, again))) = (self.effect, self.confirmation) else {
            return false;
        };
        let is_again = match self.confirmation_with_same {
            // The floor is lower for the larger number of calls.
            Some(same) => {
                (is_leak(&again, repeat) || is_leak(&same, self.repeat))
                    && [again, same].iter().all(|one| one.exceeds(ALPHA, 0.0))
                    && alike(same.effect, again.effect)
            }
            None => is_leak(&again, repeat) && alike(first.effect, again.effect),
        };
        is_again && first.effect * again.effect > 0.0
    }

    fn controls_hold(&self, recording: &Recording) -> bool {
        let controls = self.controls(recording);
        controls.iter().all(|control| control.held != Some(false))
    }

    fn controls(&self, recording: &Recording) -> Vec<Control> {
        let mut controls = vec![Control {
            kind: ControlKind::Counts,
            held: Some(recording.counted),
            words: words::counts(&recording.subject, recording.counted),
            effect: None,
        }];
        if recording.trouble.is_some() && self.effect.is_none() {
            return controls;
        }
        if recording.amplified && matches!(recording.subject, Subject::Verify(_)) {
            controls.push(Control {
                kind: ControlKind::Works,
                held: self.works(),
                words: words::works(self.work.as_ref().map(|(length, call)| (*length, call))),
                effect: None,
            });
        }
        let step = more_of(&recording.subject, self.repeat);
        let expected = self.expected_of_more(&recording.subject);
        controls.push(Control {
            kind: ControlKind::Positive,
            held: Some(self.is_positive(&recording.subject)),
            words: words::positive(step, self.repeat, expected, self.more.as_ref()),
            effect: self.more.map(|more| self.in_document(&more)),
        });
        let is_silent = self
            .null
            .is_some_and(|null| !is_leak(&null.scaled(1.0 / f64::from(self.repeat)), self.repeat));
        controls.push(Control {
            kind: ControlKind::Negative,
            held: Some(is_silent),
            words: words::negative(self.null.as_ref(), self.repeat),
            effect: self.null.map(|null| self.in_document(&null)),
        });
        controls
    }

    /// The effect seen first, with its number of calls per request.
    pub(super) fn seen(&self) -> (u32, f64) {
        let effect = self.effect.map_or(0.0, |effect| effect.effect);
        (self.repeat, effect)
    }

    /// The effect of the latest stage, with its number of calls per request.
    pub(super) fn latest(&self) -> Option<(u32, Estimate)> {
        let measured = self.effect.map(|effect| (self.repeat, effect));
        self.confirmation.or(measured)
    }

    fn in_document(&self, estimate: &Estimate) -> Effect {
        let (low, high) = estimate.interval();
        Effect {
            ns: rounded(estimate.effect),
            trimmed: self.share,
            standard_error_ns: rounded(estimate.standard_error),
            low_ns: rounded(low),
            high_ns: rounded(high),
            // JSON cannot represent infinity.
            z: rounded(estimate.z().clamp(-1e6, 1e6)),
            signed_rank_z: rounded(estimate.signed_rank),
            pairs: estimate.pairs as u64,
        }
    }

    /// The effect after about forty numbers of pairs, spaced by a constant factor.
    fn running(&self, recording: &Recording) -> Vec<RunningEffect> {
        let pairs = paired(recording, Stage::Measuring, Condition::Leak);
        let mut count = 20;
        let mut running = Vec::new();
        while count < pairs.len() {
            running.push(count);
            count += 1 + count / 6;
        }
        running.push(pairs.len());
        running
            .into_iter()
            .filter_map(|count| {
                let estimate =
                    estimate(&pairs[..count], self.share)?.scaled(1.0 / f64::from(self.repeat));
                Some(RunningEffect {
                    pairs: count as u64,
                    ns: rounded(estimate.effect),
                    standard_error_ns: rounded(estimate.standard_error),
                })
            })
            .collect()
    }

    /// Whether every call does its work; `None` if that could not be tested.
    pub(super) fn works(&self) -> Option<bool> {
        let (length, call) = self.work?;
        Some(call.effect >= least_work(length) && call.exceeds(ALPHA, 0.0))
    }

    /// Whether it is certain that not every call does its work.
    pub(super) fn is_idle(&self) -> bool {
        self.work
            .is_some_and(|(length, call)| call.interval().1 < least_work(length))
    }

    /// Whether a difference that must exist is lost in the noise.
    fn is_too_noisy(&self, subject: &Subject) -> bool {
        let expected = self.expected_of_more(subject).unwrap_or_default();
        let is_slower = self
            .all
            .is_some_and(|all| all.effect > 0.0 && all.exceeds(ALPHA, 0.0));
        is_slower
            && self
                .more
                .is_some_and(|more| expected < more.detectable(0.0))
    }

    /// Whether the positive control holds: the additional calls were found.
    pub(super) fn is_positive(&self, subject: &Subject) -> bool {
        let expected = self.expected_of_more(subject);
        self.more.is_some_and(|more| {
            let alike = expected.is_some_and(|expected| alike(more.effect, expected));
            more.effect > 0.0 && more.exceeds(ALPHA, 0.0) && alike
        })
    }

    fn expected_of_more(&self, subject: &Subject) -> Option<f64> {
        let step = more_of(subject, self.repeat);
        self.call.map(|call| call * f64::from(step))
    }

    /// Whether more pairs will not help: additional calls certainly take less time than they
    /// should, or all calls together take no measurable time.
    pub(super) fn is_hopeless(&self, subject: &Subject) -> bool {
        let (Some(more), Some(all)) = (self.more, self.all) else {
            return false;
        };
        let tried = more.pairs >= PAIRS_OF_MORE && !self.is_positive(subject);
        let expected = self.expected_of_more(subject).unwrap_or_default();
        tried && (is_surely_less(&more, expected) || all.z() < beyond())
    }
}

/// Whether the effect is certainly less than expected, beyond the tolerance.
fn is_surely_less(found: &Estimate, expected: f64) -> bool {
    let (_, high) = found.interval();
    high < expected && !alike(high, expected)
}

/// The differences of a stage and condition.
fn paired(recording: &Recording, stage: Stage, condition: Condition) -> Vec<Paired> {
    recording.of(stage, condition).map(Sample::paired).collect()
}

/// The time of a call with a long identity.
fn work(recording: &Recording) -> Option<(usize, Estimate)> {
    let repeat = recording.of(Stage::Working, Condition::All).next()?.repeat;
    let (length, _) = WORK.into_iter().find(|(_, calls)| *calls == repeat)?;
    // There are few pairs and a large effect, so trim outliers generously.
    let call = estimate(&paired(recording, Stage::Working, Condition::All), 0.4)?;
    Some((length, call.scaled(1.0 / f64::from(repeat - 1))))
}

/// Rounds to a thousandth.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn distributions(recording: &Recording, repeat: u32) -> Option<Distributions> {
    let quantiles = |values: Vec<f64>| -> Vec<f64> {
        let sorted = sorted(values);
        (0..=100)
            .map(|percent| {
                rounded(quantile(&sorted, f64::from(percent) / 100.0) / f64::from(repeat))
            })
            .collect()
    };
    let of = |condition, value: fn(&Sample) -> f64| {
        let values: Vec<f64> = recording
            .of(Stage::Measuring, condition)
            .map(value)
            .collect();
        (!values.is_empty()).then(|| quantiles(values))
    };
    Some(Distributions {
        first_wrong_ns: of(Condition::Leak, |sample| sample.times()[1])?,
        last_wrong_ns: of(Condition::Leak, |sample| sample.times()[0])?,
        difference_ns: of(Condition::Leak, |sample| sample.paired().difference)?,
        control_ns: of(Condition::Null, |sample| sample.paired().difference)?,
    })
}

#[cfg(test)]
mod tests {
    use super::is_surely_less;
    use crate::statistics::Estimate;

    #[test]
    fn a_near_miss_keeps_sampling() {
        let found = |effect, standard_error| Estimate {
            effect,
            standard_error,
            freedom: 500.0,
            signed_rank: 0.0,
            pairs: 500,
        };
        // Observed with Go: 4.3 standard errors, where 4.4 are needed.
        assert!(!is_surely_less(&found(726.0, 170.0), 1174.0));
        assert!(is_surely_less(&found(26.0, 17.0), 1174.0));
        assert!(is_surely_less(&found(-726.0, 17.0), 1174.0));
        assert!(!is_surely_less(&found(2900.0, 17.0), 1174.0));
    }
}
