//! Physical memory.

use std::rc::Rc;

use mos_abi::layout::ENTRIES;
use mos_abi::{Env, NENV, Page};
use mos_core::machine::{Frame, FrameWords, Groups, MemoryMap, Tables};

use super::views;

/// Memory in frames. Copies share the frames that neither has changed, so a snapshot before every call
/// costs little.
#[derive(Clone, Debug)]
pub struct Ram {
    map: MemoryMap,
    /// The frames at `map.envs`.
    pub envs: Box<[Env; NENV]>,
    /// The frames at `map.pages`.
    pub pages: Vec<Page>,
    /// The kernel's stack of free frames, which no program sees.
    pub free: Vec<u32>,
    /// What the kernel remembers of page tables, which no program sees either.
    pub groups: Vec<Groups>,
    /// The frames from `map.first_free` on.
    frames: Vec<Rc<FrameWords>>,
    zeros: Rc<FrameWords>,
}

impl Ram {
    /// Memory as it is when the machine is switched on: rubbish.
    pub fn new(map: MemoryMap) -> Self {
        let rubbish = Rc::new([0xa5a5_a5a5; ENTRIES]);
        let managed = map.end.index() - map.first_free.index();
        let env = Env {
            env_id: 0x555,
            env_status: 1,
            ..Env::FREE
        };
        let page = Page {
            pp_ref: 7,
            ..Page::FREE
        };
        let envs = vec![env; NENV].into_boxed_slice();
        Self {
            map,
            envs: envs.try_into().expect("NENV environments"),
            pages: vec![page; map.end.index()],
            free: vec![u32::MAX; managed],
            groups: vec![[0x5a5a_5a5a; _]; map.end.index()],
            frames: vec![rubbish; managed],
            zeros: Rc::new([0; ENTRIES]),
        }
    }

    /// What the kernel calls its tables.
    pub fn tables(&mut self) -> Tables<'_> {
        Tables {
            envs: &mut self.envs,
            pages: &mut self.pages,
            groups: &mut self.groups,
            free: &mut self.free,
        }
    }

    /// Whether `frame` is one of those that the kernel may hand out.
    pub fn manages(&self, frame: Frame) -> bool {
        (self.map.first_free..self.map.end).contains(&frame)
    }

    fn index(&self, frame: Frame) -> usize {
        assert!(self.manages(frame), "{frame:?} is not the kernel's to use");
        frame.index() - self.map.first_free.index()
    }

    /// The contents of a frame, to change.
    pub fn frame(&mut self, frame: Frame) -> &mut FrameWords {
        let index = self.index(frame);
        Rc::make_mut(&mut self.frames[index])
    }

    /// The contents of two frames, to change, and the tables.
    pub fn two_frames(&mut self, a: Frame, b: Frame) -> Option<(Tables<'_>, [&mut FrameWords; 2])> {
        let indices = [self.index(a), self.index(b)];
        let frames = self.frames.get_disjoint_mut(indices).ok()?;
        let tables = Tables {
            envs: &mut self.envs,
            pages: &mut self.pages,
            groups: &mut self.groups,
            free: &mut self.free,
        };
        Some((tables, frames.map(Rc::make_mut)))
    }

    /// The contents of a frame.
    pub fn words(&self, frame: Frame) -> &FrameWords {
        &self.frames[self.index(frame)]
    }

    /// Fills a frame with zeros.
    pub fn zero(&mut self, frame: Frame) {
        let index = self.index(frame);
        self.frames[index] = Rc::clone(&self.zeros);
    }

    /// What a load from physical memory reads: word `index` of `frame`, wherever that is.
    pub fn word(&self, frame: Frame, index: usize) -> u32 {
        let MemoryMap { envs, pages, .. } = self.map;
        if self.manages(frame) {
            self.words(frame)[index]
        } else if frame >= pages && frame < self.map.first_free {
            views::word_of_pages(
                &self.pages,
                (frame.index() - pages.index()) * ENTRIES + index,
            )
        } else if frame >= envs && frame < pages {
            views::word_of_envs(
                &*self.envs,
                (frame.index() - envs.index()) * ENTRIES + index,
            )
        } else {
            panic!("a load reaches {frame:?}, which holds the kernel");
        }
    }
}

/// As for [`super::Sim`]: what is in free frames, and in which order they stand, does not count.
impl PartialEq for Ram {
    fn eq(&self, other: &Self) -> bool {
        let numbers = self.map.first_free.index()..;
        let same_frames = numbers
            .zip(self.frames.iter().zip(&other.frames))
            .all(|(ppn, (a, b))| self.pages[ppn].pp_ref == 0 || Rc::ptr_eq(a, b) || a == b);
        self.envs == other.envs && self.pages == other.pages && same_frames
    }
}
