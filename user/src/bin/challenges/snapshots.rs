//! Snapshots of a child, and going back to them.

use core::hint::black_box;

use libos::{
    EnvStatus, Error, Fault, Fork, PteFlags, Snapshot, Window, Word, dumbfork, env, fork, probe,
    set_pgfault_handler, view, window,
};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::challenges::{in_a_child, left};
use mos_user::check::{Check, until, until_it_ends};

/// Shared by parent and child: where each is.
const NOTES: Window = Window::new(HOARD - 1);
const READY: usize = 0;
const STAGE: usize = 1;
const DONE: usize = 2;
/// How often the first handler was called, and the second one.
const HANDLED: usize = 3;
/// A word that the child changes.
const WORD: usize = 5;

/// The child's own.
const PRIVATE: Window = Window::new(1001);
/// The same page at a second address.
const ALIAS: Window = Window::new(1002);
/// A page that it gives back after the snapshot, and one that it takes.
const GIVEN: Window = Window::new(1003);
const TAKEN: Window = Window::new(1004);
/// A page that it may not write, until its handler puts another there.
const FIXED: Window = Window::new(1005);
/// A page that is copy-on-write at the snapshot.
const LATER: Window = Window::new(1006);

static STATIC: Word = Word::new(0);

/// Goes back twice, and says what it finds.
pub fn amnesia(mut check: Check) -> Result<(), Error> {
    in_a_child(|| Ok(()))?;
    let before = left();
    in_a_child(|| parent(check.clone()))?;
    step!(check, "nothing is left of all that");
    saw!(
        check,
        "whether there are as many environments and free pages as before",
        left() == before
    );
    Ok(())
}

fn parent(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    LATER.alloc(window::PRIVATE)?;
    LATER.write(0, check.lots.any());
    let words = [(); 4].map(|()| check.lots.any());
    let child = match fork()? {
        Fork::Child => {
            subject(check, words)?;
            env::exit()
        }
        Fork::Parent(child) => child,
    };
    until(|| NOTES.read(READY) != 0);
    let snapshot = Snapshot::take(child)?;
    for stage in 1..=3 {
        if stage > 1 {
            snapshot.restore(child)?;
        }
        NOTES.write(STAGE, stage);
        env::set_status(child, EnvStatus::Runnable)?;
        until(|| NOTES.read(DONE) == stage);
    }
    NOTES.write(STAGE, 4);
    until_it_ends(child);
    step!(check, "what it has forgotten, others have not");
    saw!(
        check,
        "the shared words",
        [HANDLED, HANDLED + 1, WORD].map(|n| NOTES.read(n))
    );
    Ok(())
}

/// The child whose past comes back.
fn subject(mut check: Check, [word, other, third, fourth]: [u32; 4]) -> Result<(), Error> {
    let mut on_the_stack = [word; 8];
    black_box(&mut on_the_stack);
    PRIVATE.alloc(window::PRIVATE)?;
    PRIVATE.write(1, other);
    let alias = [
        0,
        PRIVATE.address(),
        0,
        ALIAS.address(),
        window::PRIVATE.bits(),
    ];
    probe::call(Sysno::MemMap, alias)?;
    GIVEN.alloc(window::PRIVATE)?;
    GIVEN.write(2, third);
    FIXED.alloc(window::READ_ONLY)?;
    STATIC.set(fourth);
    set_pgfault_handler(first)?;
    NOTES.write(READY, 1);
    until(|| NOTES.read(STAGE) != 0);
    // Where it comes back to.
    let stage = NOTES.read(STAGE);
    match stage {
        1 => step!(check, "at first it has what it had"),
        2 => step!(check, "it has that again"),
        _ => step!(check, "and once more"),
    }
    let stack = *black_box(&on_the_stack);
    saw!(
        check,
        "words of the stack, of pages, and a variable",
        (
            stack[stage as usize],
            PRIVATE.read(1),
            ALIAS.read(1),
            GIVEN.read(2),
            LATER.read(0),
            STATIC.get()
        )
    );
    saw!(check, "how its windows are mapped", flags());
    let same = [PRIVATE, ALIAS].map(|window| window.frame());
    saw!(
        check,
        "whether two addresses are one page",
        same[0] == same[1]
    );
    saw!(check, "what it shares", NOTES.read(WORD));
    FIXED.write(0, stage);
    saw!(
        check,
        "calls of its handlers",
        [0, 1].map(|n| NOTES.read(HANDLED + n))
    );
    // All of this it is to forget.
    on_the_stack = [stage; 8];
    black_box(&mut on_the_stack);
    ALIAS.write(1, stage);
    GIVEN.unmap();
    TAKEN.alloc(window::SHARED)?;
    LATER.write(0, stage);
    STATIC.set(stage);
    NOTES.write(WORD, NOTES.read(WORD) + 7);
    set_pgfault_handler(second)?;
    FIXED.alloc(window::READ_ONLY)?;
    FIXED.write(0, stage);
    NOTES.write(DONE, stage);
    until(|| NOTES.read(STAGE) != stage);
    step!(check, "what comes last stays");
    saw!(
        check,
        "words of pages, and a variable",
        (PRIVATE.read(1), LATER.read(0), STATIC.get())
    );
    saw!(check, "how its windows are mapped", flags());
    Ok(())
}

fn flags() -> [Option<PteFlags>; 7] {
    [NOTES, PRIVATE, ALIAS, GIVEN, TAKEN, FIXED, LATER].map(|window| window.flags())
}

fn first(fault: Fault) {
    note(0, fault);
}

fn second(fault: Fault) {
    note(1, fault);
}

fn note(handler: usize, fault: Fault) {
    NOTES.write(HANDLED + handler, NOTES.read(HANDLED + handler) + 1);
    if Window::containing(fault.va) != Some(FIXED) || FIXED.alloc(window::PRIVATE).is_err() {
        env::exit();
    }
}

/// Windows from this one on are taken until there is no memory left.
const HOARD: usize = 30;
/// Pages that are given back then, so that one can go on and say so.
const AIR: usize = 40;

/// Every snapshot and every way back that lacks memory.
pub fn without_memory(mut check: Check) -> Result<(), Error> {
    in_a_child(|| Ok(()))?;
    let before = left();
    in_a_child(|| scarce(check.clone()))?;
    step!(check, "nothing is lost");
    saw!(
        check,
        "whether there are as many environments and free pages as before",
        left() == before
    );
    Ok(())
}

fn scarce(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    let pages = check.lots.from(5, 20) as usize;
    let word = check.lots.any();
    for n in 0..pages {
        Window::new(n).alloc(window::PRIVATE)?;
        Window::new(n).write(n, word ^ n as u32);
    }
    // So nothing of ours is copied on a write later.
    let child = match dumbfork()? {
        Fork::Child => {
            NOTES.write(READY, 1);
            until(|| NOTES.read(STAGE) == 1);
            let sum = (0..pages).fold(0, |sum: u32, n| sum.rotate_left(3) ^ Window::new(n).read(n));
            step!(
                check,
                "the child is as it was, however often there was no memory"
            );
            saw!(check, "pages, and a word of each, made one", (pages, sum));
            (0..pages).for_each(|n| Window::new(n).unmap());
            NOTES.write(DONE, 1);
            until(|| NOTES.read(STAGE) == 2);
            env::exit()
        }
        Fork::Parent(child) => child,
    };
    until(|| NOTES.read(READY) != 0);
    drop(Snapshot::take(child)?);
    let taken = hoard();
    let (mut spared, mut wrong) = (0, 0);
    let snapshot = loop {
        let free = view::free_frames();
        match Snapshot::take(child) {
            Ok(snapshot) => break snapshot,
            Err(error) => {
                wrong += u32::from(error != Error::NoMem || view::free_frames() != free);
            }
        }
        spared += 1;
        Window::new(HOARD + taken - spared).unmap();
    };
    let ran_out = spared > pages;
    let taken = taken - spared;
    give_back(taken - AIR..taken);
    step!(check, "what lacks memory takes none");
    saw!(
        check,
        "whether there was too little at first, and how often frames were lost or the error was another",
        (ran_out, wrong)
    );
    NOTES.write(STAGE, 1);
    env::set_status(child, EnvStatus::Runnable)?;
    until(|| NOTES.read(DONE) == 1);
    let taken = hoard();
    let result = snapshot.restore(child);
    give_back(0..taken);
    step!(check, "a child that cannot go back ends");
    saw!(
        check,
        "the result, and whether the child is still there",
        (result, env::slot_of(child).is(child))
    );
    again(&mut check, &snapshot, pages)
}

/// The snapshot is still good, for another child.
fn again(check: &mut Check, snapshot: &Snapshot, pages: usize) -> Result<(), Error> {
    NOTES.write(DONE, 0);
    NOTES.write(STAGE, 1);
    let other = probe::child(|_| {}, 0)?;
    snapshot.restore(other)?;
    env::set_status(other, EnvStatus::Runnable)?;
    until(|| NOTES.read(DONE) == 1);
    step!(check, "the snapshot is good for another child");
    saw!(
        check,
        "whether it has done the same, and with how many pages",
        (NOTES.read(DONE), pages)
    );
    NOTES.write(STAGE, 2);
    until_it_ends(other);
    Ok(())
}

/// Takes all memory; how many windows have a page now.
fn hoard() -> usize {
    (0..Window::COUNT - HOARD)
        .find(|&n| {
            let window = Window::new(HOARD + n);
            window.flags().is_none() && window.alloc(window::PRIVATE).is_err()
        })
        .unwrap_or(0)
}

fn give_back(windows: core::ops::Range<usize>) {
    windows.for_each(|n| Window::new(HOARD + n).unmap());
}
