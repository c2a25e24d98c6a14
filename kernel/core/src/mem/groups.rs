//! Which parts of a page table may be in use, so that nobody has to look through all of it.
//!
//! Most of a table is empty. For each frame that is a page directory or a page table there is a bit for each group of 8 of its
//! words ([`crate::machine::Tables::groups`]). It is set when one of them is, and all are cleared when the table is.

use core::num::NonZeroU32;

use mos_abi::layout::ENTRIES;

use crate::machine::{Frame, Groups, Machine};
use crate::mem::Memory;

/// Words that one bit stands for.
const CHUNK: u32 = 8;
/// The same, as a length.
const CHUNK_LEN: usize = CHUNK as usize;

impl<M: Machine> Memory<M> {
    /// Says that nothing of `table` is in use.
    pub(crate) fn clear_groups(&mut self, table: Frame) {
        if let Some(groups) = self.machine.tables().groups.get_mut(table.index()) {
            *groups = [0; _];
        }
    }

    /// Says that word `index` of `table` is in use.
    #[inline(always)]
    pub(crate) fn mark_group(&mut self, table: Frame, index: u32) {
        mark(self.machine.tables().groups, table, index);
    }

    /// The number of the first word of the first chunk of `table` that may not be all 0, from the chunk of word `from` to
    /// that of the word before `end`.
    #[inline(always)]
    pub fn next_chunk(&mut self, table: Frame, from: u32, end: u32) -> Option<u32> {
        let groups = self.machine.tables().groups.get(table.index())?;
        next_marked(groups, from, end)
    }

    /// The number and value of the first word of `table` that is not 0, from word `from` to the one before `end`.
    #[inline(never)]
    pub(crate) fn next_used(
        &mut self,
        table: Frame,
        from: u32,
        end: u32,
    ) -> Option<(u32, NonZeroU32)> {
        let mut from = from;
        loop {
            let first = self.next_chunk(table, from, end)?;
            let (chunks, _) = self.words(table).as_chunks::<CHUNK_LEN>();
            for (index, word) in (first..).zip(chunks.get(first as usize / CHUNK_LEN)?) {
                if let Some(word) = NonZeroU32::new(*word)
                    && (from..end).contains(&index)
                {
                    return Some((index, word));
                }
            }
            from = after(first);
        }
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

/// The same by the bits of the table.
#[inline(always)]
pub(crate) fn next_marked(groups: &Groups, from: u32, end: u32) -> Option<u32> {
    let mut at = from / CHUNK;
    let mut rest = groups.get(at as usize / 32)? >> (at % 32);
    while rest == 0 {
        at = (at | 31).wrapping_add(1);
        rest = *groups.get(at as usize / 32)?;
    }
    // Most often it is the very next one.
    if rest & 1 == 0 {
        at = at.wrapping_add(rest.trailing_zeros());
    }
    let first = at.wrapping_mul(CHUNK);
    (first < end).then_some(first)
}

/// Says among `groups` that word `index` of `table` is in use.
#[inline(always)]
pub(crate) fn mark(groups: &mut [Groups], table: Frame, index: u32) {
    let chunk = index as usize / CHUNK_LEN;
    let groups = groups.get_mut(table.index());
    if let Some(groups) = groups.and_then(|groups| groups.get_mut(chunk / 32)) {
        *groups |= 1 << (chunk % 32);
    }
}

/// The number of the first word of the next chunk.
pub(crate) const fn after(first: u32) -> u32 {
    first.wrapping_add(CHUNK)
}
