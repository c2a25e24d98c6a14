//! The way into the kernel, and out of it.

use crate::{Aside, Calls, Cpus, Kind, Word};

/// The lock, the calls that are answered where it is waited for, and the work that is done while nobody has it.
pub struct Gate<K, W, const N: usize> {
    lock: K,
    calls: Calls<W, N>,
    aside: Aside<W, N>,
}

impl<K, W, const N: usize> Gate<K, W, N> {
    /// Nobody is in.
    pub const fn new(lock: K, calls: Calls<W, N>, aside: Aside<W, N>) -> Self {
        Self { lock, calls, aside }
    }

    /// What is done while nobody is in.
    pub fn aside(&self) -> &Aside<W, N> {
        &self.aside
    }
}

impl<K, W: Word, const N: usize> Gate<K, W, N> {
    /// Comes in, when no other CPU is. Returns how often it has looked in vain.
    #[inline(always)]
    pub fn enter<C: Cpus<Word = W>>(&self, cpus: &C) -> u32
    where
        K: Kind<C>,
    {
        // It may have begun short work that turned out to be none.
        self.aside.give_up(cpus);
        // Before it looks whether it was called, so that none is lost.
        cpus.hear();
        let spins = self.lock.acquire(cpus, || {
            cpus.look();
            self.calls.answer(cpus);
        });
        self.aside.close(cpus);
        spins
    }

    /// Goes out, and has CPU `woken`, which rests, come in.
    #[inline(always)]
    pub fn leave<C: Cpus<Word = W>>(&self, cpus: &C, woken: Option<usize>)
    where
        K: Kind<C>,
    {
        self.aside.open(cpus);
        self.lock.release(cpus);
        if let Some(number) = woken {
            cpus.send(number);
        }
    }

    /// Has CPU `number`, another one, come to where it waits for this one to go out, with nothing in its TLB.
    #[inline(always)]
    pub fn call_in<C: Cpus<Word = W>>(&self, cpus: &C, number: usize) {
        self.calls.call_in(cpus, number);
    }
}
