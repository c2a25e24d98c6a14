//! Lab 3: the timer, with interrupts off.

use mos_checks::{Check, Wrong, saw, step};
use mos_core::{Kernel, Machine};

use crate::board::{self, Board};
use crate::hardware::Hardware;

/// Nanoseconds between two ticks: more than looking for one takes.
const TICK: u32 = 20_000_000;
/// Looks at the timer that are far more than there are between two ticks.
const PATIENCE: u32 = 20_000_000;

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
        let again = tick();
        sum = sum.rotate_left(3) ^ check.lots.any();
        saw!(
            check,
            "whether a tick comes, whether it comes at once again, and what was added up by then",
            (comes, again, sum),
            kernel
        );
        if !comes {
            break;
        }
    }
    Ok(())
}
