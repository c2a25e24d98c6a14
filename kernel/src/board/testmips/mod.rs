//! GXemul's testmips: an R3000 with GXemul's own simple devices.

mod console;
mod delay;
mod machine;
mod rtc;

pub use console::Console;
pub use delay::Delay;

use mos_core::machine::{DeviceRange, Pending};

use super::Board;

/// Cause.IP2: the console has input.
const IP2: u32 = 1 << 10;
/// Cause.IP4: the real-time clock.
const IP4: u32 = 1 << 12;
const NS_PER_SECOND: u32 = 1_000_000_000;

/// The board.
#[derive(Clone, Copy)]
pub struct Testmips;

impl Board for Testmips {
    const NAME: &str = "GXemul testmips";

    fn memory_size(&self, _: [u32; 4]) -> u32 {
        machine::memory_size()
    }

    fn boot_arguments(&self, _: [u32; 4]) -> impl Iterator<Item = &'static str> {
        // GXemul passes none.
        core::iter::empty()
    }

    fn start(&self, tick: u32) {
        rtc::start(NS_PER_SECOND / tick.max(1));
    }

    fn interrupt(&self, cause: u32) -> Pending {
        let pending = Pending {
            timer: cause & IP4 != 0,
            console: cause & IP2 != 0,
        };
        if pending.timer {
            rtc::acknowledge();
        }
        pending
    }

    fn devices(&self) -> &'static [DeviceRange] {
        // The disk: registers and the buffer of one sector.
        const { &[DeviceRange::registers(0x1300_0000, 0x4200)] }
    }

    fn ask_power_off(&self, success: bool) {
        machine::power_off(success);
    }
}
