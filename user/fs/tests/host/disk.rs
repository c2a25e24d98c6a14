//! A disk in memory that remembers each write and fails when it should.

use mos_fs::layout::{SECTOR, Sector};
use mos_fs::{Disk, DiskError};

/// Something that happened to a disk and that a power cut may come after.
#[derive(Clone)]
pub enum Event {
    /// A sector was written.
    Write(u32, Box<Sector>),
    /// It was waited for all writes.
    Flush,
}

/// The disk.
#[derive(Clone, Default)]
pub struct RamDisk {
    pub bytes: Vec<u8>,
    /// What happened, if it is of interest.
    pub events: Option<Vec<Event>>,
    /// So many more times something can be read; then all reads fail.
    pub reads_left: Option<u32>,
    /// So many more sectors can be written; then all writes fail.
    pub writes_left: Option<u32>,
    /// How many sectors were read and written.
    pub reads: u64,
    pub writes: u64,
    /// How many may be: who loops for ever is found out.
    pub most: Option<u64>,
}

impl RamDisk {
    /// A disk of zeros.
    pub fn new(blocks: u32) -> Self {
        Self::of(vec![0; blocks as usize * mos_fs::layout::BLOCK])
    }

    /// A disk with this on it.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            ..Self::default()
        }
    }

    pub fn apply(&mut self, event: &Event) {
        if let Event::Write(sector, bytes) = event {
            let at = *sector as usize * SECTOR;
            self.bytes[at..at + SECTOR].copy_from_slice(&**bytes);
        }
    }

    fn count(&mut self) {
        let most = self.most.unwrap_or(u64::MAX);
        assert!(self.reads + self.writes <= most, "there is no end");
    }
}

impl Disk for RamDisk {
    fn sectors(&self) -> u32 {
        (self.bytes.len() / SECTOR) as u32
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        self.reads += (buffer.len() / SECTOR) as u64;
        self.count();
        let at = sector as usize * SECTOR;
        buffer.copy_from_slice(&self.bytes[at..at + buffer.len()]);
        if let Some(left) = &mut self.reads_left {
            buffer.fill(0xbd);
            *left = left.checked_sub(1).ok_or(DiskError)?;
            buffer.copy_from_slice(&self.bytes[at..at + buffer.len()]);
        }
        Ok(())
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        let (sectors, rest) = bytes.as_chunks::<SECTOR>();
        assert!(rest.is_empty());
        for (number, bytes) in (sector..).zip(sectors) {
            if let Some(left) = &mut self.writes_left {
                *left = left.checked_sub(1).ok_or(DiskError)?;
            }
            self.writes += 1;
            self.count();
            let event = Event::Write(number, Box::new(*bytes));
            self.apply(&event);
            if let Some(events) = &mut self.events {
                events.push(event);
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        if let Some(events) = &mut self.events {
            events.push(Event::Flush);
        }
        Ok(())
    }
}
