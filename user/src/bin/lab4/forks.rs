//! fork.

use libos::{Error, Fork, Global, Window, env, fork, view, window};
use mos_exam::{Name, saw, step};
use mos_user::check::{Check, frames_since, until, until_it_ends};

/// The last one, behind all that take up memory.
const SHARED: Window = Window::new(Window::COUNT - 1);

static NUMBER: Global<u32> = Global::new(0);

/// Once: two environments with memory of their own.
pub fn fork_once(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let me = env::id();
    let [ours, theirs] = [check.lots.any(), check.lots.any()];
    NUMBER.set(ours);
    let mut on_the_stack = [ours; 40];
    let word = check.lots.from(0, 39) as usize;
    on_the_stack[word] = check.lots.any();
    match fork()? {
        Fork::Child => {
            step!(
                check,
                "the child begins with a copy of everything, and its own id"
            );
            saw!(check, "the global", NUMBER.get());
            saw!(check, "the stack", sum(&on_the_stack));
            let ids = [env::id(), me, env::slot_of(env::id()).parent()];
            saw!(
                check,
                "its id, that of before, and its parent's",
                ids.map(|id| Name(id.0))
            );
            NUMBER.set(theirs);
            on_the_stack[word] = theirs;
            SHARED.write(0, 1);
            until(|| SHARED.read(0) == 2);
            step!(check, "the child does not see what the parent writes");
            saw!(
                check,
                "its global, after the parent changed its own",
                NUMBER.get()
            );
            saw!(check, "its stack", sum(&on_the_stack));
        }
        Fork::Parent(child) => {
            step!(
                check,
                "the parent gets the child's id, and does not see what that writes"
            );
            let slot = env::slot_of(child);
            let ids = [me, child, slot.id(), slot.parent()];
            saw!(
                check,
                "our id, the child's, that of its slot, and its parent's",
                ids.map(|id| Name(id.0))
            );
            until(|| SHARED.read(0) == 1 || !slot.is(child));
            saw!(
                check,
                "our global, after the child changed its own",
                NUMBER.get()
            );
            saw!(check, "our stack", sum(&on_the_stack));
            NUMBER.set(!ours);
            on_the_stack.fill(!theirs);
            SHARED.write(0, 2);
            until_it_ends(child);
            saw!(check, "our global, after we changed it", NUMBER.get());
            saw!(check, "our stack", sum(&on_the_stack));
        }
    }
    Ok(())
}

/// A number that depends on all of `words`.
fn sum(words: &[u32]) -> u32 {
    let words = words.iter();
    words.fold(0, |sum: u32, word| sum.rotate_left(3) ^ word)
}

/// A tree of forks, each node with a number of its own.
pub fn tree(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "each environment of a tree of forks counts for itself"
    );
    SHARED.alloc(window::SHARED)?;
    let height = check.param(0).min(6);
    let root = env::id();
    let mut place = 1;
    NUMBER.set(check.lots.any());
    let mut level = 0;
    'down: while level < height {
        level += 1;
        let mut last = None;
        for branch in 0..2 {
            match fork()? {
                Fork::Child => {
                    place = place * 2 + branch;
                    let number = check.lots.any();
                    NUMBER.with(|n| *n = n.rotate_left(5) ^ number);
                    continue 'down;
                }
                Fork::Parent(child) => last = Some(child),
            }
            // The second child draws something else than the first.
            check.lots.any();
        }
        if let Some(child) = last {
            // The older one may have ended.
            until_it_ends(child);
        }
        break;
    }
    let leaves = (1 << height)..(2 << height);
    if env::id() != root {
        if leaves.contains(&place) {
            SHARED.write(place, NUMBER.get());
        }
        return Ok(());
    }
    until(|| leaves.clone().all(|n| SHARED.read(n) != 0));
    for first in leaves.step_by(4) {
        let four = [0, 1, 2, 3].map(|n| SHARED.read(first + n));
        saw!(check, "what leaves wrote", four);
    }
    saw!(check, "our own number", NUMBER.get());
    saw!(check, "whether our id is that of before", env::id() == root);
    Ok(())
}

/// No frame is lost, and a fork that fails leaves nothing.
pub fn frames(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let page = Window::new(0);
    page.alloc(window::PRIVATE)?;
    once(&mut check, page)?;
    step!(check, "fork and the child's end give back every frame");
    let free = view::free_frames();
    let mut seen = 0_u32;
    for _ in 0..check.param(0) {
        seen = seen.rotate_left(3) ^ once(&mut check, page)?;
    }
    saw!(
        check,
        "frames that are free now and were not",
        frames_since(free)
    );
    saw!(
        check,
        "what was made of all that parent and child read",
        seen
    );

    step!(
        check,
        "a fork without memory leaves no child and no frame behind"
    );
    let mut taken = 1;
    while taken < Window::COUNT - 1 && Window::new(taken).alloc(window::PRIVATE).is_ok() {
        taken += 1;
    }
    let mut spare = |frames: u32| {
        for _ in 0..frames {
            taken = taken.saturating_sub(1).max(1);
            Window::new(taken).unmap();
        }
    };
    // Enough for a child to begin with, not for all of its tables.
    for _ in 0..check.lots.from(3, 6) {
        spare(1);
        try_once(&mut check, page);
    }
    spare(check.lots.from(100, 200));
    try_once(&mut check, page);
    Ok(())
}

/// Forks, and tells what came of it.
fn try_once(check: &mut Check, page: Window) {
    page.write(0, 0);
    let free = view::free_frames();
    let seen = once(check, page);
    saw!(
        check,
        "what fork returns, or else what parent and child read",
        seen
    );
    saw!(
        check,
        "frames that are free now and were not",
        frames_since(free)
    );
    let others = env::all().filter(|slot| slot.id() != env::id()).count();
    saw!(check, "other environments", others);
}

/// Parent and child store to `page`; what is made of what both read then.
fn once(check: &mut Check, page: Window) -> Result<u32, Error> {
    let [ours, theirs] = [check.lots.any(), check.lots.any()];
    page.write(0, ours);
    match fork()? {
        Fork::Child => {
            let inherited = page.read(0);
            page.write(0, theirs);
            SHARED.write(0, page.read(0) ^ inherited.rotate_left(1));
            env::exit()
        }
        Fork::Parent(child) => {
            page.write(0, !ours);
            until_it_ends(child);
            Ok(SHARED.read(0) ^ page.read(0).rotate_left(2))
        }
    }
}
