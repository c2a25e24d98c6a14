//! The console: input, and the kernel's own lines.

use core::fmt;

use heapless::Deque;

use crate::env::{Platform, Wait};
use crate::kernel::{Kernel, Reply};
use crate::machine::Machine;
use crate::slot::Slot;

/// Bytes from the console that nobody has read yet. What arrives while it is full is lost.
pub(crate) type Input = Deque<u8, 256>;

/// Formatted text for the console of a machine.
pub struct Lines<'m, M>(pub &'m mut M);

impl<M: Machine> fmt::Write for Lines<'_, M> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // exercise 1.4 begin
        for byte in text.bytes() {
            self.0.put(byte);
        }
        Ok(())
        // exercise 1.4 end
    }
}

impl<M: Platform> Kernel<M> {
    /// Takes what the console has received: the first reader gets the first byte, and so on.
    #[optimize(size)]
    pub fn console_ready(&mut self) {
        while let Some(byte) = self.mem.machine.get() {
            match self.readers.first() {
                Some(reader) => self.wake(reader, byte.into()),
                // A full buffer loses the byte, as a UART's own would.
                None => _ = self.input.push_back(byte),
            }
        }
    }

    /// `putchar(c)`.
    pub(crate) fn sys_putchar(&mut self, c: u32) -> Reply {
        self.mem.machine.put(c as u8);
        Reply::Value(0)
    }

    /// `cgetc()`: blocks the caller only.
    #[optimize(size)]
    pub(crate) fn sys_cgetc(&mut self, caller: Slot) -> Reply {
        match self.input.pop_front() {
            Some(byte) => Reply::Value(byte.into()),
            None => {
                self.block(caller, Wait::CONSOLE);
                self.readers.push(&mut self.envs, caller);
                Reply::Later
            }
        }
    }
}
