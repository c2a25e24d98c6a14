//! The end of a run, on any board.

use core::fmt::Write;

use embedded_hal::delay::DelayNs;

use super::{Board, Delay, current};
use crate::serial::Console;

/// How often a machine is asked to switch itself off, and how long it has to do so each time.
const ATTEMPTS: u32 = 10;
const PATIENCE_MS: u32 = 10;

/// Switches the machine off; `success` is what its emulator reports. One that is on after that is left to the user.
#[optimize(size)]
#[cold]
pub fn power_off(success: bool) -> ! {
    for _ in 0..ATTEMPTS {
        current().ask_power_off(success);
        Delay.delay_ms(PATIENCE_MS);
    }
    // A console does not fail.
    _ = Console.write_str("[mos] this machine does not switch itself off\n");
    loop {
        core::hint::spin_loop();
    }
}
