//! Device registers for programs that were given device rights: the file server.
//!
//! `len` 1, 2 or 4 at an aligned address is one access of that width. Any other length is a transfer
//! of words, or of bytes where the address or the length is not a multiple of 4.

use mos_abi::Error;

use crate::env::Platform;
use crate::kernel::{Kernel, Reply};
use crate::mem::user::{Access, UserRange};
use crate::slot::Slot;

/// So many bytes are moved before interrupts are looked at again.
const PART: u32 = 64;

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
        let listed = self.mem.machine.devices().iter().any(|range| {
            let offset = dev.checked_sub(range.start);
            offset
                .and_then(|at| at.checked_add(len))
                .is_some_and(|end| end <= range.len)
        });
        if !listed || !self.envs.at(caller).devices.allowed() {
            return Err(Error::Inval);
        }
        let directory = self.envs.at(caller).directory;
        self.mem.user_check(directory, memory, access)?;
        let width = match len {
            2 if dev.is_multiple_of(2) => 2,
            _ if (dev | len).is_multiple_of(4) => 4,
            _ => 1,
        };
        let mut offset: u32 = 0;
        while offset < len {
            if offset.is_multiple_of(PART) {
                self.breathe();
            }
            let mut value = match access {
                Access::Write => self
                    .mem
                    .machine
                    .device_read(dev.wrapping_add(offset), width),
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
                self.mem
                    .machine
                    .device_write(dev.wrapping_add(offset), width, value);
            }
            offset = offset.wrapping_add(width);
        }
        Ok(Reply::Value(0))
    }
}
