//! ATA disks by programmed input and output (ATA/ATAPI-6, T13 1410D: 6.16 registers, 8 commands, 9.5 and 9.6 protocols).
//!
//! A command is six registers side by side, which one call writes. Then up to 8 sectors at a time go through the data port,
//! where the disk can do that (READ MULTIPLE), or one.

use crate::{Registers, fits, persistently};
use embedded_hal::delay::DelayNs;
use mos_fs::layout::{SECTOR, SECTORS};
use mos_fs::{Disk, DiskError};

/// A channel, with a disk or two on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Physical address of the command block: data port, and seven registers more.
    pub command: u32,
    /// Physical address of device control.
    pub control: u32,
}

impl Channel {
    /// Malta's first.
    pub const PRIMARY: Self = Self {
        command: 0x1800_01f0,
        control: 0x1800_03f6,
    };
    /// Malta's second.
    pub const SECONDARY: Self = Self {
        command: 0x1800_0170,
        control: 0x1800_0376,
    };
}

// Registers of the command block. From COUNT on they are a command's.
const DATA: u32 = 0;
const COUNT: u32 = 2;
const DEVICE: u32 = 6;
const STATUS: u32 = 7;

// Status.
const BUSY: u8 = 0x80;
const FAULT: u8 = 0x20;
/// A sector can be moved.
const REQUEST: u8 = 8;
const ERROR: u8 = 1;

// Device: logical block addresses, the second disk of the channel.
const LBA: u8 = 0xe0;
const SECOND: u8 = 0x10;

// Device control.
const NO_INTERRUPT: u8 = 2;
const RESET: u8 = 4;

// Commands.
const READ: u8 = 0x20;
const WRITE: u8 = 0x30;
const READ_MULTIPLE: u8 = 0xc4;
const WRITE_MULTIPLE: u8 = 0xc5;
const SET_MULTIPLE: u8 = 0xc6;
const FLUSH_CACHE: u8 = 0xe7;
const IDENTIFY: u8 = 0xec;

/// Sectors of the longest command.
const LONGEST: usize = 256;
/// How often status is read without a pause, and with one.
const SPINS: u32 = 1000;
const PAUSES: u32 = 100_000;
/// A pause. All of them are 10 seconds.
const PAUSE_US: u32 = 100;

/// A disk.
#[derive(Debug)]
pub struct Ide<R, D> {
    registers: R,
    delay: D,
    channel: Channel,
    /// Which of the channel's, in a command.
    unit: u8,
    sectors: u32,
    /// Sectors at a time.
    at_once: usize,
}

impl<R: Registers, D: DelayNs> Ide<R, D> {
    /// The disk of `channel`, the `second` or the first one.
    ///
    /// # Errors
    /// There is none, or none that works.
    pub fn new(registers: R, delay: D, channel: Channel, second: bool) -> Result<Self, DiskError> {
        let mut disk = Self {
            registers,
            delay,
            channel,
            unit: if second { LBA | SECOND } else { LBA },
            sectors: 0,
            at_once: 1,
        };
        let unit = disk.unit;
        disk.put(DEVICE, &[unit])?;
        // Without a disk nobody drives the bus.
        if matches!(disk.status()?, 0 | 0xff) {
            return Err(DiskError);
        }
        let mut identity = [0; SECTOR];
        disk.persist(|disk| {
            disk.command(IDENTIFY, 0, 0)?;
            disk.wait_for(REQUEST)?;
            disk.get(DATA, &mut identity)
        })?;
        disk.sectors = word(&identity, 60) | word(&identity, 61) << 16;
        if disk
            .command(SET_MULTIPLE, 0, SECTORS as u8)
            .and_then(|()| disk.wait_for(0))
            .is_ok()
        {
            disk.at_once = SECTORS;
        }
        Ok(disk)
    }

    /// It has no more than so many sectors.
    pub fn limit(&mut self, sectors: u32) {
        self.sectors = self.sectors.min(sectors);
    }

    /// An attempt that has failed begins anew with a disk that is ready for it.
    fn persist(
        &mut self,
        mut attempt: impl FnMut(&mut Self) -> Result<(), DiskError>,
    ) -> Result<(), DiskError> {
        // exercise 5.4 begin
        // otherwise: attempt(self)
        persistently(|| attempt(self).or_else(|error| self.reset().and(Err(error))))
        // exercise 5.4 end
    }

    fn get(&mut self, register: u32, bytes: &mut [u8]) -> Result<(), DiskError> {
        let command = self.channel.command;
        self.registers.read(command.saturating_add(register), bytes)
    }

    fn put(&mut self, register: u32, bytes: &[u8]) -> Result<(), DiskError> {
        let command = self.channel.command;
        self.registers
            .write(command.saturating_add(register), bytes)
    }

    fn status(&mut self) -> Result<u8, DiskError> {
        let mut status = 0;
        self.get(STATUS, core::slice::from_mut(&mut status))?;
        Ok(status)
    }

    /// The first status that is `good`. None comes: the disk does not work.
    fn wait_until(&mut self, good: impl Fn(u8) -> bool) -> Result<u8, DiskError> {
        // exercise 5.1 begin
        for turn in 0..SPINS.saturating_add(PAUSES) {
            let status = self.status()?;
            if good(status) {
                return Ok(status);
            }
            if turn >= SPINS {
                self.delay.delay_us(PAUSE_US);
            }
        }
        Err(DiskError)
        // exercise 5.1 end
    }

    /// Waits until the disk has done what it was told, and until status has `bits` as well.
    fn wait_for(&mut self, bits: u8) -> Result<(), DiskError> {
        // exercise 5.1 begin
        let failed = |status| status & (ERROR | FAULT) != 0;
        let good = |status| status & BUSY == 0 && (failed(status) || status & bits == bits);
        let status = self.wait_until(good)?;
        if failed(status) {
            Err(DiskError)
        } else {
            Ok(())
        }
        // exercise 5.1 end
    }

    /// Tells the disk what to do with `count` sectors from `sector` on; 0 is 256.
    fn command(&mut self, command: u8, sector: u32, count: u8) -> Result<(), DiskError> {
        // exercise 5.1 begin
        let idle = |status| status & (BUSY | REQUEST) == 0;
        self.wait_until(idle)?;
        let [low, mid, high, top] = sector.to_le_bytes();
        let device = self.unit | top & 0xf;
        self.put(COUNT, &[count, low, mid, high, device, command])
        // exercise 5.1 end
    }

    /// Tells the disk to move `len` bytes from `sector` on, by the command for one sector at a time or for more. Returns how many
    /// bytes those are.
    fn begin(&mut self, [one, more]: [u8; 2], sector: u32, len: usize) -> Result<usize, DiskError> {
        let command = if self.at_once == 1 { one } else { more };
        // 256 sectors are 0, as a command has it.
        self.command(command, sector, (len / SECTOR) as u8)?;
        Ok(self.at_once.saturating_mul(SECTOR))
    }

    /// Sets the channel back (9.2): after this its disks move one sector at a time.
    fn reset(&mut self) -> Result<(), DiskError> {
        // exercise 5.4 begin
        for control in [NO_INTERRUPT | RESET, NO_INTERRUPT] {
            self.registers.write(self.channel.control, &[control])?;
            self.delay.delay_us(5);
        }
        self.at_once = 1;
        let unit = self.unit;
        self.put(DEVICE, &[unit])?;
        self.wait_until(|status| status & BUSY == 0).map(drop)
        // exercise 5.4 end
    }
}

/// Little-endian word `number` of what a disk says of itself.
fn word(identity: &[u8; SECTOR], number: usize) -> u32 {
    let words = identity.as_chunks::<2>().0;
    words
        .get(number)
        .map_or(0, |&word| u16::from_le_bytes(word).into())
}

impl<R: Registers, D: DelayNs> Disk for Ide<R, D> {
    fn sectors(&self) -> u32 {
        self.sectors
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        // exercise 5.2 begin
        fits(sector, buffer.len(), self.sectors)?;
        let commands = (sector..).step_by(LONGEST);
        for (sector, buffer) in commands.zip(buffer.chunks_mut(LONGEST * SECTOR)) {
            self.persist(|disk| {
                let size = disk.begin([READ, READ_MULTIPLE], sector, buffer.len())?;
                for bytes in buffer.chunks_mut(size) {
                    disk.wait_for(REQUEST)?;
                    disk.get(DATA, bytes)?;
                }
                disk.wait_for(0)
            })?;
        }
        Ok(())
        // exercise 5.2 end
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        // exercise 5.3 begin
        fits(sector, bytes.len(), self.sectors)?;
        let commands = (sector..).step_by(LONGEST);
        for (sector, bytes) in commands.zip(bytes.chunks(LONGEST * SECTOR)) {
            self.persist(|disk| {
                let size = disk.begin([WRITE, WRITE_MULTIPLE], sector, bytes.len())?;
                for bytes in bytes.chunks(size) {
                    disk.wait_for(REQUEST)?;
                    disk.put(DATA, bytes)?;
                }
                disk.wait_for(0)
            })?;
        }
        Ok(())
        // exercise 5.3 end
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        // exercise 5.3 begin
        self.persist(|disk| {
            disk.command(FLUSH_CACHE, 0, 0)?;
            disk.wait_for(0)
        })
        // exercise 5.3 end
    }
}
