//! Test and test and set: one word, which is 1 while somebody has the lock.

use super::Kind;
use crate::{Cpus, Fence, Word};

/// The word; and for those who have it in turn, who of `N` CPUs waits, and which one had it last.
pub struct Tas<W, const N: usize, const IN_TURN: bool> {
    word: W,
    last: W,
    waits: [W; N],
}

impl<W, const N: usize, const IN_TURN: bool> Tas<W, N, IN_TURN> {
    /// One that nobody has, of words that are 0.
    pub const fn new(word: W, last: W, waits: [W; N]) -> Self {
        Self { word, last, waits }
    }
}

impl<W: Word, const N: usize, const IN_TURN: bool> Tas<W, N, IN_TURN> {
    /// Whether nobody waits who comes before CPU `number`, in a circle from the last one on.
    #[inline(always)]
    fn is_next(&self, number: usize) -> bool {
        !IN_TURN
            || (self.last.get() as usize + 1..)
                .map(|other| other % N)
                .find(|&other| other == number || self.waits[other].get() != 0)
                == Some(number)
    }
}

impl<C: Cpus, const N: usize, const IN_TURN: bool> Kind<C> for Tas<C::Word, N, IN_TURN> {
    const NAME: &str = "tas";

    #[inline(always)]
    fn acquire(&self, cpus: &C, mut meanwhile: impl FnMut()) -> u32 {
        let number = cpus.number() % N;
        if IN_TURN {
            self.waits[number].set(1);
        }
        let mut spins = 0_u32;
        // Tested first: to try is a write, for which other CPUs wait.
        while self.word.get() != 0 || !self.is_next(number) || !self.word.exchange(0, 1) {
            meanwhile();
            spins = spins.saturating_add(1);
        }
        cpus.fence(Fence::Acquired);
        if IN_TURN {
            self.waits[number].set(0);
            self.last.set(number as u32);
        }
        spins
    }

    #[inline(always)]
    fn release(&self, cpus: &C) {
        cpus.fence(Fence::Releases);
        self.word.set(0);
    }
}
