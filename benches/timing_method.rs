//! The benchmark of the timing method itself: how often it finds what was planted, and how often
//! it cries out over nothing, with the rules of dudect and of RTLF on the same raw data.
//!
//! `cargo bench --bench timing_method -- --runs 100 --output reports/timing-method.md`
//!
//! `--languages python,go` and `--conditions safe,20ns` narrow it, `--time 5` is the most that a
//! campaign may measure, in seconds; `--busy 3` keeps so many busy loops beside it.

#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use fastrand::Rng;
use macproof::adapters::{AdapterCommand, Limits, Pinned};
use macproof::results::{Measurement, TimingVerdict};
use macproof::statistics::{deciles_differ, median, welch_t, wilson};
use macproof::suite::Suite;
use macproof::timing::{
    Command, Condition, Material, Options, Reach as _, Recording, Stage, judge, record,
};

const SUITE: &str = "jotreview";

/// Up to which leak a comparison may be called free of leaks, in nanoseconds a call.
const TARGET: f64 = 20.0;

fn main() {
    let settings = Settings::from_arguments();
    let suite = macproof::suite::find(SUITE).unwrap().parse().unwrap();
    let before = load();
    let stop = Arc::new(AtomicBool::new(false));
    for _ in 0..settings.busy {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || while !stop.load(Ordering::Relaxed) {});
    }
    let mut rows = Vec::new();
    for (language, command) in adapters(&settings.languages) {
        for planted in Planted::ALL {
            if settings.wants(planted) && planted.is_known_to(language) {
                let row = Row::measured(language, &command, planted, &settings, &suite);
                eprintln!("{}", row.as_markdown());
                rows.push(row);
            }
        }
    }
    stop.store(true, Ordering::Relaxed);
    let report = report(&rows, &settings, before);
    match &settings.output {
        Some(path) => std::fs::write(path, report).unwrap(),
        None => print!("{report}"),
    }
}

struct Settings {
    runs: u64,
    languages: Vec<String>,
    conditions: Vec<String>,
    time: f64,
    busy: usize,
    output: Option<PathBuf>,
}

impl Settings {
    fn from_arguments() -> Self {
        let mut settings = Self {
            runs: 3,
            languages: Vec::new(),
            conditions: Vec::new(),
            time: 5.0,
            busy: 0,
            output: None,
        };
        let words = |text: String| text.split(',').map(str::to_owned).collect();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("a value behind each option");
            match argument.as_str() {
                // What cargo itself says.
                "--bench" => {}
                "--runs" => settings.runs = value().parse().unwrap(),
                "--languages" => settings.languages = words(value()),
                "--conditions" => settings.conditions = words(value()),
                "--time" => settings.time = value().parse().unwrap(),
                "--busy" => settings.busy = value().parse().unwrap(),
                "--output" => settings.output = Some(value().into()),
                other => panic!("no option {other}"),
            }
        }
        settings
    }

    fn wants(&self, planted: Planted) -> bool {
        let name = planted.name();
        self.conditions.is_empty() || self.conditions.iter().any(|wanted| wanted == name)
    }
}

/// What is planted, and what is measured.
#[derive(Clone, Copy, PartialEq)]
enum Planted {
    EarlyExit,
    /// The same over raw bytes, in the languages whose adapters compare text otherwise.
    EarlyExitRaw,
    Nanoseconds20,
    /// As much as a campaign on safe code said that it would have found.
    Stated,
    Safe,
    EqualityByCompare,
    SafeByCompare,
}

impl Planted {
    const ALL: [Self; 7] = [
        Self::EarlyExit,
        Self::EarlyExitRaw,
        Self::Nanoseconds20,
        Self::Stated,
        Self::Safe,
        Self::EqualityByCompare,
        Self::SafeByCompare,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::EarlyExit => "early-exit",
            Self::EarlyExitRaw => "early-exit-raw",
            Self::Nanoseconds20 => "20ns",
            Self::Stated => "stated-x",
            Self::Safe => "safe",
            Self::EqualityByCompare => "equality-by-compare",
            Self::SafeByCompare => "safe-by-compare",
        }
    }

    fn leak(self) -> Option<&'static str> {
        match self {
            Self::EarlyExit => Some("early-exit"),
            Self::EarlyExitRaw => Some("early-exit-raw"),
            Self::Nanoseconds20 => Some("20ns"),
            Self::EqualityByCompare => Some("equality"),
            Self::Stated | Self::Safe | Self::SafeByCompare => None,
        }
    }

    fn is_known_to(self, language: &str) -> bool {
        self != Self::EarlyExitRaw || ["go", "java"].contains(&language)
    }

    fn is_compared(self) -> bool {
        matches!(self, Self::EqualityByCompare | Self::SafeByCompare)
    }
}

/// What came of so many campaigns, each with processes of its own.
#[derive(Default)]
struct Row {
    language: &'static str,
    condition: &'static str,
    runs: u64,
    leaks: u64,
    inconclusive: u64,
    other: u64,
    dudect_5: u64,
    dudect_10: u64,
    deciles: u64,
    seconds: Vec<f64>,
    effects: Vec<f64>,
    detectable: Vec<f64>,
}

impl Row {
    fn measured(
        language: &'static str,
        command: &str,
        planted: Planted,
        settings: &Settings,
        suite: &Suite,
    ) -> Self {
        let mut row = Self {
            language,
            condition: planted.name(),
            ..Self::default()
        };
        for seed in 0..settings.runs {
            let mut asked = Asked {
                command,
                leak: planted.leak().map(str::to_owned),
                is_compared: planted.is_compared(),
                target: TARGET,
                seed,
            };
            if planted == Planted::Stated {
                // Where the first campaign says no X, there is nothing to hold it to.
                let (_, first, _) = asked.campaign(settings, suite);
                if first.verdict != TimingVerdict::NoLeak {
                    continue;
                }
                asked.target = first.detectable_ns.unwrap().ceil();
                asked.leak = Some(format!("{}ns", asked.target));
            }
            let (recording, measurement, seconds) = asked.campaign(settings, suite);
            row.add(&recording, &measurement, seconds, seed);
        }
        row
    }

    fn add(&mut self, recording: &Recording, measurement: &Measurement, seconds: f64, seed: u64) {
        self.runs += 1;
        if let Some(reason) = &measurement.reason {
            eprintln!("{} {} {seed}: {reason}", self.language, self.condition);
        }
        match measurement.verdict {
            TimingVerdict::Leak => self.leaks += 1,
            TimingVerdict::Inconclusive => self.inconclusive += 1,
            TimingVerdict::NoLeak | TimingVerdict::NotMeasured => self.other += 1,
        }
        self.seconds.push(seconds);
        self.effects
            .extend(measurement.effect.map(|effect| effect.ns));
        self.detectable.extend(measurement.detectable_ns);
        let pairs = || recording.of(Stage::Measuring, Condition::Leak);
        let last: Vec<f64> = pairs().map(|sample| sample.times()[0]).collect();
        let first: Vec<f64> = pairs().map(|sample| sample.times()[1]).collect();
        let t = welch_t(&first, &last);
        self.dudect_5 += u64::from(t > 4.5);
        self.dudect_10 += u64::from(t > 10.0);
        let mut rng = Rng::with_seed(seed);
        self.deciles += u64::from(deciles_differ(&first, &last, 0.09, 1000, &mut rng));
    }

    fn as_markdown(&self) -> String {
        let (low, high) = wilson(self.leaks, self.runs);
        let middle = |values: &[f64]| median(values.iter().copied());
        format!(
            "| {} | {} | {} of {} | {:.0} to {:.0} % | {} | {:.1} | {:.1} | {:.1} | {} | {} | {} |",
            self.language,
            self.condition,
            self.leaks,
            self.runs,
            100.0 * low,
            100.0 * high,
            self.inconclusive,
            middle(&self.seconds),
            middle(&self.effects),
            middle(&self.detectable),
            self.dudect_5,
            self.dudect_10,
            self.deciles,
        )
    }
}

/// What a campaign is asked for.
struct Asked<'a> {
    command: &'a str,
    leak: Option<String>,
    is_compared: bool,
    target: f64,
    seed: u64,
}

impl Asked<'_> {
    /// One campaign from the first process on.
    fn campaign(&self, settings: &Settings, suite: &Suite) -> (Recording, Measurement, f64) {
        let Self {
            command,
            seed,
            target,
            ..
        } = *self;
        let line = match &self.leak {
            Some(leak) => format!("{command} --leak {leak}"),
            None => command.to_owned(),
        };
        let command = AdapterCommand::parse(&line).unwrap();
        let interrupt = AtomicBool::new(false);
        let _pinned = Pinned::to_one_core();
        let reach = Command {
            command: &command,
            limits: Limits::default(),
            interrupt: &interrupt,
        };
        let mut rng = Rng::with_seed(seed);
        let material = if self.is_compared {
            Material::of_comparison(&mut rng)
        } else {
            let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
            Material::of_suite(suite, now, None, &mut rng).unwrap()
        };
        let options = Options {
            target,
            time: Duration::from_secs_f64(settings.time),
            seed,
        };
        let start = Instant::now();
        let channel = reach.open().unwrap();
        let recording = record(
            &material,
            channel,
            &reach,
            &options,
            &|| start.elapsed(),
            &mut |_| (),
        )
        .unwrap();
        let seconds = start.elapsed().as_secs_f64();
        let measurement = judge(&recording, options.target);
        (recording, measurement, seconds)
    }
}

/// The bundled adapters that are wanted and can be had here.
fn adapters(wanted: &[String]) -> Vec<(&'static str, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("timing_method");
    std::fs::create_dir_all(&built).unwrap();
    let run = |program: &str, arguments: &[&str], folder: &Path| {
        let status = Program::new(program)
            .args(arguments)
            .current_dir(folder)
            .status();
        status.is_ok_and(|status| status.success())
    };
    let script = |program: &str, file: &str| format!("{program} {}", root.join(file).display());
    let text = |path: &Path| path.display().to_string();
    let all = ["python", "node", "php", "ruby", "go", "java", "rust"];
    let mut adapters = Vec::new();
    for language in all {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == language) {
            continue;
        }
        let command = match language {
            "python" => Some(script("python3", "adapters/python/adapter.py")),
            "node" => Some(script("node", "adapters/node/adapter.js")),
            "php" => Some(script("php", "adapters/php/adapter.php")),
            "ruby" => Some(script("ruby", "adapters/ruby/adapter.rb")),
            "go" => {
                let out = text(&built.join("go-adapter"));
                let arguments = ["build", "-o", &out, "main.go"];
                run("go", &arguments, &root.join("adapters/go")).then_some(out)
            }
            "java" => {
                let out = text(&built);
                run("javac", &["-d", &out, "adapters/java/Adapter.java"], root)
                    .then(|| format!("java -cp {out} Adapter"))
            }
            _ => {
                let arguments = ["build", "--quiet", "--release", "--example", "adapter"];
                // This program stands in target/release/deps.
                let release = std::env::current_exe().unwrap();
                let release = release.ancestors().nth(2).unwrap();
                run(env!("CARGO"), &arguments, root)
                    .then(|| text(&release.join("examples/adapter")))
            }
        };
        match command {
            Some(command) => adapters.push((language, command)),
            None => eprintln!("left out: {language} cannot be built here"),
        }
    }
    adapters
}

fn report(rows: &[Row], settings: &Settings, before: Option<f64>) -> String {
    let mut out = String::from("# How well the timing method works\n\n");
    let load = |load: Option<f64>| load.map_or("unknown".to_owned(), |load| format!("{load:.1}"));
    let build = if cfg!(debug_assertions) {
        "a debug"
    } else {
        "a release"
    };
    let _ = writeln!(
        out,
        "`cargo bench --bench timing_method -- --runs {} --time {} --busy {}`, in {build} build, on {} cores; load {} before and {} after, {} busy loops of its own. Each run has processes of its own, and a target of 20 ns.\n",
        settings.runs,
        settings.time,
        settings.busy,
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        load(before),
        load(self::load()),
        settings.busy,
    );
    out.push_str("`leak` is our verdict with Wilson's 95 % interval; seconds (median) are from the first process on, controls and confirmation included; effect and X (median) in ns a call. The last three columns count what the rules of dudect (|t| > 4.5 and > 10 over all crops) and of RTLF (nine deciles, bootstrap, α = 0.09/9) say on the same raw times of both classes. `stated-x` plants as much as a campaign on safe code said that it would have found, and asks for that much; where that said nothing, there is no run. Rust's adapter compares raw bytes, the others text; `early-exit-raw` is the loop over raw bytes in Go and Java.\n\n");
    out.push_str("| language | condition | leak | interval | inconclusive | seconds | effect | X | dudect > 4.5 | > 10 | RTLF |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    for row in rows {
        let _ = writeln!(out, "{}", row.as_markdown());
    }
    out
}

fn load() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}
