//! Environments.
//!
//! | module | concept |
//! | --- | --- |
//! | `life` | ids, permission, allocation, waiting and end |
//! | `end` | clearing away those that have ended, piece by piece |
//! | [`deaths`] | when those are gone that had ended at some moment |
//! | [`list`] | the queues environments stand in |
//! | [`sched`] | who runs next, and for how long |
//! | [`ipc`] | messages |
// teacher begin
//! | `msg` | messages of four words, for which both sides wait |
// teacher end
//! | [`console`] | console input and the kernel's own lines |
//! | [`fault`] | what becomes of an exception |
// teacher begin
//! | [`cpus`] | several CPUs, of which one is in the kernel
//! | [`rule`] | the rules by which the CPU is given away |
//! | `fpu` | the floating-point unit, where the kernel is built for one |
//! | `exceptions` | exceptions that an environment handles itself |
// teacher end
//! | [`raise`] | what an instruction can have raised |
// teacher begin
//! | [`shortcut`] | what assembly knows that carries out some calls by itself |
// teacher end
//!
//! What programs see of an environment is in the table at UENVS and nowhere else; [`Env`] is the rest.
//!
//! An environment is in one of these states:
//!
//! | status | `wait` | where it stands |
//! | --- | --- | --- |
//! | free | `NONE` | list of free slots (or retired) |
//! | free | `NONE` | run queue: it has ended, and what it had is cleared away in its turns |
//! | runnable | `NONE` | run queue, whose head has the CPU |
// teacher begin
//! | runnable | `NONE` | nowhere, where it runs on a CPU that is not in the kernel: see [`cpus`] |
// teacher end
//! | not runnable | `NONE` | nowhere: its parent has not started it, or has stopped it |
//! | not runnable | `MESSAGE`, `CALL` | nowhere: a sender finds it by its id |
// teacher begin
//! | not runnable | `SEND` | the line of its partner, the receiver |
//! | not runnable | `HEAR` | nowhere: likewise; or at the head of the run queue, having lent its turn to who runs |
// teacher end
//! | not runnable | `CONSOLE` | the console's readers |
//! | not runnable | `END` | nowhere: a child it has ended stands in its place in the run queue |

pub mod console;
pub mod deaths;
mod end;
// teacher begin
pub mod cpus;
pub(crate) mod exceptions;
// teacher end
pub mod fault;
// teacher begin
#[cfg(feature = "fpu")]
pub mod fpu;
// teacher end
pub mod ipc;
mod life;
pub mod list;
// teacher begin
pub mod msg;
// teacher end
pub mod raise;
// teacher begin
pub mod rule;
// teacher end
pub mod sched;
// teacher begin
pub mod shortcut;
// teacher end

use core::ops::DerefMut;

use mos_abi::Trapframe;

use crate::env::deaths::Lack;
// teacher begin
use crate::env::exceptions::Handled;
// teacher end
use crate::env::fault::Upcall;
use crate::env::list::Link;
// teacher begin
use crate::env::list::Ring;
use crate::env::msg::Named;
use crate::env::rule::Rule;
// teacher end
use crate::machine::{Frame, Machine};
use crate::mem::asid::Tag;
use crate::slot::{Slot, Table};

pub use life::Permission;

/// What an environment waits for.
// teacher begin
/// Who is in a short call to hear one alone has that one's id there: see `msg`.
// teacher end
// Not an enum, so that an `Env` may hold anything until it is first used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
// teacher begin
// otherwise: pub struct Wait(u8);
pub struct Wait(u32);
// teacher end

impl Wait {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// A message, in `ipc_recv`.
    pub const MESSAGE: Self = Self(1);
    /// A message, in `ipc_call`.
    pub const CALL: Self = Self(0x20);
    /// A byte from the console, in `cgetc`.
    pub const CONSOLE: Self = Self(4);
    /// That a child it has ended is cleared away, in `env_destroy`.
    pub const END: Self = Self(8);

    /// Whether it is for a message.
    pub const fn is_for_message(self) -> bool {
        // teacher begin
        // otherwise: self.0 & (Self::MESSAGE.0 | Self::CALL.0) != 0
        // Who waits in `ipc_call` may have lent its turn: whoever sends to it goes the long way, in `msg`.
        self.0 == Self::MESSAGE.0
        // teacher end
    }

    /// What it is for, in words; whom it is for is not in them.
    #[inline(never)]
    #[optimize(size)]
    pub const fn what_for(self) -> &'static str {
        match self {
            Self::MESSAGE => "waits for a message (ipc_recv)",
            Self::CALL => "waits for a message (ipc_call)",
            Self::CONSOLE => "waits for the console (cgetc)",
            Self::END => "waits until a child is cleared away (env_destroy)",
            // teacher begin
            wait if wait.is_in_line() => "waits in line to send to",
            wait if wait.is_to_hear() => "waits for a message from",
            // teacher end
            _ => "is stopped",
        }
    }
}

/// Whether an environment may use device registers.
// Not a `bool`, for the same reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Devices(u8);

impl Devices {
    /// As the boot package says.
    pub const fn new(allowed: bool) -> Self {
        Self(allowed as u8)
    }

    /// Whether it may.
    pub const fn allowed(self) -> bool {
        self.0 == 1
    }
}

/// What the kernel knows of an environment beyond what programs see. Any bits are a value of it: where it is,
/// nothing need be written before a slot is used.
// A power of two in size, so that finding it takes a shift and no multiplication.
#[repr(C, align(256))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Env {
    /// Its registers while it does not run. SAVE_ALL stores them here.
    pub(crate) tf: Trapframe,
    /// Where its stores to read-only pages are reported. Assembly expects it behind the registers.
    pub(crate) upcall: Upcall,
    /// Its id; 0 in a free slot. Assembly expects it here.
    pub(crate) id: u32,
    /// Id of the environment that made it.
    pub(crate) parent: u32,
    /// Its page directory; meaningless in a free slot.
    pub(crate) directory: Frame,
    /// What the TLB refill walks for it.
    pub(crate) walk: u32,
    /// Its address-space id.
    pub(crate) asid: Tag,
    /// How often its slot was used before.
    pub(crate) generation: u32,
    /// Its neighbours in the queue it stands in.
    pub(crate) link: Link,
    /// Up to this address its memory is cleared away; meaningless before it has ended.
    // teacher begin
    /// Where there may be a floating-point unit it is something else before: see `fpu`.
    // teacher end
    pub(crate) cleared: u32,
    /// Time slices of its next turn; likewise.
    pub(crate) slices: u32,
    /// What it is to try again.
    pub(crate) lack: Lack,
    // teacher begin
    /// Which exceptions it handles itself.
    pub(crate) handled: Handled,
    // teacher end
    /// What it waits for.
    pub(crate) wait: Wait,
    // teacher begin
    /// Whom it waits to send to, or to hear in `msg`.
    pub(crate) partner: u32,
    /// The tick with which its wait ends, if it does not last for ever; when it has ended, its priority where the rule asks for
    /// that.
    pub(crate) deadline: u32,
    /// Where assembly finds what programs see of it.
    pub(crate) view: u32,
    // teacher end
    /// Whose end that is; meaningless unless it waits for one.
    pub(crate) awaits: Slot,
    // teacher begin
    /// Those who wait to send to it.
    pub(crate) line: Ring,
    /// Whether anybody has waited for it; this and its line mean nothing before a first one has.
    pub(crate) named: Named,
    // teacher end
    /// Those among which it has ended; meaningless before.
    pub(crate) group: u8,
    /// Whether it may use device registers.
    pub(crate) devices: Devices,
    // teacher begin
    /// Whether it has registers in the floating-point unit.
    #[cfg(feature = "fpu")]
    pub(crate) floats: fpu::Floats,
    // teacher end
}

// teacher begin
#[cfg(feature = "fpu")]
const _: () = assert!(core::mem::offset_of!(Env, cleared) == 200 && size_of::<Env>() == 256);
// teacher end

impl Env {
    /// A new environment, in no queue.
    pub const NEW: Self = Self {
        tf: Trapframe::ZERO,
        upcall: Upcall::SLOW,
        id: 0,
        parent: 0,
        link: Link::NONE,
        directory: Frame::new(0),
        walk: 0,
        asid: Tag::NONE,
        cleared: 0,
        slices: 0,
        group: 0,
        lack: Lack::NONE,
        wait: Wait::NONE,
        // teacher begin
        named: Named::NEVER,
        line: Ring::new(),
        partner: 0,
        deadline: 0,
        view: 0,
        handled: Handled::NONE,
        // teacher end
        awaits: Slot::new(0),
        devices: Devices::new(false),
        // teacher begin
        #[cfg(feature = "fpu")]
        floats: fpu::Floats::NONE,
        // teacher end
        generation: 0,
    };
}

/// A machine that environments live on.
pub trait Platform: Machine {
    /// Where the kernel keeps its table of environments.
    type Envs: DerefMut<Target = Table<Env>>;
    // teacher begin
    /// The rule by which the CPU is given away.
    type Rule: Rule;
    // teacher end
}

impl AsRef<Link> for Env {
    fn as_ref(&self) -> &Link {
        &self.link
    }
}

impl AsMut<Link> for Env {
    fn as_mut(&mut self) -> &mut Link {
        &mut self.link
    }
}

impl AsMut<Tag> for Env {
    fn as_mut(&mut self) -> &mut Tag {
        &mut self.asid
    }
}
