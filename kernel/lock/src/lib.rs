//! What several CPUs say to each other, in words that they all read and write: who is in the kernel ([`kind`]), who is to come in
//! ([`Calls`]), who does something short meanwhile ([`Aside`]), who rests ([`Resting`]); and the way in and out, which is made of
//! these ([`Gate`]).
//!
//! A CPU sees the writes of another one in any order, but for a [`Fence`]. The kernel's words and fences are LL, SC and SYNC, or what a
//! machine has in their place. The tests put loom's there, which goes through all orders in which CPUs can come, and all values
//! that they can see.

#![no_std]
#![forbid(unsafe_code)]

mod aside;
mod call;
mod gate;
pub mod kind;
mod resting;

pub use aside::Aside;
pub use call::Calls;
pub use gate::Gate;
pub use kind::{Kind, Statistics};
pub use resting::Resting;

/// A word that several CPUs read and write, each access all of a piece, and in no order with those of other words.
pub trait Word {
    /// Its value, or one that it had not long ago.
    fn get(&self) -> u32;
    /// Changes it.
    fn set(&self, value: u32);
    /// Has it be `new`, if it is `old`, with nothing between. Whether it was.
    fn exchange(&self, old: u32, new: u32) -> bool;
}

/// A place at which what comes before it in the program happens before what comes after it, for all CPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// The lock is had, and what others wrote who had it is there.
    Acquired,
    /// The lock will be given back, and what is written is there.
    Releases,
    /// The words of this CPU in a queue are what they are to be before anybody is told of them, or may write to them.
    Queues,
    /// A call will be answered: registers are saved, and the TLB is empty.
    Answers,
    /// Which another CPU has done.
    Answered,
    /// Others will know that this CPU is about to work aside before it looks whether somebody has the lock.
    Works,
    /// Others will know that somebody has the lock before this CPU looks who works aside.
    Closes,
}

/// The CPUs, as the one sees them that asks. They are numbered from 0 on.
pub trait Cpus {
    /// What they have in common.
    type Word: Word;

    /// The number of this one.
    fn number(&self) -> usize;
    /// How many there are.
    fn count(&self) -> usize;
    /// See [`Fence`].
    fn fence(&self, fence: Fence);
    /// Interrupts another one, which may rest or be in user mode. What was written before is there when the interrupt is.
    fn send(&self, number: usize);
    /// This CPU has heard all interrupts of others that have come so far.
    fn hear(&self);
    /// Drops all that this CPU's TLB holds.
    fn flush(&self);
    /// Is called again and again while this CPU waits for another one.
    fn look(&self);
}
