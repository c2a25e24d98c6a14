//! File systems that checks mount themselves: on the machine's disk, or on one in our own memory.

use alloc::vec;
use alloc::vec::Vec;

use libos::println;
use mos_exam::Lots;
use mos_fs::cache::Slot;
use mos_fs::layout::{BITMAP, BLOCK, Block, ENTRY, SECTOR, SECTORS, block_of_sector};
use mos_fs::node::Node;
use mos_fs::{Disk, DiskError, Error, Fs, Memory, make};
use mos_user::disk;

/// Memory for a file system.
pub type Room = Memory<Vec<Slot>, Vec<Block>, Vec<u32>, Vec<Node>>;
/// One on a disk whose sectors that are moved are counted.
pub type Mounted<D> = Fs<Counted<D>, Room>;

/// Slots that are enough for all that most checks do.
pub const PLENTY: usize = 300;

/// So much of it.
pub fn room(slots: usize) -> Room {
    Memory {
        slots: vec![Slot::EMPTY; slots],
        blocks: vec![[0; BLOCK]; slots],
        bits: vec![0; 64],
        nodes: vec![Node::FREE; 8],
    }
}

/// A sector that was written, and what it was then; none, where the disk was flushed.
pub type Written = Option<(u32, [u8; SECTOR])>;

/// A disk, and what went to it and fro.
#[derive(Debug)]
pub struct Counted<D> {
    /// The disk.
    pub disk: D,
    /// The blocks that were read, in part or as a whole: the first, and how many sectors.
    pub reads: Vec<(u32, usize)>,
    /// What was written, one after the other.
    pub writes: Vec<Written>,
    /// Whether it remembers what is written.
    pub remembers: bool,
    /// So many reads fail.
    pub fails: u32,
}

impl<D: Disk> Disk for Counted<D> {
    fn sectors(&self) -> u32 {
        self.disk.sectors()
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        self.reads
            .push((block_of_sector(sector), buffer.len() / SECTOR));
        if self.fails > 0 {
            self.fails -= 1;
            buffer.fill(0xee);
            return Err(DiskError);
        }
        self.disk.read(sector, buffer)
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        if self.remembers {
            let sectors = (sector..).zip(bytes.as_chunks().0);
            self.writes
                .extend(sectors.map(|(number, bytes)| Some((number, *bytes))));
        }
        self.disk.write(sector, bytes)
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        if self.remembers {
            self.writes.push(None);
        }
        self.disk.flush()
    }
}

/// A disk in our own memory.
#[derive(Clone, Debug)]
pub struct Ram(pub Vec<Block>);

impl Ram {
    /// An empty file system of so many blocks.
    pub fn empty(blocks: u32) -> Self {
        let mut disk = Self(vec![[0; BLOCK]; blocks as usize]);
        let made = make::make(&mut disk, blocks);
        debug_assert!(made.is_ok());
        disk
    }

    /// Puts a word where it is on the disk.
    pub fn put(&mut self, block: u32, at: usize, word: u32) {
        if let Some(to) = self.0.get_mut(block as usize) {
            to[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
    }

    fn place(&mut self, sector: u32, len: usize) -> Result<&mut [u8], DiskError> {
        let from = sector as usize * SECTOR;
        let bytes = self.0.as_flattened_mut().get_mut(from..);
        bytes
            .and_then(|bytes| bytes.get_mut(..len))
            .ok_or(DiskError)
    }
}

impl Disk for Ram {
    fn sectors(&self) -> u32 {
        (self.0.len() * SECTORS) as u32
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        buffer.copy_from_slice(self.place(sector, buffer.len())?);
        Ok(())
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        self.place(sector, bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
}

/// `disk`, of which nothing was moved yet.
pub fn counted<D>(disk: D) -> Counted<D> {
    Counted {
        disk,
        reads: Vec::new(),
        writes: Vec::new(),
        remembers: false,
        fails: 0,
    }
}

/// Mounts what is on `disk`, in so many slots.
pub fn mount<D: Disk>(disk: D, slots: usize) -> Result<Mounted<D>, Error> {
    Fs::mount(counted(disk), room(slots))
}

/// Fills the first blocks that are free with what may have been there.
pub fn soil<D: Disk>(fs: &mut Mounted<D>) {
    let disk = &mut fs.disk().disk;
    let mut bitmap = [0; SECTOR];
    if disk.read(BITMAP * SECTORS as u32, &mut bitmap).is_err() {
        println!("the bitmap cannot be read");
    }
    let is_free = |block: &u32| bitmap[*block as usize / 8] >> (block % 8) & 1 != 0;
    for block in (0..8 * SECTOR as u32).filter(is_free).take(60) {
        // What cannot be written is as it was.
        let _ = disk.write(block * SECTORS as u32, &[b'x'; BLOCK]);
    }
}

/// Has something left in the entries of a directory that are nobody's, as systems do that only take the name away.
pub fn leave_traces(path: &[u8]) {
    on_disk(PLENTY, |fs| {
        let Ok(dir) = fs.open(path) else {
            return;
        };
        for index in 0.. {
            let Ok(run) = fs.bring(dir, index, 1) else {
                break;
            };
            let sector = run.block * SECTORS as u32;
            let mut block = [0; BLOCK];
            let disk = &mut fs.disk().disk;
            let read = disk.read(sector, &mut block);
            for entry in block.as_chunks_mut::<ENTRY>().0 {
                if entry[0] == 0 {
                    entry[1..].fill(1);
                }
            }
            if read.and_then(|()| disk.write(sector, &block)).is_err() {
                println!("the directory cannot be changed");
            }
        }
    });
}

/// Mounts the machine's disk and has something done there; says so, if that cannot be.
pub fn on_disk(slots: usize, work: impl FnOnce(&mut Mounted<disk::Device>)) {
    let mounted = disk::open(0).map_err(Error::from);
    match mounted.and_then(|disk| mount(disk, slots)) {
        Ok(mut fs) => work(&mut fs),
        Err(error) => println!("the disk cannot be mounted: {error}"),
    }
}

/// A name that is drawn.
pub fn name(lots: &mut Lots) -> Vec<u8> {
    (0..lots.from(1, 12))
        .map(|_| lots.from(97, 122) as u8)
        .collect()
}

/// All bytes of an open file, as they are read `step` bytes at a time.
pub fn contents<D: Disk>(fs: &mut Mounted<D>, path: &[u8], step: usize) -> Result<Vec<u8>, Error> {
    let file = fs.open(path)?;
    let mut all = Vec::new();
    let mut piece = vec![0xcc; step];
    let read = loop {
        match fs.read(file, all.len() as u32, &mut piece) {
            Ok(0) => break Ok(()),
            Ok(count) => all.extend_from_slice(&piece[..count.min(step)]),
            Err(error) => break Err(error),
        }
    };
    fs.close(file)?;
    read.map(|()| all)
}
