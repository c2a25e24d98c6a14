//! Blocks of files as others have them mapped, who look at them or store to them without a word to us.
//!
//! What others can store to is not on the disk as far as is known, and stays where it is, until they have let go of
//! it. What they only look at may go: they keep what they see.

use core::ops::Range;

use crate::cache::{Cache, Class};
use crate::inode::{At, Inode};
use crate::layout::{BLOCK, DIRECTS, block_at, blocks_of};
use crate::{Disk, Error, Fs, Handle, Store};

/// Blocks of a file that are side by side on the disk as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first one; 0: these are zeros that no block has.
    pub block: u32,
    /// How many.
    pub count: u32,
    /// Bytes of the whole file.
    pub size: u32,
}

/// The block behind the `count` ones from `index` on, as far as the file has them.
fn end_of(inode: &Inode, index: u32, count: u32) -> Result<u32, Error> {
    let end = inode.blocks().min(index.saturating_add(count));
    if index < end {
        Ok(end)
    } else {
        Err(Error::Invalid)
    }
}

impl<D: Disk, S: Store> Fs<D, S> {
    /// Brings up to `count` blocks of a file to memory, those from its block `index` on that are side by side.
    ///
    /// # Errors
    /// It has no such block, it is not open, or the disk failed before the first one was there.
    pub fn bring(&mut self, file: Handle, index: u32, count: u32) -> Result<Run, Error> {
        let at = self.at(file)?;
        let inode = self.inode(at)?;
        let end = end_of(&inode, index, count)?;
        let run = self.extent(&inode, index, end)?;
        self.each(run, Cache::show)
    }

    /// The same for others who will store to them, on account of `whom`. Zeros that no block has get one.
    ///
    /// # Errors
    /// See [`Fs::bring`]; or it is a directory, or the disk is full or only read.
    pub fn lend(&mut self, file: Handle, index: u32, count: u32, whom: u16) -> Result<Run, Error> {
        self.must_be_writable()?;
        let at = self.at(file)?;
        let mut inode = self.file(at)?;
        let end = end_of(&inode, index, count)?;
        let mut run = self.extent(&inode, index, end)?;
        if run.block == 0 || index.saturating_add(run.count) < end {
            let mut next = index;
            while next < end {
                let part = self.extent(&inode, next, end)?;
                let behind = next.saturating_add(part.count);
                if part.block == 0 {
                    for hole in next..behind {
                        self.fill_hole(at, &mut inode, hole)?;
                    }
                }
                next = behind;
            }
            run = self.extent(&inode, index, end)?;
        }
        self.each(run, |cache, slots| cache.lend(slots, whom))
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
            let foreseen = fs.foresee(&mut inode, end);
            for index in block_at(offset)..blocks_of(end) {
                let mut there = fs.must_have(&mut inode, index);
                if there.is_err() && index < DIRECTS && foreseen {
                    fs.unforesee(&mut inode);
                    there = fs.must_have(&mut inode, index);
                }
                if let Err(error) = there {
                    let there = index.saturating_mul(BLOCK as u32);
                    granted = there.saturating_sub(offset);
                    if granted == 0 {
                        if foreseen {
                            fs.unforesee(&mut inode);
                        }
                        return Err(error);
                    }
                    inode.size = old.size.max(there);
                    break;
                }
            }
            if foreseen && inode.blocks() <= DIRECTS {
                fs.unforesee(&mut inode);
            }
            if inode != old {
                fs.set_inode(at, &inode)?;
            }
            Ok(granted)
        })
    }

    /// Does `each` with the slots of a run's blocks, as far as those can be read and there is room for all of them at a time.
    fn each(
        &mut self,
        mut run: Run,
        mut each: impl FnMut(&mut Cache<S>, Range<usize>),
    ) -> Result<Run, Error> {
        if run.block == 0 {
            return Ok(run);
        }
        let slots = self.cache.find_run(run.block, run.count);
        if slots.len() == run.count as usize {
            each(&mut self.cache, slots);
            return Ok(run);
        }
        let mut there = 0;
        let mut loaded = Ok(());
        while there < run.count && loaded.is_ok() {
            // Held, or room for the next one might be made where this one is.
            let slot = self.load(run.block.wrapping_add(there));
            loaded = slot.map(|slot| self.cache.hold(slot));
            there = there.wrapping_add(loaded.is_ok().into());
        }
        run.count = there;
        let mut done = 0;
        while done < there {
            let block = run.block.wrapping_add(done);
            let slots = self.cache.find_run(block, there.wrapping_sub(done));
            done = done.wrapping_add(slots.len() as u32);
            slots.clone().for_each(|slot| self.cache.let_go(slot));
            each(&mut self.cache, slots);
        }
        match loaded {
            Err(error) if there == 0 => Err(error),
            _ => Ok(run),
        }
    }

    /// The blocks from `index` on, below `end` and at least one, that are side by side.
    fn extent(&mut self, inode: &Inode, index: u32, end: u32) -> Result<Run, Error> {
        let first = self.number(inode, index)?;
        // No block is side by side with the disk's last one; zeros are with zeros.
        let (step, most) = match first {
            0 => (0, u32::MAX),
            first => (1, self.blocks.saturating_sub(first)),
        };
        let end = end.min(index.saturating_add(most));
        let behind = index.saturating_add(1);
        let direct = inode.direct.get(behind as usize..end.min(DIRECTS) as usize);
        let mut next = first;
        let mut count = 1_u32;
        for &number in direct.unwrap_or_default() {
            next = next.wrapping_add(step);
            if number != next {
                break;
            }
            count = count.wrapping_add(1);
        }
        let reached = index.saturating_add(count);
        if reached >= DIRECTS && reached < end {
            let format = self.format;
            let numbers = match inode.indirect {
                0 => None,
                indirect => {
                    self.must_be_usable(indirect)?;
                    let words = format.indirect(reached)..format.indirect(end);
                    Some(self.read_block(indirect)?.get(words).unwrap_or_default())
                }
            };
            let same = match numbers {
                Some(numbers) => format.ascending(numbers, next, step),
                None if first == 0 => end.wrapping_sub(reached),
                None => 0,
            };
            count = count.wrapping_add(same);
        }
        Ok(Run {
            block: first,
            count,
            size: inode.size,
        })
    }

    /// Gives `inode` a block of zeros as its block `index`, if it has none.
    fn must_have(&mut self, inode: &mut Inode, index: u32) -> Result<(), Error> {
        match self.number(inode, index)? {
            0 => self.add_block(inode, index, 0, &[]),
            _ => Ok(()),
        }
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
