//! Which parts of a page table may be in use, so that nobody has to look through all of it.
//!
//! Most of a table is empty. For each frame that is a page directory or a page table there is a word
//! ([`crate::machine::Tables::groups`]) with a bit for each 32 of its words. A bit is set when one of them is, and
//! all are cleared when the table is.

use core::ops::Range;

use crate::machine::{Frame, Machine};
use crate::memory::Memory;

/// Words that one bit stands for.
const GROUP: u32 = 32;
/// Words that are looked at together.
pub(crate) const CHUNK: u32 = 8;
/// Chunks in a group.
const CHUNKS: u32 = GROUP / CHUNK;

/// Some words of a table.
#[derive(Clone, Copy)]
pub(crate) struct Chunk {
    /// Number of the first word.
    pub first: u32,
    /// What they are.
    pub words: [u32; CHUNK as usize],
}

impl Chunk {
    /// What of it has numbers in `range`.
    pub fn within(mut self, range: &Range<u32>) -> Self {
        let last = self.first.wrapping_add(CHUNK.wrapping_sub(1));
        if !(range.contains(&self.first) && range.contains(&last)) {
            self.cut(range);
        }
        self
    }

    #[cold]
    #[optimize(size)]
    fn cut(&mut self, range: &Range<u32>) {
        for (index, word) in (self.first..).zip(&mut self.words) {
            if !range.contains(&index) {
                *word = 0;
            }
        }
    }

    /// The numbers and values of the words that are not 0.
    pub fn used(self) -> impl Iterator<Item = (u32, u32)> {
        (self.first..).zip(self.words).filter(|&(_, word)| word != 0)
    }
}

impl<M: Machine> Memory<M> {
    /// Says that nothing of `table` is in use.
    pub(crate) fn clear_groups(&mut self, table: Frame) {
        if let Some(groups) = self.machine.tables().groups.get_mut(table.index()) {
            *groups = 0;
        }
    }

    /// Says that word `index` of `table` is in use.
    pub(crate) fn mark_group(&mut self, table: Frame, index: u32) {
        if let Some(groups) = self.machine.tables().groups.get_mut(table.index()) {
            *groups |= 1 << (index / GROUP);
        }
    }

    /// The first chunk of `table` that is not all 0, from the one of word `from` to the one before word `end`.
    pub(crate) fn next_chunk(&mut self, table: Frame, from: u32, end: u32) -> Option<Chunk> {
        let groups = *self.machine.tables().groups.get(table.index())?;
        let (chunks, _) = self.words(table).as_chunks();
        let mut at = from / CHUNK;
        while at < end.div_ceil(CHUNK) {
            let group = at / CHUNKS;
            match groups >> group {
                0 => return None,
                rest if rest & 1 == 0 => {
                    // No MIPS I instruction counts zeros.
                    let skip = match rest {
                        _ if rest & 0xffff == 0 => 16,
                        _ if rest & 0xff == 0 => 8,
                        _ => 1,
                    };
                    at = group.wrapping_add(skip).wrapping_mul(CHUNKS);
                }
                _ => {
                    let words = *chunks.get(at as usize)?;
                    if words.iter().fold(0, |any, word| any | word) != 0 {
                        let first = at.wrapping_mul(CHUNK);
                        return Some(Chunk { first, words });
                    }
                    at = at.wrapping_add(1);
                }
            }
        }
        None
    }
}
