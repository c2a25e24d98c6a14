//! The arrays that every program sees read-only: of environments at UENVS, of frames at UPAGES.
//!
//! They take a hundred frames, most of which are never needed. So each is made ready from its start,
//! frame by frame, as entries come into use; the rest of it is mapped to a frame of zeros, which is what
//! unused entries look like.

use core::ops::Range;

use mos_abi::layout::PAGE_SIZE;
use mos_abi::{Env, Page, PteFlags, pte};

use crate::machine::{Frame, Machine, Tables};
use crate::mem::Memory;

/// One of the two arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    /// The page table that maps it.
    pub table: Frame,
    /// Its first frame.
    first: Frame,
    /// Bytes in an entry.
    entry: usize,
    /// Number of entries.
    count: usize,
    /// How many of its frames are shown.
    frames: usize,
    /// How many of its entries are wholly in these frames.
    pub ready: usize,
}

impl View {
    // teacher begin
    /// Where it is in it how many entries are ready.
    pub const READY: usize = core::mem::offset_of!(Self, ready);

    // teacher end
    /// No array.
    pub const NONE: Self = Self::new(Frame::new(0), 0, 0);

    /// The array of `count` entries of `entry` bytes from frame `first` on, with nothing ready.
    pub const fn new(first: Frame, entry: usize, count: usize) -> Self {
        let table = Frame::new(0);
        Self {
            table,
            first,
            entry,
            count,
            frames: 0,
            ready: 0,
        }
    }

    /// How many frames `entries` entries take.
    fn frames_of(&self, entries: usize) -> usize {
        entries
            .saturating_mul(self.entry)
            .div_ceil(PAGE_SIZE as usize)
    }

    /// Bytes in the frames that are shown.
    fn bytes(&self) -> usize {
        self.frames.saturating_mul(PAGE_SIZE as usize)
    }

    /// Takes in the frames in which entry `index` is. Returns the entries that must be cleared for
    /// that: those that begin in these frames.
    fn grow(&mut self, index: usize) -> Range<usize> {
        let entry = self.entry.max(1);
        let start = self.bytes().div_ceil(entry);
        self.frames = self.frames_of(index.saturating_add(1));
        self.ready = self.bytes().checked_div(entry).unwrap_or(0).min(self.count);
        start..self.bytes().div_ceil(entry)
    }
}

impl<M: Machine> Memory<M> {
    /// Entry `slot` of UENVS comes into use.
    #[inline(always)]
    pub(crate) fn show_env(&mut self, slot: usize) {
        if slot >= self.envs_view.ready {
            self.show_more_envs(slot);
        }
    }

    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn show_more_envs(&mut self, slot: usize) {
        let Tables { envs, .. } = self.machine.tables();
        let from = self.envs_view.frames;
        let range = self.envs_view.grow(slot);
        clear(envs, range, Env::FREE);
        self.show(self.envs_view, from..self.envs_view.frames);
    }

    /// Entry `frame` of UPAGES comes into use.
    #[inline(always)]
    pub fn show_page(&mut self, frame: Frame) {
        if frame.index() >= self.pages_view.ready {
            self.show_more_pages(frame);
        }
    }

    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn show_more_pages(&mut self, frame: Frame) {
        let Tables { pages, .. } = self.machine.tables();
        let from = self.pages_view.frames;
        let range = self.pages_view.grow(frame.index());
        clear(pages, range, Page::FREE);
        self.show(self.pages_view, from..self.pages_view.frames);
    }

    /// Maps all of a view for the first time.
    pub(crate) fn show_all(&mut self, view: View) {
        self.show(view, 0..view.frames_of(view.count));
    }

    /// Maps some frames of a view: those that are ready to where they are, and others to zeros.
    #[optimize(size)]
    #[inline(never)]
    fn show(&mut self, view: View, frames: Range<usize>) {
        // While there is no page table yet, at boot, there is nobody to show it to either.
        if view.table == View::NONE.table {
            return;
        }
        let zeros = pte::pte(self.zeros.ppn(), PteFlags::V);
        let own = view.frames.max(frames.start).min(frames.end);
        let words = self.words(view.table);
        if let Some(words) = words.get_mut(frames.start..own) {
            let first = view.first.index().wrapping_add(frames.start) as u32;
            for (word, ppn) in words.iter_mut().zip(first..) {
                *word = pte::pte(ppn, PteFlags::V);
            }
        }
        if let Some(words) = words.get_mut(own..frames.end) {
            words.fill(zeros);
        }
        // teacher begin
        // otherwise: self.machine.tlb_flush();
        self.machine.tlb_flush_everywhere();
        // teacher end
    }
}

/// Writes `value` to a range of entries, as far as there are that many.
fn clear<T: Copy>(entries: &mut [T], range: Range<usize>, value: T) {
    let end = range.end.min(entries.len());
    if let Some(entries) = entries.get_mut(range.start..end) {
        entries.fill(value);
    }
}
