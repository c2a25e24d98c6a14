//! Device registers for programs that were given device rights: the file server.
//!
//! `len` 1, 2 or 4 at an aligned address is one access of that width. Any other length is a transfer
//! of words, or of bytes where the address or the length is not a multiple of 4.

use mos_abi::Error;

use crate::kernel::Kernel;
use crate::list::Slot;
use crate::machine::{Frame, Machine};
use crate::syscall::Reply;
use crate::user::{Access, UserRange};

/// A transfer that was checked.
struct Transfer {
    directory: Frame,
    memory: UserRange,
    dev: u32,
    width: u32,
}

impl<M: Machine> Kernel<M> {
    /// `write_dev(va, dev, len)`.
    #[optimize(size)]
    pub(crate) fn sys_write_dev(
        &mut self,
        caller: Slot,
        va: u32,
        dev: u32,
        len: u32,
    ) -> Result<Reply, Error> {
        let transfer = self.transfer(caller, va, dev, len, Access::Read)?;
        let Transfer {
            directory,
            memory,
            dev,
            width,
        } = transfer;
        for offset in (0..len).step_by(width as usize) {
            let mut value = 0;
            for i in (0..width).rev() {
                let byte = self
                    .mem
                    .user_read_byte(directory, memory, offset.wrapping_add(i))?;
                value = value << 8 | u32::from(byte);
            }
            self.mem
                .machine
                .device_write(dev.wrapping_add(offset), width, value);
        }
        Ok(Reply::Value(0))
    }

    /// `read_dev(va, dev, len)`.
    #[optimize(size)]
    pub(crate) fn sys_read_dev(
        &mut self,
        caller: Slot,
        va: u32,
        dev: u32,
        len: u32,
    ) -> Result<Reply, Error> {
        let transfer = self.transfer(caller, va, dev, len, Access::Write)?;
        let Transfer {
            directory,
            memory,
            dev,
            width,
        } = transfer;
        for offset in (0..len).step_by(width as usize) {
            let value = self
                .mem
                .machine
                .device_read(dev.wrapping_add(offset), width);
            for (i, byte) in (0..width).zip(value.to_le_bytes()) {
                self.mem
                    .user_write_byte(directory, memory, offset.wrapping_add(i), byte)?;
            }
        }
        Ok(Reply::Value(0))
    }

    /// Checks a transfer as a whole, so that it happens as a whole or not at all. `-E_INVAL`.
    #[optimize(size)]
    fn transfer(
        &mut self,
        caller: Slot,
        va: u32,
        dev: u32,
        len: u32,
        access: Access,
    ) -> Result<Transfer, Error> {
        let listed = self.mem.machine.devices().iter().any(|range| {
            let offset = dev.checked_sub(range.start);
            offset
                .and_then(|at| at.checked_add(len))
                .is_some_and(|end| end <= range.len)
        });
        if !listed || !self.envs.at(caller).devices.allowed() {
            return Err(Error::Inval);
        }
        let memory = UserRange::new(va, len)?;
        let directory = self.envs.at(caller).directory;
        self.mem.user_check(directory, memory, access)?;
        let width = match len {
            2 if dev.is_multiple_of(2) => 2,
            _ if (dev | len).is_multiple_of(4) => 4,
            _ => 1,
        };
        Ok(Transfer {
            directory,
            memory,
            dev,
            width,
        })
    }
}
