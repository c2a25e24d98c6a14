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
    pub(crate) fn next_chunk(&mut self, table: Frame, from: u32, end: u32) -> Option<u32> {
        let groups = self.machine.tables().groups.get(table.index())?;
        let mut at = from / CHUNK;
        while at < end.div_ceil(CHUNK) {
            let rest = groups.get(at as usize / 32)? >> (at % 32);
            if rest & 1 != 0 {
                return Some(at.wrapping_mul(CHUNK));
            }
            let skip = if rest == 0 {
                32_u32.wrapping_sub(at % 32)
            } else {
                rest.trailing_zeros()
            };
            at = at.wrapping_add(skip);
        }
        None
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
            let next = after(first);
            if let Some(found) = self.first_used(table, from.max(first), next.min(end)) {
                return Some(found);
            }
            from = next;
        }
    }

    /// The same where all of these may be in use.
    #[inline(always)]
    pub(crate) fn first_used(
        &mut self,
        table: Frame,
        from: u32,
        end: u32,
    ) -> Option<(u32, NonZeroU32)> {
        let words = self.words(table).get(from as usize..end as usize)?;
        let mut words = (from..).zip(words.iter());
        words.find_map(|(index, word)| Some((index, NonZeroU32::new(*word)?)))
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
