//! fork.

use libos::{Error, Fork, Global, Window, env, fork, view, window, yield_now};
use mos_user::check::Check;

const SHARED: Window = Window::new(1000);

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
