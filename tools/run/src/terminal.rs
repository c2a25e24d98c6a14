//! The user's end of the console: a terminal, whose modes are others during a run, or pipes. It may go away.

use crate::machine::Machine;
use crate::out;
use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{IsTerminal, stdin, stdout};
use std::{process, thread};

/// Watches over the console. Gives the terminal its modes back at its end, and when something ends this program: a
/// signal, or that there is no console any more.
#[derive(Debug)]
pub struct Guard {
    /// The modes of standard input, if that is a terminal.
    modes: Option<Termios>,
}

impl Guard {
    /// For a run on `machine` with this program's standard input and output, which Ctrl-C `interrupts`, or else only Ctrl-\.
    ///
    /// # Errors
    /// The modes cannot be read or changed, or signals cannot be caught.
    pub fn new(machine: Machine, interrupts: bool) -> Result<Self> {
        let modes = if stdin().is_terminal() {
            Some(tcgetattr(stdin()).context("cannot read the terminal's modes")?)
        } else {
            None
        };
        let guard = Self { modes };
        guard.watch();
        if let Some(modes) = &guard.modes {
            // QEMU does that for itself.
            let new = (machine == Machine::Gxemul).then(|| key_by_key(modes.clone(), interrupts));
            catch_signals(modes.clone(), new.clone())?;
            if let Some(new) = new {
                tcsetattr(stdin(), OptionalActions::Now, &new)
                    .context("cannot change the terminal's modes")?;
            }
        }
        Ok(guard)
    }

    /// Whether there is a terminal to type on.
    pub fn is_terminal(&self) -> bool {
        self.modes.is_some()
    }

    /// Waits, in a thread of its own, for the terminal to be gone, or whoever reads what is printed.
    fn watch(&self) {
        let modes = self.modes.clone();
        thread::spawn(move || {
            let (stdin, stdout) = (stdin(), stdout());
            let mut ends = vec![PollFd::new(&stdout, PollFlags::empty())];
            if modes.is_some() {
                ends.push(PollFd::new(&stdin, PollFlags::empty()));
            }
            // What is not asked for, but always told, is that the other end is gone.
            while let Err(Errno::INTR) = poll(&mut ends, None) {}
            modes.as_ref().map(restore);
            out::tell("the console is gone");
            process::exit(1);
        });
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.modes.as_ref().map(restore);
    }
}

/// Restores the modes `old` and ends, if a signal says so; goes back to `new` where it only went on after a stop.
fn catch_signals(old: Termios, new: Option<Termios>) -> Result<()> {
    let signals = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCONT];
    let mut signals = Signals::new(signals).context("cannot catch signals")?;
    thread::spawn(move || {
        for signal in signals.forever() {
            if signal == SIGCONT {
                new.as_ref().map(restore);
            } else {
                restore(&old);
                process::exit(128 + signal);
            }
        }
    });
    Ok(())
}

fn restore(modes: &Termios) {
    // A terminal that is gone needs no modes.
    let _ = tcsetattr(stdin(), OptionalActions::Now, modes);
}

/// The modes of a terminal that gives each key as it is pressed, shows none of them, and knows Ctrl-C if that `interrupts`.
fn key_by_key(mut modes: Termios, interrupts: bool) -> Termios {
    modes.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
    modes.input_modes -= InputModes::ICRNL;
    modes.special_codes[SpecialCodeIndex::VMIN] = 1;
    modes.special_codes[SpecialCodeIndex::VTIME] = 0;
    if !interrupts {
        // No key.
        modes.special_codes[SpecialCodeIndex::VINTR] = 0;
    }
    modes
}
