//! The calls about environments.

use mos_abi::trapframe::{TF_WORDS, reg};
use mos_abi::{EnvStatus, Error, Trapframe};

use crate::env::fault::Upcall;
use crate::env::{Permission, Platform, Wait};
use crate::kernel::{Kernel, Reply};
use crate::slot::Slot;

impl<M: Platform> Kernel<M> {
    /// `getenvid()`.
    pub(crate) fn sys_getenvid(&mut self, caller: Slot) -> Reply {
        Reply::Value(self.id(caller).0)
    }

    /// `env_alloc()`.
    pub(crate) fn sys_env_alloc(&mut self, caller: Slot) -> Result<Reply, Error> {
        // exercise 4.7 begin
        let (parent, priority) = (self.id(caller), self.view(caller).env_pri);
        let child = self.env_alloc(parent, priority)?;
        if let Some((caller, child)) = self.envs.two(caller, child) {
            child.tf = caller.tf;
            child.tf.regs[reg::V0] = 0;
        }
        // exercise 4.7 end
        // teacher begin
        #[cfg(feature = "fpu")]
        self.inherit_floats(caller, child);
        // teacher end
        // exercise 4.7 begin
        Ok(Reply::Value(self.id(child).0))
        // exercise 4.7 end
    }

    /// `env_destroy(id)`.
    pub(crate) fn sys_env_destroy(&mut self, caller: Slot, id: u32) -> Result<Reply, Error> {
        let slot = self.envid2env(caller, id, Permission::Family)?;
        self.env_end(caller, slot);
        Ok(Reply::Value(0))
    }

    /// `set_env_status(id, status)`.
    pub(crate) fn sys_set_env_status(
        &mut self,
        caller: Slot,
        id: u32,
        status: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.8 begin
        let status = EnvStatus::from_u32(status).ok_or(Error::Inval)?;
        let slot = self.envid2env(caller, id, Permission::Family)?;
        let is_runnable = self.view(slot).env_status == EnvStatus::Runnable as u32;
        match status {
            EnvStatus::Free => self.env_end(caller, slot),
            EnvStatus::Runnable if is_runnable => {}
            EnvStatus::Runnable => {
                self.break_off(slot);
                self.make_runnable(slot);
            }
            EnvStatus::NotRunnable if is_runnable => self.block(slot, Wait::NONE),
            EnvStatus::NotRunnable => self.break_off(slot),
        }
        Ok(Reply::Value(0))
        // exercise 4.8 end
    }

    /// `set_trapframe(id, tf)`.
    #[optimize(size)]
    pub(crate) fn sys_set_trapframe(
        &mut self,
        caller: Slot,
        id: u32,
        tf: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.9 begin
        let slot = self.envid2env(caller, id, Permission::Family)?;
        let directory = self.envs.at(caller).directory;
        let mut words = [0; TF_WORDS];
        self.mem.user_read_pages(directory, tf, &mut words)?;
        let tf = Trapframe::from_words(&words);
        let utop = mos_abi::layout::UTOP;
        if tf.pc >= utop || !tf.pc.is_multiple_of(4) || tf.regs[reg::SP] >= utop {
            return Err(Error::Inval);
        }
        // Status is not the program's: the way back to user mode sets it.
        let Trapframe {
            regs, hi, lo, pc, ..
        } = tf;
        let old = self.tf(slot);
        *old = Trapframe {
            regs,
            hi,
            lo,
            pc,
            cp0_epc: pc,
            ..*old
        };
        Ok(if slot == caller {
            Reply::Later
        } else {
            Reply::Value(0)
        })
        // exercise 4.9 end
    }

    /// `set_pgfault_handler(id, func, xstacktop)`.
    pub(crate) fn sys_set_pgfault_handler(
        &mut self,
        caller: Slot,
        id: u32,
        func: u32,
        xstacktop: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.13 begin
        let utop = mos_abi::layout::UTOP;
        if func >= utop || xstacktop > utop || !(func | xstacktop).is_multiple_of(4) {
            return Err(Error::Inval);
        }
        let slot = self.envid2env(caller, id, Permission::Family)?;
        let view = self.view(slot);
        view.env_pgfault_handler = func;
        view.env_xstacktop = xstacktop;
        let env = self.envs.at_mut(slot);
        env.upcall = Upcall::new(func, xstacktop, env.walk);
        Ok(Reply::Value(0))
        // exercise 4.13 end
    }
}
