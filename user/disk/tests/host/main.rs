//! Drivers with disks that exist only here, as slow, as faulty and as absent as disks can be.

mod drive;
mod gxdisk;
mod ide;
mod simple;

use embedded_hal::delay::DelayNs;
use mos_disk::Registers;
use mos_fs::DiskError;
use std::cell::{Cell, RefCell};

/// Nobody waits, but how long is added up.
#[derive(Debug, Default)]
struct Clock(Cell<u64>);

impl DelayNs for &Clock {
    fn delay_ns(&mut self, ns: u32) {
        self.0.set(self.0.get() + u64::from(ns));
    }
}

/// The way to a disk that its driver has, and the test beside it.
#[derive(Debug)]
struct Line<'d, T>(&'d RefCell<T>);

impl<T: Registers> Registers for Line<'_, T> {
    fn read(&mut self, dev: u32, bytes: &mut [u8]) -> Result<(), DiskError> {
        self.0.borrow_mut().read(dev, bytes)
    }

    fn write(&mut self, dev: u32, bytes: &[u8]) -> Result<(), DiskError> {
        self.0.borrow_mut().write(dev, bytes)
    }
}
