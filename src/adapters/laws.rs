//! Laws of the connection: whatever a process writes and whenever it ends, a drive ends as well,
//! tells of each request once, and hears an interruption.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use crate::adapters::{AdapterCommand, AdapterError, Exchange, Limits, Ticket, Transport as _};
use crate::protocol::{MAX_LINE, PreparedRequest, Reply};
use crate::results::Failure;
use crate::signature::{Context, Fields, Op, Request, Secret, Secrets};

/// How long a case may take before it is said to hang: far more than all its limits together.
const HANGS: Duration = Duration::from_secs(120);

const LIMITS: Limits = Limits {
    start_up: Duration::from_millis(150),
    answer: Duration::from_millis(80),
    grace: Duration::from_millis(40),
};

/// What a process does in one state of the conversation, and what then.
#[derive(Clone, Debug)]
struct Act {
    out: Vec<u8>,
    err: Vec<u8>,
    then: Then,
}

#[derive(Clone, Copy, Debug)]
enum Then {
    /// It reads the next line.
    Goes,
    Exits,
    Crashes,
    Hangs,
    ClosesStdout,
    FloodsStdout,
    FloodsLines,
    FloodsStderr,
}

impl Then {
    const ALL: [Self; 8] = [
        Self::Goes,
        Self::Exits,
        Self::Crashes,
        Self::Hangs,
        Self::ClosesStdout,
        Self::FloodsStdout,
        Self::FloodsLines,
        Self::FloodsStderr,
    ];

    fn script(self) -> &'static str {
        match self {
            Self::Goes => "",
            Self::Exits => "exit 0",
            Self::Crashes => "kill -SEGV $$",
            Self::Hangs => "trap '' TERM; while :; do sleep 1; done",
            Self::ClosesStdout => "exec >&-",
            Self::FloodsStdout => "exec cat /dev/zero",
            Self::FloodsLines => "exec yes",
            Self::FloodsStderr => "exec cat /dev/zero >&2",
        }
    }
}

const HELLO: &[u8] = b"{\"protocol\":1,\"implementation\":{\"name\":\"x\"}}\n";

/// Bytes as they may come in any state.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => Just(HELLO.to_vec()),
        3 => (0..4_u64).prop_map(|id| format!("{{\"id\":{id},\"token\":\"x\"}}\n").into_bytes()),
        2 => prop::collection::vec(any::<u8>(), 0..200),
        1 => Just(Vec::new()),
        1 => (MAX_LINE - 1..MAX_LINE + 70_000, any::<bool>()).prop_map(|(length, ends)| {
            let mut line = vec![b'x'; length];
            line.extend(ends.then_some(b'\n'));
            line
        }),
        1 => Just(b"\n".repeat(100_000)),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let then = prop_oneof![2 => Just(Then::Goes), 1 => prop::sample::select(&Then::ALL[..])];
    (prop::collection::vec(bytes(), 0..3), bytes(), then).prop_map(|(out, err, then)| Act {
        out: out.concat(),
        err,
        then,
    })
}

/// At first an adapter that does well for a while, so that the later states are reached.
fn acts() -> impl Strategy<Value = Vec<Act>> {
    let well = |out: &[u8]| Act {
        out: out.to_vec(),
        err: Vec::new(),
        then: Then::Goes,
    };
    let fine = [
        well(HELLO),
        well(b"{\"id\":1,\"token\":\"x\"}\n"),
        well(b"{\"id\":2,\"token\":\"x\"}\n"),
        well(b"{\"id\":3,\"token\":\"x\"}\n"),
    ];
    (0..=fine.len(), prop::collection::vec(act(), 5)).prop_map(move |(well, mut acts)| {
        acts[..well].clone_from_slice(&fine[..well]);
        acts
    })
}

/// A shell that does so.
fn command(acts: &[Act], folder: &Path) -> AdapterCommand {
    let mut script = String::new();
    for (at, act) in acts.iter().enumerate() {
        fs::write(folder.join(format!("{at}.out")), &act.out).unwrap();
        fs::write(folder.join(format!("{at}.err")), &act.err).unwrap();
        let then = act.then.script();
        script += &format!("read line; cat {at}.out; cat {at}.err >&2\n{then}\n");
    }
    AdapterCommand::new("sh", ["-c", &script]).in_directory(folder)
}

/// Three requests, and how often each was told of.
struct Three {
    next: u64,
    request: PreparedRequest,
    told: BTreeMap<u64, u32>,
}

impl Exchange for Three {
    fn next(&mut self) -> Option<Ticket> {
        self.next += 1;
        (self.next <= 3).then_some(Ticket(self.next))
    }

    fn request(&self, _: Ticket) -> &PreparedRequest {
        &self.request
    }

    fn answered(&mut self, Ticket(ticket): Ticket, _: Reply) {
        *self.told.entry(ticket).or_default() += 1;
    }

    fn failed(&mut self, Ticket(ticket): Ticket, failure: Failure) {
        assert!(failure.to_string().len() < 4096);
        *self.told.entry(ticket).or_default() += 1;
    }

    fn inapplicable(&mut self, Ticket(ticket): Ticket, _: String) {
        *self.told.entry(ticket).or_default() += 1;
    }

    fn revoked(&mut self, Ticket(ticket): Ticket, _: Failure) {
        assert!(self.told.contains_key(&ticket));
    }
}

/// Starts it, asks, and says goodbye; `interrupted_after` so many milliseconds if at all.
fn drive(acts: &[Act], interrupted_after: Option<u64>) {
    let folder = tempfile::tempdir().unwrap();
    let command = command(acts, folder.path());
    let interrupt = AtomicBool::new(false);
    thread::scope(|scope| {
        if let Some(after) = interrupted_after {
            let interrupt = &interrupt;
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(after));
                interrupt.store(true, Ordering::Relaxed);
            });
        }
        let Ok(mut adapter) = command.connect(LIMITS, &interrupt) else {
            return;
        };
        let mut three = Three {
            next: 0,
            request: PreparedRequest::new(Request {
                suite: "s".into(),
                op: Op::Sign,
                secrets: Secrets::One(Secret::new("key")),
                fields: Fields::new(),
                token: None,
                context: Context::default(),
                now: 0,
            }),
            told: BTreeMap::new(),
        };
        let driven = adapter.drive(&mut three);
        let shutdown = adapter.finish();
        assert!(shutdown.notes.iter().map(String::len).sum::<usize>() < 1 << 16);
        assert!(three.told.values().all(|&times| times == 1));
        match driven {
            Ok(()) => assert_eq!(three.told.len(), 3),
            Err(AdapterError::Interrupted) => assert!(interrupted_after.is_some()),
            Err(_) => {}
        }
    });
}

/// Whether that comes to its end.
fn ends(acts: Vec<Act>, interrupted_after: Option<u64>) -> bool {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let driven = std::panic::catch_unwind(|| drive(&acts, interrupted_after));
        let _gone = sender.send(driven.is_ok());
    });
    receiver.recv_timeout(HANGS) == Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_drive_ends_for_any_input(
        acts in acts(),
        interrupted_after in prop::option::weighted(0.2, 0..300_u64),
    ) {
        prop_assert!(ends(acts, interrupted_after));
    }
}
