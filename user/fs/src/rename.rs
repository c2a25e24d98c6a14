//! The only operation that changes two sectors, and its log.
//!
//! Where the old name and the new one are in two sectors, both are written to sectors of the super block that nobody
//! else uses, and then a header that says where they belong. Once that is on the disk, the file has its new name, and who
//! mounts the disk next writes both again. A header of zeros says that there is nothing to do.

use crate::cache::Class;
use crate::dir::set_name;
use crate::fs::sector_of;
use crate::inode::At;
use crate::layout::{ENTRY, Format, SECTOR, SUPER, Sector, block_of_sector};
use crate::{Disk, Error, Fs, Store};

/// The header's sector; the two others follow.
const HEADER: u32 = sector_of(SUPER) + 1;
/// What a header begins with.
const MAGIC: u32 = 0x676f_6c6d;
/// Where the header has its checksum.
const SUM: usize = 12;

/// Two sectors, and where they belong.
struct Log {
    homes: [u32; 2],
    sectors: [Sector; 2],
}

impl Log {
    fn header(&self) -> Sector {
        let format = Format::Mos;
        let mut header = [0; SECTOR];
        let [first, second] = self.homes;
        format.set_word(&mut header, 0, MAGIC);
        format.set_word(&mut header, 4, first);
        format.set_word(&mut header, 8, second);
        // FNV-1a.
        let bytes = header.iter().chain(self.sectors.iter().flatten());
        let sum = bytes.fold(0x811c_9dc5_u32, |sum, &byte| {
            (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        format.set_word(&mut header, SUM, sum);
        header
    }
}

/// Where in its sector an entry begins.
fn in_sector(at: usize) -> core::ops::Range<usize> {
    let at = at % SECTOR;
    at..at.wrapping_add(ENTRY)
}

impl<D: Disk, S: Store> Fs<D, S> {
    /// Gives the file or directory at `from` the path `to`. What is there already is replaced, if it is a file as
    /// well, or an empty directory as well. After a power cut it has either name, and not both.
    ///
    /// # Errors
    /// Something in the way, no room, or the disk failed; then it has its old name.
    pub fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Error> {
        self.must_be_writable()?;
        let old = self.lookup(from)?;
        if old == At::Root {
            return Err(Error::Invalid);
        }
        let inode = self.inode(old)?;
        let (old_dir, _) = self.parent(from, None)?;
        let (dir, name) = self.parent(to, inode.is_directory().then_some(old))?;
        let target = self.find(dir, name)?;
        if target == Some(old) {
            return Ok(());
        }
        let Some(target) = target else {
            let new = if dir == old_dir {
                old
            } else {
                self.vacancy(dir)?
            };
            self.put(old, new, name)?;
            self.moved(old, new);
            return Ok(());
        };
        let gone = self.inode(target)?;
        match (inode.is_directory(), gone.is_directory()) {
            (false, true) => return Err(Error::IsDirectory),
            (true, false) => return Err(Error::NotDirectory),
            _ => self.must_be_empty(&gone)?,
        }
        self.holding(gone.indirect, |fs| {
            fs.put(old, target, name)?;
            let dropped = fs.dropped(target, &gone);
            fs.moved(old, target);
            dropped
        })
    }

    /// Moves an entry, and gives it a name.
    fn put(&mut self, old: At, new: At, name: &[u8]) -> Result<(), Error> {
        let ((old_block, old_at), (block, at)) = (old.place(), new.place());
        if old_block != block || old_at / SECTOR != at / SECTOR {
            return self.put_by_log(old, new, name);
        }
        let start = at.wrapping_sub(at % SECTOR);
        let range = start..start.wrapping_add(SECTOR);
        let sector = self.edit(block, Class::Entries, range)?;
        let mut entry = [0; ENTRY];
        take_entry(sector, old_at, &mut entry);
        put_entry(sector, at, &mut entry, name);
        Ok(())
    }

    /// The same where two sectors change.
    fn put_by_log(&mut self, old: At, new: At, name: &[u8]) -> Result<(), Error> {
        self.write_back()?;
        let ((old_block, old_at), (block, at)) = (old.place(), new.place());
        self.holding(old_block, |fs| {
            fs.holding(block, |fs| {
                let mut log = Log {
                    homes: [home(old_block, old_at), home(block, at)],
                    sectors: [fs.sector(old_block, old_at)?, fs.sector(block, at)?],
                };
                let mut entry = [0; ENTRY];
                let [from, to] = &mut log.sectors;
                take_entry(from, old_at, &mut entry);
                put_entry(to, at, &mut entry, name);
                fs.commit(&log)?;
                let [from, to] = &log.sectors;
                fs.set_sector(old_block, old_at, from)?;
                fs.set_sector(block, at, to)?;
                // The file has its new name even if this fails: it is tried again before anything else is written.
                let _ = fs.settle_log();
                Ok(())
            })
        })
    }

    /// The sector that has byte `at` of `block`.
    fn sector(&mut self, block: u32, at: usize) -> Result<Sector, Error> {
        let (sectors, _) = self.read_block(block)?.as_chunks();
        sectors.get(at / SECTOR).copied().ok_or(Error::Corrupt)
    }

    fn set_sector(&mut self, block: u32, at: usize, sector: &Sector) -> Result<(), Error> {
        let start = at.wrapping_sub(at % SECTOR);
        let range = start..start.wrapping_add(SECTOR);
        self.edit(block, Class::Entries, range)?
            .copy_from_slice(sector);
        Ok(())
    }

    /// Writes the log.
    fn commit(&mut self, log: &Log) -> Result<(), Error> {
        self.mark(true)?;
        for (sector, number) in log.sectors.iter().zip(HEADER.wrapping_add(1)..) {
            self.disk.write(number, sector)?;
        }
        self.disk.flush()?;
        self.is_stuck = true;
        let header = self.disk.write(HEADER, &log.header());
        if let Err(error) = header.and_then(|()| self.disk.flush()) {
            self.settle_log()?;
            return Err(error.into());
        }
        Ok(())
    }

    /// Brings to the disk what was logged, if it was, so that the log says nothing any more. Until that is done
    /// nothing else may be written, which a later mount would overwrite with what is in the log.
    pub(crate) fn settle_log(&mut self) -> Result<(), Error> {
        self.write_class(Class::Entries)?;
        self.end_log()?;
        self.is_stuck = false;
        Ok(())
    }

    /// What was logged is where it belongs, or nowhere.
    fn end_log(&mut self) -> Result<(), Error> {
        self.disk.flush()?;
        self.disk.write(HEADER, &[0; SECTOR])?;
        Ok(self.disk.flush()?)
    }

    /// Does what a log says that was committed and perhaps not done.
    pub(crate) fn recover(&mut self) -> Result<(), Error> {
        let format = Format::Mos;
        let mut header: Sector = [0; SECTOR];
        self.disk.read(HEADER, &mut header)?;
        if format.word(&header, 0) != MAGIC {
            return Ok(());
        }
        let mut log = Log {
            homes: [format.word(&header, 4), format.word(&header, 8)],
            sectors: [[0; SECTOR]; 2],
        };
        for (sector, number) in log.sectors.iter_mut().zip(HEADER.wrapping_add(1)..) {
            self.disk.read(number, sector)?;
        }
        let is_usable = |&home: &u32| self.is_usable(block_of_sector(home));
        if log.header() == header && log.homes.iter().all(is_usable) {
            for (sector, home) in log.sectors.iter().zip(log.homes) {
                self.disk.write(home, sector)?;
            }
        }
        self.end_log()
    }
}

/// The number of the sector that has byte `at` of `block`.
fn home(block: u32, at: usize) -> u32 {
    sector_of(block).wrapping_add((at / SECTOR) as u32)
}

/// Takes the entry at `at` of its block out of `sector`.
fn take_entry(sector: &mut [u8], at: usize, entry: &mut [u8; ENTRY]) {
    if let Some(from) = sector.get_mut(in_sector(at)) {
        entry.copy_from_slice(from);
        from.fill(0);
    }
}

/// Puts it there, with a name.
fn put_entry(sector: &mut [u8], at: usize, entry: &mut [u8; ENTRY], name: &[u8]) {
    set_name(entry, name);
    if let Some(to) = sector.get_mut(in_sector(at)) {
        to.copy_from_slice(entry);
    }
}
