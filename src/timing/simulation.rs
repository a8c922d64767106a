//! Complete campaigns against a simulated implementation and clock; deterministic for a given seed,
//! with every verdict.

use std::cell::RefCell;
use std::time::Duration;

use fastrand::Rng;

use crate::adapters::{Lockstep, LockstepError, Operation, RoundTrip};
use crate::protocol::{Hello, ImplementationInfo, Reply, Tally};
use crate::results::{ControlKind, Measurement, Redaction, TimingVerdict};
use crate::signature::{Outcome, Value};
use crate::suite::Suite;
use crate::timing::channel::{ChannelError, Endpoint};
use crate::timing::session::Session;
use crate::timing::{
    Condition, Demand, Loop, Material, Options, RawHeader, Recording, Sample, Stage, Terms, judge,
    raw_read, raw_write, record,
};

/// The behaviour of the simulated implementation; times in nanoseconds.
#[derive(Clone, Copy)]
struct Behaviour {
    /// Additional time per call if the first character of the MAC is right.
    leak: f64,
    /// The same, but in the first process only.
    leak_at_first: f64,
    /// Additional time per request, once, if the first character is right.
    artefact: f64,
    /// Time per call.
    call: f64,
    /// Additional time per call for each character of the identity.
    character: f64,
    /// Minimum time of a request.
    padded_to: f64,
    /// Whether it honours `repeat`, and whether it reports how many calls accepted.
    repeats: bool,
    counts: bool,
    /// Whether each request carries a single call.
    alone: bool,
    /// The spread of round trips.
    noise: f64,
}

const HONEST: Behaviour = Behaviour {
    leak: 0.0,
    leak_at_first: 0.0,
    artefact: 0.0,
    call: 2000.0,
    character: 1.0,
    padded_to: 0.0,
    repeats: true,
    counts: true,
    alone: false,
    noise: 1000.0,
};

/// What the campaigns are judged by.
const TERMS: Terms = Terms {
    target_ns: 20.0,
    time_s: 3.0,
    subjects: 1,
};

/// The simulated processes, which share a clock.
struct World {
    behaviour: Behaviour,
    suite: Suite,
    state: RefCell<(Rng, f64, u32)>,
}

struct Process<'w> {
    world: &'w World,
    number: u32,
    hello: Hello,
}

impl Endpoint for World {
    fn open(&self) -> Result<Box<dyn Lockstep + '_>, ChannelError> {
        let mut state = self.state.borrow_mut();
        state.2 += 1;
        let hello = Hello::parse(br#"{"protocol":1,"implementation":{"name":"made-up"}}"#);
        Ok(Box::new(Process {
            world: self,
            number: state.2,
            hello: hello.map_err(|error| ChannelError::Broken(error.to_string()))?,
        }))
    }
}

impl Lockstep for Process<'_> {
    fn hello(&self) -> &Hello {
        &self.hello
    }

    fn is_amplified(&self) -> bool {
        !self.world.behaviour.alone
    }

    fn ask(&mut self, operation: &Operation<'_>, repeat: u32) -> Result<RoundTrip, LockstepError> {
        let Operation::Verify(request) = operation else {
            return Err(LockstepError::Lost("it compares nothing".to_owned()));
        };
        let behaviour = self.world.behaviour;
        let scheme = &self.world.suite.scheme;
        let expected = scheme.sign(&request.secrets, &request.fields).unwrap();
        let presented = request.token.as_ref().and_then(Value::as_text).unwrap();
        let is_right = expected == presented;
        let first_is_right = expected.as_bytes()[0] == presented.as_bytes()[0];
        let identity: usize = request
            .fields
            .iter()
            .filter_map(|(_, value)| Some(value.as_text()?.len()))
            .sum();
        #[expect(clippy::cast_precision_loss, reason = "thousands of characters")]
        let mut call = behaviour.call + behaviour.character * identity as f64;
        if first_is_right {
            call += behaviour.leak;
            if self.number == 1 {
                call += behaviour.leak_at_first;
            }
        }
        let calls = if behaviour.repeats { repeat } else { 1 };
        let mut state = self.world.state.borrow_mut();
        let spread = (0..4).map(|_| state.0.f64() - 0.5).sum::<f64>();
        let wild = if state.0.u32(..20) == 0 {
            50_000.0
        } else {
            0.0
        };
        let ways = if behaviour.alone { repeat } else { 1 };
        let time = (30_000.0 * f64::from(ways) + f64::from(calls) * call).max(behaviour.padded_to);
        let once = if first_is_right {
            behaviour.artefact
        } else {
            0.0
        };
        let time = time + once + behaviour.noise * spread + wild;
        state.1 += time;
        let outcome = if is_right {
            Outcome::Accept
        } else {
            Outcome::Reject(crate::signature::Denial::default())
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "times are positive and short"
        )]
        let nanoseconds = time as u64;
        Ok(RoundTrip {
            nanoseconds,
            tally: Tally::Verified {
                reply: Reply::Outcome(outcome),
                accepted: behaviour
                    .counts
                    .then_some(u64::from(repeat) * u64::from(is_right)),
            },
        })
    }

    fn close(self: Box<Self>) {}
}

fn campaign(behaviour: Behaviour, seed: u64) -> (Recording, Measurement) {
    campaign_for(behaviour, None, Duration::from_secs(3), seed)
}

/// A campaign that must see an early-exit loop in this language, or else 20 ns.
fn campaign_for(
    behaviour: Behaviour,
    language: Option<&str>,
    time: Duration,
    seed: u64,
) -> (Recording, Measurement) {
    let suite = crate::suite::embedded().next().unwrap().parsed().clone();
    let world = World {
        behaviour,
        suite,
        state: RefCell::new((Rng::with_seed(seed), 0.0, 0)),
    };
    let material = Material::of_suite(&world.suite, 5, None, &mut Rng::with_seed(seed)).unwrap();
    let options = Options {
        target: 20.0,
        early_exit: Loop::known(language, None),
        time,
        end: Duration::MAX,
        seed,
    };
    let clock = || Duration::from_secs_f64((world.state.borrow().1 / 1e9).max(0.0));
    let channel = world.open().unwrap();
    let recording = record(&material, channel, &world, &options, &clock, &mut |_| ()).unwrap();
    let terms = Terms {
        time_s: time.as_secs_f64(),
        ..TERMS
    };
    let measurement = judge(&recording, &terms);
    (recording, measurement)
}

fn judged(behaviour: Behaviour) -> Measurement {
    campaign(behaviour, 1).1
}

fn control(measurement: &Measurement, kind: ControlKind) -> Option<bool> {
    let control = measurement.controls.iter().find(|one| one.kind == kind);
    control.and_then(|control| control.held)
}

#[test]
fn a_leak_is_found_with_its_size_and_confirmed() {
    for leak in [20.0, 40.0, 1000.0, -40.0] {
        let measurement = judged(Behaviour { leak, ..HONEST });
        assert_eq!(measurement.verdict, TimingVerdict::Leak, "{measurement:#?}");
        let effect = measurement.effect.unwrap();
        assert!((effect.ns - leak).abs() < 0.2 * leak.abs(), "{effect:?}");
        assert!(measurement.confirmation.unwrap().held);
        assert!(
            measurement
                .controls
                .iter()
                .all(|control| control.held == Some(true))
        );
    }
}

/// `--time` bounds a session as a whole: four suites that could be measured for ever, or whose leak
/// has to be confirmed, and answers that take a fifth of the time.
#[test]
fn a_session_lasts_no_longer_than_its_time() {
    let time = Duration::from_secs(4);
    let slow = Behaviour {
        padded_to: 800_000_000.0,
        ..HONEST
    };
    let noisy = Behaviour {
        noise: 3_000_000.0,
        ..HONEST
    };
    let leaky = Behaviour {
        leak: 40.0,
        ..HONEST
    };
    for (behaviour, answer) in [(slow, 0.8), (noisy, 0.02), (leaky, 0.02)] {
        let text = crate::suite::embedded().next().unwrap();
        let suites: Vec<Suite> = (0..4).map(|_| text.parse().unwrap()).collect();
        let world = World {
            behaviour,
            suite: text.parse().unwrap(),
            state: RefCell::new((Rng::with_seed(1), 0.0, 0)),
        };
        let clock = || Duration::from_secs_f64((world.state.borrow().1 / 1e9).max(0.0));
        let session = Session {
            suites: &suites,
            are_named: true,
            secret: None,
            now: 5,
            redaction: &Redaction::none(),
            demand: Demand::Leak(0.1),
            program: None,
            time: Some(time),
            seed: 1,
        };
        let measured = session.measure(&world, &clock, &mut |_, _| ()).unwrap();
        assert_eq!(measured.recordings.len(), 4);
        assert_eq!(measured.time, time / 8);
        let took = clock();
        assert!(took <= time + Duration::from_secs_f64(answer), "{took:?}");
    }
}

#[test]
fn no_effect_is_detected_without_one() {
    for seed in 0..5 {
        let (_, measurement) = campaign(HONEST, seed);
        assert_eq!(
            measurement.verdict,
            TimingVerdict::NoLeak,
            "{measurement:#?}"
        );
        assert!(measurement.detectable_ns.unwrap() <= 20.0);
    }
}

/// A call of a package, with noise that hides 20 ns for minutes.
const NOISY: Behaviour = Behaviour {
    call: 20_000.0,
    noise: 4000.0,
    ..HONEST
};

#[test]
fn without_a_target_the_loop_of_the_language_must_be_seen() {
    let time = Duration::from_secs(3);
    let (_, measurement) = campaign_for(NOISY, Some("javascript"), time, 1);
    assert_eq!(
        measurement.verdict,
        TimingVerdict::NoLeak,
        "{measurement:#?}"
    );
    let unseen = measurement.detectable_ns.unwrap();
    assert!((20.0..57.3).contains(&unseen), "{unseen}");
    let said = "; an early-exit loop over 43 characters in Node takes 57 ns";
    assert!(
        measurement.sentence.ends_with(said),
        "{}",
        measurement.sentence
    );
    // The loop itself is never called clear, and twice as much is found.
    let looped = Behaviour {
        leak: 57.3,
        ..NOISY
    };
    let (_, measurement) = campaign_for(looped, Some("javascript"), time, 1);
    assert_ne!(
        measurement.verdict,
        TimingVerdict::NoLeak,
        "{measurement:#?}"
    );
    let leaky = Behaviour {
        leak: 120.0,
        ..NOISY
    };
    let (_, measurement) = campaign_for(leaky, Some("javascript"), time, 1);
    assert_eq!(measurement.verdict, TimingVerdict::Leak, "{measurement:#?}");
    // Without a loop to see, and with a faster one, there is no verdict.
    for language in [None, Some("cobol"), Some("go"), Some("rust")] {
        let (_, measurement) = campaign_for(NOISY, language, time, 1);
        assert_eq!(
            measurement.verdict,
            TimingVerdict::Inconclusive,
            "{language:?}"
        );
    }
}

/// Nothing is lost against a target of 20 ns: measuring goes on down to it.
#[test]
fn a_slow_loop_does_not_end_measuring_early() {
    let time = Duration::from_secs(3);
    let (_, measurement) = campaign_for(HONEST, Some("ruby"), time, 1);
    assert!(
        measurement.detectable_ns.unwrap() <= 20.0,
        "{measurement:#?}"
    );
    // A leak far below a loop in Ruby is still one.
    let leaky = Behaviour {
        leak: 40.0,
        ..HONEST
    };
    let (_, measurement) = campaign_for(leaky, Some("ruby"), time, 1);
    assert_eq!(measurement.verdict, TimingVerdict::Leak);
}

#[test]
fn the_proposed_time_is_enough() {
    let noisier = Behaviour {
        noise: 8000.0,
        ..NOISY
    };
    let time = Duration::from_secs(3);
    let (_, measurement) = campaign_for(noisier, Some("node"), time, 1);
    assert_eq!(measurement.verdict, TimingVerdict::Inconclusive);
    let reason = measurement.reason.unwrap();
    let words = "; an early-exit loop over 43 characters in Node takes 57 ns and would not be seen; --time ";
    let (begin, proposed) = reason.split_once(words).unwrap();
    assert!(begin.starts_with("no leak above "), "{reason}");
    let proposed = proposed.strip_suffix(" should reach it").unwrap();
    let proposed = crate::implementations::duration(proposed).unwrap();
    assert!(proposed < Duration::from_secs(60), "{reason}");
    let (_, measurement) = campaign_for(noisier, Some("node"), proposed / 2, 1);
    assert_eq!(
        measurement.verdict,
        TimingVerdict::NoLeak,
        "{measurement:#?}"
    );
    // No time lowers the floor of a request that carries one call.
    let alone = Behaviour {
        alone: true,
        ..HONEST
    };
    let reason = campaign(alone, 1).1.reason.unwrap();
    let words = "no --time reaches it: with one call per request, nothing below 100.0 ns counts";
    assert!(reason.ends_with(words), "{reason}");
}

/// How near the smallest detectable leak comes to what the noise allows: all of the time spent on
/// judged pairs, and their mean.
#[test]
fn little_of_the_time_is_wasted() {
    let noise = 16_000.0;
    let noisier = Behaviour { noise, ..NOISY };
    let (recording, measurement) = campaign_for(noisier, None, Duration::from_secs(10), 1);
    let repeat = f64::from(measurement.repeat);
    // The spread of a sum of four uniform numbers.
    let spread = noise * (4.0_f64 / 12.0).sqrt();
    let judged = recording.of(Stage::Measuring, Condition::Leak).count();
    let times = recording
        .samples
        .iter()
        .flat_map(Sample::times)
        .sum::<f64>();
    let pairs = times / 2.0 / measurement.round_trip_ns.unwrap();
    let limit = 6.75 * spread * (2.0 / pairs).sqrt() / repeat;
    let reached = measurement.detectable_ns.unwrap() - measurement.floor_ns;
    let ratio = reached / limit;
    assert!(
        (1.0..1.4).contains(&ratio),
        "{ratio:.3} of the limit, {judged} of {pairs:.0} pairs, {repeat} calls"
    );
}

#[test]
fn single_call_requests_detect_only_larger_leaks() {
    let alone = Behaviour {
        alone: true,
        ..HONEST
    };
    let (_, measurement) = campaign(alone, 1);
    assert_eq!(measurement.verdict, TimingVerdict::Inconclusive);
    let unseen = measurement.detectable_ns.unwrap();
    assert!((100.0..400.0).contains(&unseen), "{measurement:#?}");
    assert_eq!(control(&measurement, ControlKind::Positive), Some(true));
    assert_eq!(control(&measurement, ControlKind::Works), None);
    let leaky = Behaviour {
        leak: 500.0,
        ..alone
    };
    let (recording, measurement) = campaign(leaky, 1);
    assert_eq!(measurement.verdict, TimingVerdict::Leak, "{measurement:#?}");
    assert!(recording.samples.iter().all(|sample| sample.repeat <= 2));
    assert_eq!(measurement.confirmation.unwrap().repeat, 1);
}

#[test]
fn an_effect_that_does_not_recur_is_not_a_leak() {
    let behaviour = Behaviour {
        leak_at_first: 40.0,
        ..HONEST
    };
    let measurement = judged(behaviour);
    assert_eq!(measurement.verdict, TimingVerdict::Inconclusive);
    assert!(!measurement.confirmation.unwrap().held);
    assert!(measurement.reason.unwrap().contains("in the rerun"));
}

#[test]
fn a_cost_per_request_is_not_a_leak() {
    // Far above the floor per request, present in each process, and the same for any number of
    // calls.
    for artefact in [3000.0, 20_000.0] {
        for seed in 1..6 {
            let behaviour = Behaviour { artefact, ..HONEST };
            let (_, measurement) = campaign(behaviour, seed);
            assert_eq!(measurement.verdict, TimingVerdict::Inconclusive);
            assert!(!measurement.confirmation.unwrap().held);
        }
    }
}

#[test]
fn caching_is_detected() {
    let measurement = judged(Behaviour {
        character: 0.01,
        ..HONEST
    });
    assert_eq!(measurement.verdict, TimingVerdict::Inconclusive);
    assert_eq!(control(&measurement, ControlKind::Works), Some(false));
    assert!(measurement.reason.unwrap().contains("does not do the work"));
}

#[test]
fn ignoring_repeat_is_detected() {
    // One that omits the count, and one that reports it but ignores `repeat`.
    let measurement = judged(Behaviour {
        counts: false,
        ..HONEST
    });
    assert_eq!(measurement.verdict, TimingVerdict::Inconclusive);
    assert!(measurement.reason.unwrap().contains("ignores repeat"));
    let measurement = judged(Behaviour {
        repeats: false,
        leak: 1000.0,
        ..HONEST
    });
    assert_eq!(
        measurement.verdict,
        TimingVerdict::Inconclusive,
        "{measurement:#?}"
    );
}

#[test]
fn padding_is_detected() {
    // Enough for any number of calls, but not for an identity this long.
    let measurement = judged(Behaviour {
        padded_to: 70_000.0,
        leak: 1.0,
        ..HONEST
    });
    assert_ne!(measurement.verdict, TimingVerdict::Leak);
    let measurement = judged(Behaviour {
        padded_to: 5_000_000.0,
        ..HONEST
    });
    assert_eq!(
        measurement.verdict,
        TimingVerdict::Inconclusive,
        "{measurement:#?}"
    );
}

#[test]
fn noise_gives_no_verdict() {
    let measurement = judged(Behaviour {
        noise: 300_000.0,
        ..HONEST
    });
    assert_eq!(
        measurement.verdict,
        TimingVerdict::Inconclusive,
        "{measurement:#?}"
    );
}

#[test]
fn a_raw_file_gives_the_verdict_of_its_campaign() {
    let header = RawHeader {
        interrupted: false,
        macproof_timing_raw: RawHeader::FORM,
        macproof_version: "0.0.0".into(),
        started: "2026-11-21T12:00:00Z".into(),
        implementation: ImplementationInfo::default(),
        adapter: "made up".into(),
        judged_itself: false,
        circumstances: crate::results::TimingCircumstances::default(),
        target_ns: 20.0,
        time_s: 3.0,
        seed: 1,
    };
    let campaigns = [
        Behaviour {
            leak: 40.0,
            ..HONEST
        },
        HONEST,
        Behaviour {
            counts: false,
            ..HONEST
        },
    ]
    .map(|behaviour| campaign(behaviour, 1));
    let recordings = campaigns.clone().map(|(recording, _)| recording);
    let text = raw_write(&header, &recordings);
    let (read_header, read) = raw_read(&text).unwrap();
    assert_eq!(read_header, header);
    assert_eq!(read, recordings);
    for (recording, (_, measurement)) in read.iter().zip(&campaigns) {
        assert_eq!(judge(recording, &TERMS), *measurement);
    }
}

#[test]
fn an_invalid_file_is_refused_with_its_line() {
    let header = r#"# {"macproof_timing_raw":1,"macproof_version":"0","started":"","implementation":{"name":"x"},"adapter":"","circumstances":{"cores":2},"target_ns":20.0,"time_s":1.0,"seed":1}"#;
    let recording = r#"# {"subject":"compare","counted":true}"#;
    let good = format!("{header}\n{recording}\ncompare,measuring,leak,30,longer-first,10,9\n");
    assert_eq!(raw_read(&good).unwrap().1[0].samples.len(), 1);
    for (from, to, expected) in [
        ("# {\"macproof", "{\"macproof", "not a header"),
        ("raw\":1", "raw\":2", "version 2"),
        ("leak,30", "leak,0", "line 3"),
        ("longer-first", "sideways", "line 3"),
        ("10,9", "10,9,8", "line 3"),
        ("compare,measuring", "verify:x,measuring", "line 3"),
        ("true}", "true,\"x\":1}", "line 2"),
    ] {
        let error = raw_read(&good.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(expected), "{to}: {error}");
    }
    assert!(raw_read("").is_err());
}
