//! Two-level page tables in the R3000's format.
//!
//! A page directory is one frame. Its first half are the entries for kuseg, which a program reads at
//! `vpd`: `frame | V`, without R, so that the self-map at UVPT is read-only. Its second half is the
//! kernel's own copy for the TLB refill: for each page table where it would begin if all were of one piece, so that
//! VPN * 4 leads to the entry; 0 where there is none. A program can read that half too, behind `vpd`:
//! it says no more than the first, and no bit of it looks like V.

use mos_abi::layout::{self, ENTRIES, PAGE_SHIFT, PDX_SHIFT, UENVS, UPAGES, UTOP, UVPT};
use mos_abi::{Error, PteFlags, pte};

use crate::machine::{Asid, Frame, FrameWords, Machine};
use crate::mem::Memory;
use crate::mem::groups::after;

/// Entries of a page directory that stand for kuseg; the refill's pointers are this much further on.
pub const KUSEG_ENTRIES: u32 = layout::pdx(layout::ULIM);

/// Steps for looking through a table that is empty but for its groups' bits.
const TABLE_STEPS: u32 = 88;
/// Steps for letting go of the pages of a chunk.
const CHUNK_STEPS: u32 = 16;

/// An address space: its page directory, and the id under which the TLB may hold entries of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressSpace {
    /// The page directory.
    pub directory: Frame,
    /// Its last id. Where that is of an earlier generation, entries under it are somebody else's, who will not miss
    /// one: so nobody has to look.
    pub asid: Asid,
}

/// Where an entry is: a page table and the index of the entry in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The page table.
    pub table: Frame,
    /// Which of its words.
    pub index: u32,
}

/// Word `index` of a frame.
pub(crate) fn word(words: &FrameWords, index: u32) -> u32 {
    words.get(index as usize % ENTRIES).copied().unwrap_or(0)
}

/// Sets word `index` of a frame.
pub(crate) fn set_word(words: &mut FrameWords, index: u32, value: u32) {
    if let Some(slot) = words.get_mut(index as usize % ENTRIES) {
        *slot = value;
    }
}

impl<M: Machine> Memory<M> {
    /// Makes the tables of the read-only views, and the zeros that unused parts show. They are never freed.
    #[optimize(size)]
    pub(crate) fn init_shared_tables(&mut self) -> Result<(), Error> {
        self.zeros = self.table_alloc()?;
        self.envs_view.table = self.table_alloc()?;
        self.pages_view.table = self.table_alloc()?;
        self.show_all(self.envs_view);
        self.show_all(self.pages_view);
        Ok(())
    }

    /// An empty page table or directory. `-E_NO_MEM`.
    #[inline(never)]
    fn table_alloc(&mut self) -> Result<Frame, Error> {
        let table = self.page_alloc()?;
        self.page_incref(table)?;
        self.clear_groups(table);
        Ok(table)
    }

    /// An address space with nothing below UTOP (MOS `env_setup_vm`). `-E_NO_MEM`.
    pub fn pgdir_alloc(&mut self) -> Result<Frame, Error> {
        // exercise 2.11 begin
        let directory = self.table_alloc()?;
        self.set_table(directory, layout::pdx(UENVS), Some(self.envs_view.table));
        self.set_table(directory, layout::pdx(UPAGES), Some(self.pages_view.table));
        self.set_table(directory, layout::pdx(UVPT), Some(directory));
        Ok(directory)
        // exercise 2.11 end
    }

    /// Frees a page directory with all its tables and mappings from address `from` on; what is below has gone already.
    /// The TLB must hold nothing of it that will be used again. After so many `steps` it stops, and says where to go
    /// on; `None`: all is gone.
    pub fn pgdir_free(&mut self, directory: Frame, from: u32, steps: u32) -> Option<u32> {
        // exercise 2.12 begin
        let mut left = steps;
        let (mut from, mut inside) = (layout::pdx(from), layout::ptx(from));
        while let Some(first) = self.next_chunk(directory, from, KUSEG_ENTRIES) {
            from = after(first);
            for index in first..from {
                let entry = word(self.words(directory), index);
                if entry == 0 {
                    continue;
                }
                if index < layout::pdx(UTOP) {
                    match self.table_free(Frame::of_pte(entry), inside, left) {
                        Ok(rest) => left = rest,
                        Err(inside) => return Some(index << PDX_SHIFT | inside << PAGE_SHIFT),
                    }
                    inside = 0;
                }
                self.set_table(directory, index, None);
            }
        }
        self.free_cleared(directory);
        None
        // exercise 2.12 end
    }

    /// Frees a page table with all its mappings from entry `from` on. Returns how many of the steps are left; as an error
    /// the index of the entry at which to go on, as they were too few.
    fn table_free(&mut self, table: Frame, mut from: u32, left: u32) -> Result<u32, u32> {
        // exercise 2.12 begin
        let mut left = left.checked_sub(TABLE_STEPS).ok_or(from)?;
        while let Some(first) = self.next_chunk(table, from, ENTRIES as u32) {
            left = left.checked_sub(CHUNK_STEPS).ok_or(first)?;
            for (_, entry) in self.used(table, first) {
                self.page_decref(Frame::of_pte(entry));
            }
            self.clear_chunk(table, first);
            from = after(first);
        }
        self.free_cleared(table);
        Ok(left)
        // exercise 2.12 end
    }

    /// Frees a directory or table whose entries have all been cleared: it is ready to be the next one.
    fn free_cleared(&mut self, frame: Frame) {
        // exercise 2.12 begin
        if self.page_unref(frame) == 0 {
            self.page_free_zeroed(frame);
        }
        // exercise 2.12 end
    }

    /// Page table `index` of a directory, if there is one.
    #[inline(always)]
    fn table(&mut self, directory: Frame, index: u32) -> Option<Frame> {
        // exercise 2.6 begin
        let entry = word(self.words(directory), index);
        pte::flags(entry)
            .contains(PteFlags::V)
            .then(|| Frame::of_pte(entry))
        // exercise 2.6 end
    }

    /// Sets page table `index` of a directory, in both halves.
    fn set_table(&mut self, directory: Frame, index: u32, table: Option<Frame>) {
        // exercise 2.7 begin
        let (entry, pointer) = match table {
            Some(table) => {
                self.mark_group(directory, index);
                (
                    pte::pte(table.ppn(), PteFlags::V),
                    self.machine.table_pointer(table, index),
                )
            }
            None => (0, 0),
        };
        let words = self.words(directory);
        set_word(words, index, entry);
        set_word(words, index.wrapping_add(KUSEG_ENTRIES), pointer);
        // exercise 2.7 end
    }

    /// The place of the entry for `va`, if there is a table for it (MOS `pgdir_walk` without create).
    #[inline(always)]
    pub fn pgdir_walk(&mut self, directory: Frame, va: u32) -> Option<Place> {
        // exercise 2.6 begin
        let table = self.table(directory, layout::pdx(va))?;
        Some(Place {
            table,
            index: layout::ptx(va),
        })
        // exercise 2.6 end
    }

    /// The page table for `va`, if there is one.
    pub(crate) fn table_of(&mut self, directory: Frame, va: u32) -> Option<Frame> {
        self.table(directory, layout::pdx(va))
    }

    /// The place of the entry for `va`, with a new table where there was none (MOS `pgdir_walk` with
    /// create). `-E_NO_MEM`.
    #[inline(always)]
    pub fn pgdir_walk_create(&mut self, space: AddressSpace, va: u32) -> Result<Place, Error> {
        // exercise 2.7 begin
        match self.pgdir_walk(space.directory, va) {
            Some(place) => Ok(place),
            None => self.table_create(space, va),
        }
        // exercise 2.7 end
    }

    #[optimize(size)]
    #[cold]
    #[inline(never)]
    pub(crate) fn table_create(&mut self, space: AddressSpace, va: u32) -> Result<Place, Error> {
        // exercise 2.7 begin
        let table = self.table_alloc()?;
        self.set_table(space.directory, layout::pdx(va), Some(table));
        // Through the self-map the new table is a page too: the TLB may hold it as invalid, or as zeros.
        self.tlb_invalidate(space, UVPT | layout::pdx(va) << layout::PAGE_SHIFT);
        Ok(Place {
            table,
            index: layout::ptx(va),
        })
        // exercise 2.7 end
    }

    /// Shows zeros at `va`, in a page of the window at UVPT that is no page table: there are no entries. Until there are,
    /// it is in the TLB alone.
    #[cold]
    pub(crate) fn show_no_table(&mut self, space: AddressSpace, va: u32) {
        let zeros = pte::pte(self.zeros.ppn(), PteFlags::V);
        self.machine.tlb_replace(va, space.asid, zeros);
    }

    /// The entry for `va`, 0 where there is none.
    #[inline(always)]
    pub fn pte(&mut self, directory: Frame, va: u32) -> u32 {
        // teacher begin
        if let Some(entry) = self.machine.entry(directory, va) {
            return entry;
        }
        // teacher end
        // exercise 2.8 begin
        match self.pgdir_walk(directory, va) {
            Some(place) => word(self.words(place.table), place.index),
            None => 0,
        }
        // exercise 2.8 end
    }

    /// The frame that is mapped at `va`, and how (MOS `page_lookup`).
    #[inline(always)]
    pub fn page_lookup(&mut self, directory: Frame, va: u32) -> Option<(Frame, PteFlags)> {
        // exercise 2.8 begin
        let entry = self.pte(directory, va);
        let flags = pte::flags(entry);
        flags
            .contains(PteFlags::V)
            .then(|| (Frame::of_pte(entry), flags))
        // exercise 2.8 end
    }

    /// Maps `frame` at `va`, in place of what is there (MOS `page_insert`). `-E_NO_MEM`, with nothing
    /// changed: no frame for a page table, or `frame` is mapped as often as it can be.
    #[inline(never)]
    pub fn page_insert(
        &mut self,
        space: AddressSpace,
        frame: Frame,
        va: u32,
        flags: PteFlags,
    ) -> Result<(), Error> {
        // exercise 2.9 begin
        // Counted before the old mapping goes: it may be the last one of the same frame.
        self.page_incref(frame)?;
        let place = self
            .pgdir_walk_create(space, va)
            .inspect_err(|_| _ = self.page_unref(frame))?;
        self.replace(space, place, va, pte::pte(frame.ppn(), flags | PteFlags::V));
        Ok(())
        // exercise 2.9 end
    }

    /// Unmaps `va`; where nothing is mapped, nothing happens (MOS `page_remove`).
    #[optimize(size)]
    #[inline(never)]
    pub fn page_remove(&mut self, space: AddressSpace, va: u32) {
        // exercise 2.10 begin
        if let Some(place) = self.pgdir_walk(space.directory, va) {
            self.replace(space, place, va, 0);
        }
        // exercise 2.10 end
    }

    /// Changes an entry, invalidates what the TLB holds of it, and lets go of what it named.
    pub(crate) fn replace(&mut self, space: AddressSpace, place: Place, va: u32, entry: u32) {
        // exercise 2.9 begin
        let words = self.words(place.table);
        let old = word(words, place.index);
        if old == entry && entry == 0 {
            return;
        }
        set_word(words, place.index, entry);
        if old == 0 {
            self.mark_group(place.table, place.index);
        }
        self.tlb_invalidate(space, va);
        if old != 0 {
            self.page_decref(Frame::of_pte(old));
        }
        // exercise 2.9 end
    }

    /// Drops what the TLB holds for the page of `va`. It holds nothing of who has never run.
    #[inline(always)]
    pub(crate) fn tlb_invalidate(&mut self, space: AddressSpace, va: u32) {
        if space.asid != Asid::NOBODYS {
            self.machine.tlb_invalidate(va, space.asid);
        }
    }
}
