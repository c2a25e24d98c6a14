//! The floating-point unit: whose registers it holds.
//!
//! There is one set of registers, and a switch leaves it alone: it is no use to anybody but its owner, since all others run
//! without the unit. Whoever uses it then raises Coprocessor Unusable, and becomes the owner: what the old one had is stored,
//! and what this one had is loaded. So who does not use the unit pays nothing, and who alone uses it pays once.

use crate::env::{Env, Platform};
use crate::kernel::Kernel;
use crate::slot::Slot;

/// Cause: CE and ExcCode.
const CE_AND_CODE: u32 = 3 << 28 | 0x7c;
/// Coprocessor Unusable, of coprocessor 1.
const UNUSABLE: u32 = 1 << 28 | 11 << 2;
/// ExcCode in Cause.
const CODE: u32 = 0x7c;
/// Floating-point exception.
const RAISED: u32 = 15 << 2;

/// Whether an environment has registers in the unit, or kept for it.
// Not a `bool`, so that an `Env` may hold anything until it is first used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Floats(u8);

impl Floats {
    /// It has never used the unit.
    pub const NONE: Self = Self(0);
    /// It has some.
    const SOME: Self = Self(1);
}

/// The unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Whether there is one.
    pub present: bool,
    /// Whose registers it holds. Nobody else runs with it.
    pub(crate) owner: Option<Slot>,
}

impl Unit {
    /// None, as far as anybody knows.
    pub const UNKNOWN: Self = Self {
        present: false,
        owner: None,
    };
}

impl Env {
    /// Status on its way to user mode, which assembly loads. Who has ended never goes there, and has something else in this
    /// word: there is none to spare.
    pub(crate) fn status(&self) -> u32 {
        self.cleared
    }

    fn set_status(&mut self, status: u32) {
        self.cleared = status;
    }
}

impl<M: Platform> Kernel<M> {
    /// An exception of the running environment: if it needs the unit, it has it now, and is to go on. Of a floating-point
    /// exception, FCSR is in the place of BadVAddr afterwards.
    #[cold]
    #[inline(never)]
    pub(super) fn takes_unit(&mut self, slot: Slot) -> bool {
        let cause = self.tf(slot).cp0_cause;
        if !self.unit.present {
            return false;
        }
        if cause & CODE == RAISED {
            self.tf(slot).cp0_badvaddr = self.mem.machine.take_float_cause();
        }
        let needed = cause & CE_AND_CODE == UNUSABLE;
        if needed {
            self.give_unit(slot);
        }
        needed
    }

    fn give_unit(&mut self, slot: Slot) {
        let machine = &mut self.mem.machine;
        if self.unit.owner != Some(slot) {
            if let Some(owner) = self.unit.owner.replace(slot) {
                machine.store_floats(owner);
                self.envs
                    .at_mut(owner)
                    .set_status(machine.user_status(false));
            }
            let env = self.envs.at_mut(slot);
            if env.floats == Floats::NONE {
                env.floats = Floats::SOME;
                machine.clear_floats(slot);
            }
            machine.load_floats(slot);
        }
        self.envs.at_mut(slot).set_status(machine.user_status(true));
    }

    /// FCSR as the environment in `slot` has it.
    pub fn fcsr(&mut self, slot: Slot) -> u32 {
        let machine = &mut self.mem.machine;
        if self.unit.owner == Some(slot) {
            machine.store_floats(slot);
        }
        match self.envs.at(slot).floats {
            Floats::NONE => 0,
            _ => machine.kept_fcsr(slot),
        }
    }

    /// A new environment has no registers in the unit.
    #[inline(always)]
    pub(super) fn clear_floats(&mut self, slot: Slot) {
        let status = self.mem.machine.user_status(false);
        let env = self.envs.at_mut(slot);
        env.floats = Floats::NONE;
        env.set_status(status);
    }

    /// A child begins with the registers that its parent has, as with all others.
    #[inline(always)]
    pub(crate) fn inherit_floats(&mut self, parent: Slot, child: Slot) {
        if self.envs.at(parent).floats != Floats::NONE {
            self.copy_floats(parent, child);
        }
    }

    #[cold]
    #[inline(never)]
    fn copy_floats(&mut self, parent: Slot, child: Slot) {
        let machine = &mut self.mem.machine;
        if self.unit.owner == Some(parent) {
            machine.store_floats(parent);
        }
        machine.copy_floats(parent, child);
        self.envs.at_mut(child).floats = Floats::SOME;
    }

    /// What has ended owns nothing. What the unit holds of it stays there until somebody else's is loaded, and is seen by nobody.
    #[inline(always)]
    pub(super) fn drop_unit(&mut self, slot: Slot) {
        self.unit.owner = self.unit.owner.filter(|&owner| owner != slot);
    }

    /// Which interrupts come through has changed, and with it the Status of all.
    #[cold]
    #[inline(never)]
    pub(super) fn renew_status(&mut self) {
        for slot in (0..self.fresh_envs).map(Slot::new) {
            let owns = self.unit.owner == Some(slot);
            if !self.has_ended(slot) {
                let status = self.mem.machine.user_status(owns);
                self.envs.at_mut(slot).set_status(status);
            }
        }
    }
}
