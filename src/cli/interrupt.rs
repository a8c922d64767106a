//! Signals: the first asks for the end of what is under way, the second ends the program. Either
//! way nothing that was started is left.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::adapters;
use crate::cli::exit::Stop;
use crate::cli::interruption::received;
use crate::cli::modes;
use crate::cli::terminal::say;

/// A flag that Ctrl-C sets, as do SIGTERM and SIGHUP: what is under way comes to an end, and what
/// was done is still reported. A second of these signals, or a SIGQUIT, ends the program, and first
/// what it has started. There is one flag, however often it is asked for.
pub(crate) fn interrupt_flag() -> Result<Arc<AtomicBool>, Stop> {
    static FLAG: Mutex<Option<Arc<AtomicBool>>> = Mutex::new(None);

    let mut made = FLAG.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(flag) = &*made {
        return Ok(Arc::clone(flag));
    }
    let flag = Arc::new(AtomicBool::new(false));
    let mut heard = vec![SIGINT, SIGTERM, SIGQUIT];
    // Under nohup it is to be ignored.
    if !is_ignored(SIGHUP) {
        heard.push(SIGHUP);
    }
    let mut signals = Signals::new(heard).map_err(Stop::harness)?;
    let set = Arc::clone(&flag);
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for signal in &mut signals {
                // Before the flag: once that is set, the signal is known.
                received(signal);
                if signal == SIGQUIT || set.swap(true, Ordering::Relaxed) {
                    end_children();
                    modes::restore();
                    // It does not come back: by default each of them ends the program.
                    let _unknown = emulate_default_handler(signal);
                }
            }
        })
        .map_err(Stop::harness)?;
    Ok(Arc::clone(made.insert(flag)))
}

/// Ends whatever was started and still runs, and says what could not be ended.
pub(crate) fn end_children() {
    let left = adapters::end_all();
    if left.is_empty() {
        return;
    }
    let left: Vec<String> = left
        .iter()
        .map(|one| format!("{} ({})", one.pid, one.name.escape_debug()))
        .collect();
    say(&format!(
        "warning: cannot stop these processes: {}",
        left.join(", ")
    ));
}

/// Whether a signal was ignored when the program was started, where the system tells.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let Some(mask) = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) else {
        // Without a word of it only what cannot be meant otherwise is heard.
        return signal == SIGHUP;
    };
    mask >> (signal - 1) & 1 == 1
}
