//! What assembly knows that carries out some calls by itself: `kernel/src/arch/shortcuts.S`.
//!
//! A shortcut does what Rust would do, and only where all is plain; so the whole policy stands in Rust. Whoever calls with
//! `msg_call`, `msg_reply_wait` or `ipc_call` lends its turn: it waits, but keeps its place at the head of the run queue for who runs
//! now, so that neither side of a call, nor of any number of calls, has to change the queue. [`Kernel::settle`] puts things
//! right before the queue is changed for another reason.

use core::mem::offset_of;

use mos_abi::{EnvId, EnvStatus, Trapframe};

use crate::env::exceptions::Handled;
use crate::env::list::Link;
use crate::env::sched::Cpu;
use crate::env::{Env, Platform, Wait};
use crate::kernel::Kernel;
use crate::mem::Memory;
use crate::mem::asid::{Asids, Tag};
use crate::mem::view::View;
use crate::slot::Slot;

/// Where things are in an [`Env`].
pub mod env {
    use super::*;

    /// Its id.
    pub const ID: usize = offset_of!(Env, id);
    /// What the TLB refill walks for it.
    pub const WALK: usize = offset_of!(Env, walk);
    /// Its address-space id.
    pub const TAG: usize = offset_of!(Env, asid);
    /// Its neighbours in the queue it stands in.
    pub const LINK: usize = offset_of!(Env, link);
    /// Who comes before it there.
    pub const PREV: usize = LINK + Link::PREV;
    /// Who comes after it.
    pub const NEXT: usize = LINK + Link::NEXT;
    /// What it waits for: a word.
    pub const WAIT: usize = offset_of!(Env, wait);
    /// Who is first in its line.
    pub const LINE: usize = offset_of!(Env, line);
    /// Whose child it is.
    pub const PARENT: usize = offset_of!(Env, parent);
    /// Whether it handles exceptions itself: a word.
    pub const HANDLED: usize = offset_of!(Env, handled) + Handled::KINDS;
    /// Where what programs see of it is.
    pub const VIEW: usize = offset_of!(Env, view);
}

/// The wait of who can be called by a shortcut; who can be answered has the id of who may answer. It looks the same as the status of who waits: assembly has one
/// register for both.
pub const HEAR: u32 = {
    assert!(Wait::HEAR.0 == EnvStatus::NotRunnable as u32);
    Wait::HEAR.0
};

/// The wait of who waits in `ipc_call`.
pub const CALL: u32 = Wait::CALL.0;

/// The wait of who waits in `ipc_recv`. It looks the same as a mark that it is one.
pub const MESSAGE: u32 = {
    assert!(Wait::MESSAGE.0 == 1);
    Wait::MESSAGE.0
};

/// Cause in the trapframe of who has made a call in assembly: a system call, and a mark, which is no bit of Cause, that of the
/// registers there only those count that a call keeps, and v0. The next exception that stores all of them takes it away, and
/// [`all_count`] does.
pub const KEPT: u32 = 8 << 2 | MARK;

/// The mark.
const MARK: u32 = 1;

/// From now on all registers in `tf` count.
pub(crate) fn all_count(tf: &mut Trapframe) {
    tf.cp0_cause &= !MARK;
}

impl<M: Platform> Kernel<M> {
    /// Where the slot is that runs.
    pub const CURRENT: usize = offset_of!(Self, cpus) + offset_of!(Cpu, current);
    /// Where the slot is that is first in the run queue.
    pub const FIRST: usize = offset_of!(Self, cpus) + offset_of!(Cpu, run_queue);
    /// Where it is how many time slices are left of a turn.
    pub const SLICES: usize = offset_of!(Self, cpus) + offset_of!(Cpu, slices);
    /// Where the tag of address-space id 0 is.
    pub const TAGS: usize = offset_of!(Self, asids) + Asids::BASE;

    /// Where the machine is.
    pub const MACHINE: usize = offset_of!(Self, mem) + offset_of!(Memory<M>, machine);
    /// Where it is how many frames with anything in them are free.
    pub const DIRTY: usize = offset_of!(Self, mem) + offset_of!(Memory<M>, dirty);
    /// Where it is how many frames of zeros are.
    pub const ZEROED: usize = offset_of!(Self, mem) + offset_of!(Memory<M>, zeroed);
    /// Where the first frame is that was never used.
    pub const FRESH: usize = offset_of!(Self, mem) + offset_of!(Memory<M>, fresh);
    /// Where it is how many entries of UPAGES are ready.
    pub const READY: usize =
        offset_of!(Self, mem) + offset_of!(Memory<M>, pages_view) + View::READY;

    /// Assembly looks at the id of any slot, be it one that nobody has written to yet.
    #[inline(never)]
    pub(crate) fn forget_ids(&mut self) {
        for envs in self.envs.chunks::<8>() {
            envs.iter_mut().for_each(|env| env.id = 0);
        }
    }

    /// Who runs stands at the head of the run queue from now on, if somebody has lent it the turn.
    #[inline(always)]
    pub(crate) fn settle(&mut self) {
        let cpu = self.cpu();
        if cpu.current.is_some() && cpu.current != cpu.run_queue.first() {
            self.take_place();
        }
    }

    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn take_place(&mut self) {
        let [cpu] = &mut self.cpus;
        if let Some(slot) = cpu.current {
            cpu.run_queue.replace_first(&mut self.envs, slot);
        }
    }

    /// The registers of `id`, as `caller` names it, are others: if it waits, all of them count when it goes on, which they do
    /// not after a shortcut. That leaves those alone who have no address-space id.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn has_other_registers(&mut self, caller: Slot, id: u32) {
        let slot = Slot::new(EnvId(id).index());
        if id != 0 && slot != caller {
            let env = self.envs.at_mut(slot);
            env.asid = Tag::NONE;
            all_count(&mut env.tf);
        }
    }
}
