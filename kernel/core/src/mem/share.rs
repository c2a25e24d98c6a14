//! Sharing a stretch of memory copy-on-write: what `fork` does to each page, for many pages at once.

use core::ops::Range;

use mos_abi::layout::{self, ENTRIES, PAGE_SHIFT, PDX_SHIFT};
use mos_abi::{Error, PteFlags, pte};

use crate::machine::{Frame, Machine};
use crate::mem::Memory;
use crate::mem::groups::{after, mark, next_marked};
use crate::mem::pgtable::AddressSpace;

/// Steps for the pages of a chunk, be they shared or there already.
const CHUNK_STEPS: u32 = 7;
/// Steps for looking through a table that is empty but for its groups' bits, and making another.
const TABLE_STEPS: u32 = 112;

/// Why there is more to share.
enum Stop {
    /// There is no memory for this page.
    NoMemory(u32),
    /// There was no step left for this page.
    Enough(u32),
}

/// Some pages of one table, and where they go.
struct Way {
    to: AddressSpace,
    source: Frame,
    /// Address of the first one.
    base: u32,
    /// The numbers of the first one and of the one behind the last.
    start: u32,
    end: u32,
}

impl<M: Machine> Memory<M> {
    /// Shares the pages from `start` to `end`, at most UTOP and both multiples of the page size, between two
    /// address spaces. A page that is writable and not meant to be shared becomes copy-on-write, in `to` before
    /// it does in `from`; the others are mapped as they are. Where `to` has a page already, both keep what they have.
    /// What the TLB holds of both must not be used any more: so much changes that new address-space ids cost less than
    /// to invalidate each entry.
    /// Returns where it stopped: at `end`, at a page for which there was no memory, or, as it looks every so often, be it
    /// busy with pages that `to` has already, because of an interrupt. `-E_NO_MEM`: there was none for the page at `start`.
    pub(crate) fn share(
        &mut self,
        from: Frame,
        to: AddressSpace,
        start: u32,
        end: u32,
    ) -> Result<u32, Error> {
        let mut next = start;
        loop {
            match self.share_tables(from, to, next..end) {
                Ok(()) => return Ok(end),
                Err(Stop::Enough(page)) if !self.machine.is_interrupted() => next = page,
                Err(Stop::NoMemory(page)) if page == start => return Err(Error::NoMem),
                Err(Stop::NoMemory(page) | Stop::Enough(page)) => return Ok(page),
            }
        }
    }

    fn share_tables(
        &mut self,
        from: Frame,
        to: AddressSpace,
        Range { start, end }: Range<u32>,
    ) -> Result<(), Stop> {
        let mut left = M::STEPS;
        let (mut from_index, last) = match end.checked_sub(1) {
            Some(last) if start < end => (layout::pdx(start), layout::pdx(last)),
            _ => return Ok(()),
        };
        while from_index <= last
            && let Some((index, entry)) = self.next_used(from, from_index, last.wrapping_add(1))
        {
            let base = index << PDX_SHIFT;
            let way = Way {
                to,
                source: Frame::of_pte(entry.get()),
                base,
                start: layout::vpn(start.saturating_sub(base)),
                end: layout::vpn(end.wrapping_sub(base)).min(ENTRIES as u32),
            };
            let rest = match left.checked_sub(TABLE_STEPS) {
                Some(rest) => rest,
                None if self.machine.is_interrupted() => {
                    return Err(Stop::Enough(base.max(start)));
                }
                None => M::STEPS.saturating_sub(TABLE_STEPS),
            };
            left = self.share_table(&way, rest)?;
            from_index = index.wrapping_add(1);
        }
        Ok(())
    }

    /// Shares the pages of one table, of the steps that are `left`; returns how many are still. On its own, so that its
    /// loops have all registers.
    #[inline(never)]
    fn share_table(&mut self, way: &Way, mut left: u32) -> Result<u32, Stop> {
        // exercise 4.20 begin
        let page = |index: u32| way.base | index << PAGE_SHIFT;
        let mut from = way.start;
        let mut target = self.table_of(way.to.directory, way.base);
        let table = loop {
            if let Some(table) = target {
                break table;
            }
            let Some(first) = self.next_chunk(way.source, from, way.end) else {
                return Ok(left);
            };
            let (start, end) = (first.max(from), after(first).min(way.end));
            left = left
                .checked_sub(CHUNK_STEPS)
                .ok_or(Stop::Enough(page(start)))?;
            target = self
                .table_for(way, start, end)
                .map_err(|index| Stop::NoMemory(page(index)))?;
            if target.is_none() {
                from = after(first);
            }
        };
        let Some((tables, [own, theirs])) = self.machine.two_frames(way.source, table) else {
            // It is the same environment.
            return Ok(left);
        };
        let Some(groups) = tables.groups.get(way.source.index()).copied() else {
            return Ok(left);
        };
        while let Some(first) = next_marked(&groups, from, way.end) {
            let (start, end) = (first.max(from), after(first).min(way.end));
            from = after(first);
            left = left
                .checked_sub(CHUNK_STEPS)
                .ok_or(Stop::Enough(page(start)))?;
            mark(tables.groups, table, first);
            let range = start as usize..end as usize;
            let own = own.get_mut(range.clone()).unwrap_or_default();
            let theirs = theirs.get_mut(range).unwrap_or_default();
            for (at, (own, theirs)) in own.iter_mut().zip(theirs).enumerate() {
                let entry = *own;
                if entry == 0 || *theirs != 0 {
                    continue;
                }
                let count = tables.pages.get_mut(Frame::of_pte(entry).index());
                let more = count.and_then(|page| {
                    page.pp_ref = page.pp_ref.checked_add(1)?;
                    Some(())
                });
                if more.is_none() {
                    return Err(Stop::NoMemory(page(start.wrapping_add(at as u32))));
                }
                let flags = pte::flags(entry);
                let private = flags.contains(PteFlags::R) && !flags.contains(PteFlags::LIBRARY);
                let shared = entry | if private { PteFlags::COW.bits() } else { 0 };
                *theirs = shared;
                *own = shared;
            }
        }
        Ok(left)
        // exercise 4.20 end
    }

    /// A new table for the pages from number `start` to the one before `end`, if there are any. Fails with the number of the
    /// first one if there is no memory for it, or its frame is mapped as often as it can be.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn table_for(&mut self, way: &Way, start: u32, end: u32) -> Result<Option<Frame>, u32> {
        let words = self.words(way.source).get(start as usize..end as usize);
        let mut words = (start..).zip(words.unwrap_or_default());
        let Some((index, &entry)) = words.find(|(_, word)| **word != 0) else {
            return Ok(None);
        };
        if self.page_ref(Frame::of_pte(entry)) == u16::MAX {
            return Err(index);
        }
        match self.table_create(way.to, way.base) {
            Ok(slot) => Ok(Some(slot.table)),
            Err(_) => Err(index),
        }
    }
}
