//! The MIPS Malta board, as QEMU models it.

// teacher begin
mod cps;
// teacher end
mod delay;
mod pic;
mod power;
mod uart;

pub use delay::Delay;
pub use uart::Uart;

use core::ffi::{CStr, c_char};

use mos_abi::package;
use mos_core::machine::{DeviceRange, InputRegister, Pending};
use portable_atomic::{AtomicU32, Ordering::Relaxed};

use super::Board;
// teacher begin
use crate::arch;
// teacher end
use crate::arch::timer;
use delay::NS_PER_COUNT;

/// Cause.IP2: the interrupt controller.
const IP2: u32 = 1 << 10;
/// Cause.IP7: Count has reached Compare.
const IP7: u32 = 1 << 15;

/// The longest transfer through an IDE data port, in bytes: what READ MULTIPLE has ready at a time (ATA/ATAPI-6,
/// 8.28), at most 16 sectors in QEMU's.
const LONGEST: u32 = 16 * 512;

/// The board.
#[derive(Clone, Copy)]
pub struct Malta;

/// Counts in a tick.
static PERIOD: AtomicU32 = AtomicU32::new(u32::MAX);

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
            let argument = unsafe { CStr::from_ptr(*argv.add(index)) };
            package::text(argument.to_bytes())
        })
    }

    fn start(&self, tick: u32) {
        pic::init();
        Uart.enable_interrupt();
        let period = (tick / NS_PER_COUNT).max(1);
        PERIOD.store(period, Relaxed);
        timer::advance(period);
    }

    #[optimize(size)]
    #[inline(never)]
    fn interrupt(&self, cause: u32) -> Pending {
        let pending = Pending {
            timer: cause & IP7 != 0,
            console: cause & IP2 != 0,
        };
        if pending.timer {
            timer::advance(PERIOD.load(Relaxed));
        }
        if pending.console {
            pic::acknowledge();
        }
        pending
    }

    fn devices(&self) -> &'static [DeviceRange] {
        const {
            &[
                // The two IDE channels, each its data port, its command block and device control.
                DeviceRange::fifo(0x1800_01f0, LONGEST),
                DeviceRange::registers(0x1800_01f0, 8),
                DeviceRange::registers(0x1800_03f6, 1),
                DeviceRange::fifo(0x1800_0170, LONGEST),
                DeviceRange::registers(0x1800_0170, 8),
                DeviceRange::registers(0x1800_0376, 1),
                // What the courses' programs use besides: the console.
                DeviceRange::registers(uart::DATA, 0x20),
                // The clock: which of its registers, and that register (Intel 82371AB, "Real Time Clock Registers").
                DeviceRange::registers(0x1800_0070, 2),
            ]
        }
    }

    fn input_register(&self, pa: u32) -> Option<InputRegister> {
        match pa {
            uart::DATA => Some(InputRegister::Data),
            uart::STATUS => Some(InputRegister::Ready(uart::LSR_DATA_READY)),
            _ => None,
        }
    }

    // teacher begin
    fn cpus(&self) -> u32 {
        cps::count()
    }

    fn prepare(&self) {
        cps::prepare();
    }

    fn start_cpu(&self, number: u32, entry: u32) {
        cps::start(number, entry);
    }

    fn join(&self, number: u32) {
        cps::join(number);
        if number != 0 {
            timer::advance(PERIOD.load(Relaxed));
        }
    }

    fn send(&self, number: u32) {
        cps::send(number);
    }

    fn hear(&self, number: u32) {
        if arch::read_cause() & arch::STATUS_CALL != 0 {
            cps::clear(number);
        }
    }

    fn has_ticked(&self, _number: u32) -> bool {
        false
    }

    // teacher end
    fn ask_power_off(&self, success: bool) {
        power::off(success);
    }
}
