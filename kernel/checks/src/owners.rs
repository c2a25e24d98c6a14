//! Lab 3: owners of slots, one after the other.

use mos_abi::{EnvId, NENV};
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};
use mos_exam::saw;
use spin::{Mutex, MutexGuard};

use crate::check::Check;
use crate::envs::{is_bare, view};

/// The id of each slot's last owner; too many for the kernel's stack.
static IDS: Mutex<[EnvId; NENV]> = Mutex::new([EnvId::SELF; NENV]);

/// What was wrong with them.
#[derive(Debug)]
pub struct Owners {
    ids: MutexGuard<'static, [EnvId; NENV]>,
    again: u32,
    odd: u32,
    changed: u32,
}

impl Owners {
    /// None yet.
    pub fn new() -> Self {
        let mut ids = IDS.lock();
        ids.fill(EnvId::SELF);
        Self {
            ids,
            again: 0,
            odd: 0,
            changed: 0,
        }
    }

    /// Looks at the new owner of `slot`.
    pub fn look<M: Platform>(&mut self, kernel: &mut Kernel<M>, slot: Slot) {
        let (id, seen) = (kernel.id(slot), view(kernel, slot));
        let last = core::mem::replace(&mut self.ids[slot.index()], id);
        self.again += u32::from(last == id);
        self.odd += u32::from(id == EnvId::SELF || id.0 >> 31 != 0);
        self.changed += u32::from(seen.env_id != id.0 || seen.env_runs != 0 || !is_bare(seen));
    }

    /// Reports it.
    pub fn report<M: Platform>(self, kernel: &mut Kernel<M>, check: &mut Check) {
        saw!(
            check,
            "how many of them had the id of the slot's last owner",
            self.again,
            kernel
        );
        saw!(
            check,
            "how many had an id that is taken for oneself or an error",
            self.odd,
            kernel
        );
        saw!(
            check,
            "how many had something of another that programs can see",
            self.changed,
            kernel
        );
    }
}
