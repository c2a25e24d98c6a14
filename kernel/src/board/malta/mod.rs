//! The MIPS Malta board, as QEMU models it.

mod delay;
mod pic;
mod power;
mod uart;

pub use delay::Delay;
pub use uart::Uart;

use core::ffi::{CStr, c_char};

use mos_core::machine::{DeviceRange, Pending};

use super::Board;
use crate::arch::timer;
use delay::NS_PER_COUNT;

/// Cause.IP2: the interrupt controller.
const IP2: u32 = 1 << 10;
/// Cause.IP7: Count has reached Compare.
const IP7: u32 = 1 << 15;

/// The board.
#[derive(Clone, Copy)]
pub struct Malta;

/// Counts in a tick.
static PERIOD: spin::Once<u32> = spin::Once::new();

impl Board for Malta {
    const NAME: &str = "QEMU malta";

    fn memory_size(&self, [.., memory]: [u32; 4]) -> u32 {
        memory
    }

    fn boot_arguments(&self, [argc, argv, ..]: [u32; 4]) -> impl Iterator<Item = &'static str> {
        // With semihosting a0 is not a count: then nothing is passed this way.
        let count = if argc <= 64 { argc as usize } else { 0 };
        let argv = core::ptr::with_exposed_provenance::<*const c_char>(argv as usize);
        (1..count).filter_map(move |index| {
            // SAFETY: QEMU's boot loader put `argc` pointers to C strings there, behind the kernel's back
            // and in memory that the kernel never hands out.
            unsafe { CStr::from_ptr(*argv.add(index)) }.to_str().ok()
        })
    }

    fn start(&self, tick: u32) {
        pic::init();
        Uart.enable_interrupt();
        timer::advance(*PERIOD.call_once(|| (tick / NS_PER_COUNT).max(1)));
    }

    fn interrupt(&self, cause: u32) -> Pending {
        let pending = Pending {
            timer: cause & IP7 != 0,
            console: cause & IP2 != 0,
        };
        if pending.timer {
            timer::advance(PERIOD.get().copied().unwrap_or(u32::MAX));
        }
        if pending.console {
            pic::acknowledge();
        }
        pending
    }

    fn devices(&self) -> &'static [DeviceRange] {
        // The two IDE channels: command block and device control.
        const {
            &[
                DeviceRange {
                    start: 0x1800_01f0,
                    len: 8,
                },
                DeviceRange {
                    start: 0x1800_03f6,
                    len: 1,
                },
                DeviceRange {
                    start: 0x1800_0170,
                    len: 8,
                },
                DeviceRange {
                    start: 0x1800_0376,
                    len: 1,
                },
            ]
        }
    }

    fn ask_power_off(&self, success: bool) {
        power::off(success);
    }
}
