//! The line to the guest's console: sends no more than there is room for at the other end.
//!
//! QEMU takes a byte when the guest has read the one before, and a pipe makes whoever writes wait. GXemul takes all there is,
//! for as long as there is some, and does nothing else meanwhile: [`mos_abi::line`] says how the kernel helps.

use crate::machine::Machine;
use mos_abi::line::{TAKEN, WINDOW, XON};
use std::io::{self, ErrorKind, Write};
use std::process::ChildStdin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// How many bytes may be sent now.
#[derive(Debug)]
struct Room {
    left: usize,
    /// Nobody listens any more.
    closed: bool,
}

impl Room {
    const NEW: Self = Self {
        left: WINDOW,
        closed: false,
    };

    /// Takes as much of `wanted` as there is.
    fn take(&mut self, wanted: usize) -> usize {
        let taken = wanted.min(self.left);
        self.left -= taken;
        taken
    }

    /// Takes out of the guest's output what is for us.
    fn hear(&mut self, output: &mut Vec<u8>) {
        let before = output.len();
        output.retain(|&byte| byte != XON);
        // A guest that says so without having read anything fools nobody but those who type to it.
        let more = (before - output.len()).saturating_mul(TAKEN);
        self.left = self.left.saturating_add(more).min(WINDOW);
    }
}

/// What one end of a line knows of the other. `None`: on this machine the line itself makes us wait.
#[derive(Clone, Debug)]
pub struct Flow(Option<Arc<(Mutex<Room>, Condvar)>>);

impl Flow {
    /// That of a machine that was just switched on.
    pub fn new(machine: Machine) -> Self {
        Self((machine == Machine::Gxemul).then(|| (Mutex::new(Room::NEW), Condvar::new()).into()))
    }

    /// Takes out of the guest's output what is for the other end.
    pub fn hear(&self, output: &mut Vec<u8>) {
        self.change(|room| room.hear(output));
    }

    /// The session is over.
    pub fn close(&self) {
        self.change(|room| room.closed = true);
    }

    fn change(&self, change: impl FnOnce(&mut Room)) {
        if let Some((room, changed)) = self.0.as_deref() {
            change(&mut lock(room));
            changed.notify_all();
        }
    }

    /// Waits until something may be sent, and takes as much of `wanted` as may be.
    fn take(&self, wanted: usize) -> io::Result<usize> {
        let Some((room, changed)) = self.0.as_deref() else {
            return Ok(wanted);
        };
        let mut room = lock(room);
        while room.left == 0 && !room.closed {
            room = changed.wait(room).unwrap_or_else(PoisonError::into_inner);
        }
        if room.closed {
            return Err(ErrorKind::BrokenPipe.into());
        }
        Ok(room.take(wanted))
    }
}

fn lock(room: &Mutex<Room>) -> MutexGuard<'_, Room> {
    room.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The end of a line at which one types. A write waits until there is room.
#[derive(Debug)]
pub struct Line {
    pipe: ChildStdin,
    flow: Flow,
}

impl Line {
    /// The line to an emulator that reads from `pipe`.
    pub fn new(pipe: ChildStdin, flow: Flow) -> Self {
        Self { pipe, flow }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // GXemul's guest cannot tell a NUL from nothing, nor count it.
        let is_lost = |&byte: &u8| byte == 0 && self.flow.0.is_some();
        let lost = bytes.iter().take_while(|byte| is_lost(byte)).count();
        if lost > 0 {
            return Ok(lost);
        }
        let whole = bytes.iter().position(is_lost).unwrap_or(bytes.len());
        let piece = &bytes[..self.flow.take(whole)?];
        self.pipe.write_all(piece)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pipe.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_guest_has_not_read_is_never_more_than_gxemul_keeps() {
        let mut room = Room::NEW;
        let (mut sent, mut read) = (0, 0);
        for step in 0..10_000_usize {
            sent += room.take(step * 37 % 700);
            assert!(sent - read < 4096, "{sent} sent, {read} read");
            let reads = (step * 61 % 900).min(sent - read);
            let said = (read + reads) / TAKEN - read / TAKEN;
            read += reads;
            let mut output = [vec![XON; said], b"and so on".to_vec()].concat();
            room.hear(&mut output);
            assert_eq!(output, b"and so on");
        }
        assert!(read > 1_000_000, "{read}");
    }

    #[test]
    fn a_guest_that_lies_gets_no_more_than_at_the_start() {
        let mut room = Room::NEW;
        room.hear(&mut vec![XON; 100]);
        assert_eq!(room.take(usize::MAX), WINDOW);
        assert_eq!(room.take(1), 0);
    }
}
