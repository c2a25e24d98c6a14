//! The machine's disks, for programs with device rights.

use embedded_hal::delay::DelayNs;
use libos::{device, env};
use mos_disk::{Any, Registers};
use mos_fs::DiskError;

/// Device registers by way of the kernel.
#[derive(Clone, Copy, Debug)]
pub struct Calls;

impl Registers for Calls {
    fn read(&mut self, dev: u32, bytes: &mut [u8]) -> Result<(), DiskError> {
        device::read(dev, bytes).map_err(|_| DiskError)
    }

    fn write(&mut self, dev: u32, bytes: &[u8]) -> Result<(), DiskError> {
        device::write(dev, bytes).map_err(|_| DiskError)
    }
}

/// Pauses in which others run. Programs have no clock, and one that sleeps may have its emulator's time run ahead of that of
/// the host, which has the disk: a turn for each microsecond is about right.
#[derive(Clone, Copy, Debug)]
pub struct Turns;

impl DelayNs for Turns {
    fn delay_ns(&mut self, ns: u32) {
        for _ in 0..ns.div_ceil(1000) {
            env::yield_now();
        }
    }
}

/// A disk of the machine.
pub type Device = Any<Calls, Turns>;

/// Disk `number` of the machine.
///
/// # Errors
/// There is none, none that works, or no right to it.
pub fn open(number: u32) -> Result<Device, DiskError> {
    Any::new(Calls, Turns, number)
}
