//! One run of an emulator: its console's bytes as they come, bytes for it, its end.

use crate::chatter::Filter;
use crate::emulator::{self, Settings, Verdict};
use crate::machine::Machine;
use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long bytes may be held back that look like the start of an emulator's remark: it writes a remark
/// in one go, so what stops in the middle is the guest's.
const HOLD: Duration = Duration::from_millis(50);
/// Pieces of output that wait to be looked at, until the emulator has to wait too.
const PIECES: usize = 64;

/// An emulator that runs. Dropping it ends the emulator.
#[derive(Debug)]
pub struct Session {
    machine: Machine,
    child: Child,
    stdin: Option<ChildStdin>,
    output: Receiver<Vec<u8>>,
    /// What the emulator says besides the guest; QEMU says nothing.
    filter: Option<Filter>,
    last_line: LastLine,
}

/// What a session has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next bytes of the guest.
    Output(Vec<u8>),
    /// The emulator has closed its output: there will be no more.
    End,
    /// Nothing came until the deadline.
    Timeout,
}

impl Session {
    /// Boots `image` on `machine`. Without a terminal, standard input is a pipe that stays open: at its
    /// end GXemul would stop at the first byte the guest prints.
    ///
    /// # Errors
    /// The emulator cannot be started.
    pub fn start(machine: Machine, image: &Path, settings: Settings) -> Result<Self> {
        let command = emulator::command(machine, image, settings);
        let stdin = if settings.terminal {
            Stdio::inherit()
        } else {
            Stdio::piped()
        };
        Self::spawn(machine, command, stdin)
    }

    /// Runs `command`, one of [`emulator`]'s for `machine`, with this as its standard input.
    ///
    /// # Errors
    /// As [`Session::start`].
    pub fn spawn(machine: Machine, mut command: Command, stdin: Stdio) -> Result<Self> {
        command.stdin(stdin).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start the emulator of {machine}"))?;
        let mut stdout = child.stdout.take().context("the emulator has no output")?;
        let (sender, output) = sync_channel(PIECES);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(len @ 1..) = stdout.read(&mut buffer) {
                if sender.send(buffer[..len].to_vec()).is_err() {
                    break;
                }
            }
        });
        Ok(Self {
            machine,
            stdin: child.stdin.take(),
            child,
            output,
            filter: (machine == Machine::Gxemul).then(Filter::default),
            last_line: LastLine::default(),
        })
    }

    /// The emulator's process id.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The guest's standard input, for someone who feeds it on his own; he must keep it open.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.stdin.take()
    }

    /// Types `bytes` on the guest's console.
    ///
    /// # Errors
    /// The emulator no longer listens.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<()> {
        let stdin = self.stdin.as_mut().context("standard input is not ours")?;
        let written = stdin.write_all(bytes).and_then(|()| stdin.flush());
        written.context("the emulator no longer reads its input")
    }

    /// Waits for the next event, until `deadline` if there is one.
    pub fn next(&mut self, deadline: Option<Instant>) -> Event {
        loop {
            let shown = match self.receive(deadline) {
                Ok(bytes) => match &mut self.filter {
                    Some(filter) => filter.push(&bytes),
                    None => bytes,
                },
                Err(end) => match self.filter.as_mut().filter(|f| f.is_holding()) {
                    Some(filter) => filter.release(),
                    None if end == RecvTimeoutError::Timeout => return Event::Timeout,
                    None => return Event::End,
                },
            };
            if !shown.is_empty() {
                self.last_line.push(&shown);
                return Event::Output(shown);
            }
            // Remarks without end are no reason to wait without end.
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Event::Timeout;
            }
        }
    }

    fn receive(&self, deadline: Option<Instant>) -> Result<Vec<u8>, RecvTimeoutError> {
        let holding = self.filter.as_ref().is_some_and(Filter::is_holding);
        let left = deadline.map(|d| d.saturating_duration_since(Instant::now()));
        match (holding, left) {
            (true, left) => self.output.recv_timeout(left.map_or(HOLD, |l| l.min(HOLD))),
            (false, Some(left)) => self.output.recv_timeout(left),
            (false, None) => self
                .output
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Waits for the emulator's exit, which follows [`Event::End`], and judges it.
    ///
    /// # Errors
    /// The operating system does not tell how it ended.
    pub fn finish(mut self) -> Result<Verdict> {
        let status = self.child.wait().context("cannot wait for the emulator")?;
        Ok(emulator::verdict(
            self.machine,
            status,
            &self.last_line.text(),
        ))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill, and nothing to tell either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Remembers the last line that is not blank.
#[derive(Debug, Default)]
struct LastLine {
    current: Vec<u8>,
    last: Vec<u8>,
}

impl LastLine {
    fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte != b'\n' {
                self.current.push(byte);
            } else if !self.current.trim_ascii().is_empty() {
                self.last = std::mem::take(&mut self.current);
            } else {
                self.current.clear();
            }
        }
    }

    fn text(&self) -> String {
        let blank = self.current.trim_ascii().is_empty();
        let line = if blank { &self.last } else { &self.current };
        String::from_utf8_lossy(line).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_without_end_do_not_keep_us_waiting() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "while :; do echo '[ warning: LOW reference: x ]'; done",
        ]);
        let session = Session::spawn(Machine::Gxemul, command, Stdio::piped());
        let soon = Instant::now() + Duration::from_millis(20);
        assert_eq!(session.unwrap().next(Some(soon)), Event::Timeout);
    }

    #[test]
    fn the_last_line_is_the_last_that_says_something() {
        for (console, last) in [
            ("", ""),
            ("a\nb", "b"),
            ("a\nb\n\r\n \n", "b"),
            ("a\n\nbc\nde\r\n", "de\r"),
        ] {
            let mut lines = LastLine::default();
            for byte in console.bytes() {
                lines.push(&[byte]);
            }
            assert_eq!(lines.text(), last, "{console:?}");
        }
    }
}
