//! The calls that tell what an environment is: its registers, its mappings, its handlers, its CPU; and what time it is. With
//! those that set them, a parent takes a snapshot of a child and goes back to it.

use mos_abi::Error;
use mos_abi::trapframe::reg;

use super::Return;
use crate::env::shortcut::all_count;
use crate::env::{Permission, Platform};
use crate::kernel::{Kernel, Reply};
use crate::slot::Slot;

/// What is wanted of an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// `get_trapframe(id, tf)`.
    Registers,
    /// `next_mapping(id, va)`.
    Mapping,
    /// `get_handlers(id)`.
    Handlers,
    /// `get_cpu(id)`.
    Cpu,
    /// `get_time()`, which is nobody's.
    Time,
}

impl<M: Platform> Kernel<M> {
    /// Tells about `id`; `at` is an address.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn tell(&mut self, part: Part, id: u32, at: u32) -> Return {
        self.goes_on(|kernel, caller| kernel.tell_part(caller, part, id, at))
    }

    #[inline(always)]
    fn tell_part(&mut self, caller: Slot, part: Part, id: u32, at: u32) -> Result<Reply, Error> {
        let permission = match part {
            Part::Cpu => Permission::Anyone,
            _ => Permission::Family,
        };
        let slot = self.envid2env(caller, id, permission)?;
        let env = self.envs.at(slot);
        let told = match part {
            Part::Registers => {
                // The mark is nobody's business, and the rest is as good as any.
                all_count(self.tf(slot));
                self.write_registers(slot, caller, at)?;
                return Ok(Reply::Value(0));
            }
            Part::Mapping => {
                let next = self.mem.next_mapping(env.directory, at);
                next.ok_or(Error::NotFound)?
            }
            Part::Handlers => {
                let (kinds, handler) = env.handled.told();
                let view = self.view(slot);
                let (stores, top) = (view.env_pgfault_handler, view.env_xstacktop);
                let regs = &mut self.tf(caller).regs;
                [regs[reg::A1], regs[reg::A2]] = [handler, top];
                (stores, kinds)
            }
            Part::Cpu => {
                let number = self.cpu_of(slot).ok_or(Error::NotFound)?;
                return Ok(Reply::Value(number as u32));
            }
            Part::Time => (self.timeouts.now(), self.tick),
        };
        let regs = &mut self.tf(caller).regs;
        [regs[reg::V1], regs[reg::A0]] = told.into();
        Ok(Reply::Value(0))
    }
}
