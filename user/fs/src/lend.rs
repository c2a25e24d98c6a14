//! Blocks of files as others have them mapped, who look at them or store to them without a word to us.
//!
//! What others can store to is not on the disk as far as is known, and stays where it is, until they have let go of
//! it. What they only look at may go: they keep what they see.

use crate::cache::Class;
use crate::inode::{At, Inode};
use crate::layout::{BLOCK, block_at, blocks_of};
use crate::{Disk, Error, Fs, Handle, Store};

/// Blocks of a file that are side by side on the disk as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first one; 0: these are zeros that no block has.
    pub block: u32,
    /// How many.
    pub count: u32,
}

impl<D: Disk, S: Store, const OPEN: usize> Fs<D, S, OPEN> {
    /// Brings up to `count` blocks of a file to memory, those from its block `index` on that are side by side.
    ///
    /// # Errors
    /// It has no such block, it is not open, or the disk failed before the first one was there.
    pub fn bring(&mut self, file: Handle, index: u32, count: u32) -> Result<Run, Error> {
        let at = self.at(file)?;
        let inode = self.inode(at)?;
        self.run(&inode, index, count, |fs, block| fs.load(block).map(drop))
    }

    /// The same for others who will store to them, on account of `whom`. Zeros that no block has get one.
    ///
    /// # Errors
    /// See [`Fs::bring`]; or it is a directory, or the disk is full or only read.
    pub fn lend(&mut self, file: Handle, index: u32, count: u32, whom: u16) -> Result<Run, Error> {
        self.must_be_writable()?;
        let at = self.at(file)?;
        let mut inode = self.file(at)?;
        if index >= inode.blocks() {
            return Err(Error::Invalid);
        }
        for index in index..inode.blocks().min(index.saturating_add(count)) {
            if self.number(&inode, index)? == 0 {
                self.fill_hole(at, &mut inode, index)?;
            }
        }
        self.run(&inode, index, count, |fs, block| {
            let slot = fs.load(block)?;
            fs.cache.lend(slot, whom);
            Ok(())
        })
    }

    /// Has a file have blocks for `len` bytes at `offset` that others will store to: at first they are zeros, where the file had
    /// none. Tells for how many of these bytes: not all, if the disk is full.
    ///
    /// # Errors
    /// It is not open, or a directory, or would be too large; or there is room for none of the bytes, and nothing has changed.
    pub fn reserve(&mut self, file: Handle, offset: u32, len: u32) -> Result<u32, Error> {
        self.must_be_writable()?;
        let at = self.at(file)?;
        let mut inode = self.file(at)?;
        let end = offset.checked_add(len).ok_or(Error::TooBig)?;
        if end > self.format.most_bytes() {
            return Err(Error::TooBig);
        }
        if len == 0 {
            return Ok(0);
        }
        self.prepare_to_grow(&inode, end)?;
        self.holding(at.place().0, |fs| {
            let old = inode;
            let mut granted = len;
            fs.grow(&mut inode, end)?;
            for index in block_at(offset)..blocks_of(end) {
                let there = match fs.number(&inode, index) {
                    Ok(0) => fs.add_block(&mut inode, index, 0, &[]),
                    number => number.map(drop),
                };
                if let Err(error) = there {
                    let there = index.saturating_mul(BLOCK as u32);
                    granted = there.saturating_sub(offset);
                    if granted == 0 {
                        return Err(error);
                    }
                    inode.size = old.size.max(there);
                    break;
                }
            }
            if inode != old {
                fs.set_inode(at, &inode)?;
            }
            Ok(granted)
        })
    }

    /// Does `each` with the blocks from `index` on that are side by side.
    fn run(
        &mut self,
        inode: &Inode,
        index: u32,
        count: u32,
        mut each: impl FnMut(&mut Self, u32) -> Result<(), Error>,
    ) -> Result<Run, Error> {
        let end = inode.blocks().min(index.saturating_add(count));
        let mut run = Run { block: 0, count: 0 };
        for index in index..end {
            let block = self.number(inode, index)?;
            let next = match run.block {
                0 => 0,
                first => first.saturating_add(run.count),
            };
            if run.count > 0 && block != next {
                break;
            }
            if block != 0 {
                match each(self, block) {
                    Err(error) if run.count == 0 => return Err(error),
                    Err(_) => break,
                    Ok(()) => {}
                }
            }
            if run.count == 0 {
                run.block = block;
            }
            run.count = run.count.saturating_add(1);
        }
        if run.count == 0 {
            return Err(Error::Invalid);
        }
        Ok(run)
    }

    /// Gives the file at `at` a block of zeros where it has none.
    fn fill_hole(&mut self, at: At, inode: &mut Inode, index: u32) -> Result<(), Error> {
        self.holding(at.place().0, |fs| {
            fs.add_block(inode, index, 0, &[])?;
            fs.set_inode(at, inode)
        })
    }

    /// Gives `inode` a new block as its block `index`, with `bytes` at `offset` among zeros.
    pub(crate) fn add_block(
        &mut self,
        inode: &mut Inode,
        index: u32,
        offset: usize,
        bytes: &[u8],
    ) -> Result<(), Error> {
        let block = self.alloc()?;
        let blank = self.blank(block);
        let stored = blank.and_then(|()| self.store(block, offset, bytes));
        let added = stored.and_then(|()| self.attach(inode, index, block));
        if added.is_err() {
            self.free(block);
        }
        added
    }

    /// How many blocks others can store to.
    pub fn lent(&self) -> usize {
        self.cache.lent()
    }

    /// How many of them are on account of `whom`.
    pub fn lent_to(&mut self, whom: u16) -> usize {
        self.cache.lent_to(whom)
    }

    /// Takes back what nobody else sees any more. What others could store to may have been stored to: all of it is
    /// to be written.
    pub fn take_back(&mut self) {
        if self.cache.lent() == 0 {
            return;
        }
        let mut from = 0;
        while let Some(at) = self.cache.next_marked(from) {
            if self.cache.is_lent(at) {
                self.cache.mark(at, Class::Data, 0..BLOCK);
                self.cache.take_back(at);
            }
            from = at.saturating_add(1);
        }
    }
}
