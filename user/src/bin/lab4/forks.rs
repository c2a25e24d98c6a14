//! fork.

use libos::{Error, Fork, Global, Window, env, fork, window};
use mos_exam::{Name, saw, step};
use mos_user::check::{Check, until, until_it_ends};

const SHARED: Window = Window::new(1000);

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

/// As `until`, where slices are short: what takes a few of them elsewhere takes some hundred.
fn until_at_last(done: impl Fn() -> bool) -> bool {
    (0..20).any(|_| until(&done))
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
            until_at_last(|| !env::slot_of(child).is(child));
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
    until_at_last(|| leaves.clone().all(|n| SHARED.read(n) != 0));
    for first in leaves.step_by(4) {
        let four = [0, 1, 2, 3].map(|n| SHARED.read(first + n));
        saw!(check, "what leaves wrote", four);
    }
    saw!(check, "our own number", NUMBER.get());
    saw!(check, "whether our id is that of before", env::id() == root);
    Ok(())
}
