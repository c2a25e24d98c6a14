//! Lab 3: the timer, with interrupts off.

use mos_checks::{Check, Wrong, saw, step};
use mos_core::{Kernel, Machine};

use crate::board::{self, Board};
use crate::hardware::Hardware;

/// Nanoseconds between two ticks: more than looking for one takes.
const TICK: u32 = 20_000_000;
/// Looks at the timer that are far more than there are between two ticks.
const PATIENCE: u32 = 20_000_000;

/// More looks than there can be ticks at once.
const LOOKS: u32 = 1000;

/// Ticks that come, and are taken back.
pub fn ticks(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "no tick comes before the timer is started");
    let mut tick = || kernel.mem.machine.pending().timer;
    let early = (0..1000).filter(|_| tick()).count();
    saw!(check, "ticks before it was started", early, kernel);

    step!(check, "one comes after the other, each once");
    board::current().start(TICK);
    let mut sum = 0_u32;
    for _ in 0..check.lots.from(4, 8) {
        let mut tick = || kernel.mem.machine.pending().timer;
        let comes = (0..PATIENCE).any(|_| tick());
        // On GXemul, ticks that the host was too busy for come all at once, and are taken back one by one.
        let for_ever = (0..LOOKS).all(|_| tick());
        sum = sum.rotate_left(3) ^ check.lots.any();
        saw!(
            check,
            "whether a tick comes, whether it is never taken back, and what was added up by then",
            (comes, for_ever, sum),
            kernel
        );
        if !comes {
            break;
        }
    }
    Ok(())
}
