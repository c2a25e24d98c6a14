//! Whichever disk the board has.

use crate::Registers;
use crate::ide::{Channel, Ide};
use crate::simple::Simple;
use embedded_hal::delay::DelayNs;
use mos_fs::{Disk, DiskError};

/// A disk of any board.
#[derive(Debug)]
pub enum Any<R, D> {
    /// Malta's.
    Ide(Ide<R, D>),
    /// That of GXemul's own boards.
    Simple(Simple<R>),
}

impl<R: Registers + Clone, D: DelayNs> Any<R, D> {
    /// Disk `number` of the board whose registers can be reached: on malta 0 and 1 are on the first channel, 2 and 3 on the
    /// second.
    ///
    /// # Errors
    /// There is none, or none that works.
    pub fn new(registers: R, delay: D, number: u32) -> Result<Self, DiskError> {
        let channel = match number {
            0 | 1 => Channel::PRIMARY,
            2 | 3 => Channel::SECONDARY,
            _ => return Simple::new(registers, number).map(Self::Simple),
        };
        let second = number % 2 == 1;
        Ide::new(registers.clone(), delay, channel, second)
            .map(Self::Ide)
            .or_else(|_| Simple::new(registers, number).map(Self::Simple))
    }
}

impl<R: Registers, D: DelayNs> Any<R, D> {
    /// It has no more than so many sectors.
    pub fn limit(&mut self, sectors: u32) {
        match self {
            Self::Ide(disk) => disk.limit(sectors),
            Self::Simple(disk) => disk.limit(sectors),
        }
    }
}

impl<R: Registers, D: DelayNs> Disk for Any<R, D> {
    fn sectors(&self) -> u32 {
        match self {
            Self::Ide(disk) => disk.sectors(),
            Self::Simple(disk) => disk.sectors(),
        }
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        match self {
            Self::Ide(disk) => disk.read(sector, buffer),
            Self::Simple(disk) => disk.read(sector, buffer),
        }
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        match self {
            Self::Ide(disk) => disk.write(sector, bytes),
            Self::Simple(disk) => disk.write(sector, bytes),
        }
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        match self {
            Self::Ide(disk) => disk.flush(),
            Self::Simple(disk) => disk.flush(),
        }
    }
}
