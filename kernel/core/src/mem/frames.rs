//! Physical frames and their reference counts.

use mos_abi::{Env, Error, NENV, Page};

use crate::machine::{Frame, FrameWords, Machine, MemoryMap};
use crate::mem::view::View;

/// Physical memory: the machine it is in, and which frames are free.
///
/// A frame is free (its count is 0) or in use (its count is the number of page-table entries, page
/// directories and environments that name it). There are three kinds of free frame: those that are known to
/// hold zeros, those that hold anything, and, so that booting does not take longer with more memory,
/// those that were never used. The numbers of the first two are on two stacks, which grow towards each other
/// in [`crate::machine::Tables::free`].
#[derive(Clone, Debug)]
pub struct Memory<M> {
    /// The machine.
    pub machine: M,
    /// How many frames with anything in them are free: their numbers are at the start of the array.
    pub(crate) dirty: usize,
    /// How many frames of zeros are free: their numbers are at the end of the array.
    pub(crate) zeroed: usize,
    /// Frames from this one to the end of memory were never used.
    pub(crate) fresh: Frame,
    end: Frame,
    /// A frame of zeros: what the views show where they are not in use.
    pub(crate) zeros: Frame,
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
            dirty: 0,
            zeroed: 0,
            fresh: none,
            end: none,
            zeros: none,
            envs_view: View::NONE,
            pages_view: View::NONE,
        }
    }

    /// Takes over memory: its frames, and the tables that all environments share. What it held before is no matter.
    /// `-E_NO_MEM`: there is no room for these.
    #[optimize(size)]
    pub fn init(&mut self) -> Result<(), Error> {
        self.init_frames();
        self.init_shared_tables()
    }

    /// Makes every frame from `first_free` to the end of memory free, lowest first (MOS `page_init`); the frames before
    /// are the kernel's, and count as in use.
    #[optimize(size)]
    pub fn init_frames(&mut self) {
        let MemoryMap {
            envs,
            pages,
            first_free,
            end,
        } = self.machine.memory_map();
        // exercise 2.1 begin
        self.fresh = first_free;
        self.end = end;
        self.pages_view = View::new(pages, size_of::<Page>(), end.index());
        self.envs_view = View::new(envs, size_of::<Env>(), NENV);
        self.show_page(Frame::new(first_free.ppn().saturating_sub(1)));
        let pages = self.machine.tables().pages;
        for page in pages.iter_mut().take(first_free.index()) {
            page.pp_ref = 1;
        }
        // exercise 2.1 end
    }

    /// How many frames are free.
    pub fn free_frames(&self) -> usize {
        let fresh = self.end.index().saturating_sub(self.fresh.index());
        fresh.saturating_add(self.dirty).saturating_add(self.zeroed)
    }

    /// A zeroed frame that nothing names yet. `-E_NO_MEM`: none is free.
    #[inline(always)]
    pub fn page_alloc(&mut self) -> Result<Frame, Error> {
        // exercise 2.2 begin
        if let Some(frame) = self.pop_zeroed() {
            return Ok(frame);
        }
        let frame = self.page_alloc_dirty()?;
        self.machine.zero_frame(frame);
        Ok(frame)
        // exercise 2.2 end
    }

    /// A frame that nothing names yet, with whatever is in it: for those who overwrite all of it.
    /// `-E_NO_MEM`: none is free.
    #[inline(never)]
    pub fn page_alloc_dirty(&mut self) -> Result<Frame, Error> {
        // exercise 2.2 begin
        match self.pop_dirty() {
            Some(frame) => Ok(frame),
            None => self
                .page_alloc_fresh()
                .or_else(|_| self.pop_zeroed().ok_or(Error::NoMem)),
        }
        // exercise 2.2 end
    }

    /// The free frame of zeros that was put down last, if there is one, taken off its stack.
    #[inline]
    fn pop_zeroed(&mut self) -> Option<Frame> {
        // exercise 2.2 begin
        let rest = self.zeroed.checked_sub(1)?;
        let at = self.index_from_end(rest);
        let frame = Frame::new(*self.machine.tables().free.get(at)?);
        self.zeroed = rest;
        Some(frame)
        // exercise 2.2 end
    }

    /// The same of those with anything in them.
    #[inline]
    fn pop_dirty(&mut self) -> Option<Frame> {
        // exercise 2.2 begin
        let rest = self.dirty.checked_sub(1)?;
        let frame = Frame::new(*self.machine.tables().free.get(rest)?);
        self.dirty = rest;
        Some(frame)
        // exercise 2.2 end
    }

    /// Index of the entry of [`crate::machine::Tables::free`] that has `count` others behind it.
    fn index_from_end(&mut self, count: usize) -> usize {
        let last = self.machine.tables().free.len().wrapping_sub(1);
        last.wrapping_sub(count)
    }

    /// Fills up to `count` free frames with zeros, ahead of the day when they are needed. For when there
    /// is nothing else to do.
    #[optimize(size)]
    #[cold]
    pub fn zero_ahead(&mut self, count: usize) {
        for _ in 0..count {
            let Some(frame) = self.pop_dirty() else {
                return;
            };
            self.machine.zero_frame(frame);
            self.page_free_zeroed(frame);
        }
    }

    /// A frame that was never used. `-E_NO_MEM`: there is none.
    #[inline(always)]
    pub fn page_alloc_fresh(&mut self) -> Result<Frame, Error> {
        // exercise 2.1 begin
        let frame = self.fresh;
        if frame >= self.end {
            return Err(Error::NoMem);
        }
        self.fresh = Frame::new(frame.ppn().saturating_add(1));
        self.show_page(frame);
        Ok(frame)
        // exercise 2.1 end
    }

    /// Makes a frame free. Nothing may name it any more.
    #[inline]
    pub fn page_free(&mut self, frame: Frame) {
        debug_assert_eq!(
            self.page_ref(frame),
            0,
            "frame {frame:?} is freed while in use"
        );
        // exercise 2.3 begin
        if let Some(slot) = self.machine.tables().free.get_mut(self.dirty) {
            *slot = frame.ppn();
            self.dirty = self.dirty.saturating_add(1);
        }
        // exercise 2.3 end
    }

    /// Makes a frame free that holds zeros.
    pub(crate) fn page_free_zeroed(&mut self, frame: Frame) {
        debug_assert_eq!(
            self.page_ref(frame),
            0,
            "frame {frame:?} is freed while in use"
        );
        // exercise 2.3 begin
        let at = self.index_from_end(self.zeroed);
        if let Some(slot) = self.machine.tables().free.get_mut(at) {
            *slot = frame.ppn();
            self.zeroed = self.zeroed.saturating_add(1);
        }
        // exercise 2.3 end
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
    #[inline]
    pub fn page_incref(&mut self, frame: Frame) -> Result<(), Error> {
        // exercise 2.4 begin
        let page = self
            .machine
            .tables()
            .pages
            .get_mut(frame.index())
            .ok_or(Error::NoMem)?;
        page.pp_ref = page.pp_ref.checked_add(1).ok_or(Error::NoMem)?;
        Ok(())
        // exercise 2.4 end
    }

    /// One thing less names `frame`; the last one frees it.
    #[inline]
    pub fn page_decref(&mut self, frame: Frame) {
        // exercise 2.4 begin
        if self.page_unref(frame) == 0 {
            self.page_free(frame);
        }
        // exercise 2.4 end
    }

    /// One thing less names `frame`, which stays in use even so; returns how many still do.
    #[inline]
    pub(crate) fn page_unref(&mut self, frame: Frame) -> u16 {
        // exercise 2.4 begin
        let Some(page) = self.machine.tables().pages.get_mut(frame.index()) else {
            return 0;
        };
        debug_assert_ne!(page.pp_ref, 0, "frame {frame:?} is let go of while free");
        page.pp_ref = page.pp_ref.saturating_sub(1);
        page.pp_ref
        // exercise 2.4 end
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
