//! Calling another CPU into the kernel, where it waits for the lock that the caller has.
//!
//! An interrupt brings it there, if nothing else does. There it finds the number of the call changed, drops all that its TLB
//! holds, and says so: by then it has saved the registers of the program that it ran, and is in no refill and no store of the
//! entry code's any more. It has begun nothing that would be half done: what it has come for it looks at when it has the lock.
//!
//! Only who has the lock calls, so there is one call at a time, and nobody who is called waits for an answer himself.

use super::word::Word;
use super::{count, stop};
use crate::arch::{self, CpuPage};
use crate::board::{self, Board};

use mos_core::env::cpus::MOST;

/// How often each CPU was called.
static CALLS: [Word; MOST] = [const { Word::new(0) }; MOST];
/// To which of these calls it has answered.
static ANSWERS: [Word; MOST] = [const { Word::new(0) }; MOST];

/// Returns when CPU `number`, another one, is in the kernel and its TLB holds nothing.
#[optimize(size)]
#[inline(never)]
pub fn call_in(number: usize) {
    let number = number % MOST;
    let call = CALLS[number].get().wrapping_add(1);
    // What was written before counts there.
    arch::sync();
    CALLS[number].set(call);
    arch::sync();
    board::current().send(number as u32);
    while ANSWERS[number].get() != call {
        stop::if_asked();
    }
    arch::sync();
}

/// Answers, if CPU `number`, which is in the kernel and has not the lock, was called.
#[inline(always)]
pub fn answer(number: u32) {
    let at = number as usize % MOST;
    let call = CALLS[at].get();
    if ANSWERS[at].get() != call {
        answer_to(at, call);
    }
}

#[optimize(size)]
#[inline(never)]
fn answer_to(number: usize, call: u32) {
    arch::tlb_flush();
    arch::sync();
    ANSWERS[number].set(call);
}

/// Drops what the TLBs of all CPUs hold.
#[optimize(size)]
#[inline(never)]
pub fn flush_everywhere() {
    arch::tlb_flush();
    let here = CpuPage::number();
    (0..count())
        .filter(|&number| number != here)
        .for_each(|number| call_in(number as usize));
}
