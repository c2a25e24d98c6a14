//! The disk of GXemul's own boards.

use mos_disk::Registers;
use mos_fs::DiskError;
use mos_fs::layout::{SECTOR, Sector};

/// Disks, by their numbers, and the registers.
#[derive(Clone, Debug)]
pub struct GxDisk {
    pub disks: Vec<Vec<u8>>,
    /// So many more operations fail.
    pub failures: u32,
    pub started: u32,
    offset: u32,
    number: u32,
    status: u32,
    buffer: Sector,
}

impl GxDisk {
    pub fn new(disks: &[usize]) -> Self {
        let disk = |&sectors: &usize| vec![0; sectors * SECTOR];
        Self {
            disks: disks.iter().map(disk).collect(),
            failures: 0,
            started: 0,
            offset: 0,
            number: 0,
            status: 0,
            buffer: [0xee; SECTOR],
        }
    }

    fn start(&mut self, write: bool) {
        self.started += 1;
        self.status = 0;
        let failed = self.failures > 0;
        self.failures = self.failures.saturating_sub(1);
        let Some(disk) = self.disks.get_mut(self.number as usize).filter(|_| !failed) else {
            return;
        };
        let at = self.offset as usize;
        assert!(at.is_multiple_of(SECTOR), "only sectors");
        if write {
            disk.resize(disk.len().max(at + SECTOR), 0);
            disk[at..at + SECTOR].copy_from_slice(&self.buffer);
        } else {
            let there = disk.get(at..at + SECTOR);
            self.buffer.copy_from_slice(there.unwrap_or(&[0; SECTOR]));
        }
        self.offset += SECTOR as u32;
        self.status = 1;
    }
}

impl Registers for GxDisk {
    fn read(&mut self, dev: u32, bytes: &mut [u8]) -> Result<(), DiskError> {
        match dev - 0x1300_0000 {
            0x30 => bytes.copy_from_slice(&self.status.to_le_bytes()),
            0x4000 => bytes.copy_from_slice(&self.buffer),
            other => panic!("register {other:#x} is not to be read"),
        }
        Ok(())
    }

    fn write(&mut self, dev: u32, bytes: &[u8]) -> Result<(), DiskError> {
        let word = || u32::from_le_bytes(bytes.try_into().expect("a word"));
        match dev - 0x1300_0000 {
            0 => self.offset = word(),
            0x10 => self.number = word(),
            0x20 => self.start(word() == 1),
            0x4000 => self.buffer.copy_from_slice(bytes),
            other => panic!("register {other:#x} is not to be written"),
        }
        Ok(())
    }
}
