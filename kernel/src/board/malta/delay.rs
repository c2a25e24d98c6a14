//! Waiting by the CPU's Count, which runs whatever interrupts are masked or off.

use embedded_hal::delay::DelayNs;

use crate::arch::timer;

/// QEMU's Count goes up every 6 ns.
pub const NS_PER_COUNT: u32 = 6;

/// A wait, as a value without state.
pub struct Delay;

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        let start = timer::read_count();
        // The first count is not a whole one.
        let counts = ns.div_ceil(NS_PER_COUNT) + 1;
        // The difference holds too when Count has gone from its highest value to 0.
        while timer::read_count().wrapping_sub(start) < counts {}
    }
}
