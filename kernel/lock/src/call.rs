//! Calling another CPU into the kernel, where it waits for the lock that the caller has.
//!
//! An interrupt brings it there, if nothing else does. There it finds the number of the call changed, drops all that its TLB
//! holds, and says so: by then it has saved the registers of the program that it ran, and is in no refill and no store of the
//! entry code's any more. It has begun nothing that would be half done: what it has come for it looks at when it has the lock.
//!
//! Only who has the lock calls, so there is one call at a time, and nobody who is called waits for an answer himself.

use crate::{Cpus, Fence, Word};

/// How often each CPU was called, and to which of these calls it has answered.
pub struct Calls<W, const N: usize> {
    calls: [W; N],
    answers: [W; N],
}

impl<W, const N: usize> Calls<W, N> {
    /// None so far, of words that are 0.
    pub const fn new(calls: [W; N], answers: [W; N]) -> Self {
        Self { calls, answers }
    }
}

impl<W: Word, const N: usize> Calls<W, N> {
    /// Returns when CPU `number`, another one, is in the kernel and its TLB holds nothing. This one has the lock.
    #[inline(always)]
    pub fn call_in<C: Cpus<Word = W>>(&self, cpus: &C, number: usize) {
        // exercise smp.7 begin
        let at = number % N;
        let call = self.calls[at].get().wrapping_add(1);
        self.calls[at].set(call);
        cpus.send(at);
        while self.answers[at].get() != call {
            cpus.look();
        }
        cpus.fence(Fence::Answered);
        // exercise smp.7 end
    }

    /// Answers, if this CPU, which is in the kernel and has not the lock, was called.
    #[inline(always)]
    pub fn answer<C: Cpus<Word = W>>(&self, cpus: &C) {
        // exercise smp.7 begin
        // otherwise:
        let at = cpus.number() % N;
        let call = self.calls[at].get();
        if self.answers[at].get() != call {
            self.answer_to(cpus, at, call);
        }
        // exercise smp.7 end
    }

    #[cold]
    #[inline(never)]
    fn answer_to<C: Cpus<Word = W>>(&self, cpus: &C, at: usize, call: u32) {
        // exercise smp.7 begin
        cpus.flush();
        cpus.fence(Fence::Answers);
        self.answers[at].set(call);
        // exercise smp.7 end
    }
}
