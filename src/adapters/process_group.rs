//! One process and everything that descends from it: begun together, ended together.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::adapters::children::{Family, has_ended};
use crate::adapters::{AdapterCommand, AdapterError};

/// A running process with a process group of its own. Dropping it ends it, and what descends from
/// it.
#[derive(Debug)]
pub(super) struct ProcessGroup {
    family: Family,
    grace: Duration,
}

/// Our ends of a process's pipes.
#[derive(Debug)]
pub(super) struct Pipes {
    pub(super) stdin: ChildStdin,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

impl ProcessGroup {
    /// Starts a command. `grace` is how long it gets between the request to end and the end.
    pub(super) fn start(
        command: &AdapterCommand,
        grace: Duration,
    ) -> Result<(Self, Pipes), AdapterError> {
        let mut builder = command.builder();
        builder
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut group = Self::spawn(command, &mut builder, grace)?;
        let leader = group.family.leader();
        let pipes = (
            leader.stdin.take(),
            leader.stdout.take(),
            leader.stderr.take(),
        );
        match pipes {
            (Some(stdin), Some(stdout), Some(stderr)) => Ok((
                group,
                Pipes {
                    stdin,
                    stdout,
                    stderr,
                },
            )),
            _ => Err(AdapterError::Io(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Starts what was made of a command.
    pub(super) fn spawn(
        command: &AdapterCommand,
        builder: &mut Command,
        grace: Duration,
    ) -> Result<Self, AdapterError> {
        match Family::start(builder) {
            Ok(family) => Ok(Self { family, grace }),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                Err(AdapterError::Interrupted)
            }
            Err(error) => Err(AdapterError::not_started(command, error)),
        }
    }

    /// Whether the leader has ended, by itself or not.
    pub(super) fn has_ended(&self) -> bool {
        self.family.status().is_some() || has_ended(self.family.pid())
    }

    /// Waits for the leader to end by itself, no longer than `patience`; whether it has.
    pub(super) fn await_end(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut pause = Duration::from_millis(1);
        loop {
            if self.has_ended() {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    /// Ends all of them: SIGTERM, and after the grace SIGKILL. How the leader ended; what had ended
    /// before keeps its own status. `None` where it could not be ended: it may be another user's.
    pub(super) fn end(&mut self) -> Option<ExitStatus> {
        if let Some(status) = self.family.status() {
            return Some(status);
        }
        if !self.has_ended() {
            self.family.ask_to_end();
            self.await_end(self.grace);
        }
        self.family.kill()
    }

    /// Its number.
    pub(super) fn pid(&self) -> u32 {
        self.family.pid().as_raw_nonzero().get().unsigned_abs()
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        // What is left is told of at the end of the program.
        let _left = self.end();
    }
}

/// How a process ended: `exit status 3`, `signal 11 (SIGSEGV)`.
pub(super) fn in_words(status: ExitStatus) -> String {
    const NAMES: [(Signal, &str); 14] = [
        (Signal::HUP, "SIGHUP"),
        (Signal::INT, "SIGINT"),
        (Signal::QUIT, "SIGQUIT"),
        (Signal::ILL, "SIGILL"),
        (Signal::TRAP, "SIGTRAP"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::KILL, "SIGKILL"),
        (Signal::SEGV, "SIGSEGV"),
        (Signal::PIPE, "SIGPIPE"),
        (Signal::TERM, "SIGTERM"),
        (Signal::XCPU, "SIGXCPU"),
        (Signal::SYS, "SIGSYS"),
    ];
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(number)) => NAMES
            .iter()
            .find(|(signal, _)| signal.as_raw() == number)
            .map_or_else(
                || format!("signal {number}"),
                |(_, name)| format!("signal {number} ({name})"),
            ),
        (None, None) => "unknown exit status".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::time::Duration;

    use rustix::process::{Pid, test_kill_process_group};

    use super::{ProcessGroup, in_words};
    use crate::adapters::{AdapterCommand, AdapterError};

    fn shell(script: &str) -> (ProcessGroup, super::Pipes) {
        let command = AdapterCommand::new("sh", ["-c", script]);
        ProcessGroup::start(&command, Duration::from_millis(100)).unwrap()
    }

    /// Waits for the script to have come so far.
    fn hear_ready(pipes: &mut super::Pipes) {
        let mut line = [0; 6];
        pipes.stdout.read_exact(&mut line).unwrap();
        assert_eq!(&line, b"ready\n");
    }

    #[test]
    fn exit_statuses_are_described() {
        for (script, words) in [
            ("exit 3", "exit status 3"),
            ("kill -SEGV $$", "signal 11 (SIGSEGV)"),
        ] {
            let (mut group, _pipes) = shell(script);
            assert!(group.await_end(Duration::from_secs(10)));
            assert_eq!(in_words(group.end().unwrap()), words);
        }
    }

    #[test]
    fn a_leader_that_ignores_signals_and_its_children_are_killed() {
        let (mut group, mut pipes) =
            shell("trap '' TERM; sleep 1000 & echo ready; while :; do sleep 1; done");
        hear_ready(&mut pipes);
        let pid = group.family.pid();
        assert!(!group.has_ended());
        assert_ne!(living_members(pid), Some(0));
        assert_eq!(in_words(group.end().unwrap()), "signal 9 (SIGKILL)");
        // The orphan is somebody else's to reap; it only has to be dead.
        let gone = (0..2000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            test_kill_process_group(pid).is_err() || living_members(pid) == Some(0)
        });
        assert!(gone);
    }

    /// How many processes of a group are neither gone nor waiting to be reaped, where `/proc` says
    /// so.
    fn living_members(group: Pid) -> Option<usize> {
        let group = group.as_raw_nonzero().to_string();
        let stats = std::fs::read_dir("/proc")
            .ok()?
            .flatten()
            .filter_map(|process| {
                let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
                Some(stat.rsplit_once(") ")?.1.to_owned())
            });
        let living = stats.filter(|stat| {
            let mut words = stat.split(' ');
            let (condition, its_group) = (words.next(), words.nth(1));
            condition != Some("Z") && its_group == Some(group.as_str())
        });
        Some(living.count())
    }

    #[test]
    fn a_missing_program_is_named() {
        let command = AdapterCommand::new("no-such-program-of-ours", ["x"]);
        let error = ProcessGroup::start(&command, Duration::ZERO).unwrap_err();
        assert!(
            matches!(&error, AdapterError::NotFound { program, .. } if program == "no-such-program-of-ours")
        );
    }
}
