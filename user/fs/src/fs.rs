//! A mounted disk.

use crate::cache::{Cache, Class, FEWEST};
use crate::disk::Disk;
use crate::inode::{At, Inode};
use crate::layout::{
    BLOCKS, Block, Format, MOST_BLOCKS, SECTOR, SECTORS, SUPER, Sector, block_of_sector, first_free,
};
use crate::store::Store;
use crate::{Error, layout};
use core::ops::Range;

/// A mounted disk, of which as many files can be open at a time as there are nodes in its store.
///
/// Nothing is written before [`Fs::sync`], unless the cache is full of what is not on the disk; who is done calls
/// [`Fs::unmount`].
pub struct Fs<D, S> {
    pub(crate) disk: D,
    pub(crate) cache: Cache<S>,
    pub(crate) format: Format,
    /// The blocks there are: what the super block says, but no more than the disk has.
    pub(crate) blocks: u32,
    /// No node from this one on was ever used.
    pub(crate) top: usize,
    /// No block below this one is free.
    pub(crate) lowest: u32,
    /// Some bits of the store are set: these blocks are free once all else is on the disk.
    pub(crate) has_freed: bool,
    /// A file has an indirect block with numbers beyond its size, which the disk may still go by.
    pub(crate) has_shrunk: bool,
    /// The disk says that it is in use.
    pub(crate) in_use: bool,
    /// The log says something that is not done, or may: see [`Fs::settle_log`].
    pub(crate) is_stuck: bool,
    /// The entry that was looked at last, and what it says, unless something has been edited since: who reads a file from one end
    /// to the other asks for it again and again.
    pub(crate) known: Option<(At, Inode)>,
    /// The store's bits are the checker's.
    pub(crate) is_checking: bool,
}

impl<D: Disk, S: Store> Fs<D, S> {
    /// Takes over what is on `disk`, to work in `store`. Does to the end what a power cut has interrupted; what else
    /// should be done if [`Fs::was_in_use`] is up to the caller.
    ///
    /// # Errors
    /// There is no file system on the disk, the store is too small for it, or the disk failed.
    pub fn mount(mut disk: D, store: S) -> Result<Self, Error> {
        let there = block_of_sector(disk.sectors());
        if there <= SUPER {
            return Err(Error::NotFileSystem);
        }
        let mut sector: Sector = [0; SECTOR];
        disk.read(sector_of(SUPER), &mut sector)?;
        let magic = sector.first_chunk().copied().unwrap_or_default();
        let format = Format::of(magic).ok_or(Error::NotFileSystem)?;
        let blocks = format.word(&sector, BLOCKS).min(there);
        if blocks < first_free(blocks) {
            return Err(Error::NotFileSystem);
        }
        let mut cache = Cache::new(store);
        let bits = cache.store.bits();
        let most = bits.len().saturating_mul(32).min(MOST_BLOCKS as usize);
        if blocks as usize > most || cache.len() < FEWEST {
            return Err(Error::NoMemory);
        }
        let mut fs = Self {
            disk,
            cache,
            format,
            blocks,
            top: 0,
            lowest: 0,
            has_freed: false,
            has_shrunk: false,
            in_use: format.word(&sector, layout::IN_USE) != 0,
            is_stuck: false,
            known: None,
            is_checking: false,
        };
        if fs.is_writable() {
            fs.recover()?;
        }
        Ok(fs)
    }

    /// Whose file system it is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many blocks can be in memory.
    pub fn slots(&mut self) -> usize {
        self.cache.len()
    }

    /// How many blocks the disk has.
    pub fn blocks(&self) -> u32 {
        self.blocks
    }

    /// Whether the disk says that it was not closed; asked before anything is written.
    pub fn was_in_use(&self) -> bool {
        self.in_use
    }

    /// Whether anything can be changed: foreign formats are only read.
    pub fn is_writable(&self) -> bool {
        self.format == Format::Mos
    }

    /// The disk itself.
    pub fn disk(&mut self) -> &mut D {
        &mut self.disk
    }

    /// The memory that it works in.
    pub fn memory(&mut self) -> &mut S {
        &mut self.cache.store
    }

    pub(crate) fn must_be_writable(&mut self) -> Result<(), Error> {
        if !self.is_writable() {
            return Err(Error::ReadOnly);
        }
        if self.is_stuck {
            self.settle_log()?;
        }
        Ok(())
    }

    /// Whether a file can have this block.
    pub(crate) fn is_usable(&self, block: u32) -> bool {
        block >= first_free(self.blocks) && block < self.blocks
    }

    /// The slot that `block` is in, once it was read.
    pub(crate) fn load(&mut self, block: u32) -> Result<usize, Error> {
        // exercise 5.6 begin
        if let Some(at) = self.cache.find(block) {
            return Ok(at);
        }
        let at = self.claim(block)?;
        let read = self.disk.read(sector_of(block), self.cache.block(at));
        if read.is_err() {
            self.cache.forget(at);
        }
        read?;
        Ok(at)
        // exercise 5.6 end
    }

    /// A slot for `block`, with anything in it.
    fn claim(&mut self, block: u32) -> Result<usize, Error> {
        if block == 0 || block >= self.blocks {
            return Err(Error::Corrupt);
        }
        if let Some(at) = self.cache.claim(block) {
            return Ok(at);
        }
        self.write_back()?;
        self.cache.claim(block).ok_or(Error::NoMemory)
    }

    /// What is in `block`.
    pub(crate) fn read_block(&mut self, block: u32) -> Result<&Block, Error> {
        let at = self.load(block)?;
        Ok(self.cache.look(at))
    }

    /// Changes bytes of `block`, which a file has, from `offset` on.
    pub(crate) fn store(&mut self, block: u32, offset: usize, bytes: &[u8]) -> Result<(), Error> {
        let at = match self.cache.find(block) {
            Some(at) => at,
            None if bytes.len() == layout::BLOCK => self.claim(block)?,
            None => self.load(block)?,
        };
        self.cache.store(at, offset, bytes);
        Ok(())
    }

    /// Bytes of `block`, which are going to be changed.
    pub(crate) fn edit(
        &mut self,
        block: u32,
        class: Class,
        range: Range<usize>,
    ) -> Result<&mut [u8], Error> {
        let at = self.load(block)?;
        self.known = None;
        Ok(self.cache.edit(at, class, range))
    }

    /// Makes `block`, which nothing names, zeros.
    pub(crate) fn blank(&mut self, block: u32) -> Result<(), Error> {
        let at = match self.cache.find(block) {
            Some(at) => at,
            None => self.claim(block)?,
        };
        self.known = None;
        self.cache.blank(at);
        Ok(())
    }

    /// Does `work` while `block` stays in the cache, so that looking at it cannot fail. 0 stands for none.
    pub(crate) fn holding<T>(
        &mut self,
        block: u32,
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if block == 0 {
            return work(self);
        }
        let at = self.load(block)?;
        self.cache.hold(at);
        let result = work(self);
        self.cache.let_go(at);
        result
    }
}

/// The first sector of a block.
pub(crate) const fn sector_of(block: u32) -> u32 {
    block.wrapping_mul(SECTORS as u32)
}
