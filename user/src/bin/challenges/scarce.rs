//! fork and its family where there is too little memory: an error comes, and nothing is lost.

use libos::{
    EnvId, Error, Fork, Window, batch_fork, dumbfork, env, fork, quick_fork, sfork, view, window,
    yield_now,
};
use mos_exam::{saw, step};
use mos_user::challenges::{in_a_child, left};
use mos_user::check::{Check, until_it_ends};

/// Shared by everybody: how many pages the miser is to give back, how many it has given back, whether it has any, and a word.
const NOTES: Window = Window::new(0);
const WANTED: usize = 0;
const GIVEN: usize = 1;
const READY: usize = 2;
const WORD: usize = 3;
/// A page of our own.
const PAGE: Window = Window::new(1);
/// The miser's are from here on.
const HOARD: usize = 1024;
/// Pages for what a child stores when it begins.
const AIR: u32 = 16;

/// A way to make a child.
type Way = fn() -> Result<Fork, Error>;

const WAYS: [Way; 5] = [sfork, dumbfork, fork, quick_fork, batch_fork];

/// Each way, with a page more each time until there are enough.
pub fn scarce(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    in_a_child(|| Ok(()))?;
    let before = left();
    let words = WAYS.map(|_| check.lots.any());
    step!(
        check,
        "an error comes as long as there is too little, and takes nothing"
    );
    for (way, word) in WAYS.into_iter().zip(words) {
        in_a_child(|| tries(&check, way, word, true))?;
    }
    let word = check.lots.any();
    in_a_child(|| tries(&check, sfork, word, false))?;
    step!(
        check,
        "who could not share its memory shares it with nobody"
    );
    let [word, other] = [(); 2].map(|()| check.lots.any());
    in_a_child(|| alone(&check, word, other))?;
    step!(check, "nothing is left of all that");
    saw!(
        check,
        "whether there are as many environments and free pages as before",
        left() == before
    );
    Ok(())
}

/// Until there is a child. If all pages are to be `our_own`, there is one before, where there is enough memory; else what is
/// copied because it is to be shared takes some.
fn tries(check: &Check, way: Way, word: u32, our_own: bool) -> Result<(), Error> {
    PAGE.alloc(window::PRIVATE)?;
    PAGE.write(5, word);
    if our_own {
        match way()? {
            Fork::Parent(child) => _ = until_it_ends(child),
            Fork::Child => env::exit(),
        }
    }
    let miser = hoard()?;
    let (mut failures, mut wrong) = (0, 0);
    let child = loop {
        let free = view::free_frames();
        match way() {
            Ok(Fork::Parent(child)) => break child,
            Ok(Fork::Child) => {
                NOTES.write(WORD, !PAGE.read(5));
                env::exit()
            }
            Err(error) => {
                let lost = our_own && view::free_frames() != free;
                wrong += u32::from(error != Error::NoMem || lost);
            }
        }
        failures += 1;
        give_back(failures);
    };
    give_back(failures + AIR);
    until_it_ends(child);
    env::destroy(miser)?;
    saw!(
        check,
        "whether there was too little at first, how often pages were lost or the error was another, and a child's word",
        (failures > 2, wrong, NOTES.read(WORD))
    );
    Ok(())
}

fn alone(check: &Check, word: u32, other: u32) -> Result<(), Error> {
    PAGE.alloc(window::PRIVATE)?;
    PAGE.write(5, word);
    let miser = hoard()?;
    let failed = sfork();
    env::destroy(miser)?;
    let Fork::Parent(child) = fork()? else {
        PAGE.write(5, other);
        NOTES.write(WORD, PAGE.read(5));
        env::exit()
    };
    until_it_ends(child);
    saw!(
        check,
        "how sfork ended, what a child of fork has written into a page, and what we have there",
        (failed == Err(Error::NoMem), NOTES.read(WORD), PAGE.read(5))
    );
    Ok(())
}

/// A child that has all free pages, and gives back as many as it is told. We share nothing with it that is to be copied on a
/// write: there would be no memory for that.
fn hoard() -> Result<EnvId, Error> {
    for word in [WANTED, GIVEN, READY] {
        NOTES.write(word, 0);
    }
    let Fork::Parent(miser) = dumbfork()? else {
        let window = |n: u32| Window::new(HOARD + n as usize);
        let mut taken = 0;
        while window(taken).alloc(window::PRIVATE).is_ok() {
            taken += 1;
        }
        NOTES.write(READY, 1);
        loop {
            let given = NOTES.read(GIVEN);
            if given < NOTES.read(WANTED).min(taken) {
                window(given).unmap();
                NOTES.write(GIVEN, given + 1);
            } else {
                yield_now();
            }
        }
    };
    while NOTES.read(READY) == 0 {
        yield_now();
    }
    Ok(miser)
}

/// Has the miser give back so many pages in all.
fn give_back(pages: u32) {
    NOTES.write(WANTED, pages);
    while NOTES.read(GIVEN) < pages {
        yield_now();
    }
}
