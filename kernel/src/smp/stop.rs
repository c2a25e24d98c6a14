//! The end of all CPUs because of a panic on one.

use mos_lock::Word as _;

use super::word::Word;
use super::{are_several, count};
use crate::arch::{self, CpuPage};
use crate::board::{self, Board};
use crate::panic;

/// Somebody panics: the others stop where they wait for the kernel.
static STOPPED: Word = Word::new(0);
/// Who has it panics first.
static FIRST: Word = Word::new(0);

/// Whose turn it is to say where it is: its number, and 1.
static TURN: Word = Word::new(0);

/// Stops for good, if somebody panics.
#[inline(always)]
pub fn if_asked() {
    if STOPPED.get() != 0 {
        stand_still();
    }
}

#[cold]
#[optimize(size)]
#[inline(never)]
fn stand_still() -> ! {
    let here = CpuPage::number();
    #[cfg(feature = "monitor")]
    crate::look::keep();
    loop {
        if TURN.get() == here + 1 {
            panic::tell_where(here);
            arch::sync();
            TURN.set(0);
        }
    }
}

/// This CPU panics: no other one does anything any more. Where another one has panicked before, it stops itself.
#[optimize(size)]
pub fn stop_others() {
    if !are_several() {
        return;
    }
    let here = CpuPage::number();
    let again = STOPPED.get() == here + 1;
    if !again && !FIRST.exchange(0, 1) {
        stand_still();
    }
    STOPPED.set(here + 1);
    arch::sync();
    (0..count())
        .filter(|&number| number != here)
        .for_each(|number| board::current().send(number));
}

/// This CPU panics, and has said so. Each other one says where it is, one after the other.
#[optimize(size)]
#[inline(never)]
pub fn hear_others() {
    let here = CpuPage::number();
    for number in (0..count()).filter(|&number| number != here) {
        arch::sync();
        TURN.set(number + 1);
        // One that its host does not run just then does not say it.
        TURN.is_soon(0);
    }
}

/// Of several CPUs, the number of the one that panics.
pub fn number_in_panic() -> Option<u32> {
    are_several().then(CpuPage::number)
}
