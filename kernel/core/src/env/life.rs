//! How environments come and go, wait and go on.

use mos_abi::text::Text;
use mos_abi::trapframe::reg;
use mos_abi::{EnvId, EnvStatus, Error, NENV};

use crate::env::fault::Upcall;
use crate::env::list::Link;
// teacher begin
use crate::env::rule::Rule;
// teacher end
use crate::env::{Devices, Platform, Wait};
use crate::kernel::Kernel;
use crate::machine::Asid;
use crate::mem::asid::Tag;
use crate::mem::pgtable::AddressSpace;
use crate::slot::Slot;

/// Whom [`Kernel::envid2env`] lets a caller name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Itself and its immediate children.
    Family,
    /// Every environment.
    Anyone,
}

/// As the pc of an environment: it has not ended of its own accord, and its last line has said so.
pub(super) const KILLED: u32 = 1;

impl<M: Platform> Kernel<M> {
    /// The slot of environment `id` as `caller` names it; 0 is the caller. `-E_BAD_ENV`: there is no
    /// such environment, or `permission` does not reach it.
    pub fn envid2env(
        &mut self,
        caller: Slot,
        id: u32,
        permission: Permission,
    ) -> Result<Slot, Error> {
        // exercise 3.3 begin
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
        // exercise 3.3 end
    }

    /// A new environment, not runnable, with nothing mapped and at least one time slice. The caller sees to its
    /// registers. `-E_NO_FREE_ENV`,
    /// `-E_NO_MEM`.
    pub fn env_alloc(&mut self, parent: EnvId, priority: u32) -> Result<Slot, Error> {
        // teacher begin
        let slot = self.env_alloc_plain(parent, priority)?;
        let pointer = self.mem.machine.view_pointer(slot);
        let env = self.envs.at_mut(slot);
        env.handled.clear();
        env.view = pointer;
        #[cfg(feature = "fpu")]
        self.clear_floats(slot);
        M::Rule::is_born(self, slot);
        Ok(slot)
    }

    /// The same, but for the exceptions that it handles itself, and for what assembly knows.
    #[inline(always)]
    fn env_alloc_plain(&mut self, parent: EnvId, priority: u32) -> Result<Slot, Error> {
        // teacher end
        // exercise 3.2 begin
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
        if log::max_level() >= log::LevelFilter::Debug {
            self.log_env(parent, "new env ", id);
        }
        Ok(slot)
        // exercise 3.2 end
    }

    /// Ends an environment: nobody can name it any more, and its pages, its tables and its slot are free again. The slot's
    /// next owner has another id. `false`: that takes longer than interrupts may wait, and is not finished yet.
    pub(crate) fn env_free(&mut self, slot: Slot) -> bool {
        // exercise 3.4 begin
        if log::max_level() >= log::LevelFilter::Debug {
            self.log_ended(slot);
        }
        self.leave_queue(slot);
        let id = self.id(slot);
        self.view(slot).clear(id);
        self.alive = self.alive.saturating_sub(1);
        let env = self.envs.at_mut(slot);
        env.id = 0;
        env.wait = Wait::NONE;
        env.generation = env.generation.saturating_add(1);
        // exercise 3.4 end
        // teacher begin
        #[cfg(feature = "fpu")]
        self.drop_unit(slot);
        // teacher end
        let gone = self.clear_away(slot, 0);
        if gone {
            self.slot_free(slot);
        }
        gone
    }

    /// In the words of JOS, who ends and by whom.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn log_ended(&mut self, slot: Slot) {
        let current = self.cpu().current;
        let (id, by) = (
            self.id(slot),
            current.map_or(EnvId::SELF, |slot| self.id(slot)),
        );
        if by != id {
            self.log_env(by, "destroying ", id);
        } else if self.tf(slot).cp0_epc != KILLED {
            self.say(format_args!("[{by}] exiting gracefully"));
        }
        self.log_env(by, "free env ", id);
    }

    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn log_env(&mut self, by: EnvId, what: &str, id: EnvId) {
        self.say(format_args!("[{by}] {}{id}", Text(what)));
    }

    /// Clears away what an environment that has ended had at address `from` and behind, for as long as interrupts may
    /// wait. Returns whether that was all.
    #[inline(always)]
    pub(crate) fn clear_away(&mut self, slot: Slot, from: u32) -> bool {
        // exercise 3.4 begin
        let env = self.envs.at_mut(slot);
        match self.mem.pgdir_free(env.directory, from, M::STEPS) {
            Some(rest) => {
                env.cleared = rest;
                false
            }
            None => true,
        }
        // exercise 3.4 end
    }

    /// A slot can be used again, unless it has used up its ids: then it is retired.
    #[inline(always)]
    pub(crate) fn slot_free(&mut self, slot: Slot) {
        // exercise 3.4 begin
        if self.envs.at(slot).generation < EnvId::GENERATIONS {
            self.free_envs.push(&mut self.envs, slot);
        }
        // exercise 3.4 end
    }

    /// Takes an environment out of whatever it stands in, the CPU included.
    #[inline(always)]
    fn leave_queue(&mut self, slot: Slot) {
        if self.stands_somewhere(slot) {
            self.leave_any_queue(slot);
        }
    }

    /// Whether an environment may stand in a queue. One that nobody has started does not.
    #[inline(always)]
    fn stands_somewhere(&mut self, slot: Slot) -> bool {
        self.view(slot).env_status == EnvStatus::Runnable as u32
            || self.envs.at(slot).wait != Wait::NONE
    }

    /// The same out of line: most that end are in no hurry.
    #[optimize(size)]
    #[inline(never)]
    fn leave_any_queue(&mut self, slot: Slot) {
        let runnable = self.view(slot).env_status == EnvStatus::Runnable as u32;
        // teacher begin
        // The console's is one line of several.
        if !runnable {
            return self.leave_line(slot);
        }
        self.settle();
        // teacher end
        let [cpu] = &mut self.cpus;
        let queue = if runnable {
            cpu.current = cpu.current.filter(|&current| current != slot);
            &mut cpu.run_queue
        } else if self.envs.at(slot).wait == Wait::CONSOLE {
            &mut self.readers
        } else {
            return;
        };
        queue.remove(&mut self.envs, slot);
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
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn block(&mut self, slot: Slot, wait: Wait) {
        self.leave_any_queue(slot);
        self.view(slot).env_status = EnvStatus::NotRunnable as u32;
        self.envs.at_mut(slot).wait = wait;
    }

    /// Ends a wait: the environment's call returns `v0`, and it is runnable again.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn wake(&mut self, slot: Slot, v0: u32) {
        self.end_wait(slot, v0);
        self.make_runnable(slot);
    }

    /// Ends the wait of an environment, if it waits, and leaves it stopped: what it waits for comes too late now. The wait
    /// has failed, unless it was for the end of a child, which nothing can undo.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn break_off(&mut self, slot: Slot) {
        match self.envs.at(slot).wait {
            Wait::NONE => {}
            Wait::END => self.end_wait(slot, 0),
            // teacher begin
            wait if wait.is_in_a_call() => {
                self.end_call(slot, Error::Unspecified.code() as u32);
            }
            // teacher end
            _ => self.end_wait(slot, Error::Unspecified.code() as u32),
        }
    }

    /// The call of an environment that waits will return `v0`.
    fn end_wait(&mut self, slot: Slot, v0: u32) {
        self.leave_any_queue(slot);
        self.envs.at_mut(slot).wait = Wait::NONE;
        self.view(slot).env_ipc_recving = 0;
        self.tf(slot).regs[reg::V0] = v0;
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
}
