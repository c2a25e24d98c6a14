//! The bitmap, once all that files have is marked; and the super block.

use super::{Checker, Finding, Problem};
use crate::cache::Class;
use crate::layout::{BITS, BLOCKS, Format, SUPER};
use crate::{Disk, Error, Fs, Store};

impl<D: Disk, S: Store> Checker<'_, D, S> {
    pub(super) fn super_block(&mut self) -> Result<(), Error> {
        let (format, blocks) = (self.fs.format, self.fs.blocks);
        if format.word(self.fs.read_block(SUPER)?, BLOCKS) == blocks {
            return Ok(());
        }
        self.find(Finding::of(Problem::Short(blocks)));
        let range = BLOCKS..BLOCKS.wrapping_add(4);
        let word = self.fs.edit(SUPER, Class::Entries, range)?;
        format.set_word(word, 0, blocks);
        Ok(())
    }

    pub(super) fn bitmap(&mut self) -> Result<(), Error> {
        let [mut leaked, mut not_taken, mut no_blocks] = [0_u32; 3];
        let format = self.fs.format;
        // JOS leaves ones behind the end, and never looks at them.
        let ignores_rest = format == Format::Jos;
        let end = self.fs.blocks.div_ceil(BITS).wrapping_mul(BITS / 32);
        for word in 0..end {
            let usable = self.fs.usable_bits(word);
            let marked = self.fs.cache.store.bits().get(word as usize).copied();
            let free = usable & !marked.unwrap_or(0);
            let is_behind = word.wrapping_add(1).wrapping_mul(32) > self.fs.blocks;
            let (block, at) = Fs::<D, S>::bitmap_word(word);
            let there = format.word(self.fs.read_block(block)?, at);
            self.summary.free = self.summary.free.saturating_add(free.count_ones());
            if there == free || is_behind && ignores_rest && there & usable == free {
                continue;
            }
            leaked = leaked.saturating_add((free & !there).count_ones());
            not_taken = not_taken.saturating_add((there & usable & !free).count_ones());
            no_blocks = no_blocks.saturating_add((there & !usable).count_ones());
            let bytes = self.fs.edit(block, Class::Bitmap, at..at.wrapping_add(4))?;
            format.set_word(bytes, 0, free);
        }
        for (count, problem) in [
            (leaked, Problem::Leaked(leaked)),
            (not_taken, Problem::NotTaken(not_taken)),
            (no_blocks, Problem::NoBlocks(no_blocks)),
        ] {
            if count > 0 {
                self.find(Finding::of(problem));
            }
        }
        Ok(())
    }
}
