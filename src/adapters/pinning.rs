//! One core for us and for what we start, so that the way between is short and always the same.

/// Keeps the calling thread, and every process that it starts meanwhile, on one core. Dropping it
/// lets the thread go again; what was started stays.
#[derive(Debug)]
pub struct Pinned {
    core: usize,
    #[cfg(target_os = "linux")]
    before: rustix::thread::CpuSet,
}

impl Pinned {
    /// Takes the last core that this thread may use: the first often has the system's own work.
    /// `None` where the system does not let us.
    #[cfg(target_os = "linux")]
    pub fn to_one_core() -> Option<Self> {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

        let before = sched_getaffinity(None).ok()?;
        let core = (0..CpuSet::MAX_CPU)
            .rev()
            .find(|&core| before.is_set(core))?;
        let mut one = CpuSet::new();
        one.set(core);
        sched_setaffinity(None, &one).ok()?;
        Some(Self { core, before })
    }

    /// There is no such thing here.
    #[cfg(not(target_os = "linux"))]
    pub fn to_one_core() -> Option<Self> {
        None
    }

    /// Which core it is, from 0.
    pub fn core(&self) -> usize {
        self.core
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        let _stays = rustix::thread::sched_setaffinity(None, &self.before);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::thread::sched_getaffinity;

    use super::Pinned;

    #[test]
    fn pinning_is_undone() {
        let before = sched_getaffinity(None).unwrap();
        let Some(pinned) = Pinned::to_one_core() else {
            eprintln!("skipped: this system cannot pin a thread to a core");
            return;
        };
        let during = sched_getaffinity(None).unwrap();
        assert_eq!(during.count(), 1);
        assert!(during.is_set(pinned.core()));
        drop(pinned);
        assert_eq!(sched_getaffinity(None).unwrap(), before);
    }
}
