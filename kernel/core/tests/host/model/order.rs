//! The rules by which the CPU is given away, once more: who is next, of those that can run.

use std::collections::BTreeMap;

use mos_core::env::rule::{Lottery, Mos, Priority, Rule, Stride};

use super::Model;

/// A rule, and what it knows.
#[derive(Clone, Debug)]
pub enum Order {
    /// First come, first served, for as many slices as the priority says.
    Mos,
    /// The highest priority first.
    Priority,
    /// Who is due first, and when each is; and when the latest turn was due.
    Stride(BTreeMap<u32, i128>, i128),
    /// What the next draw is made of.
    Lottery(u32),
}

/// A rule of the kernel, and of the model.
pub trait Ruled: Rule {
    /// The model's.
    fn order() -> Order;

    /// What it knows that nobody sees in the queue.
    fn secret(&self) -> String {
        String::new()
    }
}

impl Ruled for Mos {
    fn order() -> Order {
        Order::Mos
    }
}

impl Ruled for Priority {
    fn order() -> Order {
        Order::Priority
    }
}

impl Ruled for Stride {
    fn order() -> Order {
        Order::Stride(BTreeMap::new(), 0)
    }
}

impl Ruled for Lottery {
    fn order() -> Order {
        Order::Lottery(hash(0))
    }

    fn secret(&self) -> String {
        format!("{self:?}")
    }
}

impl Order {
    /// Likewise.
    pub fn secret(&self) -> String {
        match self {
            Self::Lottery(state) => format!("Lottery {{ state: {state}, drawn: false }}"),
            _ => String::new(),
        }
    }
}

fn hash(word: u32) -> u32 {
    let word = (word ^ (word >> 16)).wrapping_mul(0x21f0aaad);
    let word = (word ^ (word >> 15)).wrapping_mul(0x735a2d97);
    word ^ (word >> 15)
}

fn stride(priority: u32) -> i128 {
    i128::from(u32::MAX / priority)
}

impl Model {
    /// The priority of an environment, or of what is left of one.
    fn priority(&self, id: u32) -> u32 {
        match self.envs.get(&id) {
            Some(process) => process.view.env_pri,
            None => self.dying[&id].priority,
        }
    }

    /// How many slices the turns of `id` have.
    pub(super) fn turn(&self, id: u32) -> u32 {
        match self.order {
            Order::Mos => self.priority(id),
            _ => 1,
        }
    }

    /// There is a new environment.
    pub(super) fn is_born(&mut self, id: u32) {
        let priority = self.priority(id);
        if let Order::Stride(due, now) = &mut self.order {
            due.insert(id, *now + stride(priority));
        }
    }

    /// `id` is runnable from now on. Who is cleared away next is not passed.
    pub(super) fn join(&mut self, id: u32) {
        let first = self.queue.front();
        let kept = self.current.is_none() && first.is_some_and(|id| self.dying.contains_key(id));
        self.stand(id, kept.into());
    }

    /// `id` stands in the queue from now on, behind the first few.
    pub(super) fn stand(&mut self, id: u32, few: usize) {
        if let Order::Stride(due, now) = &mut self.order {
            let own = due[&id].max(*now);
            due.insert(id, own);
        }
        let is_behind = |other: &u32| match &self.order {
            Order::Mos | Order::Lottery(_) => true,
            Order::Priority => self.priority(*other) >= self.priority(id),
            Order::Stride(due, _) => due[other] <= due[&id],
        };
        let last = self.queue.iter().rposition(is_behind);
        let place = last.map_or(0, |last| last + 1).max(few);
        self.queue.insert(place, id);
    }

    /// Nobody runs: who is next stands first in the queue then.
    pub(super) fn choose(&mut self) {
        let goes_on = |id: &u32| self.dying.get(id).is_some_and(|remains| remains.goes_on);
        if self.handed_over || self.queue.front().is_none_or(goes_on) {
            return;
        }
        let tickets: Vec<u64> = self
            .queue
            .iter()
            .map(|&id| self.priority(id).into())
            .collect();
        if let Order::Lottery(state) = &mut self.order {
            *state = state.wrapping_add(0x9e3779b9);
            let lot = (u64::from(hash(*state)) * tickets.iter().sum::<u64>()) >> 32;
            let drawn = (0..tickets.len()).find(|&n| lot < tickets[..=n].iter().sum());
            self.queue.rotate_left(drawn.expect("somebody has it"));
        }
    }

    /// A turn of `id` begins.
    pub(super) fn begins(&mut self, id: u32) {
        let priority = self.priority(id);
        if let Order::Stride(due, now) = &mut self.order {
            *now = due[&id].max(*now);
            *due.get_mut(&id).expect("known") += stride(priority);
        }
    }

    /// `to` is where `from` was, or the other way round.
    pub(super) fn takes_place(&mut self, to: u32, from: u32) {
        if let Order::Stride(due, _) = &mut self.order {
            due.insert(to, due[&from]);
        }
    }

    /// Whether nobody in the queue but `id` itself goes before `id`.
    pub(super) fn may_go_first(&self, id: u32) -> bool {
        let mut others = self.queue.iter().filter(|&&other| other != id);
        !matches!(self.order, Order::Priority)
            || others.all(|&other| self.priority(other) <= self.priority(id))
    }

    /// Who runs gives way where somebody goes before it.
    pub(super) fn reconsider(&mut self) {
        if let Some(id) = self.current
            && !self.may_go_first(id)
        {
            self.give_up_cpu();
        }
    }

    /// Who runs waits for those to be cleared away that have ended: the first of them is no less than it.
    pub(super) fn awaits_ended(&mut self) {
        let first = self.queue.iter().find(|id| self.dying.contains_key(id));
        if let (Order::Priority, Some(&id), Some(me)) = (&self.order, first, self.current) {
            let priority = self.priority(me);
            if self.priority(id) < priority {
                self.queue.retain(|&other| other != id);
                self.dying.get_mut(&id).expect("it has ended").priority = priority;
                self.join(id);
            }
        }
    }
}
