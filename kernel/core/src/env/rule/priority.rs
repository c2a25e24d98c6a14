//! Fixed priorities: who can run and has the highest one runs, and nobody else. Equals have a slice each in turn.
//!
//! The queue is in the order of priorities, and among equals in that of arrival, behind a head that has the CPU. Who becomes
//! runnable and goes before who runs has the CPU at the end of the trap that made it so; the other has had its turn, and stands
//! behind its equals.

use super::{Rule, priority};
use crate::env::Platform;
use crate::kernel::Kernel;
use crate::slot::Slot;

/// Fixed priorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority;

impl Rule for Priority {
    const NEW: Self = Self;
    const PREEMPTS: bool = true;

    fn stands<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot, keeps_head: bool) {
        let [cpu] = &mut kernel.cpus;
        let views = kernel.mem.machine.tables().envs;
        let own = priority(kernel.envs.at(slot), views, slot);
        cpu.run_queue
            .insert(&mut kernel.envs, slot, keeps_head, |env, other| {
                own > priority(env, views, other)
            });
    }

    fn may_go_first<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot) -> bool {
        let rival = kernel.run_queue().next();
        rival.is_none_or(|rival| kernel.priority(rival) <= kernel.priority(slot))
    }

    /// They would never have a turn while who waits for them keeps trying: one after the other, they become its equals.
    fn awaits_ended<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>) {
        let ended = kernel.dying().next();
        let (Some(ended), Some(current)) = (ended, kernel.cpu().current) else {
            return;
        };
        let priority = kernel.priority(current);
        if kernel.priority(ended) < priority {
            let [cpu] = &mut kernel.cpus;
            cpu.run_queue.remove(&mut kernel.envs, ended);
            kernel.envs.at_mut(ended).deadline = priority;
            Self::joins(kernel, ended);
        }
    }
}
