//! The kinds of the lock.
//!
//! | kind | who has it next | what those who wait read |
//! | --- | --- | --- |
//! | [`Tas`] | whoever looks first | the same word, all of them |
//! | [`Tas`] in turn | the next number, in a circle | words of all |
//! | [`Ticket`] | who came first | the same word, all of them |
//! | [`Mcs`] | who came first | a word of their own |
//!
//! On a CPU with caches, a write to a word costs each CPU that reads it; emulated ones have none. Whoever gives a lock to a certain
//! CPU has all others wait for that one, even where it is not running: a host may have fewer CPUs than it emulates.

mod mcs;
mod tas;
mod ticket;

use crate::Cpus;

pub use mcs::Mcs;
pub use tas::Tas;
pub use ticket::Ticket;

/// A lock that one CPU has at a time.
pub trait Kind<C: Cpus> {
    /// What it is called.
    const NAME: &str;

    /// Takes it. While another CPU has it, calls `meanwhile` again and again. Returns how often.
    fn acquire(&self, cpus: &C, meanwhile: impl FnMut()) -> u32;
    /// Gives it back. This CPU has it.
    fn release(&self, cpus: &C);
}

/// What there is to say of a lock. Whoever has it writes here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// How often it was taken.
    pub acquisitions: u32,
    /// How often of these another CPU had it.
    pub contended: u32,
    /// How often it was looked at in vain.
    pub spins: u32,
}

impl Statistics {
    /// Nothing so far.
    pub const NONE: Self = Self {
        acquisitions: 0,
        contended: 0,
        spins: 0,
    };

    /// It was taken, after so many looks in vain. Numbers that no word holds stay at the greatest one.
    pub fn count(&mut self, spins: u32) {
        self.acquisitions = self.acquisitions.saturating_add(1);
        self.contended = self.contended.saturating_add((spins != 0).into());
        self.spins = self.spins.saturating_add(spins);
    }
}
