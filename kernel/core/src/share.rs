//! Sharing a stretch of memory copy-on-write: what `fork` does to each page, for many pages at once.

use core::ops::Range;

use mos_abi::layout::{self, ENTRIES, PAGE_SHIFT, PDX_SHIFT};
use mos_abi::{Error, PteFlags, pte};

use crate::groups::CHUNK;
use crate::machine::{Frame, Machine};
use crate::memory::Memory;
use crate::pgtable::{AddressSpace, Slot, set_word};

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
    from: AddressSpace,
    to: AddressSpace,
    source: Frame,
    /// The table they go to, once there is one.
    target: Option<Frame>,
    /// Address of the first one.
    base: u32,
    /// The numbers of those that are wanted.
    range: Range<u32>,
}

impl<M: Machine> Memory<M> {
    /// Shares the pages from `start` to `end`, at most UTOP and both multiples of the page size, between two
    /// address spaces. A page that is writable and not meant to be shared becomes copy-on-write, in `to` before
    /// it does in `from`; the others are mapped as they are. Each page is shared wholly or not at all.
    /// Returns where it stopped: at `end`, at a page for which there was no memory, or when it had been busy long
    /// enough. `-E_NO_MEM`: that was the first page.
    pub(crate) fn share(
        &mut self,
        from: AddressSpace,
        to: AddressSpace,
        start: u32,
        end: u32,
    ) -> Result<u32, Error> {
        // exercise 4.20 begin
        let mut left = MAX_PAGES;
        match self.share_tables(from, to, start..end, &mut left) {
            Ok(()) => Ok(end),
            Err(Stop::NoMemory(_)) if left == MAX_PAGES => Err(Error::NoMem),
            Err(Stop::NoMemory(page) | Stop::Enough(page)) => Ok(page),
        }
        // exercise 4.20 end
    }

    fn share_tables(
        &mut self,
        from: AddressSpace,
        to: AddressSpace,
        Range { start, end }: Range<u32>,
        left: &mut u32,
    ) -> Result<(), Stop> {
        // exercise 4.20 begin
        let mut index = layout::pdx(start);
        // A table that begins at `end` is not looked at.
        let last = layout::pdx(end.wrapping_sub(1));
        while start < end
            && let Some(chunk) = self.next_chunk(from.directory, index, last.wrapping_add(1))
        {
            for (index, entry) in chunk.used().filter(|&(at, _)| (index..=last).contains(&at)) {
                let base = index << PDX_SHIFT;
                let first = layout::vpn(start.saturating_sub(base));
                let count = layout::vpn(end.wrapping_sub(base)).min(ENTRIES as u32);
                let way = Way {
                    from,
                    to,
                    source: Frame::of_pte(entry),
                    target: None,
                    base,
                    range: first..count,
                };
                self.share_table(way, left)?;
            }
            index = chunk.first.wrapping_add(CHUNK);
        }
        Ok(())
        // exercise 4.20 end
    }

    fn share_table(&mut self, mut way: Way, left: &mut u32) -> Result<(), Stop> {
        // exercise 4.20 begin
        let mut at = way.range.start;
        while let Some(chunk) = self.next_chunk(way.source, at, way.range.end) {
            for (index, entry) in chunk.used() {
                if way.range.contains(&index) {
                    self.share_page(&mut way, index, entry, left)?;
                }
            }
            at = chunk.first.wrapping_add(CHUNK);
        }
        Ok(())
        // exercise 4.20 end
    }

    #[inline]
    fn share_page(
        &mut self,
        way: &mut Way,
        index: u32,
        entry: u32,
        left: &mut u32,
    ) -> Result<(), Stop> {
        // exercise 4.20 begin
        let va = way.base | index << PAGE_SHIFT;
        let after = left.checked_sub(1).ok_or(Stop::Enough(va))?;
        let frame = Frame::of_pte(entry);
        // Counted before the old mapping goes: it may be the last one of the same frame.
        self.page_incref(frame).map_err(|_| Stop::NoMemory(va))?;
        let table = match way.target {
            Some(table) => table,
            None => match self.pgdir_walk_create(way.to, va) {
                Ok(slot) => slot.table,
                Err(_) => {
                    self.page_unref(frame);
                    return Err(Stop::NoMemory(va));
                }
            },
        };
        way.target = Some(table);
        *left = after;
        let flags = pte::flags(entry);
        let private = flags.contains(PteFlags::R) && !flags.contains(PteFlags::LIBRARY);
        let shared = entry | if private { PteFlags::COW.bits() } else { 0 };
        self.replace(way.to, Slot { table, index }, va, shared);
        if shared != entry {
            set_word(self.words(way.source), index, shared);
            self.tlb_invalidate(way.from, va);
        }
        Ok(())
        // exercise 4.20 end
    }
}
