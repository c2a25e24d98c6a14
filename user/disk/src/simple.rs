//! The disk of GXemul's own boards (its manual, "Experimental devices: dev_disk"): a register each for the offset, for the
//! number of the disk and for what is to be done, and the bytes of one sector. It is done at once.
//!
//! Such a disk does not tell its size: what lies beyond reads as zeros, and the file grows where that is written.

use crate::{Registers, fits, persistently};
use mos_fs::layout::{MOST_BLOCKS, SECTOR, SECTORS};
use mos_fs::{Disk, DiskError};

/// Where testmips has its disks.
pub const BASE: u32 = 0x1300_0000;

/// Offset on the disk in bytes. It goes on by a sector each time.
const OFFSET: u32 = BASE;
/// The number of the disk.
const NUMBER: u32 = BASE + 0x10;
/// Reads, or writes, the sector.
const START: u32 = BASE + 0x20;
const READ: u32 = 0;
const WRITE: u32 = 1;
/// Not 0: it was done.
const STATUS: u32 = BASE + 0x30;
/// The sector's bytes.
const BUFFER: u32 = BASE + 0x4000;

/// The disk.
#[derive(Debug)]
pub struct Simple<R> {
    registers: R,
    number: u32,
    sectors: u32,
}

impl<R: Registers> Simple<R> {
    /// Disk `number`, as large as a file system can be, until [`limit`](Self::limit) says better.
    ///
    /// # Errors
    /// There is none.
    pub fn new(registers: R, number: u32) -> Result<Self, DiskError> {
        let sectors = MOST_BLOCKS.saturating_mul(SECTORS as u32);
        let mut disk = Self {
            registers,
            number,
            sectors,
        };
        disk.seek(0)?;
        disk.start(READ)?;
        Ok(disk)
    }

    /// It has no more than so many sectors.
    pub fn limit(&mut self, sectors: u32) {
        self.sectors = self.sectors.min(sectors);
    }

    fn set(&mut self, register: u32, value: u32) -> Result<(), DiskError> {
        self.registers.write(register, &value.to_le_bytes())
    }

    /// What comes next is at `sector`, or after that.
    fn seek(&mut self, sector: u32) -> Result<(), DiskError> {
        // exercise 5.5 begin
        self.set(NUMBER, self.number)?;
        self.set(OFFSET, sector.saturating_mul(SECTOR as u32))
        // exercise 5.5 end
    }

    fn start(&mut self, what: u32) -> Result<(), DiskError> {
        // exercise 5.5 begin
        self.set(START, what)?;
        let mut status = [0; 4];
        self.registers.read(STATUS, &mut status)?;
        if status == [0; 4] {
            Err(DiskError)
        } else {
            Ok(())
        }
        // exercise 5.5 end
    }
}

impl<R: Registers> Disk for Simple<R> {
    fn sectors(&self) -> u32 {
        self.sectors
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        // exercise 5.5 begin
        fits(sector, buffer.len(), self.sectors)?;
        persistently(|| {
            self.seek(sector)?;
            for bytes in buffer.as_chunks_mut::<SECTOR>().0 {
                self.start(READ)?;
                self.registers.read(BUFFER, bytes)?;
            }
            Ok(())
        })
        // exercise 5.5 end
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        // exercise 5.5 begin
        fits(sector, bytes.len(), self.sectors)?;
        persistently(|| {
            self.seek(sector)?;
            for bytes in bytes.as_chunks::<SECTOR>().0 {
                self.registers.write(BUFFER, bytes)?;
                self.start(WRITE)?;
            }
            Ok(())
        })
        // exercise 5.5 end
    }

    /// What was written is in the file.
    fn flush(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
}
