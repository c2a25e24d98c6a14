//! Environments: this one and the others.

use mos_abi::layout::UENVS;
use mos_abi::{Env, EnvId, EnvStatus, Error, NENV};

use crate::local::Local;
use crate::{syscall, view};
// teacher begin

mod vars;

pub(crate) use vars::{PWD, all_vars, name_of};
pub use vars::{current_dir, remove_var, set_current_dir, set_var, var, vars};
// teacher end

/// This environment's id. Set at the start and again in every child of `fork`, which begins with a
/// copy of its parent's stack (what MOS does with the pointer `env`).
const ID: Local<EnvId> = Local::new(|kept| &kept.id);

/// This environment's id.
pub fn id() -> EnvId {
    ID.get()
}

/// Asks the kernel who we are.
pub(crate) fn remember_id() {
    // SAFETY: touches no memory. It cannot fail.
    let id = unsafe { syscall::getenvid() }.unwrap_or(0);
    ID.set(EnvId(id));
}

/// Ends this environment. Nothing is dropped; the kernel takes back all memory.
pub fn exit() -> ! {
    loop {
        // SAFETY: what loses its memory does not run on.
        let _ = unsafe { syscall::env_destroy(EnvId::SELF.0) };
    }
}

/// Gives up the CPU until every other runnable environment of equal priority had its turn.
pub fn yield_now() {
    // SAFETY: touches no memory. It cannot fail.
    let _ = unsafe { syscall::r#yield() };
}

/// Keeps the CPU busy until somebody else ends this environment.
pub fn spin() -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// Ends `id`: this environment or a child. [`Error::BadEnv`]: any other.
pub fn destroy(id: EnvId) -> Result<(), Error> {
    // SAFETY: takes away all memory of an environment, which then does not run on.
    unsafe { syscall::env_destroy(id.0) }.map(drop)
}

/// Makes `id` (self or child) runnable or not; [`EnvStatus::Free`] ends it. [`Error::BadEnv`]: any
/// other.
pub fn set_status(id: EnvId, status: EnvStatus) -> Result<(), Error> {
    // SAFETY: as `destroy`; the other two change no memory.
    unsafe { syscall::set_env_status(id.0, status as u32) }.map(drop)
}

/// Waits, giving way, until the environment `id` has ended.
pub fn wait(id: EnvId) {
    while slot(id.index()).is(id) {
        yield_now();
    }
}

/// One environment as the kernel shows it at UENVS; each method loads one word of it.
#[derive(Clone, Copy, Debug)]
pub struct Slot(usize);

/// Slot `index` of the array at UENVS; an index past its end counts from the start again.
pub const fn slot(index: usize) -> Slot {
    Slot(index % NENV)
}

/// The slot of `id`, which may have a later owner by now: see [`Slot::is`].
pub const fn slot_of(id: EnvId) -> Slot {
    slot(id.index())
}

/// The slots of all live environments.
pub fn all() -> impl Iterator<Item = Slot> {
    (0..NENV)
        .map(Slot)
        .filter(|slot| slot.status() != EnvStatus::Free)
}

macro_rules! word_of_slot {
    ($($(#[$doc:meta])* $method:ident: $field:ident;)*) => {
        impl Slot {
            $(
                $(#[$doc])*
                pub fn $method(self) -> u32 {
                    let at = self.0 * size_of::<Env>() + core::mem::offset_of!(Env, $field);
                    view::word(UENVS + at as u32)
                }
            )*
        }
    };
}

word_of_slot! {
    /// Time slices it runs in a row.
    priority: env_pri;
    /// How often it was given the CPU.
    runs: env_runs;
    /// Value of the last message received.
    ipc_value: env_ipc_value;
    /// Id of that message's sender.
    ipc_from: env_ipc_from;
    /// 1 while it waits for a message.
    ipc_recving: env_ipc_recving;
    /// Where it wants the page of a message; 0: nowhere.
    ipc_dstva: env_ipc_dstva;
    /// Flags of the page that came with that message; 0: none came.
    ipc_perm: env_ipc_perm;
    /// Where its faults are reported; 0: nowhere.
    handler: env_pgfault_handler;
    /// Top of its exception stack.
    xstacktop: env_xstacktop;
    /// Status as a number; see [`Slot::status`].
    raw_status: env_status;
    /// Id as a number; see [`Slot::id`].
    raw_id: env_id;
    /// Id of its parent as a number; see [`Slot::parent`].
    raw_parent: env_parent_id;
}

impl Slot {
    // teacher begin
    /// Where it is: what the pointer `thisenv` of a C program is.
    pub fn address(self) -> u32 {
        UENVS + (self.0 * size_of::<Env>()) as u32
    }

    /// The number of the CPU on which it runs just now, from 0 on.
    pub fn cpu(self) -> Option<u32> {
        // SAFETY: touches no memory.
        unsafe { syscall::get_cpu(self.raw_id()) }.ok()
    }

    // teacher end
    /// Id of the slot's owner, or of its last one when it is free.
    pub fn id(self) -> EnvId {
        EnvId(self.raw_id())
    }

    /// Id of the environment that made it; 0 when the kernel did.
    pub fn parent(self) -> EnvId {
        EnvId(self.raw_parent())
    }

    /// What it is doing.
    pub fn status(self) -> EnvStatus {
        EnvStatus::from_u32(self.raw_status()).unwrap_or(EnvStatus::Free)
    }

    /// Whether the slot belongs to the live environment `id`.
    pub fn is(self, id: EnvId) -> bool {
        self.id() == id && self.status() != EnvStatus::Free
    }
}
