//! The big kernel lock: one word, which is 1 while somebody has it. Whoever waits for it has interrupts off, and answers
//! calls meanwhile, as the one who has it may be waiting for that.
//!
//! GXemul carries out some thousand instructions of one CPU, then of the next. Who has the lock most of the time would have it
//! whenever the others look, for ever; so there they have it in turn. On malta, whose CPUs are threads of the host, that would
//! have all of them wait for one that the host does not run just then.

use mos_core::env::cpus::MOST;

use super::word::Word;
use super::{call, count, stop};
use crate::arch;
use crate::board::{self, Board};

/// Whether those who wait have it in turn.
const IN_TURN: bool = cfg!(feature = "testmips");

static LOCK: Word = Word::new(0);
/// Who had it last.
static LAST: Word = Word::new(0);
/// Who waits for it.
static WAITS: [Word; MOST] = [const { Word::new(0) }; MOST];

/// Takes it, for CPU `number`.
pub fn acquire(number: u32) {
    // Before it looks whether it was called, so that none is lost.
    board::current().hear(number);
    let at = number as usize % MOST;
    if IN_TURN {
        WAITS[at].set(1);
    }
    loop {
        stop::if_asked();
        // Tested first: to try is a write, for which the other CPUs wait.
        if LOCK.get() == 0 && is_next(at) && arch::lock_try(LOCK.pointer(), number, count()) {
            break;
        }
        call::answer(number);
    }
    if IN_TURN {
        WAITS[at].set(0);
        LAST.set(number);
    }
}

/// Whether nobody waits who comes before this CPU, in a circle from the last one on.
#[inline(always)]
fn is_next(number: usize) -> bool {
    !IN_TURN
        || (LAST.get() as usize + 1..)
            .map(|other| other % MOST)
            .find(|&other| WAITS[other].get() != 0)
            == Some(number)
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
