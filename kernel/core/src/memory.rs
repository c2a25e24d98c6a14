//! Physical frames and their reference counts.

use mos_abi::{Error, Page};

use crate::machine::{Frame, FrameWords, Machine, MemoryMap, Tables};

/// Physical memory: the machine it is in, and which frames are free.
///
/// A frame is free (its number is on the stack of free frames, its count is 0) or in use (its count is the
/// number of page-table entries, page directories and environments that name it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory<M> {
    /// The machine.
    pub machine: M,
    /// How many entries of [`Tables::free`] are in use.
    free: usize,
    /// A page table with nothing in it: the second half of a page directory points here wherever
    /// there is no table, so that the TLB refill needs no test.
    pub(crate) empty_table: Frame,
    /// The page tables that all environments share: those of UENVS and UPAGES.
    pub(crate) view_tables: [Frame; 2],
}

impl<M: Machine> Memory<M> {
    /// Memory in which nothing is free yet, until [`Memory::init`].
    pub const fn new(machine: M) -> Self {
        let none = Frame::new(0);
        Self {
            machine,
            free: 0,
            empty_table: none,
            view_tables: [none; 2],
        }
    }

    /// Makes every frame from `first_free` to the end of memory free, lowest first (MOS `page_init`),
    /// and the tables that all environments share. What memory held before is no matter. `-E_NO_MEM`:
    /// there is no room for these.
    pub fn init(&mut self) -> Result<(), Error> {
        let MemoryMap {
            first_free, end, ..
        } = self.machine.memory_map();
        let Tables { free, pages, .. } = self.machine.tables();
        pages.fill(Page::FREE);
        let numbers = (first_free.ppn()..end.ppn()).rev();
        self.free = free
            .iter_mut()
            .zip(numbers)
            .map(|(slot, ppn)| *slot = ppn)
            .count();
        self.init_shared_tables()
    }

    /// How many frames are free.
    pub fn free_frames(&self) -> usize {
        self.free
    }

    /// A zeroed frame that nothing names yet. `-E_NO_MEM`: none is free.
    pub fn page_alloc(&mut self) -> Result<Frame, Error> {
        let top = self.free.checked_sub(1).ok_or(Error::NoMem)?;
        let frame = Frame::new(*self.machine.tables().free.get(top).ok_or(Error::NoMem)?);
        self.free = top;
        self.machine.zero_frame(frame);
        Ok(frame)
    }

    /// Makes a frame free. Nothing may name it any more.
    pub fn page_free(&mut self, frame: Frame) {
        debug_assert_eq!(
            self.page_ref(frame),
            0,
            "frame {frame:?} is freed while in use"
        );
        if let Some(slot) = self.machine.tables().free.get_mut(self.free) {
            *slot = frame.ppn();
            self.free = self.free.saturating_add(1);
        }
    }

    /// How many things name `frame`.
    pub fn page_ref(&mut self, frame: Frame) -> u16 {
        self.machine
            .tables()
            .pages
            .get(frame.index())
            .map_or(0, |page| page.pp_ref)
    }

    /// One more thing names `frame`. `-E_NO_MEM`: its count is at its limit.
    pub fn page_incref(&mut self, frame: Frame) -> Result<(), Error> {
        let page = self
            .machine
            .tables()
            .pages
            .get_mut(frame.index())
            .ok_or(Error::NoMem)?;
        page.pp_ref = page.pp_ref.checked_add(1).ok_or(Error::NoMem)?;
        Ok(())
    }

    /// One thing less names `frame`; the last one frees it.
    pub fn page_decref(&mut self, frame: Frame) {
        if self.page_unref(frame) == 0 {
            self.page_free(frame);
        }
    }

    /// One thing less names `frame`, which stays in use even so; returns how many still do.
    pub(crate) fn page_unref(&mut self, frame: Frame) -> u16 {
        let Some(page) = self.machine.tables().pages.get_mut(frame.index()) else {
            return 0;
        };
        page.pp_ref = page.pp_ref.saturating_sub(1);
        page.pp_ref
    }

    /// The contents of a frame.
    pub fn words(&mut self, frame: Frame) -> &mut FrameWords {
        self.machine.frame(frame)
    }
}
