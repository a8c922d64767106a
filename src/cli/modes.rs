//! The modes of the terminal, echo among them: they are at the end what they were at the beginning,
//! whatever an adapter has done to them, and however a question for a secret ends.

use std::fs::File;
use std::os::fd::AsFd as _;
use std::sync::OnceLock;

use rustix::process::getpgrp;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// The terminal, where there is one, and how it was.
static KEPT: OnceLock<Option<Modes>> = OnceLock::new();

/// Remembers how the terminal is.
pub(crate) fn keep() {
    KEPT.get_or_init(Modes::now);
}

/// Makes the terminal what it was.
pub(crate) fn restore() {
    if let Some(Some(modes)) = KEPT.get() {
        modes.restore();
    }
}

struct Modes {
    terminal: File,
    before: Termios,
}

impl Modes {
    fn now() -> Option<Self> {
        let terminal = File::open("/dev/tty").ok()?;
        let before = tcgetattr(&terminal).ok()?;
        Some(Self { terminal, before })
    }

    fn restore(&self) {
        // In the background the terminal is another's, and its modes are none of our business.
        let is_ours = tcgetpgrp(self.terminal.as_fd()).is_ok_and(|group| group == getpgrp());
        let is_changed = || {
            tcgetattr(&self.terminal).is_ok_and(|now| {
                now.local_modes != self.before.local_modes
                    || now.input_modes != self.before.input_modes
                    || now.output_modes != self.before.output_modes
                    || now.control_modes != self.before.control_modes
            })
        };
        if is_ours && is_changed() {
            let _gone = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
        }
    }
}

/// Asks for a secret without echo. A signal that ends the program meanwhile gives the echo back
/// first, and then does what it does.
pub(crate) fn ask_hidden(question: &str) -> std::io::Result<String> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    std::thread::Builder::new().spawn(move || {
        for signal in signals.forever() {
            restore();
            let _ended = emulate_default_handler(signal);
        }
    })?;
    rpassword::prompt_password(question)
}
