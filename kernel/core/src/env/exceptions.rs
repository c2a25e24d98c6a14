//! Exceptions that an environment handles itself.

use mos_abi::exceptions::Exceptions;
use mos_abi::layout::{UTOP, UVPT};
use mos_abi::trapframe::reg;
use mos_abi::{Error, Sysno};

use crate::env::fault::{Exception, Fatal};
use crate::env::{Permission, Platform};
use crate::kernel::{Kernel, Reply};
use crate::mem::user::Access;
use crate::slot::Slot;

/// Which these are, and what handles them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handled {
    kinds: u32,
    handler: u32,
}

impl Handled {
    /// Where it is in it which they are, for assembly.
    pub const KINDS: usize = core::mem::offset_of!(Self, kinds);

    /// None.
    pub const NONE: Self = Self {
        kinds: 0,
        handler: 0,
    };

    /// Whether there are any.
    #[inline(always)]
    pub const fn any(self) -> bool {
        self.kinds != 0
    }

    /// A new environment has none.
    #[inline(always)]
    pub const fn clear(&mut self) {
        self.kinds = 0;
    }

    /// Which there are, and their handler.
    pub const fn told(self) -> (u32, u32) {
        // Where there are none, anything may be in the other word.
        if self.any() {
            (self.kinds, self.handler)
        } else {
            (0, 0)
        }
    }

    /// Whether the one that `cause` tells of is among them.
    const fn has(self, cause: u32) -> bool {
        self.kinds & 1_u32.wrapping_shl(cause >> 2 & 0x1f) != 0
    }
}

impl<M: Platform> Kernel<M> {
    /// `set_exception_handler(id, kinds, func, xstacktop)`.
    #[optimize(size)]
    pub(crate) fn sys_set_exception_handler(
        &mut self,
        caller: Slot,
        id: u32,
        kinds: u32,
        handler: u32,
    ) -> Result<Reply, Error> {
        let env = self.envs.at(caller);
        let at = env.tf.regs[reg::SP].wrapping_add(16);
        let mut top = [0];
        self.mem.user_read_pages(env.directory, at, &mut top)?;
        let [top] = top;
        let known = Exceptions::from_bits(kinds).is_some();
        if !known || handler >= UTOP || top > UTOP || !(handler | top).is_multiple_of(4) {
            return Err(Error::Inval);
        }
        let slot = self.envid2env(caller, id, Permission::Family)?;
        // There is one exception stack for both.
        let stores = self.view(slot).env_pgfault_handler;
        _ = Self::entry(Sysno::SetPgfaultHandler)(self, id, stores, top);
        let env = self.envs.at_mut(slot);
        let kinds = if handler == 0 { 0 } else { kinds };
        env.handled = Handled { kinds, handler };
        Ok(Reply::Value(0))
    }

    /// Whether the exception in the trapframe of `slot` is one that it handles itself.
    #[cold]
    #[inline(never)]
    pub fn handles(&self, slot: Slot) -> bool {
        let env = self.envs.at(slot);
        env.handled.has(env.tf.cp0_cause)
    }

    /// Whether it does so with an access to a page that is not there, before one comes on demand.
    #[cold]
    #[inline(never)]
    pub(super) fn handles_access(&mut self, slot: Slot) -> bool {
        let env = self.envs.at(slot);
        let exception = Exception::of(env.tf.cp0_cause);
        let (va, directory) = (env.tf.cp0_badvaddr, env.directory);
        // Above UVPT there is always something to see, and an entry may have become valid after the TLB had loaded it.
        matches!(exception, Exception::TlbLoad | Exception::TlbStore)
            && self.handles(slot)
            && va < UVPT
            && self.mem.user_frame(directory, va, Access::Read).is_err()
    }

    /// Reports it: the handler goes on, with the trapframe on the exception stack.
    #[cold]
    #[inline(never)]
    pub(super) fn report(&mut self, slot: Slot) -> Result<(), Fatal> {
        let handler = self.envs.at(slot).handled.handler;
        // Which is where the one for stores is looked up.
        let view = self.view(slot);
        let stores = core::mem::replace(&mut view.env_pgfault_handler, handler);
        let reported = self.tlb_mod(slot);
        self.view(slot).env_pgfault_handler = stores;
        reported
    }
}
