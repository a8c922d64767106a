//! The benchmark of the timing method itself: how often it finds what was planted, and how often
//! it cries out over nothing, with the rules of dudect and of RTLF on the same raw data.
//!
//! `cargo bench --bench timing_method -- --runs 100 --results reports/timing-method.jsonl --output reports/timing-method.md`
//!
//! It takes hours. Each campaign is a line of `--results`, and what is there already is not run
//! again: so it may be interrupted and go on another day (on the same machine, with the same
//! `--time` and the same method: otherwise with a new file). `--for 3600` ends a sitting after so
//! many seconds. The report is made of all lines. `--languages python,go` and `--conditions
//! safe,20ns` narrow what is run, `--time 5` is the most that a campaign may measure, in seconds;
//! `--busy 3` keeps so many busy loops beside it.

#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
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
    Condition, Endpoint as _, Material, Options, Reach, Recording, Stage, Terms, judge, record,
};
use serde::{Deserialize, Serialize};

const SUITE: &str = "jotreview";

const LANGUAGES: [&str; 7] = ["python", "node", "php", "ruby", "go", "java", "rust"];

/// Up to which leak a comparison may be called free of leaks, in nanoseconds a call.
const TARGET: f64 = 20.0;

/// After so many seeds of one cell the next has its turn, so that a sitting that ends early has
/// something of all.
const TURN: u64 = 5;

fn main() {
    let settings = Settings::from_arguments();
    let suite = macproof::suite::find(SUITE).unwrap().parse().unwrap();
    let mut runs = Runs::read(settings.results.as_ref());
    let stop = Arc::new(AtomicBool::new(false));
    for _ in 0..settings.busy {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || while !stop.load(Ordering::Relaxed) {});
    }
    let start = Instant::now();
    let adapters = adapters(&settings.languages);
    let turns = (0..settings.runs).step_by(usize::try_from(TURN).unwrap());
    'all: for turn in turns {
        for (language, command) in &adapters {
            for planted in Planted::ALL {
                if !settings.wants(planted) || !planted.is_known_to(language) {
                    continue;
                }
                for seed in turn..(turn + TURN).min(settings.runs) {
                    if start.elapsed().as_secs_f64() > settings.sitting {
                        break 'all;
                    }
                    let cell = Cell {
                        language: (*language).to_owned(),
                        condition: planted.name().to_owned(),
                        busy: settings.busy,
                    };
                    runs.measure(&cell, command, planted, seed, &settings, &suite);
                }
            }
        }
    }
    stop.store(true, Ordering::Relaxed);
    let report = report(&runs, &settings);
    match &settings.output {
        Some(path) => {
            // The table of published packages is made by adapters/gallery/timing.py.
            let earlier = std::fs::read_to_string(path).unwrap_or_default();
            let packages = earlier.find("\n<!-- packages -->");
            let packages = packages.map_or("", |at| &earlier[at..]);
            std::fs::write(path, report + packages).unwrap();
        }
        None => print!("{report}"),
    }
}

struct Settings {
    runs: u64,
    languages: Vec<String>,
    conditions: Vec<String>,
    time: f64,
    busy: usize,
    sitting: f64,
    results: Option<PathBuf>,
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
            sitting: f64::INFINITY,
            results: None,
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
                "--for" => settings.sitting = value().parse().unwrap(),
                "--results" => settings.results = Some(value().into()),
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
    Safe,
    /// As much as the campaign on safe code with the same seed said that it would have found.
    Stated,
    EqualityByCompare,
    SafeByCompare,
}

impl Planted {
    const ALL: [Self; 7] = [
        Self::EarlyExit,
        Self::EarlyExitRaw,
        Self::Nanoseconds20,
        Self::Safe,
        Self::Stated,
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

    /// Up to which leak it is asked: a loop over raw bytes takes less than 20 ns.
    fn target(self) -> f64 {
        if self == Self::EarlyExitRaw {
            10.0
        } else {
            TARGET
        }
    }

    fn is_compared(self) -> bool {
        matches!(self, Self::EqualityByCompare | Self::SafeByCompare)
    }
}

/// What is measured again and again.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Cell {
    language: String,
    condition: String,
    busy: usize,
}

/// What came of a campaign, with processes of its own.
#[derive(Serialize, Deserialize)]
struct Run {
    #[serde(flatten)]
    cell: Cell,
    seed: u64,
    verdict: TimingVerdict,
    reason: Option<String>,
    /// From the first process on.
    seconds: f64,
    effect_ns: Option<f64>,
    detectable_ns: Option<f64>,
    /// Welch's t as dudect has it.
    dudect: f64,
    /// What RTLF's rule says.
    deciles: bool,
    /// The load of the machine before it.
    load: Option<f64>,
}

/// All that there are, and where they are kept.
struct Runs {
    all: Vec<Run>,
    file: Option<File>,
}

impl Runs {
    fn read(path: Option<&PathBuf>) -> Self {
        let Some(path) = path else {
            return Self {
                all: Vec::new(),
                file: None,
            };
        };
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let file = File::options().create(true).append(true).open(path);
        Self {
            all: text
                .lines()
                .map(|line| serde_json::from_str(line).expect("a run of an earlier sitting"))
                .collect(),
            file: Some(file.unwrap()),
        }
    }

    fn find(&self, cell: &Cell, seed: u64) -> Option<&Run> {
        let mut all = self.all.iter();
        all.find(|run| run.cell == *cell && run.seed == seed)
    }

    fn measure(
        &mut self,
        cell: &Cell,
        command: &str,
        planted: Planted,
        seed: u64,
        settings: &Settings,
        suite: &Suite,
    ) {
        if self.find(cell, seed).is_some() {
            return;
        }
        let mut asked = Asked {
            command,
            leak: planted.leak().map(str::to_owned),
            is_compared: planted.is_compared(),
            target: planted.target(),
            seed,
        };
        if planted == Planted::Stated {
            let safe = Cell {
                condition: Planted::Safe.name().to_owned(),
                ..cell.clone()
            };
            // Where the campaign on safe code said no X, there is nothing to hold it to.
            let Some(safe) = self.find(&safe, seed) else {
                return;
            };
            let (TimingVerdict::NoLeak, Some(stated)) = (safe.verdict, safe.detectable_ns) else {
                return;
            };
            asked.target = stated.ceil();
            asked.leak = Some(format!("{}ns", asked.target));
        }
        let load = load();
        let (recording, measurement, seconds) = asked.campaign(settings, suite);
        let pairs = || recording.of(Stage::Measuring, Condition::Leak);
        let last: Vec<f64> = pairs().map(|sample| sample.times()[0]).collect();
        let first: Vec<f64> = pairs().map(|sample| sample.times()[1]).collect();
        let mut rng = Rng::with_seed(seed);
        let run = Run {
            cell: cell.clone(),
            seed,
            verdict: measurement.verdict,
            reason: measurement.reason.clone(),
            seconds,
            effect_ns: measurement.effect.as_ref().map(|effect| effect.ns),
            detectable_ns: measurement.detectable_ns,
            dudect: welch_t(&first, &last),
            deciles: deciles_differ(&first, &last, 0.09, 1000, &mut rng),
            load,
        };
        let line = serde_json::to_string(&run).unwrap();
        eprintln!("{line}");
        if let Some(file) = &mut self.file {
            writeln!(file, "{line}").unwrap();
        }
        self.all.push(run);
    }

    /// The rows of a table, with so many busy loops.
    fn as_markdown(&self, busy: usize) -> String {
        let mut out = String::from(
            "| language | condition | leak | interval | inconclusive | seconds | effect | X | dudect > 4.5 | > 10 | RTLF |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
        );
        for language in LANGUAGES {
            for planted in Planted::ALL {
                let cell = Cell {
                    language: language.to_owned(),
                    condition: planted.name().to_owned(),
                    busy,
                };
                let runs: Vec<&Run> = self.all.iter().filter(|run| run.cell == cell).collect();
                if !runs.is_empty() {
                    let _ = writeln!(out, "{}", row(&cell, &runs));
                }
            }
        }
        out
    }

    /// How often each reason was given, without its figures.
    fn reasons(&self) -> String {
        let mut counts = BTreeMap::new();
        for run in &self.all {
            let Some(reason) = &run.reason else { continue };
            let figures = |letter: char| letter.is_ascii_digit() || "+-±.".contains(letter);
            let words: Vec<&str> = reason
                .split([' ', '(', ')'])
                .filter(|word| !word.is_empty() && !word.chars().all(figures))
                .collect();
            let busy = if run.cell.busy == 0 { "" } else { ", busy" };
            let cell = format!("{} {}{busy}", run.cell.language, run.cell.condition);
            *counts
                .entry(words.join(" "))
                .or_insert_with(BTreeMap::new)
                .entry(cell)
                .or_insert(0) += 1;
        }
        let mut out = String::new();
        for (reason, cells) in counts {
            let cells: Vec<String> = cells
                .into_iter()
                .map(|(cell, count): (String, u64)| format!("{cell} {count}"))
                .collect();
            let _ = writeln!(out, "- {reason}: {}", cells.join("; "));
        }
        out
    }
}

fn row(cell: &Cell, runs: &[&Run]) -> String {
    let count = |is_so: &dyn Fn(&Run) -> bool| runs.iter().filter(|run| is_so(run)).count() as u64;
    let leaks = count(&|run| run.verdict == TimingVerdict::Leak);
    let all = runs.len() as u64;
    let (low, high) = wilson(leaks, all);
    let middle = |value: &dyn Fn(&Run) -> Option<f64>| {
        median(runs.iter().filter_map(|run| value(run)).collect::<Vec<_>>())
    };
    format!(
        "| {} | {} | {leaks} of {all} | {:.0} to {:.0} % | {} | {:.1} | {:.1} | {:.1} | {} | {} | {} |",
        cell.language,
        cell.condition,
        100.0 * low,
        100.0 * high,
        count(&|run| run.verdict == TimingVerdict::Inconclusive),
        middle(&|run| Some(run.seconds)),
        middle(&|run| run.effect_ns),
        middle(&|run| run.detectable_ns),
        count(&|run| run.dudect > 4.5),
        count(&|run| run.dudect > 10.0),
        count(&|run| run.deciles),
    )
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
        let reach = Reach {
            transport: &command,
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
            early_exit: None,
            time: Duration::from_secs_f64(settings.time),
            end: Duration::MAX,
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
        let terms = Terms {
            target_ns: target,
            time_s: settings.time,
            subjects: 1,
        };
        let measurement = judge(&recording, &terms);
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
    let mut adapters = Vec::new();
    for language in LANGUAGES {
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

fn report(runs: &Runs, settings: &Settings) -> String {
    let mut out = String::from("# How well the timing method works\n\n");
    let quiet = runs.all.iter().filter(|run| run.cell.busy == 0);
    let loads: Vec<f64> = quiet.filter_map(|run| run.load).collect();
    let _ = writeln!(
        out,
        "`cargo bench --bench timing_method`, at most {} s a campaign and as long for its confirmation, on {} cores, load {:.1} (median over the runs without busy loops). Each run has processes of its own, and a target of {TARGET} ns.\n",
        settings.time,
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        median(loads),
    );
    out.push_str("`leak` is our verdict with Wilson's 95 % interval; seconds (median) are from the first process on, controls and confirmation included; effect and X (median) in ns per call. The last three columns count what the rules of dudect (|t| > 4.5 and > 10 over all crops) and of RTLF (nine deciles, bootstrap, α = 0.09/9) say on the same raw times of both classes. `stated-x` plants as much as the campaign on safe code with the same seed said that it would have found, and asks for that much; where that said nothing, there is no run. Rust's adapter compares raw bytes, the others text; `early-exit-raw` is the loop over raw bytes in Go and Java, asked for with a target of 10 ns, because it takes 12 to 16.\n\n");
    out.push_str(&runs.as_markdown(0));
    let mut busy: Vec<usize> = runs.all.iter().map(|run| run.cell.busy).collect();
    busy.sort_unstable();
    busy.dedup();
    for busy in busy.into_iter().filter(|&busy| busy > 0) {
        let _ = writeln!(
            out,
            "\nWith `--busy {busy}`, so many busy loops beside it:\n\n{}",
            runs.as_markdown(busy).trim_end()
        );
    }
    let _ = writeln!(
        out,
        "\nWhy there was no verdict, and in how many runs:\n\n{}",
        runs.reasons().trim_end()
    );
    out
}

fn load() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}
