//! The MOS rule: in turn, for as many time slices as the priority says.
//!
//! So the queue is one that is first in, first out, which is what [`sched`](crate::env::sched) makes of it by itself.

use super::Rule;
use crate::env::Platform;
use crate::kernel::Kernel;
use crate::slot::Slot;

/// The MOS rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mos;

impl Rule for Mos {
    const NEW: Self = Self;
    const TURN: Option<u32> = None;

    #[inline(always)]
    fn stands<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot, _keeps_head: bool) {
        let [cpu] = &mut kernel.cpus;
        cpu.run_queue.push(&mut kernel.envs, slot);
    }

    #[inline(always)]
    fn joins<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot) {
        Self::stands(kernel, slot, false);
    }

    #[inline(always)]
    fn has_had_turn<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>) {}

    #[inline(always)]
    fn choose<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>) {}

    #[inline(always)]
    fn ends<M: Platform<Rule = Self>>(_kernel: &mut Kernel<M>, _ender: Slot, _slot: Slot) {}
}
