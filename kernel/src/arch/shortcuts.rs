//! What `shortcuts.S` knows of values of Rust: where things are in them.

use core::mem::offset_of;

use mos_abi::Env;
use mos_core::Kernel;

use crate::hardware::Hardware;

pub use mos_abi::layout::UTOP;
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
