//! Pages, and which environments have them where.

use std::collections::{BTreeMap, BTreeSet};

use mos_abi::layout::{PAGE_SIZE, pdx, vpn};
use mos_abi::{Error, PteFlags};
use mos_core::machine::Frame;

use super::Model;

/// A page of memory, wherever it is mapped. Never used again for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageId(u32);

/// How an environment has a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    pub page: PageId,
    pub flags: PteFlags,
}

/// An address space: what is mapped, and for which 4 MiB there is a page table.
#[derive(Clone, Debug, Default)]
pub struct Space {
    pub mapped: BTreeMap<u32, Mapping>,
    pub tables: BTreeSet<u32>,
}

impl Space {
    /// What is mapped at `va`.
    pub fn at(&self, va: u32) -> Option<Mapping> {
        self.mapped.get(&vpn(va)).copied()
    }
}

/// A page's contents.
#[derive(Clone, Debug)]
pub struct Page {
    pub words: Vec<u32>,
    /// The frame that holds it, once that was seen.
    pub frame: Option<Frame>,
    mappings: u32,
}

/// All pages.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    pages: BTreeMap<PageId, Page>,
    next: u32,
}

impl Pages {
    fn new_page(&mut self) -> PageId {
        let id = PageId(self.next);
        self.next += 1;
        let page = Page {
            words: vec![0; PAGE_SIZE as usize / 4],
            frame: None,
            mappings: 0,
        };
        self.pages.insert(id, page);
        id
    }

    /// One mapping less; returns how many frames that frees.
    fn unmap(&mut self, id: PageId) -> usize {
        let page = self.get(id);
        page.mappings -= 1;
        let last = page.mappings == 0;
        if last {
            self.pages.remove(&id);
        }
        last.into()
    }

    /// Lets go of a whole address space but its directory; returns how many frames that frees.
    pub fn release(&mut self, space: Space) -> usize {
        let pages: usize = space
            .mapped
            .values()
            .map(|mapping| self.unmap(mapping.page))
            .sum();
        pages + space.tables.len()
    }

    /// A page that is mapped somewhere.
    pub fn get(&mut self, id: PageId) -> &mut Page {
        self.pages.get_mut(&id).expect("a page that is mapped")
    }

    /// Every page.
    pub fn iter(&self) -> impl Iterator<Item = &Page> {
        self.pages.values()
    }
}

impl Model {
    /// Maps a page of `owner`, a new one if `page` is `None`, with a new table where there is none.
    pub(super) fn map(
        &mut self,
        owner: u32,
        va: u32,
        page: Option<PageId>,
        flags: PteFlags,
    ) -> Result<(), Error> {
        let has_table = self.env(owner).space.tables.contains(&pdx(va));
        let needed = usize::from(!has_table) + usize::from(page.is_none());
        self.available().checked_sub(needed).ok_or(Error::NoMem)?;
        self.free -= needed;
        let page = page.unwrap_or_else(|| self.pages.new_page());
        self.pages.get(page).mappings += 1;
        let space = &mut self.env(owner).space;
        space.tables.insert(pdx(va));
        let old = space.mapped.insert(vpn(va), Mapping { page, flags });
        self.free += old.map_or(0, |old| self.pages.unmap(old.page));
        Ok(())
    }

    /// Unmaps `va` of `owner`, if something is there.
    pub(super) fn unmap(&mut self, owner: u32, va: u32) {
        let old = self.env(owner).space.mapped.remove(&vpn(va));
        self.free += old.map_or(0, |old| self.pages.unmap(old.page));
    }

    /// Maps a page with these contents for a program that boot starts.
    pub fn preload(&mut self, owner: u32, va: u32, flags: PteFlags, words: &[u32]) {
        self.map(owner, va, None, flags)
            .expect("the kernel had room");
        for (va, &word) in (va..).step_by(4).zip(words) {
            *self.word(owner, va).expect("mapped") = word;
        }
    }

    /// The word at `va` of `owner`, if something is mapped there.
    pub fn word(&mut self, owner: u32, va: u32) -> Option<&mut u32> {
        let mapping = self.env(owner).space.at(va)?;
        let words = &mut self.pages.get(mapping.page).words;
        words.get_mut((va % PAGE_SIZE / 4) as usize)
    }
}
