//! fork.

use libos::{Error, Fork, Global, PteFlags, Window, env, fork, layout, view, window, yield_now};
use mos_user::check::Check;

const SHARED: Window = Window::new(1000);
const STACK: u32 = layout::UXSTACKTOP - layout::PAGE_SIZE;

static NUMBER: Global<u32> = Global::new(0);

/// Once: two environments with memory of their own.
pub fn fork_once(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let me = env::id();
    let [ours, theirs] = [check.lots.any(), check.lots.any()];
    NUMBER.set(ours);
    let mut on_the_stack = [ours; 40];
    match fork()? {
        Fork::Child => {
            check.same("the global", NUMBER.get(), ours);
            check.same("the stack", on_the_stack, [ours; 40]);
            check.holds("the id", env::id() != me);
            check.same("the parent", env::slot_of(env::id()).parent(), me);
            check.ok("the child begins with a copy of everything, and its own id");
            NUMBER.set(theirs);
            on_the_stack[7] = theirs;
            SHARED.write(0, 1);
            while SHARED.read(0) != 2 {
                yield_now();
            }
            check.same(
                "the global, after the parent changed it",
                NUMBER.get(),
                theirs,
            );
            check.same("the stack", on_the_stack[7], theirs);
            check.ok("the child does not see what the parent writes");
        }
        Fork::Parent(child) => {
            check.holds(
                "the child's id",
                env::slot_of(child).id() == child && child != me,
            );
            check.same("its parent", env::slot_of(child).parent(), me);
            while SHARED.read(0) != 1 && env::slot_of(child).is(child) {
                yield_now();
            }
            check.same("the global, after the child changed it", NUMBER.get(), ours);
            check.same("the stack", on_the_stack, [ours; 40]);
            NUMBER.set(!ours);
            on_the_stack.fill(!ours);
            SHARED.write(0, 2);
            env::wait(child);
            check.same("our global", NUMBER.get(), !ours);
            check.ok("the parent gets the child's id, and does not see what that writes");
        }
    }
    Ok(())
}

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

/// A tree of forks, each node with a number of its own.
pub fn tree(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let depth = check.param(0);
    let root = env::id();
    NUMBER.set(1);
    for level in 0..depth {
        let mut last = None;
        for branch in 0..2 {
            match fork()? {
                Fork::Child => {
                    NUMBER.with(|n| *n = *n * 2 + branch);
                    last = None;
                    break;
                }
                Fork::Parent(child) => last = Some((child, level)),
            }
        }
        if let Some((child, _)) = last {
            // Both children are ours; the older one may have ended.
            env::wait(child);
            break;
        }
    }
    if env::id() != root {
        let n = NUMBER.get();
        SHARED.write(n as usize, n);
        return Ok(());
    }
    let mut patience = 20_000;
    let leaves = (1 << depth)..(2 << depth);
    while leaves.clone().any(|n| SHARED.read(n) != n as u32) && patience > 0 {
        yield_now();
        patience -= 1;
    }
    for n in leaves {
        check.same("what a leaf wrote", SHARED.read(n), n as u32);
    }
    check.same("our own number", NUMBER.get(), 1);
    check.same("our id", env::id(), root);
    let _ = check.lots.any();
    check.ok("each environment of a tree of forks counts for itself");
    Ok(())
}

/// No frame is lost, and a fork that fails leaves nothing.
pub fn frames(check: Check) -> Result<(), Error> {
    let page = Window::new(0);
    page.alloc(window::PRIVATE)?;
    once(page)?;
    let free = view::free_frames();
    for _ in 0..check.param(0) {
        once(page)?;
    }
    check.same("free frames", view::free_frames(), free);
    check.ok("fork and the child's end give back every frame");

    let mut taken = 1;
    while Window::new(taken).alloc(window::PRIVATE).is_ok() {
        taken += 1;
    }
    // Enough for a child to begin with, not for all of its tables.
    for spare in 0..6 {
        Window::new(taken - 1 - spare).unmap();
        let free = view::free_frames();
        match fork() {
            Err(Error::NoMem) => check.same("free frames", view::free_frames(), free),
            Err(other) => check.same("the error", other, Error::NoMem),
            Ok(Fork::Child) => env::exit(),
            Ok(Fork::Parent(child)) => {
                let last = Window::new(taken - 2 - spare).frame().unwrap_or(0);
                check.same("names of the last page", view::pp_ref(last), 2);
                env::destroy(child)?
            }
        }
        check.same(
            "children",
            env::all().filter(|e| e.id() != env::id()).count(),
            0,
        );
    }
    check.ok("a fork without memory leaves no child and no frame behind");
    Ok(())
}

fn once(page: Window) -> Result<(), Error> {
    page.write(0, 0);
    match fork()? {
        Fork::Child => {
            page.write(0, 1);
            env::exit()
        }
        Fork::Parent(child) => {
            page.write(0, 2);
            env::wait(child);
            Ok(())
        }
    }
}
