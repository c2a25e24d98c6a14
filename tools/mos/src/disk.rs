//! A file as a disk, changed or only looked at.

use mos_fs::layout::{SECTOR, Sector};
use mos_fs::{Disk, DiskError};
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// A disk in a file.
pub struct ImageDisk {
    file: File,
    sectors: u32,
    /// What was written, if the file is to stay as it is.
    instead: Option<HashMap<u32, Sector>>,
}

impl ImageDisk {
    /// The disk in `file`, which only changes if it is `kept`.
    pub fn new(file: File, kept: bool) -> std::io::Result<Self> {
        let sectors = file.metadata()?.len() / SECTOR as u64;
        Ok(Self {
            file,
            sectors: u32::try_from(sectors).unwrap_or(u32::MAX),
            instead: (!kept).then(HashMap::new),
        })
    }
}

fn offset(sector: u32) -> u64 {
    u64::from(sector) * SECTOR as u64
}

impl Disk for ImageDisk {
    fn sectors(&self) -> u32 {
        self.sectors
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        let read = self.file.read_exact_at(buffer, offset(sector));
        read.map_err(|_| DiskError)?;
        if let Some(instead) = &self.instead {
            for (number, bytes) in (sector..).zip(buffer.chunks_exact_mut(SECTOR)) {
                if let Some(written) = instead.get(&number) {
                    bytes.copy_from_slice(written);
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        let Some(instead) = &mut self.instead else {
            let written = self.file.write_all_at(bytes, offset(sector));
            return written.map_err(|_| DiskError);
        };
        let (sectors, _) = bytes.as_chunks();
        instead.extend((sector..).zip(sectors.iter().copied()));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        match self.instead {
            Some(_) => Ok(()),
            None => self.file.sync_data().map_err(|_| DiskError),
        }
    }
}
