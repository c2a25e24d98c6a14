//! System calls: decoding and dispatch. `docs/syscalls.md` is their manual.
//!
//! Each call is a method of [`Kernel`] in the module of its concept. It gets the caller's slot and
//! its arguments as the numbers they came as, checks them, and returns a [`Reply`] or an error.

mod dev;
mod mem;

use mos_abi::trapframe::reg;
use mos_abi::{Error, Sysno};

use crate::kernel::Kernel;
use crate::list::Slot;
use crate::machine::Machine;

/// What becomes of a call that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It returns this in v0.
    Value(u32),
    /// Its caller waits, or has got other registers: v0 is not touched.
    Later,
}

impl<M: Machine> Kernel<M> {
    /// The system call that the running environment makes, by its number and arguments 1 to 3; the rest
    /// of its state is in its trapframe, with the program counter behind the instruction. Returns
    /// whether it goes on, with its result in v0, or [`Kernel::resume`] must say who does.
    pub fn syscall(&mut self, registers: [u32; 4]) -> bool {
        let Some(caller) = self.cpu().current else {
            return false;
        };
        let v0 = match self.dispatch(caller, registers) {
            Ok(Reply::Value(value)) => value,
            Ok(Reply::Later) => return self.cpu().current.is_some(),
            Err(error) => error.code() as u32,
        };
        self.tf(caller).regs[reg::V0] = v0;
        self.cpu().current.is_some()
    }

    fn dispatch(&mut self, caller: Slot, registers: [u32; 4]) -> Result<Reply, Error> {
        let [number, a, b, c] = registers;
        let call = Sysno::from_u32(number).ok_or(Error::Inval)?;
        log::trace!(
            "slot {}: {}({a:#x}, {b:#x}, {c:#x})",
            caller.index(),
            call.name()
        );
        match call {
            Sysno::Putchar => Ok(self.sys_putchar(a)),
            Sysno::Getenvid => Ok(self.sys_getenvid(caller)),
            Sysno::Yield => {
                self.sched_yield();
                Ok(Reply::Value(0))
            }
            Sysno::EnvDestroy => self.sys_env_destroy(caller, a),
            Sysno::SetPgfaultHandler => self.sys_set_pgfault_handler(caller, a, b, c),
            Sysno::MemAlloc => self.sys_mem_alloc(caller, a, b, c),
            Sysno::MemMap => {
                let [dstva, perm] = self.stack_arguments(caller)?;
                self.sys_mem_map(caller, (a, b), (c, dstva), perm)
            }
            Sysno::MemUnmap => self.sys_mem_unmap(caller, a, b),
            Sysno::EnvAlloc => self.sys_env_alloc(caller),
            Sysno::SetEnvStatus => self.sys_set_env_status(caller, a, b),
            Sysno::SetTrapframe => self.sys_set_trapframe(caller, a, b),
            Sysno::Panic => Ok(self.sys_panic(caller, a)),
            Sysno::IpcCanSend => {
                let [perm] = self.stack_arguments(caller)?;
                self.sys_ipc_can_send(caller, a, b, c, perm)
            }
            Sysno::IpcRecv => self.sys_ipc_recv(caller, a),
            Sysno::Cgetc => Ok(self.sys_cgetc(caller)),
            Sysno::WriteDev => self.sys_write_dev(caller, a, b, c),
            Sysno::ReadDev => self.sys_read_dev(caller, a, b, c),
            Sysno::MemShare => self.sys_mem_share(caller, a, b, c),
            Sysno::MemCopy => {
                let [perm] = self.stack_arguments(caller)?;
                self.sys_mem_copy(caller, a, (b, c), perm)
            }
            Sysno::IpcCall => self.sys_ipc_call(caller, a, b, c),
        }
    }

    /// Arguments 4 and 5, which o32 passes at 16(sp) and 20(sp). `-E_INVAL`: they cannot be read.
    fn stack_arguments<const N: usize>(&mut self, caller: Slot) -> Result<[u32; N], Error> {
        let sp = self.tf(caller).regs[reg::SP];
        let directory = self.envs.at(caller).directory;
        self.mem
            .user_read(directory, sp.checked_add(16).ok_or(Error::Inval)?)
    }
}
