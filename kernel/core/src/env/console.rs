//! The console: input, and the kernel's own lines.

use core::fmt;

use heapless::Deque;
use mos_abi::Error;
use mos_abi::syscall::PUTS_MAX;
use mos_abi::text::put_char;

use crate::env::{Platform, Wait};
use crate::kernel::{Kernel, Reply};
use crate::machine::Machine;
use crate::mem::user::UserRange;
use crate::slot::Slot;

/// Bytes from the console that nobody has read yet: room for what a person pastes. What arrives while it is full waits
/// in the machine, which has whoever sends it wait too.
pub(crate) type Input = Deque<u8, ROOM>;
const ROOM: usize = 4096;
/// Bytes that one interrupt takes at most, however many there are: they must not keep the CPU.
const PIECE: usize = 64;

/// Formatted text for the console of a machine.
pub struct Lines<'m, M>(pub &'m mut M);

impl<M: Machine> fmt::Write for Lines<'_, M> {
    #[inline(never)]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // exercise 1.4 begin
        for byte in text.bytes() {
            self.0.put(byte);
        }
        Ok(())
        // exercise 1.4 end
    }

    fn write_char(&mut self, c: char) -> fmt::Result {
        put_char(c, |byte| self.0.put(byte));
        Ok(())
    }
}

impl<M: Platform> Kernel<M> {
    /// Takes what the console has received: the first reader gets the first byte, and so on.
    #[optimize(size)]
    pub fn console_ready(&mut self) {
        for _ in 0..PIECE {
            if self.input.is_full() {
                self.listen(false);
                return;
            }
            let Some(byte) = self.mem.machine.get() else {
                return;
            };
            self.take_in(byte);
        }
    }

    /// `byte` is for the first reader, or waits for one.
    #[inline(always)]
    fn take_in(&mut self, byte: u8) {
        match self.readers.first() {
            Some(reader) => self.wake(reader, byte.into()),
            None => _ = self.input.push_back(byte),
        }
    }

    /// Takes `byte` as if the console had received it now. Whether there is room.
    pub fn take_in_late(&mut self, byte: u8) -> bool {
        let has_room = !self.input.is_full();
        if has_room {
            self.take_in(byte);
        }
        has_room
    }

    /// Whether what comes in interrupts what runs.
    #[inline(always)]
    pub fn listen(&mut self, on: bool) {
        self.mem.machine.listen(on);
        // teacher begin
        #[cfg(feature = "fpu")]
        self.renew_status();
        // teacher end
    }

    /// `putchar(c)`.
    pub(crate) fn sys_putchar(&mut self, c: u32) -> Reply {
        self.mem.machine.put(c as u8);
        Reply::Value(0)
    }

    /// `puts(va, len)`: all of a piece or nothing, and nobody else's bytes in between.
    #[optimize(size)]
    pub(crate) fn sys_puts(&mut self, caller: Slot, va: u32, len: u32) -> Result<Reply, Error> {
        let piece = UserRange::new(va, len.min(PUTS_MAX))?;
        let directory = self.envs.at(caller).directory;
        self.mem.user_put(directory, piece)?;
        Ok(Reply::Value(piece.len()))
    }

    /// `cgetc()`: blocks the caller only.
    #[optimize(size)]
    pub(crate) fn sys_cgetc(&mut self, caller: Slot) -> Reply {
        match self.take_byte() {
            Some(byte) => Reply::Value(byte.into()),
            None => {
                self.block(caller, Wait::CONSOLE);
                self.readers.push(&mut self.envs, caller);
                Reply::Later
            }
        }
    }

    // teacher begin
    /// `cgetc_now()`. `-E_TIMEOUT`, as of a wait of no ticks.
    #[optimize(size)]
    pub(crate) fn sys_cgetc_now(&mut self) -> Result<Reply, Error> {
        let byte = self.take_byte().ok_or(Error::Timeout)?;
        Ok(Reply::Value(byte.into()))
    }
    // teacher end

    /// Whether there is a byte that nobody has read yet.
    pub(crate) fn has_input(&self) -> bool {
        !self.input.is_empty()
    }

    /// The first byte that nobody has read yet.
    #[optimize(size)]
    #[inline(never)]
    pub fn take_byte(&mut self) -> Option<u8> {
        let byte = self.input.pop_front()?;
        // Not before there is room for another piece, or each byte would cost an interrupt.
        if self.input.len() == ROOM.wrapping_sub(PIECE) {
            self.listen(true);
        }
        Some(byte)
    }
}
