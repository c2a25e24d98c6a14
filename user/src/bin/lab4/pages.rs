//! What fork makes of pages.

use libos::{EnvId, Error, Fork, PteFlags, Window, env, fork, layout, view, window, yield_now};
use mos_abi::pte;
use mos_exam::{saw, step};
use mos_user::check::{Check, until, until_it_ends};

const SHARED: Window = Window::new(1000);
const STACK: u32 = layout::UXSTACKTOP - layout::PAGE_SIZE;

/// Pages of [`kinds`].
const PAGES: usize = 8;

/// Each kind of page, and the exception stack.
pub fn kinds(mut check: Check) -> Result<(), Error> {
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
    let base = check.lots.from(0, 900) as usize;
    let index = check.lots.from(0, 1023) as usize;
    let page = |n: usize| Window::new(base + n);
    let mut frames = [None; PAGES];
    for (n, flags) in kinds.into_iter().enumerate() {
        page(n).alloc(window::PRIVATE)?;
        page(n).write(index, check.lots.any());
        page(n).map(EnvId::SELF, flags)?;
        frames[n] = page(n).frame();
    }
    let stores = |flags: PteFlags| flags.contains(PteFlags::R) && !flags.contains(PteFlags::D);
    match fork()? {
        Fork::Child => {
            step!(check, "the child has the same frames, with the right flags");
            for (n, flags) in kinds.into_iter().enumerate() {
                let is_same = page(n).frame() == frames[n];
                let seen = (flags, page(n).flags(), page(n).read(index), is_same);
                saw!(
                    check,
                    "flags before, in the child, contents, and whether its frame is that of before",
                    seen
                );
            }
            step!(check, "the child has an exception stack that it can write");
            let slot = env::slot_of(env::id());
            saw!(check, "flags of its page", view::page_flags(STACK));
            saw!(check, "its top", slot.xstacktop());
            for (n, flags) in kinds.into_iter().enumerate() {
                if stores(flags) {
                    page(n).write(index, check.lots.any());
                    saw!(check, "what we stored to a page", page(n).read(index));
                }
            }
        }
        Fork::Parent(child) => {
            let frame = pte::ppn(view::vpt(STACK));
            let names = view::pp_ref(frame);
            until_it_ends(child);
            step!(
                check,
                "the parent's pages are marked too, but not its exception stack"
            );
            for (n, flags) in kinds.into_iter().enumerate() {
                let is_same = page(n).frame() == frames[n];
                let seen = (flags, page(n).flags(), page(n).read(index), is_same);
                saw!(
                    check,
                    "flags before, after fork, contents, and whether its frame is that of before",
                    seen
                );
            }
            saw!(
                check,
                "names and flags of our exception stack",
                (names, view::page_flags(STACK))
            );
        }
    }
    Ok(())
}

/// At most so many children of [`cow_again`].
const CHILDREN: usize = 16;

/// Pages that are copy-on-write already when they are forked once more.
pub fn cow_again(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let page = Window::new(check.lots.from(0, 900) as usize);
    let index = check.lots.from(0, 1022) as usize;
    page.alloc(window::PRIVATE)?;
    page.write(index, check.lots.any());
    let children = (check.param(0) as usize).min(CHILDREN);
    // What a child reads at first, and after it has stored something itself; 1 once both are there.
    let report = |child: usize| [0, 1, 2].map(|n| 1 + child * 3 + n);
    for child in 0..children {
        let number = check.lots.any();
        if fork()? == Fork::Child {
            until(|| SHARED.read(0) != 0);
            let [first, second, done] = report(child);
            SHARED.write(first, page.read(index));
            page.write(index, number);
            yield_now();
            SHARED.write(second, page.read(index));
            SHARED.write(done, 1);
            return Ok(());
        }
    }
    step!(check, "no store is seen by another child of the same page");
    saw!(check, "flags of the page", page.flags());
    page.write(index, check.lots.any());
    SHARED.write(0, 1);
    for child in 0..children {
        let [first, second, done] = report(child);
        until(|| SHARED.read(done) != 0);
        saw!(
            check,
            "what a child reads after our store, and after its own",
            (SHARED.read(first), SHARED.read(second))
        );
    }
    saw!(check, "what we read in the end", page.read(index));

    // In the child, the page is copy-on-write from its birth.
    let go = 1 + CHILDREN * 3;
    page.write(index + 1, check.lots.any());
    match fork()? {
        Fork::Child => match fork()? {
            Fork::Child => {
                step!(check, "nor by a grandchild");
                until(|| SHARED.read(go) != 0);
                saw!(
                    check,
                    "what a grandchild reads after its parent's store",
                    (page.read(index), page.read(index + 1))
                );
            }
            Fork::Parent(grandchild) => {
                page.write(index, check.lots.any());
                page.write(index + 1, check.lots.any());
                SHARED.write(go, 1);
                until_it_ends(grandchild);
            }
        },
        Fork::Parent(child) => {
            until_it_ends(child);
        }
    }
    Ok(())
}
