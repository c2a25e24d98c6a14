//! Stride scheduling (Waldspurger and Weihl): shares of the time as the priorities are, as even as slices allow.
//!
//! Each turn of one slice puts off the next one by a stride: the shorter, the higher the priority. Whoever is due first is next, so
//! two who can run all the time never differ by more than a stride from what they should have had. Who has waited is due
//! now at the earliest, as nobody can save up time; and who is new, not before a stride, as it would gain by ending and being
//! made anew.
//!
//! The queue is in the order in which they are due, behind a head that has the CPU. A turn counts in full however soon it is
//! given up, and whoever goes on in it: those who call one another use up the turn of one.

use super::Rule;
use crate::env::Platform;
use crate::kernel::Kernel;
use crate::slot::{Slot, Table};

/// A stride of priority 1.
const LONGEST: u32 = u32::MAX;

/// When each is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stride {
    /// When the next turn of each is due: modulo 2^64, which is far away.
    due: Table<u64>,
    /// When the latest of the turns was due that have begun.
    now: u64,
}

/// Whether `a` is before `b`.
const fn is_before(a: u64, b: u64) -> bool {
    (a.wrapping_sub(b) as i64) < 0
}

/// How long it is from one turn to the next.
fn stride(priority: u32) -> u64 {
    LONGEST.checked_div(priority).unwrap_or(LONGEST).into()
}

impl Rule for Stride {
    const NEW: Self = Self {
        due: Table::new([0; mos_abi::NENV]),
        now: 0,
    };

    fn is_born<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot) {
        let stride = stride(kernel.priority(slot));
        let Self { due, now } = &mut kernel.rule;
        *due.at_mut(slot) = now.wrapping_add(stride);
    }

    fn stands<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot, keeps_head: bool) {
        let Self { due, now } = &mut kernel.rule;
        if is_before(*due.at(slot), *now) {
            *due.at_mut(slot) = *now;
        }
        let [cpu] = &mut kernel.cpus;
        cpu.run_queue
            .insert(&mut kernel.envs, slot, keeps_head, |_, other| {
                is_before(*due.at(slot), *due.at(other))
            });
    }

    fn begins<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot) {
        let stride = stride(kernel.priority(slot));
        let Self { due, now } = &mut kernel.rule;
        let due = due.at_mut(slot);
        if is_before(*now, *due) {
            *now = *due;
        }
        *due = due.wrapping_add(stride);
    }

    fn goes_on_for<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, ender: Slot, slot: Slot) {
        let stride = stride(kernel.priority(slot));
        let due = &mut kernel.rule.due;
        // That turn has been counted, and will be again.
        *due.at_mut(slot) = due.at(ender).wrapping_sub(stride);
    }

    fn takes_place<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot, ended: Slot) {
        let due = &mut kernel.rule.due;
        *due.at_mut(slot) = *due.at(ended);
    }
}
