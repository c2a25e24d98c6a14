//! The heap: memory for `alloc`'s boxes, vectors and strings, in programs that say `extern crate alloc`.
//!
//! It grows by pages when somebody needs more than there is, never shrinks, and takes nothing as long as nobody does.
//! A child of fork has a copy like of any other memory.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{NonNull, null_mut};

use linked_list_allocator::Heap;
use mos_abi::layout::PAGE_SIZE;

use crate::area::{self, User};
use crate::global::Global;
use crate::window::{PRIVATE, Window};

/// Where it is: between the program and the table of descriptors, in what nothing else uses.
const START: u32 = 0x2000_0000;
const END: u32 = 0x5000_0000;
/// It grows by so many bytes at least.
const STEP: u32 = 4 * PAGE_SIZE;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(Global::new(Pages {
    heap: Heap::empty(),
    end: START,
}));

struct Allocator(Global<Pages>);

/// The pages from [`START`] on.
struct Pages {
    heap: Heap,
    end: u32,
}

impl Pages {
    fn allocate(&mut self, layout: Layout) -> *mut u8 {
        loop {
            match self.heap.allocate_first_fit(layout) {
                Ok(place) => return place.as_ptr(),
                Err(()) if self.grow(layout).is_some() => {}
                Err(()) => return null_mut(),
            }
        }
    }

    /// Makes room for `layout` at the end. `None`: there is no memory for all of it, and none is taken.
    fn grow(&mut self, layout: Layout) -> Option<()> {
        if !area::claim(User::Heap) {
            return None;
        }
        // Besides it, what the list of holes may need in front of it and behind.
        let least = layout.size().checked_add(layout.align())?.checked_add(32)?;
        let least = u32::try_from(least)
            .ok()?
            .checked_next_multiple_of(PAGE_SIZE)?;
        let room = END - self.end;
        if least > room {
            return None;
        }
        // Where there is not so much left it may be enough still.
        self.add(least.max(STEP).min(room))
            .or_else(|| self.add(least))
    }

    fn add(&mut self, bytes: u32) -> Option<()> {
        let pages = || {
            (self.end..self.end + bytes)
                .step_by(PAGE_SIZE as usize)
                .map(Window::at)
        };
        if pages().try_for_each(|page| page.alloc(PRIVATE)).is_err() {
            pages().for_each(Window::unmap);
            return None;
        }
        let bytes = bytes as usize;
        if self.end == START {
            let start = core::ptr::with_exposed_provenance_mut(START as usize);
            // SAFETY: the pages are there, and nobody's.
            unsafe { self.heap.init(start, bytes) };
        } else {
            // SAFETY: they are behind those that it has.
            unsafe { self.heap.extend(bytes) };
        }
        self.end += bytes as u32;
        Some(())
    }
}

// SAFETY: what is given out is of the layout's size and alignment, and nobody else's until it is given back.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.0.with(|pages| pages.allocate(layout))
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        let Some(place) = NonNull::new(place) else {
            return;
        };
        // SAFETY: the caller's promise is the one that is asked for.
        self.0
            .with(|pages| unsafe { pages.heap.deallocate(place, layout) });
    }
}
