//! Physical frames and their reference counts.

use mos_abi::{Env, Error, NENV, Page};

use crate::machine::{Frame, FrameWords, Machine, MemoryMap};
use crate::view::View;

/// Physical memory: the machine it is in, and which frames are free.
///
/// A frame is free (its count is 0) or in use (its count is the number of page-table entries, page
/// directories and environments that name it). Free frames are those on the stack of free frames and,
/// so that booting does not take longer with more memory, all that were never used.
#[derive(Clone, Debug)]
pub struct Memory<M> {
    /// The machine.
    pub machine: M,
    /// How many numbers the stack of free frames ([`crate::machine::Tables::free`]) holds.
    pub(crate) stacked: usize,
    /// Frames from this one to the end of memory were never used.
    pub(crate) fresh: Frame,
    end: Frame,
    /// A page table with nothing in it: the second half of a page directory points here wherever
    /// there is no table, so that the TLB refill needs no test.
    pub(crate) empty_table: Frame,
    /// The array of environments, at UENVS.
    pub(crate) envs_view: View,
    /// The array of frames, at UPAGES.
    pub(crate) pages_view: View,
}

impl<M: Machine> Memory<M> {
    /// Memory in which nothing is free yet, until [`Memory::init`].
    pub const fn new(machine: M) -> Self {
        let none = Frame::new(0);
        Self {
            machine,
            stacked: 0,
            fresh: none,
            end: none,
            empty_table: none,
            envs_view: View::NONE,
            pages_view: View::NONE,
        }
    }

    /// Makes every frame from `first_free` to the end of memory free, lowest first (MOS `page_init`),
    /// and the tables that all environments share. `-E_NO_MEM`: there is no room for these.
    pub fn init(&mut self) -> Result<(), Error> {
        let MemoryMap {
            envs,
            pages,
            first_free,
            end,
        } = self.machine.memory_map();
        self.fresh = first_free;
        self.end = end;
        self.pages_view = View::new(pages, size_of::<Page>(), end.index());
        self.envs_view = View::new(envs, size_of::<Env>(), NENV);
        self.init_shared_tables()
    }

    /// How many frames are free.
    pub fn free_frames(&self) -> usize {
        self.end
            .index()
            .saturating_sub(self.fresh.index())
            .saturating_add(self.stacked)
    }

    /// A zeroed frame that nothing names yet. `-E_NO_MEM`: none is free.
    pub fn page_alloc(&mut self) -> Result<Frame, Error> {
        let frame = self.page_alloc_dirty()?;
        self.machine.zero_frame(frame);
        Ok(frame)
    }

    /// A frame that nothing names yet, with whatever is in it: for those who overwrite all of it.
    /// `-E_NO_MEM`: none is free.
    pub(crate) fn page_alloc_dirty(&mut self) -> Result<Frame, Error> {
        let Some(top) = self.stacked.checked_sub(1) else {
            return self.page_alloc_fresh();
        };
        let ppn = *self.machine.tables().free.get(top).ok_or(Error::NoMem)?;
        self.stacked = top;
        Ok(Frame::new(ppn))
    }

    /// A frame that was never used.
    #[cold]
    fn page_alloc_fresh(&mut self) -> Result<Frame, Error> {
        let frame = self.fresh;
        if frame >= self.end {
            return Err(Error::NoMem);
        }
        self.fresh = Frame::new(frame.ppn().saturating_add(1));
        self.show_page(frame);
        Ok(frame)
    }

    /// Makes a frame free. Nothing may name it any more.
    pub fn page_free(&mut self, frame: Frame) {
        debug_assert_eq!(
            self.page_ref(frame),
            0,
            "frame {frame:?} is freed while in use"
        );
        if let Some(slot) = self.machine.tables().free.get_mut(self.stacked) {
            *slot = frame.ppn();
            self.stacked = self.stacked.saturating_add(1);
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
        debug_assert_ne!(page.pp_ref, 0, "frame {frame:?} is let go of while free");
        page.pp_ref = page.pp_ref.saturating_sub(1);
        page.pp_ref
    }

    /// The contents of a frame.
    pub fn words(&mut self, frame: Frame) -> &mut FrameWords {
        self.machine.frame(frame)
    }
}

/// Two memories are equal when no program could tell them apart: which of the free frames were used
/// before does not count.
impl<M: Machine + PartialEq> PartialEq for Memory<M> {
    fn eq(&self, other: &Self) -> bool {
        self.machine == other.machine && self.free_frames() == other.free_frames()
    }
}
