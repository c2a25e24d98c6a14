//! Waiting by counting instructions. The R3000 has no clock of its own, and the board's tells the host's time: that can be
//! set back, so that a wait might not end, and no two runs would be the same.

use embedded_hal::delay::DelayNs;

use crate::arch;

/// What a turn of the loop takes on the fastest R3000 there was: two instructions at 40 MHz.
const NS_PER_TURN: u32 = 50;

/// A wait, as a value without state. The emulator's CPU may be faster than any real one, but its devices keep nobody
/// waiting.
pub struct Delay;

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        arch::spin(ns.div_ceil(NS_PER_TURN));
    }
}
