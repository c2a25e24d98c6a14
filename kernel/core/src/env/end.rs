//! Clearing away those that have ended, piece by piece.
//!
//! An environment may have half a million mappings, and interrupts do not wait for all of them to go. What is not
//! cleared away at once is in the turns of the one that has ended: it keeps its place in the run queue, though nobody can
//! name it any more. Who ends a child lends it its own turns, and goes on when all of it is gone; one that nobody waits for
//! has turns of one time slice. Who runs out of memory is not told so before all are cleared away that had ended then: its
//! call or its access is made again in its next turns.

use mos_abi::{EnvId, EnvStatus, Error};

use crate::env::deaths::{Attempt, Lack};
// teacher begin
use crate::env::rule::Rule;
// teacher end
use crate::env::{Platform, Wait};
use crate::kernel::Kernel;
use crate::machine::Pending;
use crate::mem::asid::Tag;
use crate::slot::Slot;

impl<M: Platform> Kernel<M> {
    /// `ender`, which runs, ends the environment in `slot`: itself or a child.
    #[inline(never)]
    pub(crate) fn env_end(&mut self, ender: Slot, slot: Slot) {
        // teacher begin
        M::Rule::ends(self, ender, slot);
        // teacher end
        if !self.env_free(slot) {
            self.linger(ender, slot);
        }
        // teacher begin
        self.part(slot);
        // teacher end
    }

    /// The head of the queue is `slot` from now on, which has ended and has something left.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn linger(&mut self, ender: Slot, slot: Slot) {
        let [cpu] = &mut self.cpus;
        cpu.current = None;
        let env = self.envs.at_mut(slot);
        // Nobody is switched to who has no address-space id without a look.
        env.asid = Tag::NONE;
        env.slices = cpu.slices;
        // teacher begin
        let goes_on = ender != slot || !cpu.slice_begun;
        // teacher end
        if ender != slot {
            cpu.run_queue.replace_first(&mut self.envs, slot);
            let env = self.envs.at_mut(ender);
            env.wait = Wait::END;
            env.awaits = slot;
            self.view(ender).env_status = EnvStatus::NotRunnable as u32;
        } else if cpu.slice_begun {
            // A tick has ended the turn that this one ended in.
            env.slices = 1;
            // teacher begin
            // otherwise: cpu.run_queue.push(&mut self.envs, slot);
            M::Rule::joins(self, slot);
            // teacher end
        } else {
            cpu.run_queue.push_first(&mut self.envs, slot);
        }
        // teacher begin
        if goes_on {
            M::Rule::goes_on_for(self, ender, slot);
        }
        // teacher end
        self.envs.at_mut(slot).group = self.deaths.add();
        self.mem.machine.keep_arguments(true);
    }

    /// Whether the environment in `slot` of the run queue has ended.
    pub(crate) fn has_ended(&self, slot: Slot) -> bool {
        self.envs.at(slot).id == 0
    }

    /// While those that have ended are first in the queue: clears away what they had. Returns who has the CPU then.
    #[optimize(size)]
    pub(crate) fn bury(&mut self) -> Option<Slot> {
        while let Some(slot) = self.cpu().run_queue.first() {
            if !self.has_ended(slot) {
                return self.begin_turn();
            }
            if self.clear_for_a_turn(slot) {
                self.gone(slot);
            }
            if let Some(slot) = self.cpu().current {
                return Some(slot);
            }
            // teacher begin
            M::Rule::choose(self);
            // teacher end
        }
        None
    }

    /// A turn of the head of the queue, which has ended: one piece at least. Returns whether it was the last one.
    fn clear_for_a_turn(&mut self, slot: Slot) -> bool {
        let slices = self.envs.at(slot).slices;
        let cpu = self.cpu();
        cpu.current = Some(slot);
        cpu.slices = slices;
        // teacher begin
        M::Rule::begins(self, slot);
        // teacher end
        self.take_begun_slice();
        // A tick takes the CPU from it like from anybody else.
        while self.cpu().current.is_some() {
            self.breathe();
            if self.clear_more(slot) {
                return true;
            }
        }
        let next = match self.waiter(slot) {
            Some(waiter) => self.view(waiter).env_pri,
            None => 1,
        };
        // teacher begin
        let next = M::Rule::TURN.unwrap_or(next);
        // teacher end
        self.envs.at_mut(slot).slices = next;
        false
    }

    /// Who waits until nothing is left in `slot`.
    #[optimize(size)]
    #[inline(never)]
    fn waiter(&self, slot: Slot) -> Option<Slot> {
        let id = self.envs.at(slot).parent;
        let parent = Slot::new(EnvId(id).index());
        let env = self.envs.at(parent);
        (env.id == id && env.wait == Wait::END && env.awaits == slot).then_some(parent)
    }

    /// One piece more. Returns whether it was the last one.
    #[inline(never)]
    fn clear_more(&mut self, slot: Slot) -> bool {
        let from = self.envs.at(slot).cleared;
        self.clear_away(slot, from)
    }

    /// What had ended is no more. Who waits for that takes its place, and what is left of its turn.
    #[optimize(size)]
    #[inline(never)]
    fn gone(&mut self, slot: Slot) {
        let waiter = self.waiter(slot);
        let [cpu] = &mut self.cpus;
        cpu.run_queue.remove(&mut self.envs, slot);
        let goes_on = cpu.current.take().is_some();
        if let Some(waiter) = waiter {
            self.envs.at_mut(waiter).wait = Wait::NONE;
            self.view(waiter).env_status = EnvStatus::Runnable as u32;
            // teacher begin
            M::Rule::takes_place(self, waiter, slot);
            let goes_on = goes_on && M::Rule::may_go_first(self, waiter);
            // teacher end
            let [cpu] = &mut self.cpus;
            if goes_on {
                cpu.run_queue.push_first(&mut self.envs, waiter);
                self.go_on(waiter);
            } else {
                // teacher begin
                // otherwise: cpu.run_queue.push(&mut self.envs, waiter);
                M::Rule::joins(self, waiter);
                // teacher end
            }
        }
        self.slot_free(slot);
        self.deaths.remove(self.envs.at(slot).group);
        if !self.deaths.any() {
            self.mem.machine.keep_arguments(false);
        }
    }

    /// Ends an environment however long it takes: for boot and for audits.
    #[optimize(size)]
    pub fn env_free_at_once(&mut self, slot: Slot) {
        if !self.env_free(slot) {
            while !self.clear_more(slot) {}
            self.slot_free(slot);
        }
    }

    /// Clears all away, likewise, when only those are in the queue that have ended.
    pub fn bury_at_once(&mut self) {
        while let Some(slot) = self.cpu().run_queue.first() {
            while !self.clear_more(slot) {}
            self.gone(slot);
        }
    }

    /// Takes the interrupts that have come in, amid long work.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn breathe(&mut self) -> Pending {
        let pending = self.mem.machine.pending();
        if pending.console {
            self.console_ready();
        }
        if pending.timer {
            self.timer_tick();
        }
        pending
    }

    /// What becomes of a call of `caller` that has returned `v0`, while there are some that have ended: if it lacks what they
    /// had, it is made again in the caller's next turn. Returns whether it is.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    pub(crate) fn comes_back(&mut self, caller: Slot, v0: Option<u32>) -> bool {
        let scarce = [Error::NoMem, Error::NoFreeEnv].map(|error| error.code() as u32);
        let again = v0.is_some_and(|v0| scarce.contains(&v0))
            && self.tries_again(caller, Attempt::IN_A_CALL);
        if again {
            let tf = self.tf(caller);
            tf.cp0_epc = tf.cp0_epc.wrapping_sub(4);
        } else {
            self.has_tried(caller);
        }
        again
    }

    /// Whether the environment in `slot` is to try again in its next turn what it has tried at `place`; if so, it has given
    /// way.
    #[optimize(size)]
    pub(crate) fn tries_again(&mut self, slot: Slot, place: u32) -> bool {
        let turn = self.view(slot).env_runs;
        let env = self.envs.at_mut(slot);
        let id = env.id;
        let attempt = Attempt { id, place, turn };
        let again = self.deaths.give_hope(&mut env.lack, attempt);
        if again {
            // teacher begin
            M::Rule::awaits_ended(self);
            // teacher end
            self.sched_yield();
        }
        again
    }

    /// What the environment in `slot` tried in a call is over.
    pub fn has_tried(&mut self, slot: Slot) {
        self.envs.at_mut(slot).lack = Lack::NONE;
    }
}
