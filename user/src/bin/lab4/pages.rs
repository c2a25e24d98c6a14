//! What becomes of each kind of page that a child gets.

use libos::{EnvId, Error, Fork, PteFlags, Window, env, fork, layout, probe, view, window};
use mos_abi::pte;
use mos_exam::{saw, step};
use mos_user::check::{Check, until_it_ends};

use crate::running::{start, twin};

const STACK: u32 = layout::UXSTACKTOP - layout::PAGE_SIZE;

/// How many there are.
const PAGES: usize = 8;

/// Pages of all kinds, and what they were at first.
#[derive(Clone, Copy)]
struct Pages {
    base: usize,
    /// The word that is looked at.
    index: usize,
    kinds: [PteFlags; PAGES],
    frames: [Option<u32>; PAGES],
}

impl Pages {
    fn new(check: &mut Check) -> Result<Self, Error> {
        let mut kinds: [PteFlags; PAGES] = [
            window::PRIVATE,
            window::PRIVATE | PteFlags::D,
            window::READ_ONLY,
            window::READ_ONLY | PteFlags::LIBRARY,
            window::SHARED,
            window::SHARED | PteFlags::D,
            window::COPY_ON_WRITE,
            window::COPY_ON_WRITE | PteFlags::D,
        ];
        check.lots.shuffle(&mut kinds);
        let mut pages = Self {
            base: check.lots.from(0, 900) as usize,
            index: check.lots.from(0, 1023) as usize,
            kinds,
            frames: [None; PAGES],
        };
        for (n, flags) in kinds.into_iter().enumerate() {
            let page = pages.page(n);
            page.alloc(window::PRIVATE)?;
            page.write(pages.index, check.lots.any());
            page.map(EnvId::SELF, flags)?;
            pages.frames[n] = page.frame();
        }
        Ok(pages)
    }

    fn page(&self, n: usize) -> Window {
        Window::new(self.base + n)
    }

    /// What is seen now of page `n`, which had these `flags`.
    fn seen(&self, n: usize, flags: PteFlags) -> (PteFlags, Option<PteFlags>, u32, bool) {
        let page = self.page(n);
        let is_same = page.frame() == self.frames[n];
        (flags, page.flags(), page.read(self.index), is_same)
    }

    /// What the child finds.
    fn in_child(&self, check: &mut Check) {
        step!(check, "the child has the same frames, with the right flags");
        for (n, flags) in self.kinds.into_iter().enumerate() {
            let seen = self.seen(n, flags);
            saw!(
                check,
                "flags before, in the child, contents, and whether its frame is that of before",
                seen
            );
        }
    }

    /// What the child stores.
    fn stores(&self, check: &mut Check) {
        let stores = |flags: PteFlags| flags.contains(PteFlags::R) && !flags.contains(PteFlags::D);
        for (n, flags) in self.kinds.into_iter().enumerate() {
            if stores(flags) {
                self.page(n).write(self.index, check.lots.any());
                let word = self.page(n).read(self.index);
                saw!(check, "what we stored to a page", word);
            }
        }
    }

    /// What the parent has when the child has ended.
    fn in_parent(&self, check: &Check) {
        for (n, flags) in self.kinds.into_iter().enumerate() {
            let seen = self.seen(n, flags);
            saw!(
                check,
                "flags before, flags after, contents, and whether its frame is that of before",
                seen
            );
        }
    }
}

/// Given to a child one by one.
pub fn given(mut check: Check) -> Result<(), Error> {
    let pages = Pages::new(&mut check)?;
    let child = twin(|| {
        let mut check = check.clone();
        probe::expect_faults().ok();
        pages.in_child(&mut check);
        step!(check, "the child stores to a copy, or to what is shared");
        pages.stores(&mut check);
    })?;
    step!(check, "the parent's pages are marked too");
    for (n, flags) in pages.kinds.into_iter().enumerate() {
        let given = probe::duppage(child, pages.page(n).address(), flags);
        saw!(
            check,
            "what duppage says to a page of these flags",
            (flags, given)
        );
    }
    start(child)?;
    until_it_ends(child);
    pages.in_parent(&check);
    Ok(())
}

/// Given by fork, with an exception stack.
pub fn forked(mut check: Check) -> Result<(), Error> {
    let pages = Pages::new(&mut check)?;
    match fork()? {
        Fork::Child => {
            pages.in_child(&mut check);
            step!(check, "the child has an exception stack that it can write");
            let slot = env::slot_of(env::id());
            saw!(check, "flags of its page", view::page_flags(STACK));
            saw!(check, "its top", slot.xstacktop());
            pages.stores(&mut check);
        }
        Fork::Parent(child) => {
            let frame = pte::ppn(view::vpt(STACK));
            let names = view::pp_ref(frame);
            until_it_ends(child);
            step!(
                check,
                "the parent's pages are marked too, but not its exception stack"
            );
            pages.in_parent(&check);
            saw!(
                check,
                "names and flags of our exception stack",
                (names, view::page_flags(STACK))
            );
        }
    }
    Ok(())
}
