//! The driver of the disk of testmips, on registers of our own.

use alloc::vec;
use alloc::vec::Vec;

use crate::ata::SECTOR;
use crate::ide::drawn;
use mos_disk::Registers;
use mos_disk::simple::{BASE, Simple};
use mos_exam::{Lots, saw, step, sum};
use mos_fs::{Disk, DiskError};
use mos_user::check::Check;

/// The disk: registers by their offsets, and what is behind them.
#[derive(Debug)]
struct Drive {
    /// Its number; others are not there.
    number: u32,
    bytes: Vec<u8>,
    buffer: [u8; SECTOR],
    chosen: u32,
    offset: u32,
    done: bool,
    /// After how many sectors one comes to nothing.
    fails: Vec<u32>,
    /// Sectors that were read, and written: their offsets.
    told: Vec<(bool, u32)>,
    /// What no driver does.
    offences: u32,
}

impl Drive {
    fn new(sectors: usize, lots: &mut Lots) -> Self {
        Self {
            number: lots.from(0, 3),
            bytes: drawn(lots, sectors * SECTOR),
            buffer: [0; SECTOR],
            chosen: lots.any(),
            offset: lots.any(),
            done: false,
            fails: Vec::new(),
            told: Vec::new(),
            offences: 0,
        }
    }

    /// Moves a sector.
    fn start(&mut self, writes: bool) {
        let from = self.offset as usize;
        let place = self
            .bytes
            .get_mut(from..)
            .and_then(|rest| rest.get_mut(..SECTOR));
        self.told.push((writes, self.offset));
        self.offset = self.offset.wrapping_add(SECTOR as u32);
        let fails = match self.fails.last_mut() {
            Some(0) => self.fails.pop().is_some(),
            Some(later) => {
                *later -= 1;
                false
            }
            None => false,
        };
        self.done = self.chosen == self.number && !fails;
        match place {
            Some(place) if self.done && writes => place.copy_from_slice(&self.buffer),
            Some(place) if self.done => self.buffer.copy_from_slice(place),
            _ if writes => {}
            _ => self.buffer.fill(0),
        }
    }
}

impl Registers for Drive {
    fn read(&mut self, dev: u32, bytes: &mut [u8]) -> Result<(), DiskError> {
        match (dev.wrapping_sub(BASE), bytes) {
            (0x30, [status, rest @ ..]) => {
                rest.fill(0);
                *status = self.done.into();
            }
            (at @ 0x4000..0x4200, bytes) => {
                let from = self.buffer.get(at as usize - 0x4000..).unwrap_or_default();
                bytes
                    .iter_mut()
                    .zip(from)
                    .for_each(|(to, from)| *to = *from);
            }
            _ => self.offences += 1,
        }
        Ok(())
    }

    fn write(&mut self, dev: u32, bytes: &[u8]) -> Result<(), DiskError> {
        let word = bytes
            .first_chunk()
            .map_or(0, |word| u32::from_le_bytes(*word));
        match dev.wrapping_sub(BASE) {
            0 => self.offset = word,
            0x10 => self.chosen = word,
            0x20 if word < 2 => self.start(word == 1),
            at @ 0x4000..0x4200 => {
                let to = self
                    .buffer
                    .get_mut(at as usize - 0x4000..)
                    .unwrap_or_default();
                to.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            }
            _ => self.offences += 1,
        }
        Ok(())
    }
}

/// Reads or writes some sectors of `drive`, and reports what comes of it.
fn move_some(check: &mut Check, drive: &mut Drive, writes: bool) {
    let (sector, count) = (check.lots.from(0, 20), check.lots.from(3, 9));
    let mut bytes = drawn(&mut check.lots, count as usize * SECTOR);
    let number = drive.number;
    let result = Simple::new(&mut *drive, number).and_then(|mut disk| {
        disk.limit(30);
        match writes {
            true => disk.write(sector, &bytes),
            false => disk.read(sector, &mut bytes),
        }
    });
    saw!(
        check,
        "whether it is written, first sector, how many, and the result",
        (writes, sector, count, result)
    );
    saw!(
        check,
        "the bytes, and what is on the disk",
        (sum(&bytes), sum(&drive.bytes))
    );
}

/// `simple-disk`.
pub fn simple(mut check: Check) {
    let mut drive = Drive::new(30, &mut check.lots);
    step!(check, "sectors are read and written at their places");
    for turn in 0..6 {
        move_some(&mut check, &mut drive, turn % 2 == 1);
    }
    saw!(check, "what it was told", &drive.told);
    let number = drive.number;
    let other = Simple::new(&mut drive, number + 1).map(|disk| disk.sectors());
    saw!(check, "another disk", other);
    step!(check, "what fails is tried again, from the first sector on");
    for times in [1, 3, 4] {
        for writes in [false, true] {
            drive.told.clear();
            // The first sector is read to see whether there is a disk.
            drive.fails = vec![1; times];
            move_some(&mut check, &mut drive, writes);
            saw!(check, "what it was told", &drive.told);
        }
    }
    saw!(check, "what is not done", drive.offences);
    step!(check, "beyond its end nothing is done");
    let before = sum(&drive.bytes);
    for (sector, len) in [(30, SECTOR), (29, 2 * SECTOR), (u32::MAX, SECTOR), (3, 100)] {
        let mut bytes = vec![7; len];
        let result = Simple::new(&mut drive, number).map(|mut disk| {
            disk.limit(30);
            (disk.write(sector, &bytes), disk.read(sector, &mut bytes))
        });
        saw!(
            check,
            "sector and bytes, and the results",
            (sector, len, result)
        );
    }
    saw!(
        check,
        "whether all is as before",
        before == sum(&drive.bytes)
    );
}
