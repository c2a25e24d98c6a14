//! Physical memory behind the kernel: the only place where a frame number becomes a pointer.
//!
//! ```text
//! kernel and its tables | boot package | Page table | free-frame stack | groups | frames to hand out ... end
//! ```

// teacher begin
use core::mem::offset_of;
// teacher end
use core::ptr::NonNull;
use core::slice;

use mos_abi::Page;
use mos_abi::layout::{ENTRIES, PAGE_SIZE};
// teacher begin
use mos_abi::layout::{pdx, vpn};
use mos_core::mem::pgtable::KUSEG_ENTRIES;
// teacher end
use mos_core::machine::{Frame, FrameWords, Groups, MemoryMap, Tables};

use crate::tables;

/// Cached, unmapped addresses of physical memory.
pub const KSEG0: u32 = 0x8000_0000;
/// Most memory that is used: what malta has at physical address 0.
const MAX_FRAMES: u32 = (256 << 20) / PAGE_SIZE;

/// Physical memory. There is one value of it, made by [`Ram::take`].
#[derive(Clone, Copy)]
pub struct Ram {
    map: MemoryMap,
    /// How many frames can be handed out.
    count: u32,
    pages: NonNull<Page>,
    free: NonNull<u32>,
    groups: NonNull<Groups>,
}

/// How many frames `bytes` take.
const fn frames(bytes: u32) -> u32 {
    bytes.div_ceil(PAGE_SIZE)
}

impl Ram {
    // teacher begin
    /// Where it is in it where the tables are, for assembly.
    pub const PAGES: usize = offset_of!(Self, pages);
    /// Likewise.
    pub const FREE: usize = offset_of!(Self, free);
    /// Likewise.
    pub const GROUPS: usize = offset_of!(Self, groups);
    /// Where it is how many frames there are.
    pub const FRAMES: usize = offset_of!(Self, map) + offset_of!(MemoryMap, end);

    // teacher end
    /// No memory at all.
    pub const NONE: Self = {
        let none = Frame::new(0);
        Self {
            map: MemoryMap {
                envs: none,
                pages: none,
                first_free: none,
                end: none,
            },
            count: 0,
            pages: NonNull::dangling(),
            free: NonNull::dangling(),
            groups: NonNull::dangling(),
        }
    };

    /// Takes over all physical memory from address `start` to `size`, of which the tables get the first
    /// part. `None`: that is not enough for the tables.
    ///
    /// # Safety
    ///
    /// There is memory at these addresses, nothing else uses it, and this is called once.
    pub unsafe fn take(start: u32, size: u32) -> Option<Self> {
        let count = (size / PAGE_SIZE).min(MAX_FRAMES);
        let pages = frames(start);
        let free = pages + frames(count * size_of::<Page>() as u32);
        let groups = free + frames(count * 4);
        let first_free = groups + frames(count * size_of::<Groups>() as u32);
        if first_free > count {
            return None;
        }
        let map = MemoryMap {
            envs: tables::view_frame(),
            pages: Frame::new(pages),
            first_free: Frame::new(first_free),
            end: Frame::new(count),
        };
        // Programs see the whole of the array's last frame, which it need not fill.
        // SAFETY: it is part of the memory that is taken over.
        unsafe {
            pointer(Frame::new(free - 1))
                .cast::<FrameWords>()
                .write([0; ENTRIES])
        };
        Some(Self {
            map,
            count: count - first_free,
            pages: NonNull::new(pointer(map.pages).cast())?,
            free: NonNull::new(pointer(Frame::new(free)))?,
            groups: NonNull::new(pointer(Frame::new(groups)).cast())?,
        })
    }

    /// Where things are.
    pub fn map(&self) -> MemoryMap {
        self.map
    }

    /// The tables at the start of memory.
    pub fn tables(&mut self) -> Tables<'_> {
        let count = self.map.end.index();
        // SAFETY: `take` set all but the first apart, each large enough and on frames of its own; every bit
        // pattern is a value of their types; the borrow of `self` covers them all.
        unsafe {
            Tables {
                envs: tables::view(),
                pages: slice::from_raw_parts_mut(self.pages.as_ptr(), count),
                free: slice::from_raw_parts_mut(self.free.as_ptr(), count),
                groups: slice::from_raw_parts_mut(self.groups.as_ptr(), count),
            }
        }
    }

    /// The words of two different frames that can be handed out, and the tables; `None` where they are the same.
    #[inline(always)]
    pub fn two_frames(&mut self, a: Frame, b: Frame) -> Option<(Tables<'_>, [&mut FrameWords; 2])> {
        self.check(a);
        self.check(b);
        if a == b {
            return None;
        }
        // SAFETY: as in `frame`; the two do not overlap, and the tables are on other frames.
        let frames = unsafe { [&mut *pointer(a).cast(), &mut *pointer(b).cast()] };
        Some((self.tables(), frames))
    }

    /// Panics when `frame` cannot be handed out.
    fn check(&self, frame: Frame) {
        if frame.ppn().wrapping_sub(self.map.first_free.ppn()) >= self.count {
            stray();
        }
    }

    // teacher begin
    /// The address of the entry for `va` below a page directory, which is found as the TLB refill finds it; `None` where there is
    /// no page table. Without a look whether the frame is one that can be handed out: no environment has another one.
    #[inline(always)]
    fn find(directory: Frame, va: u32) -> Option<*mut u32> {
        // The other half of a directory has no pointers. GXemul says of `swl` there that no entry was found.
        if va >= KSEG0 {
            return None;
        }
        let tables = pointer(directory).cast::<FrameWords>();
        let index = KUSEG_ENTRIES.wrapping_add(pdx(va)) as usize % ENTRIES;
        // SAFETY: an environment's directory is a frame that can be handed out.
        let table = unsafe { (*tables)[index] };
        let entry = table.wrapping_add(vpn(va) * 4) as usize;
        (table != 0).then(|| core::ptr::with_exposed_provenance_mut(entry))
    }

    /// The entry for `va` below a page directory; 0 where there is no page table.
    #[inline(always)]
    pub fn entry(&mut self, directory: Frame, va: u32) -> u32 {
        // SAFETY: what is not 0 in the second half of a directory is where a page table would begin if all were of one
        // piece, and the table is a frame that can be handed out.
        Self::find(directory, va).map_or(0, |entry| unsafe { *entry })
    }
    // teacher end

    /// The words of a frame that can be handed out.
    pub fn frame(&mut self, frame: Frame) -> &mut FrameWords {
        self.check(frame);
        // SAFETY: the frame is memory, not one of the tables, and the borrow of `self` covers it. What
        // user mode does to it happens while no Rust code of the kernel runs.
        unsafe { &mut *pointer(frame).cast::<[u32; ENTRIES]>() }
    }
}

/// Out of line, as the check is everywhere.
#[cold]
#[inline(never)]
fn stray() -> ! {
    panic!("the kernel looked into a frame that is not its own")
}

/// The address of a frame in kseg0.
pub fn pointer(frame: Frame) -> *mut u32 {
    core::ptr::with_exposed_provenance_mut((KSEG0 + frame.ppn() * PAGE_SIZE) as usize)
}
