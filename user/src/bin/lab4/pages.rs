//! What fork makes of pages.

use libos::{Error, Fork, PteFlags, Window, env, fork, layout, view, window, yield_now};
use mos_user::check::Check;

const SHARED: Window = Window::new(1000);
const STACK: u32 = layout::UXSTACKTOP - layout::PAGE_SIZE;

/// Each kind of page, and the exception stack.
pub fn kinds(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let base = check.lots.from(0, 900) as usize;
    let kinds = [
        window::PRIVATE,
        window::READ_ONLY,
        window::SHARED,
        window::PRIVATE | PteFlags::D,
    ];
    let page = |n: usize| Window::new(base + n);
    let mut frames = [None; 4];
    for (n, flags) in kinds.into_iter().enumerate() {
        page(n).alloc(flags)?;
        frames[n] = page(n).frame();
    }
    let in_child = [
        window::COPY_ON_WRITE,
        window::READ_ONLY,
        window::SHARED,
        window::COPY_ON_WRITE | PteFlags::D,
    ];
    match fork()? {
        Fork::Child => {
            for (n, flags) in in_child.into_iter().enumerate() {
                check.same("flags in the child", page(n).flags(), Some(flags));
                check.same("frame in the child", page(n).frame(), frames[n]);
            }
            check.ok("the child has the same frames, with the right flags");
            let stack = view::page_flags(STACK);
            check.same("exception stack", stack, Some(window::PRIVATE));
            check.ok("the child has an exception stack that it can write");
            let slot = env::slot_of(env::id());
            check.same("top of it", slot.xstacktop(), layout::UXSTACKTOP);
            page(2).write(0, 5);
            page(0).write(0, 6);
        }
        Fork::Parent(child) => {
            let frame = mos_abi::pte::ppn(view::vpt(STACK));
            check.same("names of our exception stack", view::pp_ref(frame), 1);
            env::wait(child);
            for (n, flags) in in_child.into_iter().enumerate() {
                check.same("flags in the parent", page(n).flags(), Some(flags));
                check.same("frame in the parent", page(n).frame(), frames[n]);
            }
            check.same("the shared page", page(2).read(0), 5);
            check.same("the private page", page(0).read(0), 0);
            check.same(
                "our exception stack",
                view::page_flags(STACK),
                Some(window::PRIVATE),
            );
            check.ok("the parent's pages are marked too, but not its exception stack");
        }
    }
    Ok(())
}

/// Pages that are copy-on-write already when they are forked once more.
pub fn cow_again(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let page = Window::new(check.lots.from(0, 900) as usize);
    page.alloc(window::PRIVATE)?;
    let old = check.lots.any();
    page.write(11, old);
    let children = check.param(0);
    for n in 0..children {
        if fork()? == Fork::Child {
            while SHARED.read(0) == 0 {
                yield_now();
            }
            check.same("what a child reads", page.read(11), old);
            page.write(11, n);
            yield_now();
            check.same("what it wrote itself", page.read(11), n);
            SHARED.write(1 + n as usize, 1);
            return Ok(());
        }
    }
    check.same("flags", page.flags(), Some(window::COPY_ON_WRITE));
    page.write(11, !old);
    SHARED.write(0, 1);
    let mut patience = 2000;
    while (1..=children as usize).any(|n| SHARED.read(n) == 0) && patience > 0 {
        yield_now();
        patience -= 1;
    }
    check.holds("all children saw what they should", patience > 0);
    check.same("what we wrote", page.read(11), !old);
    check.ok("no store is seen by another child of the same page");

    // In the child, the page is copy-on-write from its birth.
    page.write(12, old);
    match fork()? {
        Fork::Child => match fork()? {
            Fork::Child => {
                while SHARED.read(20) == 0 {
                    yield_now();
                }
                check.same("what a grandchild reads", page.read(12), old);
                check.ok("nor by a grandchild");
            }
            Fork::Parent(grandchild) => {
                page.write(12, 1);
                SHARED.write(20, 1);
                env::wait(grandchild);
            }
        },
        Fork::Parent(child) => env::wait(child),
    }
    Ok(())
}
