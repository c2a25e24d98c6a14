//! Device registers for programs that were given device rights: the file server.
//!
//! `len` 1, 2 or 4 at an aligned address is one access of that width. Any other length is a transfer
//! of words, or of bytes where the address or the length is not a multiple of 4. All words of a FIFO go through
//! the one register that it is.

use mos_abi::Error;
use mos_abi::layout::{PAGE_SIZE, page_down};

use crate::env::Platform;
use crate::kernel::{Kernel, Reply};
use crate::machine::{Frame, InputRegister};
use crate::mem::user::{Access, UserRange};
use crate::slot::Slot;

/// So many bytes are moved before interrupts are looked at again: one by one, and a frame's words.
const PART: u32 = 64;
const PART_OF_FRAME: u32 = 512;

impl<M: Platform> Kernel<M> {
    /// `write_dev(va, dev, len)`.
    pub(crate) fn sys_write_dev(
        &mut self,
        caller: Slot,
        va: u32,
        dev: u32,
        len: u32,
    ) -> Result<Reply, Error> {
        self.transfer(caller, UserRange::new(va, len)?, dev, Access::Read)
    }

    /// `read_dev(va, dev, len)`.
    pub(crate) fn sys_read_dev(
        &mut self,
        caller: Slot,
        va: u32,
        dev: u32,
        len: u32,
    ) -> Result<Reply, Error> {
        self.transfer(caller, UserRange::new(va, len)?, dev, Access::Write)
    }

    /// Moves bytes between memory and device, as a whole or not at all; `access` is what happens to the memory.
    /// `-E_INVAL`.
    #[optimize(size)]
    #[inline(never)]
    fn transfer(
        &mut self,
        caller: Slot,
        memory: UserRange,
        dev: u32,
        access: Access,
    ) -> Result<Reply, Error> {
        let len = memory.len();
        let ranges = self.mem.machine.devices();
        let range = ranges.iter().find(|range| range.takes(dev, len));
        let fifo = match range {
            Some(range) if self.envs.at(caller).devices.allowed() => range.fifo,
            _ => return Err(Error::Inval),
        };
        let directory = self.envs.at(caller).directory;
        self.mem.user_check(directory, memory, access)?;
        let width = match len {
            2 if dev.is_multiple_of(2) => 2,
            _ if (dev | len).is_multiple_of(4) => 4,
            _ => 1,
        };
        let step = if fifo { 0 } else { width };
        if width == 4 && memory.start().is_multiple_of(4) {
            return self.transfer_words(directory, memory, dev, step, access);
        }
        let mut register = dev;
        let mut offset: u32 = 0;
        while offset < len {
            if offset.is_multiple_of(PART) {
                self.breathe();
            }
            let mut value = match access {
                Access::Write => self.read_register(register, width),
                Access::Read => 0,
            };
            for i in 0..width {
                let (at, shift) = (offset.wrapping_add(i), i.wrapping_mul(8));
                match access {
                    Access::Write => {
                        let byte = (value >> shift) as u8;
                        self.mem.user_write_byte(directory, memory, at, byte)?;
                    }
                    Access::Read => {
                        let byte = self.mem.user_read_byte(directory, memory, at)?;
                        value |= u32::from(byte) << shift;
                    }
                }
            }
            if access == Access::Read {
                self.mem.machine.device_write(register, width, value);
            }
            register = register.wrapping_add(step);
            offset = offset.wrapping_add(width);
        }
        Ok(Reply::Value(0))
    }

    /// Reads a register. What the console has received the kernel may have taken in already: then it is in the register still,
    /// for who reads that byte by byte.
    fn read_register(&mut self, register: u32, width: u32) -> u32 {
        match self.mem.machine.input_register(register) {
            Some(InputRegister::Data) if let Some(byte) = self.take_byte() => byte.into(),
            Some(InputRegister::Ready(bit)) if self.has_input() => {
                self.mem.machine.device_read(register, width) | u32::from(bit)
            }
            _ => self.mem.machine.device_read(register, width),
        }
    }

    /// The same for words that lie in memory as words do, a frame's at a time.
    fn transfer_words(
        &mut self,
        directory: Frame,
        memory: UserRange,
        dev: u32,
        step: u32,
        access: Access,
    ) -> Result<Reply, Error> {
        let (mut va, end) = (memory.start(), memory.end());
        let mut register = dev;
        while va < end {
            self.breathe();
            let next = end.min((va | (PART_OF_FRAME - 1)).wrapping_add(1));
            let frame = self.mem.user_frame(directory, page_down(va), access)?;
            let first = (va % PAGE_SIZE / 4) as usize;
            let count = next.wrapping_sub(va) / 4;
            let words = first..first.wrapping_add(count as usize);
            match access {
                Access::Write => self
                    .mem
                    .machine
                    .device_read_words(register, step, frame, words),
                Access::Read => self
                    .mem
                    .machine
                    .device_write_words(register, step, frame, words),
            }
            register = register.wrapping_add(step.wrapping_mul(count));
            va = next;
        }
        Ok(Reply::Value(0))
    }
}
