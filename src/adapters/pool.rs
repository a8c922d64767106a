//! Adapters that work side by side, a thread each.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::adapters::{Adapter, AdapterError};

/// Lets `jobs` adapters do `work` at the same time, and returns what each came to, by its number.
///
/// The first adapter is there already; each of the others is started in its own thread. Where that
/// fails, or the system has no thread left, `work` is told why. Meanwhile `tick` is called in this
/// thread; it returns after how long it wants to be called again.
pub fn side_by_side<'a, R: Send>(
    first: Box<dyn Adapter + 'a>,
    start: &(dyn Fn() -> Result<Box<dyn Adapter + 'a>, AdapterError> + Sync),
    jobs: usize,
    work: &(dyn Fn(usize, Result<Box<dyn Adapter + 'a>, AdapterError>) -> R + Sync),
    tick: &mut dyn FnMut() -> Duration,
) -> Vec<R> {
    let mut reports = Vec::new();
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let mut first = Some(first);
        for number in 0..jobs {
            let (sender, adapter) = (sender.clone(), first.take());
            let started = thread::Builder::new().spawn_scoped(scope, move || {
                let adapter = adapter.map_or_else(start, Ok);
                // Nobody listens only where this thread's owner is gone as well.
                let _unheard = sender.send((number, work(number, adapter)));
            });
            if let Err(error) = started {
                reports.push((number, work(number, Err(AdapterError::NoThread(error)))));
            }
        }
        drop(sender);
        let mut patience = tick();
        loop {
            match receiver.recv_timeout(patience) {
                Ok(report) => reports.push(report),
                Err(RecvTimeoutError::Timeout) => patience = tick(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    reports.sort_by_key(|(number, _)| *number);
    reports.into_iter().map(|(_, report)| report).collect()
}
