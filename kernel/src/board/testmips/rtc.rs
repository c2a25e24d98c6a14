//! GXemul's real-time clock (GXemul manual, "dev_rtc"): ticks of the host's time.

use volatile_register::RW;

/// The two registers that matter.
#[repr(C)]
struct RegisterBlock {
    /// Ticks per second; 0 stops the clock and forgets ticks that are pending.
    hz: RW<u32>,
    _reserved: [u32; 3],
    /// Any access acknowledges one tick.
    acknowledge: RW<u32>,
}

const BASE: usize = 0xb500_0100;
/// GXemul has no finer grain than this: above it, ticks come in bursts.
const MAX_HZ: u32 = 60;

fn registers() -> &'static RegisterBlock {
    // SAFETY: testmips has the clock here, in kseg1.
    unsafe { &*core::ptr::with_exposed_provenance(BASE) }
}

/// Starts the clock at `hz` ticks per second, or as near as it can. With 0 it stands still.
pub fn start(hz: u32) {
    // exercise 3.9 begin
    // otherwise: let _ = hz;
    // SAFETY: the register has no effect on memory.
    unsafe { registers().hz.write(hz.min(MAX_HZ)) }
    // exercise 3.9 end
}

/// Acknowledges a tick.
pub fn acknowledge() {
    // exercise 3.9 begin
    registers().acknowledge.read();
    // exercise 3.9 end
}
