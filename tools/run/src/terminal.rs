//! The user's terminal, which emulators put into raw mode and, when killed, leave there.

use anyhow::{Context, Result};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{IsTerminal, stdin};
use std::{process, thread};

/// Gives the terminal its modes back at its end, and when a signal ends this program.
#[derive(Debug)]
pub struct Guard(Termios);

impl Guard {
    /// Notes the modes of standard input, or gives `None` where that is no terminal.
    ///
    /// # Errors
    /// The modes cannot be read or signals cannot be caught.
    pub fn new() -> Result<Option<Self>> {
        if !stdin().is_terminal() {
            return Ok(None);
        }
        let modes = tcgetattr(stdin()).context("cannot read the terminal's modes")?;
        let guard = Self(modes.clone());
        let mut signals =
            Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]).context("cannot catch signals")?;
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                restore(&modes);
                process::exit(128 + signal);
            }
        });
        Ok(Some(guard))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore(&self.0);
    }
}

fn restore(modes: &Termios) {
    // A terminal that is gone needs no modes.
    let _ = tcsetattr(stdin(), OptionalActions::Now, modes);
}
