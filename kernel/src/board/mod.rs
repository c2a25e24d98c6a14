//! The boards: what is on them besides CPU and memory.

#[cfg(feature = "malta")]
mod malta;
mod power;
#[cfg(feature = "testmips")]
mod testmips;

#[cfg(feature = "malta")]
pub use malta::{Delay, Malta as Current, Uart as Serial};
#[cfg(feature = "testmips")]
pub use testmips::{Console as Serial, Delay, Testmips as Current};

pub use power::power_off;

use mos_core::machine::{DeviceRange, InputRegister, Pending};

#[cfg(not(any(feature = "malta", feature = "testmips")))]
compile_error!("build with --features malta or --features testmips");

/// Unmapped, uncached addresses of physical memory.
const KSEG1: u32 = 0xa000_0000;

/// A board, as a value without state.
pub trait Board {
    /// Its name, with that of its emulator.
    const NAME: &str;

    /// Memory in bytes, as the boot loader or the board itself tells.
    fn memory_size(&self, boot_registers: [u32; 4]) -> u32;
    /// Words that the boot loader passes to the kernel.
    fn boot_arguments(&self, boot_registers: [u32; 4]) -> impl Iterator<Item = &'static str>;
    /// Readies console input and interrupts, and starts the timer with a tick every `tick` nanoseconds.
    fn start(&self, tick: u32);
    /// Acknowledges the interrupts in Cause.
    fn interrupt(&self, cause: u32) -> Pending;
    /// Device registers that programs may be given.
    fn devices(&self) -> &'static [DeviceRange];
    /// What the register at `pa` has to do with the console's input.
    fn input_register(&self, pa: u32) -> Option<InputRegister>;
    // teacher begin
    /// How many CPUs there are.
    fn cpus(&self) -> u32;
    /// Readies what they have in common.
    fn prepare(&self);
    /// Has CPU `number`, which has not begun yet, begin at `entry`.
    fn start_cpu(&self, number: u32, entry: u32);
    /// Lets calls through that are for CPU `number`, which is this one, and starts its timer if it has one of its own.
    fn join(&self, number: u32);
    /// Calls CPU `number`, which is interrupted.
    fn send(&self, number: u32);
    /// CPU `number`, which is this one, has heard all calls so far.
    fn hear(&self, number: u32);
    /// Whether a tick has come to CPU `number`, which is this one, by way of another CPU.
    fn has_ticked(&self, number: u32) -> bool;
    // teacher end
    /// Asks for the machine to be switched off, which may take a moment; `success` is what its emulator reports.
    fn ask_power_off(&self, success: bool);
}

/// The board that the kernel was built for.
pub fn current() -> Current {
    Current
}

/// Reads a device register at physical address `pa`, of 1, 2 or 4 bytes.
#[inline(never)]
pub fn device_read(pa: u32, width: u32) -> u32 {
    let address = (KSEG1 | pa) as usize;
    // SAFETY: mos-core checked the range against the board's list, which holds registers only, and
    // aligned the access.
    unsafe {
        match width {
            1 => core::ptr::with_exposed_provenance::<u8>(address)
                .read_volatile()
                .into(),
            2 => core::ptr::with_exposed_provenance::<u16>(address)
                .read_volatile()
                .into(),
            _ => core::ptr::with_exposed_provenance::<u32>(address).read_volatile(),
        }
    }
}

/// Writes a device register, likewise.
#[inline(never)]
pub fn device_write(pa: u32, width: u32, value: u32) {
    let address = (KSEG1 | pa) as usize;
    // SAFETY: as for `device_read`.
    unsafe {
        match width {
            1 => core::ptr::with_exposed_provenance_mut::<u8>(address).write_volatile(value as u8),
            2 => {
                core::ptr::with_exposed_provenance_mut::<u16>(address).write_volatile(value as u16)
            }
            _ => core::ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(value),
        }
    }
}

/// Reads device registers into `words`: the one at `pa`, and the next ones `step` bytes further on.
pub fn device_read_words(pa: u32, step: u32, words: &mut [u32]) {
    let mut address = (KSEG1 | pa) as usize;
    // SAFETY: as for `device_read`.
    let read =
        |address| unsafe { core::ptr::with_exposed_provenance::<u32>(address).read_volatile() };
    // A disk's data, one register again and again, are most of what is read: eight words a turn.
    let (turns, rest) = words.as_chunks_mut::<8>();
    let (turns, rest) = match step {
        0 => (turns, rest),
        _ => (Default::default(), words),
    };
    for turn in turns {
        *turn = [(); 8].map(|()| read(address));
    }
    for word in rest {
        *word = read(address);
        address += step as usize;
    }
}

/// Writes device registers, likewise.
pub fn device_write_words(pa: u32, step: u32, words: &[u32]) {
    let mut address = (KSEG1 | pa) as usize;
    for word in words {
        // SAFETY: as for `device_read`.
        unsafe { core::ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(*word) };
        address += step as usize;
    }
}
