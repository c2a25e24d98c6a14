//! What `shortcuts.S` knows of values of Rust: where things are in them.

use core::mem::offset_of;

use mos_abi::{Env, Page};
use mos_core::Kernel;

use crate::hardware::Hardware;
use crate::ram::Ram;

pub use mos_abi::layout::{DEMAND_FLOOR, USTACKTOP, UTOP};
pub use mos_core::env::shortcut::{CALL, HEAR, KEPT, MESSAGE, env};

pub const VIEW_STATUS: usize = offset_of!(Env, env_status);
pub const VIEW_VALUE: usize = offset_of!(Env, env_ipc_value);
pub const VIEW_FROM: usize = offset_of!(Env, env_ipc_from);
pub const VIEW_PERM: usize = offset_of!(Env, env_ipc_perm);
pub const VIEW_RECVING: usize = offset_of!(Env, env_ipc_recving);
pub const VIEW_DSTVA: usize = offset_of!(Env, env_ipc_dstva);
pub const VIEW_PRI: usize = offset_of!(Env, env_pri);
pub const VIEW_RUNS: usize = offset_of!(Env, env_runs);

pub const CURRENT: usize = Kernel::<Hardware>::CURRENT;
pub const FIRST: usize = Kernel::<Hardware>::FIRST;
pub const SLICES: usize = Kernel::<Hardware>::SLICES;
pub const TAGS: usize = Kernel::<Hardware>::TAGS;

/// Where the tables of memory are.
const RAM: usize = Kernel::<Hardware>::MACHINE + offset_of!(Hardware, ram);

pub const PAGES: usize = RAM + Ram::PAGES;
pub const FREE: usize = RAM + Ram::FREE;
pub const GROUPS: usize = RAM + Ram::GROUPS;
pub const FRAMES: usize = RAM + Ram::FRAMES;
pub const DIRTY: usize = Kernel::<Hardware>::DIRTY;
pub const ZEROED: usize = Kernel::<Hardware>::ZEROED;
pub const FRESH: usize = Kernel::<Hardware>::FRESH;
pub const READY: usize = Kernel::<Hardware>::READY;

/// Assembly knows how long an entry is.
pub const PP_REF: usize = {
    assert!(size_of::<Page>() == 12);
    offset_of!(Page, pp_ref)
};

/// Where things are in a [`mos_core::machine::Run`].
pub mod run {
    use core::mem::offset_of;

    use mos_core::machine::Run;

    pub const FROM: usize = offset_of!(Run, from);
    pub const VA: usize = offset_of!(Run, va);
    pub const DIRECTORY: usize = offset_of!(Run, directory);
    pub const TO: usize = offset_of!(Run, to);
    pub const COUNT: usize = offset_of!(Run, count);
    pub const MASK: usize = offset_of!(Run, allowed.mask);
    pub const VALUE: usize = offset_of!(Run, allowed.value);
    pub const FLAGS: usize = offset_of!(Run, flags);
}
