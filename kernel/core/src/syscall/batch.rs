//! Several calls in one trap.

use mos_abi::batch::{CALL_SIZE, RESULT};
use mos_abi::trapframe::reg;
use mos_abi::{Error, Sysno};

use super::Return;
use crate::env::Platform;
use crate::kernel::{Kernel, Reply};
use crate::mem::user::Access;
use crate::slot::Slot;

/// Whether the call with this number may be one of several: its caller goes on after it, with the registers that it had.
const fn may_be_one(number: u32) -> bool {
    const GETENVID: u32 = Sysno::Getenvid as u32;
    const SET_PGFAULT_HANDLER: u32 = Sysno::SetPgfaultHandler as u32;
    const MEM_ALLOC: u32 = Sysno::MemAlloc as u32;
    const MEM_MAP: u32 = Sysno::MemMap as u32;
    const MEM_UNMAP: u32 = Sysno::MemUnmap as u32;
    const MEM_SHARE: u32 = Sysno::MemShare as u32;
    const MEM_COPY: u32 = Sysno::MemCopy as u32;
    const SET_EXCEPTION_HANDLER: u32 = Sysno::SetExceptionHandler as u32;
    matches!(
        number,
        GETENVID
            | SET_PGFAULT_HANDLER
            | MEM_ALLOC
            | MEM_MAP
            | MEM_UNMAP
            | MEM_SHARE
            | MEM_COPY
            | SET_EXCEPTION_HANDLER
    )
}

impl<M: Platform> Kernel<M> {
    /// `batch(calls, count)`.
    #[optimize(size)]
    pub(crate) fn sys_batch(
        &mut self,
        caller: Slot,
        calls: u32,
        count: u32,
    ) -> Result<Reply, Error> {
        let (mut made, mut at) = (0_u32, calls);
        let sp = self.tf(caller).regs[reg::SP];
        let mut result = Ok(());
        while made < count {
            // Where each call looks for its arguments 4 and 5 at 16(sp), they are in the array.
            self.tf(caller).regs[reg::SP] = at;
            result = self.make_one(caller, at);
            if result.is_err() {
                break;
            }
            made = made.wrapping_add(1);
            at = at.wrapping_add(CALL_SIZE);
            if self.mem.machine.is_interrupted() {
                break;
            }
        }
        self.tf(caller).regs[reg::SP] = sp;
        let failed = match result {
            Ok(()) => 0,
            Err(error) if made == 0 => return Err(error),
            // Where there will be memory, the rest is the first call of another one, which is made again like any other.
            Err(Error::NoMem) if self.deaths.any() => 0,
            Err(error) => error.code() as u32,
        };
        self.tf(caller).regs[reg::V1] = failed;
        Ok(Reply::Value(made))
    }

    /// Makes the call at `at`. Whatever calls before it have done to the array, it is read now.
    #[optimize(size)]
    #[inline(always)]
    fn make_one(&mut self, caller: Slot, at: u32) -> Result<(), Error> {
        let directory = self.envs.at(caller).directory;
        let mut call = [0; 4];
        self.mem.user_read_pages(directory, at, &mut call)?;
        let [number, a, b, c] = call;
        let index = number.wrapping_sub(Sysno::FIRST) as usize;
        let entry = Self::ENTRIES.get(index).filter(|_| may_be_one(number));
        let Return(result) = entry.ok_or(Error::Inval)?(self, a, b, c);
        let v0 = Error::check(result as u32 as i32)?;
        // It may be where nothing can be written any more, or never could.
        let place = self
            .mem
            .user_word(directory, at.wrapping_add(RESULT), Access::Write);
        _ = place.map(|word| *word = v0);
        Ok(())
    }
}
