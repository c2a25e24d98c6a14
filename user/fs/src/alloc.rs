//! Which blocks are free.

use crate::cache::Class;
use crate::layout::{BITMAP, BITS, first_free};
use crate::{Disk, Error, Fs, Store};

impl<D: Disk, S: Store> Fs<D, S> {
    /// How many blocks are free, those included that will be after a [`Fs::sync`].
    ///
    /// # Errors
    /// The disk failed.
    pub fn free_blocks(&mut self) -> Result<u32, Error> {
        let mut free = 0_u32;
        for word in 0..self.blocks.div_ceil(32) {
            free = free.saturating_add(self.free_word(word)?.count_ones());
            let freed = self.cache.store.bits().get(word as usize);
            free = free.saturating_add(freed.map_or(0, |word| word.count_ones()));
        }
        Ok(free)
    }

    /// Where word `word` of the bitmap is: the block, and the byte in it.
    pub(crate) fn bitmap_word(word: u32) -> (u32, usize) {
        let block = BITMAP.saturating_add(word / (BITS / 32));
        (block, (word % (BITS / 32)).wrapping_mul(4) as usize)
    }

    /// Bits of those blocks that files can have.
    pub(crate) fn usable_bits(&self, word: u32) -> u32 {
        let from = word.saturating_mul(32);
        let below = |block: u32| {
            let bits = block.saturating_sub(from);
            1_u32.unbounded_shl(bits).wrapping_sub(1)
        };
        below(self.blocks) & !below(first_free(self.blocks))
    }

    /// A word of the bitmap, without what no file can have.
    fn free_word(&mut self, word: u32) -> Result<u32, Error> {
        let (block, at) = Self::bitmap_word(word);
        let format = self.format;
        let free = format.word(self.read_block(block)?, at);
        Ok(free & self.usable_bits(word))
    }

    /// Takes the first free block.
    pub(crate) fn alloc(&mut self) -> Result<u32, Error> {
        if let Some(block) = self.take_free()? {
            return Ok(block);
        }
        if self.has_freed {
            self.write_back()?;
        }
        self.take_free()?.ok_or(Error::NoSpace)
    }

    fn take_free(&mut self) -> Result<Option<u32>, Error> {
        // exercise 5.11 begin
        let format = self.format;
        for word in self.lowest / 32..self.blocks.div_ceil(32) {
            let free = self.free_word(word)?;
            if free == 0 {
                continue;
            }
            let bit = free.trailing_zeros();
            let (block, at) = Self::bitmap_word(word);
            let bytes = self.edit(block, Class::Bitmap, at..at.wrapping_add(4))?;
            let old = format.word(bytes, 0);
            format.set_word(bytes, 0, old & !1_u32.unbounded_shl(bit));
            let taken = word.wrapping_mul(32).wrapping_add(bit);
            self.lowest = taken;
            return Ok(Some(taken));
        }
        self.lowest = self.blocks;
        Ok(None)
        // exercise 5.11 end
    }

    /// Lets go of a block that nothing names any more, as far as is known here; the disk may know otherwise until
    /// the next write-back.
    pub(crate) fn free(&mut self, block: u32) {
        // exercise 5.15 begin
        if !self.is_usable(block) {
            return;
        }
        if let Some(at) = self.cache.find(block) {
            self.cache.part(at);
            self.cache.forget(at);
        }
        if let Some(word) = self.cache.store.bits().get_mut(block as usize / 32) {
            *word |= 1_u32.unbounded_shl(block % 32);
        }
        self.has_freed = true;
        // exercise 5.15 end
    }
}
