//! `macproof serve`: the platform's side over HTTP.

use std::io::IsTerminal as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use clap::Args;
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::cli::clock::unix_now;
use crate::cli::exit::{Exit, Stop};
use crate::cli::inputs::secret_of_file;
use crate::cli::interrupt::interrupt_flag;
use crate::cli::own_hello::own_hello;
use crate::cli::serve_banner::banner;
use crate::cli::suites;
use crate::cli::terminal::{has_lost, print, say, tell};
use crate::results::Redaction;
use crate::scheme::Scheme;
use crate::serve::{AppState, Environment, Limits, Listener, Memory, Platform, router};
use crate::signature::{Secret, Secrets};
use crate::suite::Suite;

/// How long a connection may be idle, and how long the head of a request may take.
const HEAD_TIME: Duration = Duration::from_secs(75);
/// How long a body may take.
pub(super) const BODY_TIME: Duration = Duration::from_secs(10);
/// How long requests may take to end when the server ends.
const FAREWELL: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Names of suites; the five vendors' suites by default. `macproof suite list` shows them.
    #[arg(value_name = "SUITE")]
    suites: Vec<String>,
    /// A suite file of your own; may be repeated.
    #[arg(long, value_name = "FILE")]
    suite_file: Vec<PathBuf>,
    /// The port on 127.0.0.1; 0 chooses a free one. The address is printed.
    #[arg(long, value_name = "N", default_value_t = 4000)]
    port: u16,
    /// A mode of the platform, for example `strict`: the value of the only setting that has it.
    #[arg(long, value_name = "NAME")]
    mode: Option<String>,
    /// A setting, for example `enforcement=off`, or `trusted_identity.ios=on` for one platform;
    /// prefix it with `SUITE/` for one suite. May be repeated.
    #[arg(long, value_name = "[SUITE/]KEY=VALUE")]
    context: Vec<String>,
    /// A file with a secret; a trailing line feed is dropped. Prefix it with `SUITE=` for one
    /// suite, or `SUITE/PLATFORM=` for one platform; may be repeated.
    #[arg(long, value_name = "[SUITE[/PLATFORM]=]FILE")]
    secret_file: Vec<String>,
    /// An environment variable with a secret, with the same prefixes.
    #[arg(long, value_name = "[SUITE[/PLATFORM]=]VAR")]
    secret_env: Vec<String>,
    /// An allowed origin, for example `http://localhost:3000`; may be repeated.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
}

/// Serves until it is told to end.
pub(crate) fn serve(args: &ServeArgs) -> Result<Exit, Stop> {
    let suites = suites::chosen(&args.suites, &args.suite_file)?;
    let names: Vec<String> = suites.iter().map(|suite| suite.name.to_string()).collect();
    let schemes: Vec<(String, Scheme)> = suites
        .iter()
        .map(|suite| (suite.name.to_string(), suite.scheme.clone()))
        .collect();
    let mut given = GivenSecrets::read(args, &suites)?;
    let mut platforms: Vec<Platform> = suites
        .into_iter()
        .filter_map(|suite| {
            let secrets = given.take(&suite);
            Platform::new(suite, secrets)
        })
        .collect();
    for platform in &platforms {
        if let Some((of, refusal)) = platform.unusable_secret() {
            let of = if of.is_empty() { of } else { format!("/{of}") };
            return Err(Stop::usage(format_args!(
                "unusable secret of {}{of}: {refusal}",
                platform.name
            )));
        }
    }
    set(args, &mut platforms)?;
    for origin in &args.allow_origin {
        check_origin(origin)?;
    }
    let log = Log::start()?;
    let writer = log.clone();
    let secrets = platforms.iter().filter_map(Platform::secrets);
    let secrets = secrets.flat_map(|all| all.iter().map(|(_, secret)| secret.clone()));
    let state = AppState {
        redaction: Redaction::none().and(secrets.collect::<Vec<_>>()),
        platforms,
        schemes,
        hello: own_hello("macproof-serve", None, Some(names)),
        allowed_origins: args.allow_origin.clone(),
        body_time: BODY_TIME,
        memory: Memory::default(),
        environment: Environment {
            now: Box::new(unix_now),
            random_name: Box::new(random_name),
            log: Box::new(move |line| writer.add(line)),
        },
    };
    let state = Arc::new(state);
    let told = Arc::clone(&state);
    let exit = until_ended(args.port, router(state), move |address| {
        banner(&told, address)
    });
    log.finish();
    exit
}

/// Serves on that port of this machine until a signal comes. Its address is printed, and on a
/// terminal what `banner` makes of it.
pub(super) fn until_ended(
    port: u16,
    router: Router,
    banner: impl FnOnce(&str) -> String,
) -> Result<Exit, Stop> {
    allow_many_connections();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // Said here, for else tokio asks an environment variable, and panics where that is 0.
        .worker_threads(thread::available_parallelism().map_or(1, NonZero::get))
        .enable_all()
        .build()
        .map_err(Stop::harness)?;
    // A second signal ends the program, whatever is under way.
    let _set_by_the_first = interrupt_flag()?;
    let exit = runtime.block_on(listen(port, router, banner));
    // What still works on an answer is not waited for.
    runtime.shutdown_background();
    exit
}

/// How many lines of the log may wait to be written; further ones are counted and dropped.
const LOG_LINES: usize = 1024;
/// How long the end waits for lines of the log that are still to be written.
const LOG_TIME: Duration = Duration::from_secs(1);

/// A log that never makes an answer wait: a thread of its own writes it, and where nobody reads
/// standard error, lines are dropped and their number is told later.
#[derive(Clone)]
struct Log {
    sender: SyncSender<serde_json::Value>,
    counts: Arc<LogCounts>,
}

#[derive(Default)]
struct LogCounts {
    /// Lines that are still to be written.
    waiting: AtomicU64,
    /// Lines that were dropped since that was last told.
    dropped: AtomicU64,
}

impl Log {
    fn start() -> Result<Self, Stop> {
        let (sender, lines) = sync_channel::<serde_json::Value>(LOG_LINES);
        let counts = Arc::new(LogCounts::default());
        let told = Arc::clone(&counts);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || {
                for line in lines {
                    say(&line.to_string());
                    let dropped = told.dropped.swap(0, Ordering::Relaxed);
                    if dropped > 0 {
                        let note =
                            "lines of the log were dropped, because standard error was not read";
                        let line =
                            serde_json::json!({"event": "note", "note": note, "lines": dropped});
                        say(&line.to_string());
                    }
                    told.waiting.fetch_sub(1, Ordering::Relaxed);
                }
            })
            .map_err(Stop::harness)?;
        Ok(Self { sender, counts })
    }

    fn add(&self, line: serde_json::Value) {
        self.counts.waiting.fetch_add(1, Ordering::Relaxed);
        if self.sender.try_send(line).is_err() {
            self.counts.waiting.fetch_sub(1, Ordering::Relaxed);
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits a little for what is still to be written.
    fn finish(&self) {
        let deadline = Instant::now() + LOG_TIME;
        while self.counts.waiting.load(Ordering::Relaxed) > 0 && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

async fn listen(
    port: u16,
    router: Router,
    banner: impl FnOnce(&str) -> String,
) -> Result<Exit, Stop> {
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let end = ended().map_err(Stop::harness)?;
    let listener = Listener::bind(address).await.map_err(|error| {
        Stop::harness(format_args!(
            "cannot listen on {address}: {error}; --port 0 chooses a free port"
        ))
    })?;
    let address = listener.address().map_err(Stop::harness)?;
    print(&format!("http://{address}\n"));
    if std::io::stdout().is_terminal() {
        tell(&banner(&address.to_string()));
    }
    // Nobody was told where it listens.
    if has_lost() {
        return Ok(Exit::Success);
    }
    let limits = Limits {
        head: HEAD_TIME,
        farewell: FAREWELL,
    };
    listener.serve(router, limits, end).await;
    Ok(Exit::Success)
}

/// Is there once the first signal to end has come.
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}

/// Sets what `--mode` and `--context` say.
fn set(args: &ServeArgs, platforms: &mut [Platform]) -> Result<(), Stop> {
    if let Some(mode) = &args.mode {
        let mut has_it = false;
        for platform in &mut *platforms {
            has_it |= platform.set_mode(mode);
        }
        if !has_it {
            return Err(Stop::usage(format_args!(
                "no served suite has exactly one setting with the value {mode:?}; see --context, and `macproof suite show SUITE`"
            )));
        }
    }
    for text in &args.context {
        let wrong = || {
            Stop::usage(format_args!(
                "invalid --context {text:?}; write [SUITE/]KEY=VALUE"
            ))
        };
        let (key, value) = text.split_once('=').ok_or_else(wrong)?;
        let (suite, key) = match key.split_once('/') {
            Some((suite, key)) => (Some(suite), key),
            None => (None, key),
        };
        let mut outcome = Err(Stop::usage(format_args!(
            "no served suite with a policy is called {:?}",
            suite.unwrap_or_default()
        )));
        for platform in &mut *platforms {
            if suite.is_some_and(|suite| suite != platform.name.as_str()) {
                continue;
            }
            match platform.set(key, value) {
                Ok(()) => outcome = Ok(()),
                Err(error) if outcome.is_err() => outcome = Err(Stop::usage(error)),
                Err(_) => {}
            }
        }
        outcome?;
    }
    Ok(())
}

fn check_origin(origin: &str) -> Result<(), Stop> {
    let rest = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    let is_origin = |rest: &str| {
        !rest.is_empty() && !rest.contains(['/', '?', '#', '@', '*', ',', ' ']) && rest.is_ascii()
    };
    if rest.is_some_and(is_origin) {
        Ok(())
    } else {
        Err(Stop::usage(format_args!(
            "invalid --allow-origin {origin:?}; write an origin without a path, for example http://localhost:3000"
        )))
    }
}

/// Secrets, and whose they are: a suite's, or those of its platforms.
struct GivenSecrets(Vec<(String, Option<String>, Secret)>);

impl GivenSecrets {
    fn read(args: &ServeArgs, suites: &[Suite]) -> Result<Self, Stop> {
        let mut given = Self(Vec::new());
        for text in &args.secret_file {
            let (suite, platform, file) = whose(text, suites)?;
            let (secret, was_ended) = secret_of_file(file.as_ref())?;
            if was_ended {
                let note = "the trailing line feed of the secret file was dropped";
                let line = serde_json::json!({"event": "note", "note": note, "suite": suite});
                say(&line.to_string());
            }
            given.add(suite, platform, secret)?;
        }
        for text in &args.secret_env {
            let (suite, platform, variable) = whose(text, suites)?;
            let value = std::env::var_os(variable).ok_or_else(|| {
                Stop::usage(format_args!(
                    "the environment variable {variable} is not set"
                ))
            })?;
            given.add(suite, platform, Secret::new(value.into_encoded_bytes()))?;
        }
        Ok(given)
    }

    fn add(&mut self, suite: String, platform: Option<String>, secret: Secret) -> Result<(), Stop> {
        if self.0.iter().any(|(s, p, _)| *s == suite && *p == platform) {
            return Err(Stop::usage(format_args!("duplicate secret for {suite}")));
        }
        self.0.push((suite, platform, secret));
        Ok(())
    }

    /// Those of a suite, if there are any.
    fn take(&mut self, suite: &Suite) -> Option<Secrets> {
        let name = suite.name.as_str();
        let own = self.0.extract_if(.., |(of, ..)| of == name);
        let mut own: Vec<_> = own.collect();
        if own.is_empty() {
            return None;
        }
        if suite.scheme.secret.per.is_none() {
            return own.pop().map(|(_, _, secret)| Secrets::One(secret));
        }
        let per = own
            .into_iter()
            .map(|(_, platform, secret)| (platform.unwrap_or_default(), secret));
        Some(Secrets::Per(per.collect()))
    }
}

/// Takes `[SUITE[/PLATFORM]=]VALUE` apart.
fn whose<'t>(text: &'t str, suites: &[Suite]) -> Result<(String, Option<String>, &'t str), Stop> {
    let named = text.split_once('=').and_then(|(whose, value)| {
        let (suite, platform) = match whose.split_once('/') {
            Some((suite, platform)) => (suite, Some(platform.to_owned())),
            None => (whose, None),
        };
        let suite = suites.iter().find(|known| known.name.as_str() == suite)?;
        Some((suite, platform, value))
    });
    let (suite, platform, value) = match (named, suites) {
        (Some(named), _) => named,
        (None, [only]) => (only, None, text),
        (None, _) => {
            return Err(Stop::usage(format_args!(
                "name the suite of the secret {text:?}: SUITE={text}"
            )));
        }
    };
    let field = suite
        .scheme
        .secret
        .per
        .map(|field| &suite.scheme.fields.at(field).name);
    match (field, &platform) {
        (Some(field), None) => Err(Stop::usage(format_args!(
            "{} has a secret for each {field}: write {}/NAME={value}",
            suite.name, suite.name
        ))),
        (None, Some(_)) => Err(Stop::usage(format_args!(
            "{} has one secret: write {}={value}",
            suite.name, suite.name
        ))),
        _ => Ok((suite.name.to_string(), platform, value)),
    }
}

/// 128 random bits in hex.
fn random_name() -> String {
    let mut bytes = [0; 16];
    // So few bytes come whole, or not at all where the system has none.
    let _all = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    hex::encode(bytes)
}

/// Every connection is an open file; the limit that is usual for a shell is soon reached.
fn allow_many_connections() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _as_it_was = setrlimit(Resource::Nofile, limit);
}
