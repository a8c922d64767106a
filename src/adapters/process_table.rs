//! The processes of this machine, as `/proc` tells of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

/// A process, told apart from a later one with the same number by when it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub(super) pid: i32,
    started: u64,
}

/// What is known of a process.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub(super) identity: Identity,
    pub(super) name: String,
    pub(super) parent: i32,
    pub(super) group: i32,
    /// Whether it has ended, and only waits to be reaped.
    pub(super) is_zombie: bool,
}

impl Process {
    fn read(pid: i32) -> Option<Self> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        Self::parse(&String::from_utf8_lossy(&stat))
    }

    /// Reads a line as proc(5) describes it. A name may have brackets and blanks of its own.
    fn parse(stat: &str) -> Option<Self> {
        let (start, rest) = stat.rsplit_once(") ")?;
        let (pid, name) = start.split_once(" (")?;
        let words: Vec<&str> = rest.split_ascii_whitespace().collect();
        Some(Self {
            identity: Identity {
                pid: pid.parse().ok()?,
                started: words.get(19)?.parse().ok()?,
            },
            name: name.to_owned(),
            parent: words.get(1)?.parse().ok()?,
            group: words.get(2)?.parse().ok()?,
            is_zombie: matches!(*words.first()?, "Z" | "X"),
        })
    }

    /// Whether that variable stood so in its environment when it was started, as far as we may
    /// know.
    pub(super) fn has_variable(&self, variable: &str) -> bool {
        fs::read(format!("/proc/{}/environ", self.identity.pid)).is_ok_and(|environment| {
            environment
                .split(|&byte| byte == 0)
                .any(|one| one == variable.as_bytes())
        })
    }

    /// Sends it a signal, and no other process that has its number meanwhile.
    pub(super) fn signal(&self, signal: Signal) {
        let Some(pid) = Pid::from_raw(self.identity.pid) else {
            return;
        };
        let held = Held::of(pid);
        if Self::read(self.identity.pid).is_some_and(|now| now.identity == self.identity) {
            held.signal(signal);
        }
    }

    /// Takes note of the end of a child of ours.
    pub(super) fn reap(&self) {
        if let Some(pid) = Pid::from_raw(self.identity.pid) {
            let ended = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
            let _lives = waitid(WaitId::Pid(pid), ended);
        }
    }
}

/// A process that a signal is meant for. Who is gone needs none, and who may not be signalled is
/// told of as left.
struct Held {
    pid: Pid,
    /// Its number means no other process, even when it has ended.
    #[cfg(target_os = "linux")]
    handle: rustix::io::Result<std::os::fd::OwnedFd>,
}

impl Held {
    fn of(pid: Pid) -> Self {
        Self {
            pid,
            #[cfg(target_os = "linux")]
            handle: rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()),
        }
    }

    fn signal(&self, signal: Signal) {
        #[cfg(target_os = "linux")]
        match &self.handle {
            Ok(handle) => {
                let _gone = rustix::process::pidfd_send_signal(handle, signal);
                return;
            }
            // Kernels before 5.3 have no such thing.
            Err(errno) if *errno != rustix::io::Errno::NOSYS => return,
            Err(_) => {}
        }
        let _gone = kill_process(self.pid, signal);
    }
}

/// All processes at one time.
#[derive(Debug, Default)]
pub(super) struct ProcessTable(BTreeMap<i32, Process>);

impl ProcessTable {
    /// Reads it; an empty one where the system has no `/proc`.
    pub(super) fn read() -> Self {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Self::default();
        };
        let numbers = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let processes = numbers.filter_map(Process::read);
        Self(processes.map(|one| (one.identity.pid, one)).collect())
    }

    /// The children of a process.
    pub(super) fn children(&self, parent: i32) -> impl Iterator<Item = &Process> {
        self.0.values().filter(move |one| one.parent == parent)
    }

    /// What is still there of these.
    pub(super) fn present(&self, known: &BTreeSet<Identity>) -> impl Iterator<Item = &Process> {
        known.iter().filter_map(|identity| {
            self.0
                .get(&identity.pid)
                .filter(|one| one.identity == *identity)
        })
    }

    /// Adds to some processes whatever descends from them.
    pub(super) fn add_descendants(&self, roots: &mut BTreeSet<Identity>) {
        let mut unvisited: Vec<i32> = roots.iter().map(|root| root.pid).collect();
        while let Some(parent) = unvisited.pop() {
            for child in self.children(parent) {
                if roots.insert(child.identity) {
                    unvisited.push(child.identity.pid);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Process;

    #[test]
    fn a_name_may_contain_brackets_and_spaces() {
        let line =
            "4242 (a) (b c)) S 17 4240 4239 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 9 9";
        let process = Process::parse(line).unwrap();
        assert_eq!(process.name, "a) (b c)");
        assert_eq!(
            (process.identity.pid, process.identity.started),
            (4242, 987_654)
        );
        assert_eq!((process.parent, process.group), (17, 4240));
        assert!(!process.is_zombie);
        assert!(Process::parse("4242 (cut) Z 17").is_none());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_is_listed() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let own = Process::read(pid).unwrap();
        assert_eq!(own.identity.pid, pid);
        assert!(!own.is_zombie);
        let table = super::ProcessTable::read();
        assert!(
            table
                .children(own.parent)
                .any(|one| one.identity == own.identity)
        );
    }
}
