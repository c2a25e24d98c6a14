//! Lottery scheduling (Waldspurger and Weihl): each turn of one slice is drawn by lot among all who can run, and each has as
//! many tickets as its priority says.
//!
//! The draws follow from a seed, so a run can be repeated. A turn counts in full however soon it is given up, and whoever goes
//! on in it.

use super::{Rule, priority};
use crate::env::Platform;
use crate::kernel::Kernel;
use crate::slot::Slot;

/// Tickets that one has at most, so that all there can be are fewer than there are numbers.
const MOST: u32 = 1 << 20;

/// What the draws come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lottery {
    /// It goes up by the same with each draw, which is made of it by [`mix`].
    state: u32,
    /// Who stands at the head has been drawn, and has not begun.
    drawn: bool,
}

/// Any two words that differ in a bit give two that differ in half of theirs.
const fn mix(mut word: u32) -> u32 {
    word ^= word >> 16;
    word = word.wrapping_mul(0x21f0_aaad);
    word ^= word >> 15;
    word = word.wrapping_mul(0x735a_2d97);
    word ^ (word >> 15)
}

impl Lottery {
    /// With the draws that belong to `seed`.
    pub const fn of_seed(seed: u32) -> Self {
        Self {
            state: mix(seed),
            drawn: false,
        }
    }

    /// A number below `count`, each as likely as the others but for one part in 2^32.
    fn draw(&mut self, count: u32) -> u32 {
        self.state = self.state.wrapping_add(0x9e37_79b9);
        let draw = u64::from(mix(self.state));
        (draw.wrapping_mul(count.into()) >> 32) as u32
    }
}

impl Rule for Lottery {
    const NEW: Self = Self::of_seed(0);

    fn stands<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, slot: Slot, _keeps_head: bool) {
        let [cpu] = &mut kernel.cpus;
        cpu.run_queue.push(&mut kernel.envs, slot);
    }

    fn choose<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>) {
        let Some(first) = kernel.cpu().run_queue.first() else {
            return;
        };
        if kernel.rule.drawn {
            return;
        }
        let count = kernel.tickets(None).1;
        let lot = kernel.rule.draw(count);
        let (drawn, _) = kernel.tickets(Some(lot));
        let [cpu] = &mut kernel.cpus;
        cpu.run_queue.turn_to(drawn.unwrap_or(first));
        kernel.rule.drawn = true;
    }

    fn begins<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, _slot: Slot) {
        kernel.rule.drawn = false;
    }

    fn goes_on_for<M: Platform<Rule = Self>>(kernel: &mut Kernel<M>, _ender: Slot, _slot: Slot) {
        kernel.rule.drawn = true;
    }
}

impl<M: Platform<Rule = Lottery>> Kernel<M> {
    /// Whose ticket `lot` is, as they stand in the queue; and how many there are up to that one, or in all.
    fn tickets(&mut self, lot: Option<u32>) -> (Option<Slot>, u32) {
        let [cpu] = &self.cpus;
        let views = self.mem.machine.tables().envs;
        let mut count = 0_u32;
        for slot in cpu.run_queue.iter(&self.envs) {
            let tickets = priority(self.envs.at(slot), views, slot);
            count = count.wrapping_add(tickets.clamp(1, MOST));
            if lot.is_some_and(|lot| lot < count) {
                return (Some(slot), count);
            }
        }
        (None, count)
    }
}
