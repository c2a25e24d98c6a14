//! Short work beside the lock, while nobody has it.
//!
//! Who is about to do some says so in a word of its own, and looks then whether somebody has the lock. Who has got the lock says so, and
//! waits then until none is at work. With a fence between what each says and where it looks, one of two sees the other; so neither an
//! exchange nor a word that all write is needed. Work that does not get in the way of any other costs the same with two CPUs and
//! with eight. Work that is to be done alone looks at the words of the others, too (Burns and Lynch, "Bounds on shared memory for
//! mutual exclusion", 1993: one bit for each): of two that meet there the one with the greater number makes room.
//!
//! A kernel's short work is in assembly (`arch/several.S`), which begins and ends as is said here.

use crate::{Cpus, Fence, Word};

/// What the word of a CPU says that is at work beside others, or alone; or was, and has something left to do that nobody else is about.
const BESIDE: u32 = 1;
const ALONE: u32 = 2;
const LEFT: u32 = 3;

/// Who is at work, and whether somebody has the lock.
pub struct Aside<W, const N: usize> {
    works: [W; N],
    closed: W,
}

impl<W, const N: usize> Aside<W, N> {
    /// Nobody, of words that are 0.
    pub const fn new(works: [W; N], closed: W) -> Self {
        Self { works, closed }
    }

    /// The words of all CPUs, and that of who has the lock.
    pub fn words(&self) -> (&[W; N], &W) {
        (&self.works, &self.closed)
    }
}

impl<W: Word, const N: usize> Aside<W, N> {
    fn own<C: Cpus<Word = W>>(&self, cpus: &C) -> &W {
        &self.works[cpus.number() % N]
    }

    /// Whether this CPU, which has not the lock, is at work from now on, beside others: nobody has the lock before it has ended.
    pub fn begin<C: Cpus<Word = W>>(&self, cpus: &C) -> bool {
        let begun = self.says(cpus, BESIDE);
        if begun {
            cpus.fence(Fence::Acquired);
        }
        begun
    }

    /// The same, but no other one that has begun so is at work either. Who is to try again waits until the one that was in its way is not
    /// any more: it could be in the other one's way whenever that looks.
    pub fn begin_alone<C: Cpus<Word = W>>(&self, cpus: &C) -> bool {
        if !self.says(cpus, ALONE) {
            return false;
        }
        let (before, rest) = self.works.split_at(cpus.number() % N);
        if before.iter().any(|word| word.get() == ALONE) {
            self.own(cpus).set(0);
            return false;
        }
        for word in &rest[1..] {
            while word.get() == ALONE {
                cpus.look();
            }
        }
        cpus.fence(Fence::Acquired);
        true
    }

    fn says<C: Cpus<Word = W>>(&self, cpus: &C, what: u32) -> bool {
        self.own(cpus).set(what);
        cpus.fence(Fence::Works);
        let open = self.closed.get() == 0;
        if !open {
            self.own(cpus).set(0);
        }
        open
    }

    /// Nobody need wait for this CPU any more, which still has something to do.
    pub fn leave<C: Cpus<Word = W>>(&self, cpus: &C) {
        cpus.fence(Fence::Releases);
        self.own(cpus).set(LEFT);
    }

    /// It is not at work any more.
    pub fn end<C: Cpus<Word = W>>(&self, cpus: &C) {
        cpus.fence(Fence::Releases);
        self.own(cpus).set(0);
    }

    /// The same where it may have been none.
    #[inline(always)]
    pub(crate) fn give_up<C: Cpus<Word = W>>(&self, cpus: &C) {
        if self.own(cpus).get() != 0 {
            self.end(cpus);
        }
    }

    /// This CPU, which has got the lock, waits until none is at work, and sees what they have done.
    #[inline(always)]
    pub(crate) fn close<C: Cpus<Word = W>>(&self, cpus: &C) {
        self.closed.set(ALONE);
        cpus.fence(Fence::Closes);
        for word in self.works.iter().take(cpus.count()) {
            while matches!(word.get(), BESIDE | ALONE) {
                cpus.look();
            }
        }
        cpus.fence(Fence::Acquired);
    }

    /// This CPU, which has the lock, waits until none has anything left to do either.
    pub fn wait_for_all<C: Cpus<Word = W>>(&self, cpus: &C) {
        for word in &self.works {
            while word.get() != 0 {
                cpus.look();
            }
        }
        cpus.fence(Fence::Acquired);
    }

    /// It will give the lock back.
    #[inline(always)]
    pub(crate) fn open<C: Cpus<Word = W>>(&self, cpus: &C) {
        cpus.fence(Fence::Releases);
        self.closed.set(0);
    }
}
