//! Which parts of a page table may be in use, so that nobody has to look through all of it.
//!
//! Most of a table is empty. For each frame that is a page directory or a page table there is a word
//! ([`crate::machine::Tables::groups`]) with a bit for each 32 of its words. A bit is set when one of them is, and
//! all are cleared when the table is.

use mos_abi::layout::ENTRIES;

use crate::machine::{Frame, Machine};
use crate::mem::Memory;

/// Words that one bit stands for.
const GROUP: u32 = 32;
/// Words that are looked at together.
const CHUNK: u32 = 8;
/// The same, as a length.
const CHUNK_LEN: usize = CHUNK as usize;
/// Chunks in a group.
const CHUNKS: u32 = GROUP / CHUNK;

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

    /// The number of the first word of the first chunk of `table` that is not all 0, from the chunk of word `from` to
    /// that of the word before `end`.
    pub(crate) fn next_chunk(&mut self, table: Frame, from: u32, end: u32) -> Option<u32> {
        let groups = *self.machine.tables().groups.get(table.index())?;
        let (chunks, _) = self.words(table).as_chunks::<CHUNK_LEN>();
        let mut at = from / CHUNK;
        while at < end.div_ceil(CHUNK) {
            let group = at / CHUNKS;
            let rest = groups >> group;
            if rest & 1 == 0 {
                if rest == 0 {
                    return None;
                }
                let skip = rest.trailing_zeros();
                at = group.wrapping_add(skip).wrapping_mul(CHUNKS);
                continue;
            }
            let words = chunks.get(at as usize)?;
            if words.iter().fold(0, |any, word| any | word) != 0 {
                return Some(at.wrapping_mul(CHUNK));
            }
            at = at.wrapping_add(1);
        }
        None
    }

    /// Clears the chunk of `table` that begins with word `first`.
    #[inline(always)]
    pub(crate) fn clear_chunk(&mut self, table: Frame, first: u32) {
        let (chunks, _) = self.words(table).as_chunks_mut::<CHUNK_LEN>();
        if let Some(chunk) = chunks.get_mut(first as usize / CHUNK_LEN) {
            *chunk = [0; CHUNK_LEN];
        }
    }

    /// The numbers and values of the words that are not 0 in the chunk of `table` that begins with word `first`.
    #[inline(always)]
    pub(crate) fn used(
        &mut self,
        table: Frame,
        first: u32,
    ) -> impl Iterator<Item = (u32, u32)> + use<M> {
        let (chunks, _) = self.words(table).as_chunks::<CHUNK_LEN>();
        let at = first as usize / CHUNK_LEN % (ENTRIES / CHUNK_LEN);
        let words = chunks.get(at).copied().unwrap_or_default();
        (first..).zip(words).filter(|&(_, word)| word != 0)
    }
}

/// The number of the first word of the next chunk.
pub(crate) const fn after(first: u32) -> u32 {
    first.wrapping_add(CHUNK)
}
