//! Environments: ids, permission, allocation and end.
//!
//! | module | concept |
//! | --- | --- |
//! | [`list`] | the queues environments stand in |
//! | [`sched`] | who runs next, and for how long |
//! | [`ipc`] | messages |
//! | [`console`] | console input and the kernel's own lines |
//! | [`fault`] | what becomes of an exception |
//!
//! What programs see of an environment is in the table at UENVS and nowhere else; [`Env`] is the rest.
//!
//! An environment is in one of these states:
//!
//! | status | `wait` | where it stands |
//! | --- | --- | --- |
//! | free | | list of free slots (or retired) |
//! | runnable | `NONE` | run queue, whose head has the CPU |
//! | not runnable | `NONE` | nowhere: its parent has not started it, or has stopped it |
//! | not runnable | `MESSAGE`, `CALL` | nowhere: a sender finds it by its id |
//! | not runnable | `CONSOLE` | the console's readers |

pub mod console;
pub mod fault;
pub mod ipc;
pub mod list;
pub mod sched;

use mos_abi::trapframe::reg;
use mos_abi::{EnvId, EnvStatus, Error, NENV, Trapframe};

use crate::env::fault::Upcall;
use crate::env::list::{Link, Slot};
use crate::kernel::Kernel;
use crate::machine::{Frame, Machine};
use crate::mem::asid::{Asid, Tag};
use crate::mem::pgtable::AddressSpace;
use crate::syscall::Reply;

/// What an environment waits for.
// Not an enum, so that an `Env` may hold anything until it is first used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(u8);

impl Wait {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// A message, in `ipc_recv`.
    pub const MESSAGE: Self = Self(1);
    /// A message, in `ipc_call`.
    pub const CALL: Self = Self(2);
    /// A byte from the console, in `cgetc`.
    pub const CONSOLE: Self = Self(4);

    /// Whether it is for a message.
    pub const fn is_for_message(self) -> bool {
        self.0 & (Self::MESSAGE.0 | Self::CALL.0) != 0
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
    /// What it waits for.
    pub(crate) wait: Wait,
    /// Whether it may use device registers.
    pub(crate) devices: Devices,
}

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
        wait: Wait::NONE,
        devices: Devices::new(false),
        generation: 0,
    };
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

/// Whom [`Kernel::envid2env`] lets a caller name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Itself and its immediate children.
    Family,
    /// Every environment.
    Anyone,
}

impl<M: Machine> Kernel<M> {
    /// The slot of environment `id` as `caller` names it; 0 is the caller. `-E_BAD_ENV`: there is no
    /// such environment, or `permission` does not reach it.
    pub fn envid2env(
        &mut self,
        caller: Slot,
        id: u32,
        permission: Permission,
    ) -> Result<Slot, Error> {
        // exercise 3.2 begin
        if id == EnvId::SELF.0 {
            return Ok(caller);
        }
        let slot = Slot::new(EnvId(id).index());
        if slot.index() >= self.fresh_envs {
            return Err(Error::BadEnv);
        }
        let env = self.envs.at(slot);
        let family = || slot == caller || env.parent == self.envs.at(caller).id;
        if env.id == id && (permission == Permission::Anyone || family()) {
            Ok(slot)
        } else {
            Err(Error::BadEnv)
        }
        // exercise 3.2 end
    }

    /// A new environment, not runnable, with nothing mapped and at least one time slice. The caller sees to its
    /// registers. `-E_NO_FREE_ENV`,
    /// `-E_NO_MEM`.
    pub fn env_alloc(&mut self, parent: EnvId, priority: u32) -> Result<Slot, Error> {
        // exercise 3.3 begin
        let fresh = self.fresh_envs < NENV;
        let reused = self.free_envs.first();
        let slot = if fresh {
            Some(Slot::new(self.fresh_envs))
        } else {
            reused
        };
        let slot = slot.ok_or(Error::NoFreeEnv)?;
        let directory = self.mem.pgdir_alloc()?;
        let generation = if fresh {
            self.mem.show_env(slot.index());
            self.fresh_envs = self.fresh_envs.saturating_add(1);
            0
        } else {
            self.free_envs.remove(&mut self.envs, slot);
            self.envs.at(slot).generation
        };
        self.alive = self.alive.saturating_add(1);
        let id = EnvId::new(generation, slot.index());
        let walk = self.mem.machine.directory_pointer(directory);
        let env = self.envs.at_mut(slot);
        env.upcall = Upcall::SLOW;
        env.id = id.0;
        env.parent = parent.0;
        env.directory = directory;
        env.walk = walk;
        env.asid = Tag::NONE;
        env.generation = generation;
        env.link = Link::NONE;
        env.wait = Wait::NONE;
        env.devices = Devices::new(false);
        let view = self.view(slot);
        view.clear(id);
        view.env_parent_id = parent.0;
        view.env_status = EnvStatus::NotRunnable as u32;
        view.env_pri = priority.max(1);
        log::debug!("{id}: new environment of {parent}");
        Ok(slot)
        // exercise 3.3 end
    }

    /// Ends an environment: its pages, its tables and its slot are free again. The slot's next owner
    /// has another id; a slot that has used up its ids is retired.
    pub(crate) fn env_free(&mut self, slot: Slot) {
        // exercise 3.4 begin
        self.leave_queue(slot);
        let directory = self.envs.at(slot).directory;
        self.mem.pgdir_free(directory);
        let id = self.id(slot);
        self.view(slot).clear(id);
        self.alive = self.alive.saturating_sub(1);
        let env = self.envs.at_mut(slot);
        env.id = 0;
        env.wait = Wait::NONE;
        env.generation = env.generation.saturating_add(1);
        if env.generation < EnvId::GENERATIONS {
            self.free_envs.push(&mut self.envs, slot);
        }
        log::debug!("{id}: ended");
        // exercise 3.4 end
    }

    /// Takes an environment out of whatever it stands in, the CPU included.
    #[inline(never)]
    fn leave_queue(&mut self, slot: Slot) {
        if self.view(slot).env_status == EnvStatus::Runnable as u32 {
            self.leave_run_queue(slot);
        } else if self.envs.at(slot).wait == Wait::CONSOLE {
            self.readers.remove(&mut self.envs, slot);
        }
    }

    /// Makes the running environment wait, likewise.
    #[inline]
    pub(crate) fn block_caller(&mut self, caller: Slot, wait: Wait) {
        let [cpu] = &mut self.cpus;
        cpu.run_queue.remove_first(&mut self.envs);
        cpu.current = None;
        self.view(caller).env_status = EnvStatus::NotRunnable as u32;
        self.envs.at_mut(caller).wait = wait;
    }

    /// Makes an environment wait: it loses the CPU, and its call returns when [`Kernel::wake`] says what.
    pub(crate) fn block(&mut self, slot: Slot, wait: Wait) {
        self.leave_queue(slot);
        self.view(slot).env_status = EnvStatus::NotRunnable as u32;
        self.envs.at_mut(slot).wait = wait;
    }

    /// Ends a wait: the environment's call returns `v0`, and it is runnable again.
    pub(crate) fn wake(&mut self, slot: Slot, v0: u32) {
        self.leave_queue(slot);
        self.envs.at_mut(slot).wait = Wait::NONE;
        self.view(slot).env_ipc_recving = 0;
        self.tf(slot).regs[reg::V0] = v0;
        self.make_runnable(slot);
    }

    /// The page tables of the environment in `slot`, for [`crate::mem::Memory`]; meaningless for a
    /// free slot.
    pub fn space(&self, slot: Slot) -> AddressSpace {
        let env = self.envs.at(slot);
        AddressSpace {
            directory: env.directory,
            asid: env.asid.asid(),
        }
    }

    /// The address-space id under which the TLB may hold entries of the environment in `slot`, if there is one.
    pub fn live_asid(&self, slot: Slot) -> Option<Asid> {
        self.asids.live(self.envs.at(slot).asid)
    }

    /// `getenvid()`.
    pub(crate) fn sys_getenvid(&mut self, caller: Slot) -> Reply {
        Reply::Value(self.id(caller).0)
    }

    /// `env_alloc()`.
    pub(crate) fn sys_env_alloc(&mut self, caller: Slot) -> Result<Reply, Error> {
        // exercise 4.7 begin
        let (parent, priority) = (self.id(caller), self.view(caller).env_pri);
        let child = self.env_alloc(parent, priority)?;
        if let Some((caller, child)) = self.envs.two(caller, child) {
            child.tf = caller.tf;
            child.tf.regs[reg::V0] = 0;
        }
        Ok(Reply::Value(self.id(child).0))
        // exercise 4.7 end
    }

    /// `env_destroy(id)`.
    pub(crate) fn sys_env_destroy(&mut self, caller: Slot, id: u32) -> Result<Reply, Error> {
        let slot = self.envid2env(caller, id, Permission::Family)?;
        self.env_free(slot);
        Ok(Reply::Value(0))
    }

    /// `set_env_status(id, status)`.
    pub(crate) fn sys_set_env_status(
        &mut self,
        caller: Slot,
        id: u32,
        status: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.8 begin
        let status = EnvStatus::from_u32(status).ok_or(Error::Inval)?;
        let slot = self.envid2env(caller, id, Permission::Family)?;
        let is_runnable = self.view(slot).env_status == EnvStatus::Runnable as u32;
        match status {
            EnvStatus::Free => self.env_free(slot),
            EnvStatus::Runnable if is_runnable => {}
            EnvStatus::Runnable if self.envs.at(slot).wait == Wait::NONE => {
                self.make_runnable(slot)
            }
            EnvStatus::Runnable => self.wake(slot, Error::Unspecified.code() as u32),
            EnvStatus::NotRunnable if is_runnable => self.block(slot, Wait::NONE),
            EnvStatus::NotRunnable => {}
        }
        Ok(Reply::Value(0))
        // exercise 4.8 end
    }

    /// `set_trapframe(id, tf)`.
    pub(crate) fn sys_set_trapframe(
        &mut self,
        caller: Slot,
        id: u32,
        tf: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.9 begin
        let slot = self.envid2env(caller, id, Permission::Family)?;
        let directory = self.envs.at(caller).directory;
        let tf = Trapframe::from_words(&self.mem.user_read(directory, tf)?);
        let utop = mos_abi::layout::UTOP;
        if tf.pc >= utop || tf.regs[reg::SP] >= utop {
            return Err(Error::Inval);
        }
        // Status is not the program's: the way back to user mode sets it.
        let Trapframe {
            regs, hi, lo, pc, ..
        } = tf;
        let old = self.tf(slot);
        *old = Trapframe {
            regs,
            hi,
            lo,
            pc,
            cp0_epc: pc,
            ..*old
        };
        Ok(if slot == caller {
            Reply::Later
        } else {
            Reply::Value(0)
        })
        // exercise 4.9 end
    }

    /// `set_pgfault_handler(id, func, xstacktop)`.
    pub(crate) fn sys_set_pgfault_handler(
        &mut self,
        caller: Slot,
        id: u32,
        func: u32,
        xstacktop: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.13 begin
        let utop = mos_abi::layout::UTOP;
        if func >= utop || xstacktop > utop || !xstacktop.is_multiple_of(4) {
            return Err(Error::Inval);
        }
        let slot = self.envid2env(caller, id, Permission::Family)?;
        let view = self.view(slot);
        view.env_pgfault_handler = func;
        view.env_xstacktop = xstacktop;
        let env = self.envs.at_mut(slot);
        env.upcall = Upcall::new(func, xstacktop, env.walk);
        Ok(Reply::Value(0))
        // exercise 4.13 end
    }
}
