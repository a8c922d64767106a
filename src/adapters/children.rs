//! Every process that this program starts, and what descends from them, so that none is left.
//!
//! On Linux what descends from a process is found whether or not it leaves its process group, its
//! session or its parent: orphans become ours (`PR_SET_CHILD_SUBREAPER`), and a variable in the
//! environment says from whom they come. Elsewhere it is the process and its group.

use std::collections::BTreeSet;
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpgrp, kill_process, kill_process_group};

use crate::adapters::process_table::{Identity, Process, ProcessTable};

/// The variable by which a process is known to descend from one that we started.
const MARK: &str = "MACPROOF_STARTED";

/// How long a process may take to end once it was killed.
const KILLED: Duration = Duration::from_secs(2);

/// The processes are the whole program's, so there is one list of them.
static CHILDREN: Mutex<Children> = Mutex::new(Children {
    is_prepared: false,
    is_closed: false,
    leaders: BTreeSet::new(),
    before: BTreeSet::new(),
    started: 0,
});

struct Children {
    /// Whether orphans come to us.
    is_prepared: bool,
    /// Whether nothing may be started any more.
    is_closed: bool,
    /// What we started and have not yet reaped.
    leaders: BTreeSet<i32>,
    /// What was ours before we started anything, and is none of our business.
    before: BTreeSet<Identity>,
    /// How many were ever started.
    started: u64,
}

/// A process that we started, and what descends from it.
#[derive(Debug)]
pub(super) struct Family {
    leader: Child,
    /// Once it is reaped.
    status: Option<ExitStatus>,
    mark: String,
    /// Every descendant that was ever seen.
    known: BTreeSet<Identity>,
}

/// A process that could not be ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unended {
    /// Its number.
    pub pid: i32,
    /// Its name, as the system knows it; it may be empty, and is untrusted text.
    pub name: String,
}

/// Ends everything that was started, and lets nothing be started any more: for the end of the
/// program. What does not end within two seconds, or may not be ended, comes back.
pub fn end_all() -> Vec<Unended> {
    let mut all = BTreeSet::new();
    let deadline = Instant::now() + KILLED;
    loop {
        let mut children = lock();
        children.is_closed = true;
        if children.started == 0 {
            return Vec::new();
        }
        let table = ProcessTable::read();
        all.extend(children.descendants(&table).map(|one| one.identity));
        table.add_descendants(&mut all);
        children.reap_orphans(&table);
        let leaders: Vec<i32> = children.leaders.iter().copied().collect();
        drop(children);
        let living: Vec<&Process> = table.present(&all).filter(|one| !one.is_zombie).collect();
        for process in &living {
            process.signal(Signal::KILL);
        }
        if cfg!(not(target_os = "linux")) {
            leaders.into_iter().filter_map(Pid::from_raw).for_each(kill);
            return Vec::new();
        }
        if living.is_empty() || Instant::now() >= deadline {
            let unended = |process: &Process| Unended {
                pid: process.identity.pid,
                name: process.name.clone(),
            };
            return living.into_iter().map(unended).collect();
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// What is changed under the lock is whole after each statement.
fn lock() -> MutexGuard<'static, Children> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Kills a process that is not yet reaped, and its group. Who is gone is no news.
fn kill(leader: Pid) {
    let _gone = kill_process_group(leader, Signal::KILL);
    let _gone = kill_process(leader, Signal::KILL);
}

impl Children {
    /// Makes orphans come to us, and notes what is there already.
    fn prepare(&mut self) {
        if self.is_prepared {
            return;
        }
        self.is_prepared = true;
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{getpid, set_child_subreaper};

            let _unknown_to_old_kernels = set_child_subreaper(Some(getpid()));
        }
        let there = ProcessTable::read();
        self.before = there.children(own_pid()).map(|one| one.identity).collect();
    }

    /// Our own children, those excepted that are none of our business.
    fn descendants<'t>(&self, table: &'t ProcessTable) -> impl Iterator<Item = &'t Process> {
        table
            .children(own_pid())
            .filter(|one| !self.before.contains(&one.identity))
    }

    /// Those that we did not start.
    fn orphans<'t>(&self, table: &'t ProcessTable) -> impl Iterator<Item = &'t Process> {
        self.descendants(table)
            .filter(|one| !self.leaders.contains(&one.identity.pid))
    }

    /// Takes note of the end of orphans. What stands in our own group may be a child that another
    /// part of the program started and waits for.
    fn reap_orphans(&self, table: &ProcessTable) {
        let own_group = getpgrp().as_raw_nonzero().get();
        self.orphans(table)
            .filter(|one| one.is_zombie && one.group != own_group)
            .for_each(Process::reap);
    }
}

impl Family {
    /// Starts a process in a group of its own. An error of the kind `Interrupted` says that the
    /// program is about to end.
    pub(super) fn start(builder: &mut Command) -> io::Result<Self> {
        use std::os::unix::process::CommandExt as _;

        let mut children = lock();
        if children.is_closed {
            return Err(io::ErrorKind::Interrupted.into());
        }
        children.prepare();
        children.started += 1;
        let value = format!("{}-{}", own_pid(), children.started);
        let leader = builder.env(MARK, &value).process_group(0).spawn()?;
        children
            .leaders
            .insert(Pid::from_child(&leader).as_raw_nonzero().get());
        Ok(Self {
            leader,
            status: None,
            mark: format!("{MARK}={value}"),
            known: BTreeSet::new(),
        })
    }

    pub(super) fn leader(&mut self) -> &mut Child {
        &mut self.leader
    }

    pub(super) fn pid(&self) -> Pid {
        Pid::from_child(&self.leader)
    }

    /// How the leader ended, once it is reaped.
    pub(super) fn status(&self) -> Option<ExitStatus> {
        self.status
    }

    /// Asks all of them to end.
    pub(super) fn ask_to_end(&mut self) {
        let _gone = kill_process_group(self.pid(), Signal::TERM);
        let group = self.pid().as_raw_nonzero().get();
        for process in self.living() {
            if process.group != group {
                process.signal(Signal::TERM);
            }
        }
    }

    /// Kills all of them and reaps the leader; its status, if it ended within two seconds.
    pub(super) fn kill(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + KILLED;
        let mut pause = Duration::from_millis(1);
        loop {
            if self.status.is_none() {
                // Descendants are found more easily while their parent is there.
                if !has_ended(self.pid()) {
                    self.look();
                }
                kill(self.pid());
                self.reap();
            }
            let is_alone = self.status.is_some() && has_no_children();
            let living = if is_alone { Vec::new() } else { self.living() };
            for process in &living {
                process.signal(Signal::KILL);
            }
            let is_done = self.status.is_some() && living.is_empty();
            if is_done || Instant::now() >= deadline {
                return self.status;
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    /// The leader's descendants that have not ended; those that have are reaped.
    fn living(&mut self) -> Vec<Process> {
        let table = self.look();
        table
            .present(&self.known)
            .filter(|one| !one.is_zombie)
            .cloned()
            .collect()
    }

    fn look(&mut self) -> ProcessTable {
        let children = lock();
        let table = ProcessTable::read();
        let leader = self.pid().as_raw_nonzero().get();
        if self.status.is_none() {
            let own = table.children(leader).map(|one| one.identity);
            self.known.extend(own);
        }
        let marked = children
            .orphans(&table)
            .filter(|one| one.has_variable(&self.mark));
        self.known.extend(marked.map(|one| one.identity));
        table.add_descendants(&mut self.known);
        children.reap_orphans(&table);
        table
    }

    fn reap(&mut self) {
        let mut children = lock();
        if let Ok(Some(status)) = self.leader.try_wait() {
            self.status = Some(status);
            let pid = Pid::from_child(&self.leader).as_raw_nonzero().get();
            children.leaders.remove(&pid);
        }
    }
}

/// Whether a child of ours has ended. It is not reaped.
pub(super) fn has_ended(child: Pid) -> bool {
    use rustix::process::{WaitId, WaitIdOptions, waitid};

    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::Pid(child), look), Ok(None))
}

/// Whether we have no child at all: then nobody descends from anybody whom we started, where
/// orphans come to us.
fn has_no_children() -> bool {
    use rustix::io::Errno;
    use rustix::process::{WaitId, WaitIdOptions, waitid};

    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    cfg!(not(target_os = "linux")) || matches!(waitid(WaitId::All, look), Err(Errno::CHILD))
}

fn own_pid() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}
