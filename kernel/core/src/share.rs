//! Sharing a stretch of memory copy-on-write: what `fork` does to each page, for many pages at once.

use core::ops::Range;

use mos_abi::layout::{self, ENTRIES, PAGE_SHIFT, PDX_SHIFT};
use mos_abi::{Error, PteFlags, pte};

use crate::groups::{CHUNK, Chunk};
use crate::machine::{Frame, Machine};
use crate::memory::Memory;
use crate::pgtable::{AddressSpace, set_word, word};

/// Pages that are shared at once: so long do interrupts wait.
const MAX_PAGES: u32 = mos_abi::syscall::MEM_SHARE_MAX;

/// Why there is more to share.
enum Stop {
    /// There is no memory for this page.
    NoMemory(u32),
    /// This page must wait for the next time.
    Enough(u32),
}

/// The pages of one table on their way.
struct Way {
    to: AddressSpace,
    source: Frame,
    /// Address of the first one.
    base: u32,
    /// The numbers of those that are wanted.
    range: Range<u32>,
}

impl<M: Machine> Memory<M> {
    /// Shares the pages from `start` to `end`, at most UTOP and both multiples of the page size, between two
    /// address spaces. A page that is writable and not meant to be shared becomes copy-on-write, in `to` before
    /// it does in `from`; the others are mapped as they are. Each page is shared wholly or not at all.
    /// What the TLB holds of both must not be used any more: so much changes that new address-space ids cost less than
    /// to invalidate each entry.
    /// Returns where it stopped: at `end`, at a page for which there was no memory, or when it had been busy long
    /// enough. `-E_NO_MEM`: that was the first page.
    pub(crate) fn share(
        &mut self,
        from: Frame,
        to: AddressSpace,
        start: u32,
        end: u32,
    ) -> Result<u32, Error> {
        let mut left = MAX_PAGES;
        match self.share_tables(from, to, start..end, &mut left) {
            Ok(()) => Ok(end),
            Err(Stop::NoMemory(_)) if left == MAX_PAGES => Err(Error::NoMem),
            Err(Stop::NoMemory(page) | Stop::Enough(page)) => Ok(page),
        }
    }

    fn share_tables(
        &mut self,
        from: Frame,
        to: AddressSpace,
        Range { start, end }: Range<u32>,
        left: &mut u32,
    ) -> Result<(), Stop> {
        let mut index = layout::pdx(start);
        // A table that begins at `end` is not looked at.
        let last = layout::pdx(end.wrapping_sub(1));
        while start < end
            && let Some(chunk) = self.next_chunk(from, index, last.wrapping_add(1))
        {
            for (index, entry) in chunk.used().filter(|&(at, _)| (index..=last).contains(&at)) {
                let base = index << PDX_SHIFT;
                let first = layout::vpn(start.saturating_sub(base));
                let count = layout::vpn(end.wrapping_sub(base)).min(ENTRIES as u32);
                let way = Way {
                    to,
                    source: Frame::of_pte(entry),
                    base,
                    range: first..count,
                };
                self.share_table(&way, left)?;
            }
            index = chunk.first.wrapping_add(CHUNK);
        }
        Ok(())
    }

    fn share_table(&mut self, way: &Way, left: &mut u32) -> Result<(), Stop> {
        let mut at = way.range.start;
        while let Some(chunk) = self.next_chunk(way.source, at, way.range.end) {
            self.share_chunk(way, chunk.within(&way.range), left)?;
            at = chunk.first.wrapping_add(CHUNK);
        }
        Ok(())
    }

    // On its own, so that its loop has all registers.
    #[inline(never)]
    fn share_chunk(&mut self, way: &Way, chunk: Chunk, left: &mut u32) -> Result<(), Stop> {
        let mut target = None;
        for (index, entry) in chunk.used() {
            let va = way.base | index << PAGE_SHIFT;
            let after = left.checked_sub(1).ok_or(Stop::Enough(va))?;
            let frame = Frame::of_pte(entry);
            // Counted before the old mapping goes: it may be the last one of the same frame.
            self.page_incref(frame).map_err(|_| Stop::NoMemory(va))?;
            let table = match target {
                Some(table) => table,
                None => match self.pgdir_walk_create(way.to, va) {
                    Ok(slot) => slot.table,
                    Err(_) => {
                        self.page_unref(frame);
                        return Err(Stop::NoMemory(va));
                    }
                },
            };
            target = Some(table);
            *left = after;
            let flags = pte::flags(entry);
            let private = flags.contains(PteFlags::R) && !flags.contains(PteFlags::LIBRARY);
            let shared = entry | if private { PteFlags::COW.bits() } else { 0 };
            let words = self.words(table);
            let old = word(words, index);
            set_word(words, index, shared);
            if old == 0 {
                self.mark_group(table, index);
            } else {
                self.page_decref(Frame::of_pte(old));
            }
            set_word(self.words(way.source), index, shared);
        }
        Ok(())
    }
}
