//! Physical memory behind the kernel: the only place where a frame number becomes a pointer.
//!
//! ```text
//! kernel | boot package | Env table | Page table | free-frame stack | frames to hand out ... end
//! ```

use core::slice;

use mos_abi::layout::{ENTRIES, PAGE_SIZE};
use mos_abi::{Env, NENV, Page};
use mos_core::machine::{Frame, FrameWords, MemoryMap, Tables};

/// Cached, unmapped addresses of physical memory.
pub const KSEG0: u32 = 0x8000_0000;
/// Most memory that is used: what malta has at physical address 0.
const MAX_FRAMES: u32 = (256 << 20) / PAGE_SIZE;

/// Physical memory. There is one value of it, made by [`Ram::take`].
#[derive(Clone, Copy)]
pub struct Ram {
    map: MemoryMap,
    free: Frame,
}

/// How many frames `bytes` take.
const fn frames(bytes: u32) -> u32 {
    bytes.div_ceil(PAGE_SIZE)
}

impl Ram {
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
            free: none,
        }
    };

    /// Takes over all physical memory from address `start` to `size`, of which the tables get the first
    /// part.
    ///
    /// # Safety
    ///
    /// There is memory at these addresses, nothing else uses it, and this is called once.
    pub unsafe fn take(start: u32, size: u32) -> Self {
        let count = (size / PAGE_SIZE).min(MAX_FRAMES);
        let envs = frames(start);
        let pages = envs + frames((NENV * size_of::<Env>()) as u32);
        let free = pages + frames(count * size_of::<Page>() as u32);
        let first_free = free + frames(count * 4);
        let map = MemoryMap {
            envs: Frame::new(envs),
            pages: Frame::new(pages),
            first_free: Frame::new(first_free),
            end: Frame::new(count.max(first_free)),
        };
        // Programs see the whole of the array's last frame, which it need not fill.
        // SAFETY: it is part of the memory that is taken over.
        unsafe {
            pointer(Frame::new(free - 1))
                .cast::<FrameWords>()
                .write([0; ENTRIES])
        };
        Self {
            map,
            free: Frame::new(free),
        }
    }

    /// Where things are.
    pub fn map(&self) -> MemoryMap {
        self.map
    }

    /// The tables at the start of memory.
    pub fn tables(&mut self) -> Tables<'_> {
        let count = self.map.end.index();
        // SAFETY: `take` set these three ranges apart, each large enough and on frames of its own; every bit
        // pattern is a value of their types; the borrow of `self` covers all three.
        unsafe {
            Tables {
                envs: &mut *pointer(self.map.envs).cast(),
                pages: slice::from_raw_parts_mut(pointer(self.map.pages).cast(), count),
                free: slice::from_raw_parts_mut(pointer(self.free), count),
            }
        }
    }

    /// The words of two different frames that can be handed out; `None` where they are the same.
    pub fn two_frames(&mut self, a: Frame, b: Frame) -> Option<(&FrameWords, &mut FrameWords)> {
        self.check(a);
        self.check(b);
        // SAFETY: as in `frame`; the two do not overlap.
        (a != b).then(|| unsafe { (&*pointer(a).cast(), &mut *pointer(b).cast()) })
    }

    /// Panics when `frame` cannot be handed out.
    fn check(&self, frame: Frame) {
        let ours = (self.map.first_free..self.map.end).contains(&frame);
        assert!(ours, "the kernel looked into a frame that is not its own");
    }

    /// The words of a frame that can be handed out.
    pub fn frame(&mut self, frame: Frame) -> &mut FrameWords {
        self.check(frame);
        // SAFETY: the frame is memory, not one of the tables, and the borrow of `self` covers it. What
        // user mode does to it happens while no Rust code of the kernel runs.
        unsafe { &mut *pointer(frame).cast::<[u32; ENTRIES]>() }
    }
}

/// The address of a frame in kseg0.
pub fn pointer(frame: Frame) -> *mut u32 {
    core::ptr::with_exposed_provenance_mut((KSEG0 + frame.ppn() * PAGE_SIZE) as usize)
}
