//! The big kernel lock: one word, which is 1 while somebody has it. Whoever waits for it has interrupts off, and answers
//! calls meanwhile, as the one who has it may be waiting for that.

use super::word::Word;
use super::{call, count, stop};
use crate::arch;
use crate::board::{self, Board};

static LOCK: Word = Word::new(0);

/// Takes it, for CPU `number`.
pub fn acquire(number: u32) {
    // Before it looks whether it was called, so that none is lost.
    board::current().hear(number);
    loop {
        stop::if_asked();
        // Tested first: to try is a write, for which the other CPUs wait.
        if LOCK.get() == 0 && arch::lock_try(LOCK.pointer(), number, count()) {
            return;
        }
        call::answer(number);
    }
}

/// Gives it back. All that was written before is there when somebody else has it.
pub fn release() {
    arch::sync();
    LOCK.set(0);
}

/// Has it without asking: before there is anybody else.
pub fn begin_with() {
    LOCK.set(1);
}
