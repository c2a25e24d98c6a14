//! What is written when.
//!
//! Everything that was changed since is written at once, in this order:
//!
//! 1. the bitmap, in which blocks are only taken so far; the contents of files; and every block that nothing on
//!    the disk names yet, whatever is in it;
//! 2. indirect blocks that the disk goes by: words beyond a file's size mean nothing there, and a word that was 0 names
//!    a block that is there by now;
//! 3. directories and the root's entry: each sector has the whole truth about two files, and all that it names is there;
//! 4. the bitmap again, with the blocks that nothing names any more.
//!
//! The disk may do the writes of one step in any order, but is flushed between steps. So wherever it stops, each file
//! is the one before or the one after, and the worst is a block that is taken and that nobody has. What is freed is used
//! again only after step 3, which is why its old owner, if the disk still has him, has his old contents too. The one thing
//! that this leaves is a number beyond the size in an indirect block that stays: that a file shrinks must be on the
//! disk before it grows again ([`Fs::set_size`]).

use crate::cache::Class;
use crate::fs::sector_of;
use crate::layout::{BITMAP, BITS, IN_USE, SECTOR, SECTORS, SUPER, Sector, WORDS};
use crate::{Disk, Error, Fs, Store};

impl<D: Disk, S: Store> Fs<D, S> {
    /// Brings all that was done to the disk.
    ///
    /// # Errors
    /// The disk failed; what was not written still can be.
    pub fn sync(&mut self) -> Result<(), Error> {
        self.write_back()?;
        Ok(self.disk.flush()?)
    }

    /// Closes all files, brings everything to the disk and has it say that it is not in use. Whatever is written after
    /// that puts it in use again.
    ///
    /// # Errors
    /// The disk failed.
    pub fn unmount(&mut self) -> Result<(), Error> {
        self.close_all()?;
        self.sync()?;
        self.mark(false)
    }

    /// See the module.
    pub(crate) fn write_back(&mut self) -> Result<(), Error> {
        self.take_back();
        if self.cache.is_clean() && !self.has_freed {
            return Ok(());
        }
        if !self.is_checking {
            self.must_be_writable()?;
        }
        // exercise 5.16 begin
        self.mark(true)?;
        let taken = self.write_class(Class::Bitmap)?;
        if self.write_class(Class::Data)? || taken {
            self.disk.flush()?;
        }
        for class in [Class::Indirect, Class::Entries] {
            if self.write_class(class)? {
                self.disk.flush()?;
            }
        }
        self.cache.settle();
        self.has_shrunk = false;
        if self.is_checking {
            return Ok(());
        }
        self.let_freed_be_used()
        // exercise 5.16 end
    }

    /// Writes all that is pending of one class; tells whether there was any.
    pub(crate) fn write_class(&mut self, class: Class) -> Result<bool, Error> {
        let mut any = false;
        let mut from = 0;
        while let Some(at) = self.cache.next_marked(from) {
            if let Some((block, dirty)) = self.cache.pending(at, class) {
                self.write_sectors(at, block, dirty)?;
                self.cache.clean(at);
                any = true;
            }
            from = at.saturating_add(1);
        }
        Ok(any)
    }

    /// Writes the `dirty` sectors of `block`, which is in slot `at`, those in a row at once.
    fn write_sectors(&mut self, at: usize, block: u32, dirty: u8) -> Result<(), Error> {
        let is_dirty = |sector: &usize| dirty.unbounded_shr(*sector as u32) & 1 != 0;
        // exercise 5.16 begin
        let mut next = 0;
        while let Some(start) = (next..SECTORS).find(is_dirty) {
            let end = (start..SECTORS)
                .find(|sector| !is_dirty(sector))
                .unwrap_or(SECTORS);
            let range = start.wrapping_mul(SECTOR)..end.wrapping_mul(SECTOR);
            let bytes = self.cache.look(at).get(range).unwrap_or_default();
            let sector = sector_of(block).wrapping_add(start as u32);
            self.disk.write(sector, bytes)?;
            next = end;
        }
        Ok(())
        // exercise 5.16 end
    }

    /// Step 4.
    fn let_freed_be_used(&mut self) -> Result<(), Error> {
        if !self.has_freed {
            return Ok(());
        }
        let format = self.format;
        for index in 0..self.blocks.div_ceil(BITS) {
            let from = index.wrapping_mul(WORDS) as usize;
            let freed = |words: &[u32]| words.iter().any(|&word| word != 0);
            let words = self.cache.store.bits().get(from..).unwrap_or_default();
            if !freed(words.get(..WORDS as usize).unwrap_or(words)) {
                continue;
            }
            let block = BITMAP.wrapping_add(index);
            self.edit(block, Class::Bitmap, 0..0)?;
            self.lowest = self.lowest.min(index.wrapping_mul(BITS));
            for at in 0..WORDS as usize {
                let word = self.cache.store.bits().get_mut(from.wrapping_add(at));
                let word = word.map_or(0, core::mem::take);
                if word != 0 {
                    let at = at.wrapping_mul(4);
                    let bytes = self.edit(block, Class::Bitmap, at..at.wrapping_add(4))?;
                    let old = format.word(bytes, 0);
                    format.set_word(bytes, 0, old | word);
                }
            }
            self.write_class(Class::Bitmap)?;
        }
        self.has_freed = false;
        Ok(())
    }

    /// Has the disk say whether it is in use, at once: of the sector nothing else changes.
    pub(crate) fn mark(&mut self, in_use: bool) -> Result<(), Error> {
        if self.in_use == in_use {
            return Ok(());
        }
        let format = self.format;
        let mut sector: Sector = [0; SECTOR];
        self.disk.read(sector_of(SUPER), &mut sector)?;
        format.set_word(&mut sector, IN_USE, in_use.into());
        self.disk.write(sector_of(SUPER), &sector)?;
        self.disk.flush()?;
        self.cache
            .patch_super(|block| format.set_word(block, IN_USE, in_use.into()));
        self.in_use = in_use;
        Ok(())
    }
}
