//! GXemul's testmips: an R3000 with GXemul's own simple devices.

mod console;
mod delay;
mod machine;
// teacher begin
mod mp;
// teacher end
mod rtc;

pub use console::Console;
pub use delay::Delay;

use mos_core::machine::{DeviceRange, InputRegister, Pending};

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
        // teacher begin
        if pending.timer {
            mp::pass_tick_on();
        }
        // teacher end
        pending
    }

    fn devices(&self) -> &'static [DeviceRange] {
        const {
            &[
                // The disk: registers and the buffer of one sector.
                DeviceRange::registers(0x1300_0000, 0x4200),
                // What the courses' programs use besides: the console, but for what ends the machine, and the clock.
                DeviceRange::registers(console::DATA, 0x10),
                DeviceRange::registers(0x1500_0000, 0x200),
            ]
        }
    }

    fn input_register(&self, pa: u32) -> Option<InputRegister> {
        (pa == console::DATA).then_some(InputRegister::Data)
    }

    // teacher begin
    fn cpus(&self) -> u32 {
        mp::count()
    }

    fn prepare(&self) {}

    fn start_cpu(&self, number: u32, entry: u32) {
        mp::start(number, entry);
    }

    fn join(&self, _number: u32) {}

    fn send(&self, number: u32) {
        mp::send(number);
    }

    fn hear(&self, _number: u32) {
        mp::clear();
    }

    fn has_ticked(&self, number: u32) -> bool {
        mp::take_tick(number)
    }

    // teacher end
    fn ask_power_off(&self, success: bool) {
        machine::power_off(success);
    }
}
