//! The queue of Mellor-Crummey and Scott ("Algorithms for scalable synchronization on shared-memory multiprocessors", 1991): who
//! comes stands behind the last one, and waits for a word of its own.

use super::Kind;
use crate::{Cpus, Fence, Word};

/// The words of the queue. CPUs are in here by their numbers and 1; 0 is nobody.
pub struct Mcs<W, const N: usize> {
    /// Who came last.
    tail: W,
    /// Who stands behind each.
    next: [W; N],
    /// Whether each waits.
    waits: [W; N],
}

impl<W, const N: usize> Mcs<W, N> {
    /// One that nobody has, of words that are 0.
    pub const fn new(tail: W, next: [W; N], waits: [W; N]) -> Self {
        Self { tail, next, waits }
    }
}

impl<C: Cpus, const N: usize> Kind<C> for Mcs<C::Word, N> {
    const NAME: &str = "mcs";

    #[inline(always)]
    fn acquire(&self, cpus: &C, mut meanwhile: impl FnMut()) -> u32 {
        let number = cpus.number() % N;
        let own = number as u32 + 1;
        self.next[number].set(0);
        self.waits[number].set(1);
        cpus.fence(Fence::Queues);
        let before = loop {
            let tail = self.tail.get();
            if self.tail.exchange(tail, own) {
                break tail;
            }
        };
        let mut spins = 0_u32;
        if before != 0 {
            cpus.fence(Fence::Queues);
            self.next[(before as usize - 1) % N].set(own);
            while self.waits[number].get() != 0 {
                meanwhile();
                spins = spins.saturating_add(1);
            }
        }
        cpus.fence(Fence::Acquired);
        spins
    }

    #[inline(always)]
    fn release(&self, cpus: &C) {
        let number = cpus.number() % N;
        cpus.fence(Fence::Releases);
        if self.next[number].get() == 0 {
            if self.tail.exchange(number as u32 + 1, 0) {
                return;
            }
            // Somebody has come, and will say so.
            while self.next[number].get() == 0 {
                cpus.look();
            }
        }
        cpus.fence(Fence::Queues);
        let next = self.next[number].get();
        self.waits[(next as usize).wrapping_sub(1) % N].set(0);
    }
}
