//! Rules by which the CPU is given away.
//!
//! | module | rule |
//! | --- | --- |
//! | [`mos`] | in turn, for as many time slices as the priority says |
//! | [`priority`] | the highest priority first, and nobody else before it waits |
//! | [`stride`] | shares as the priorities are, as even as slices allow |
//! | [`lottery`] | such shares by lot |
//!
//! [`sched`](super::sched) does what all have in common. It asks the rule where in the queue somebody stands who becomes
//! runnable or has had a turn, who is next, and who may go first. A kernel has one rule, chosen where it is built
//! ([`Platform::Rule`]), and nothing of the others: under the MOS rule, which answers nothing but "at the tail", all of this is
//! gone when it is compiled.

pub mod lottery;
pub mod mos;
pub mod priority;
pub mod stride;

use core::fmt;

use mos_abi::NENV;

use crate::env::{Env, Platform};
use crate::kernel::Kernel;
use crate::slot::Slot;

pub use lottery::Lottery;
pub use mos::Mos;
pub use priority::Priority;
pub use stride::Stride;

/// Who has the CPU when, and for how long.
pub trait Rule: Clone + fmt::Debug + PartialEq {
    /// What it knows before anybody has had a turn.
    const NEW: Self;
    /// How many time slices a turn has; `None`: as many as the priority says.
    const TURN: Option<u32> = Some(1);
    /// Whether it has to be asked after each trap if who runs may go on.
    const PREEMPTS: bool = false;

    /// There is a new environment in `slot`, which is not runnable yet.
    fn is_born<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>, _slot: Slot) {}

    /// Has `slot`, which stands nowhere, stand in the queue: not before the head if that is to be kept.
    fn stands<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot, keeps_head: bool);

    /// `slot`, which stands nowhere, is runnable from now on. Nobody comes before the head while that has the CPU, or has lent
    /// it, or has ended and is to be cleared away next: which is no different from what is cleared away at once.
    fn joins<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot) {
        let [cpu] = &kernel.cpus;
        let has_ended = |first| kernel.has_ended(first);
        let keeps_head = cpu.current.is_some() || cpu.run_queue.first().is_some_and(has_ended);
        Self::stands(kernel, slot, keeps_head);
    }

    /// Who stands at the tail of the queue has come there from the head, at the end of its turn.
    fn has_had_turn<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>) {
        let [cpu] = &mut kernel.cpus;
        if let Some(slot) = cpu.run_queue.remove_last(&mut kernel.envs) {
            Self::stands(kernel, slot, false);
        }
    }

    /// Nobody has the CPU: has the head of the queue be who is next. It may be asked again before that one has begun.
    fn choose<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>) {}

    /// A turn of `slot`, the head of the queue, begins.
    fn begins<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>, _slot: Slot) {}

    /// Whether `slot` may have the CPU before all who wait for it.
    fn may_go_first<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>, _slot: Slot) -> bool {
        true
    }

    /// `ender`, which runs, ends the environment in `slot`: what that had may have to be cleared away in turns, which are
    /// as good as its own.
    fn ends<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, ender: Slot, slot: Slot) {
        kernel.envs.at_mut(slot).deadline = kernel.priority(ender);
    }

    /// The environment in `slot` has ended, and stands at the head of the queue: what it had is cleared away in what is left of
    /// the turn of `ender`, and that does not begin anew.
    fn goes_on_for<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>, _ender: Slot, _slot: Slot) {}

    /// What was in `ended` is cleared away, and `slot`, which has waited for it, comes in its place.
    fn takes_place<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>, _slot: Slot, _ended: Slot) {}

    /// Who runs cannot go on before those are cleared away that have ended, and gives way.
    fn awaits_ended<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>) {}
}

/// The priority of `env`, which is in `slot`; of one that has ended, that of who ended it.
fn priority(env: &Env, views: &[mos_abi::Env; NENV], slot: Slot) -> u32 {
    match (env.id, views.get(slot.index())) {
        (0, _) | (_, None) => env.deadline,
        (_, Some(view)) => view.env_pri,
    }
}

impl<M: Platform> Kernel<M> {
    /// The priority of what is in `slot`.
    fn priority(&mut self, slot: Slot) -> u32 {
        let views = self.mem.machine.tables().envs;
        priority(self.envs.at(slot), views, slot)
    }

    /// Does what [`Kernel::switch`] does, as the rule says.
    pub(crate) fn switch_by_rule(&mut self) -> Option<Slot> {
        M::Rule::choose(self);
        let slot = self.cpu().run_queue.first()?;
        let slot = self.run_for(slot, M::Rule::TURN)?;
        M::Rule::begins(self, slot);
        Some(slot)
    }

    /// Takes the CPU from who runs, if somebody goes before it.
    #[inline(always)]
    pub(crate) fn reconsider(&mut self) {
        if M::Rule::PREEMPTS
            && let Some(current) = self.cpu().current
            && !M::Rule::may_go_first(self, current)
        {
            self.sched_yield();
        }
    }
}
