//! What a program sees of an environment at UENVS, and environment ids.

use core::fmt;

use crate::text::Hex8;
use crate::trapframe::Trapframe;

/// How many environments there are.
pub const NENV: usize = 1024;

/// An environment's id: slot in bits 9..0, bit 10 always 1, the slot's generation above.
///
/// Bit 31 is 0, so that an id is never taken for an error. 0 is no id: it means "myself" in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct EnvId(pub u32);

impl EnvId {
    /// "Myself", in every call that takes an id.
    pub const SELF: Self = Self(0);
    /// Generations a slot has before it is retired.
    pub const GENERATIONS: u32 = 1 << 20;

    /// The id of generation `generation` of slot `slot` (MOS `mkenvid`); excess bits are dropped.
    pub const fn new(generation: u32, slot: usize) -> Self {
        Self((generation % Self::GENERATIONS) << 11 | NENV as u32 | (slot % NENV) as u32)
    }

    /// Slot of this id in the array at UENVS (the ABI's `ENVX`).
    pub const fn index(self) -> usize {
        self.0 as usize % NENV
    }

    /// Generation of the slot that this id belongs to.
    pub const fn generation(self) -> u32 {
        self.0 >> 11
    }
}

impl fmt::Display for EnvId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex8(self.0).fmt(f)
    }
}

/// Values of [`Env::env_status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum EnvStatus {
    /// The slot is free.
    Free = 0,
    /// Running or waiting for its turn.
    Runnable = 1,
    /// Not to be run: not yet started, stopped by its parent, or waiting.
    NotRunnable = 2,
}

impl EnvStatus {
    /// The status with this number, if there is one.
    pub const fn from_u32(n: u32) -> Option<Self> {
        match n {
            0 => Some(Self::Free),
            1 => Some(Self::Runnable),
            2 => Some(Self::NotRunnable),
            _ => None,
        }
    }
}

/// One environment: entry `id.index()` of the array at [`crate::layout::UENVS`]. 58 words, 232 bytes.
///
/// Registers, links and kernel pointers are nobody else's business and always 0 here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Env {
    /// Registers; always 0 here.
    pub env_tf: Trapframe,
    /// Link; always 0 here.
    pub env_link: [u32; 2],
    /// The environment's id, or that of the slot's last owner.
    pub env_id: u32,
    /// Id of the environment that made this one; 0 for those the kernel made.
    pub env_parent_id: u32,
    /// An [`EnvStatus`].
    pub env_status: u32,
    /// Kernel pointer; always 0 here.
    pub env_pgdir: u32,
    /// Physical address; always 0 here.
    pub env_cr3: u32,
    /// Link; always 0 here.
    pub env_sched_link: [u32; 2],
    /// Time slices it runs in a row.
    pub env_pri: u32,
    /// Value of the last message received.
    pub env_ipc_value: u32,
    /// Id of that message's sender.
    pub env_ipc_from: u32,
    /// 1 while waiting for a message.
    pub env_ipc_recving: u32,
    /// Where the next message's page will be mapped; 0: nowhere.
    pub env_ipc_dstva: u32,
    /// Permissions of the page that came with the last message; 0: none came.
    pub env_ipc_perm: u32,
    /// Where TLB Mod faults are reported; 0: nowhere.
    pub env_pgfault_handler: u32,
    /// Top of the exception stack.
    pub env_xstacktop: u32,
    /// How often it was given the CPU.
    pub env_runs: u32,
    /// Unused, kept for its place.
    pub env_nop: u32,
}

impl Env {
    /// Makes this a free slot whose last owner was `id`. Words that are always 0 are not touched.
    pub fn clear(&mut self, id: EnvId) {
        self.env_id = id.0;
        self.env_parent_id = 0;
        self.env_status = EnvStatus::Free as u32;
        self.env_pri = 0;
        self.env_ipc_value = 0;
        self.env_ipc_from = 0;
        self.env_ipc_recving = 0;
        self.env_ipc_dstva = 0;
        self.env_ipc_perm = 0;
        self.env_pgfault_handler = 0;
        self.env_xstacktop = 0;
        self.env_runs = 0;
    }

    /// A slot that was never used.
    pub const FREE: Self = Self {
        env_tf: Trapframe::ZERO,
        env_link: [0; 2],
        env_id: 0,
        env_parent_id: 0,
        env_status: EnvStatus::Free as u32,
        env_pgdir: 0,
        env_cr3: 0,
        env_sched_link: [0; 2],
        env_pri: 0,
        env_ipc_value: 0,
        env_ipc_from: 0,
        env_ipc_recving: 0,
        env_ipc_dstva: 0,
        env_ipc_perm: 0,
        env_pgfault_handler: 0,
        env_xstacktop: 0,
        env_runs: 0,
        env_nop: 0,
    };
}

const _: () = {
    assert!(size_of::<Env>() == 232);
    assert!(core::mem::offset_of!(Env, env_id) == 164);
    assert!(core::mem::offset_of!(Env, env_ipc_value) == 196);
    assert!(core::mem::offset_of!(Env, env_runs) == 224);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_positive_and_never_zero() {
        for (generation, slot) in [(0, 0), (0, 1023), (EnvId::GENERATIONS - 1, 1023)] {
            let id = EnvId::new(generation, slot);
            assert_eq!((id.generation(), id.index()), (generation, slot));
            assert!(id.0 & 1 << 10 != 0 && (id.0 as i32) > 0);
        }
    }

    #[test]
    fn the_next_generation_has_another_id() {
        assert_ne!(EnvId::new(0, 5), EnvId::new(1, 5));
    }
}
