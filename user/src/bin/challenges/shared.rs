//! sfork: what is shared, and with whom.

use core::hint::black_box;

use libos::{Error, Fork, Window, Word, env, fork, set_pgfault_handler, sfork, window};
use mos_exam::{saw, step};
use mos_user::check::{Check, until, until_it_ends};

/// Shared by everybody; word `n` says that moment `n` has come.
const MOMENTS: Window = Window::new(1000);
const PAGE: Window = Window::new(1001);

static WORD: Word = Word::new(0);

/// Brings a moment about.
fn now(moment: usize) {
    MOMENTS.write(moment, 1);
}

/// Waits for one.
fn wait(moment: usize) {
    until(|| MOMENTS.read(moment) != 0);
}

fn begin() -> Result<(), Error> {
    MOMENTS.alloc(window::SHARED)?;
    PAGE.alloc(window::PRIVATE)
}

/// Words on the stack.
const DEEP: usize = 3000;

/// What one writes, the other sees; but not on the stack.
pub fn memory(mut check: Check) -> Result<(), Error> {
    begin()?;
    let at = check.lots.from(0, 1023) as usize;
    let words = [(); 4].map(|()| check.lots.any());
    // Several pages of it: the one that is in use now is no more its own than the others.
    let mut on_the_stack = [words[0]; DEEP];
    let place = Window::WORDS + at;
    WORD.set(words[0]);
    match sfork()? {
        Fork::Child => {
            wait(0);
            step!(
                check,
                "the child sees what the parent writes, but not on the stack"
            );
            saw!(
                check,
                "a word, and one in a window",
                [WORD.get(), PAGE.read(at)]
            );
            saw!(check, "the stack", black_box(&on_the_stack)[place]);
            WORD.set(words[2]);
            PAGE.write(at, !words[2]);
            black_box(&mut on_the_stack)[place] = words[2];
            now(1);
            wait(2);
            saw!(
                check,
                "the stack, after the parent has written again",
                black_box(&on_the_stack)[place]
            );
        }
        Fork::Parent(child) => {
            WORD.set(words[1]);
            PAGE.write(at, !words[1]);
            black_box(&mut on_the_stack)[place] = words[1];
            now(0);
            wait(1);
            step!(
                check,
                "the parent sees what the child writes, but not on the stack"
            );
            saw!(
                check,
                "a word, and one in a window",
                [WORD.get(), PAGE.read(at)]
            );
            saw!(check, "the stack", black_box(&on_the_stack)[place]);
            black_box(&mut on_the_stack)[place] = words[3];
            now(2);
            until_it_ends(child);
        }
    }
    Ok(())
}

/// Children of `fork`, from before and from after, are none of the family.
pub fn strangers(mut check: Check) -> Result<(), Error> {
    begin()?;
    let at = check.lots.from(0, 1023) as usize;
    let words = [(); 4].map(|()| check.lots.any());
    let seen = || [WORD.get(), PAGE.read(at)];
    let put = |word: u32| {
        WORD.set(word);
        PAGE.write(at, !word);
    };
    put(words[0]);
    let Fork::Parent(before) = fork()? else {
        wait(0);
        step!(check, "a child that was there before keeps what it had");
        saw!(check, "a word, and one in a window", seen());
        return Ok(());
    };
    // Nobody has written since: what is shared now is copy-on-write.
    let Fork::Parent(child) = sfork()? else {
        put(words[1]);
        now(0);
        wait(1);
        step!(check, "the family shares its memory still");
        saw!(check, "a word, and one in a window", seen());
        if let Fork::Parent(nephew) = fork()? {
            until_it_ends(nephew);
            put(!words[0]);
            now(2);
        } else {
            put(words[0]);
        }
        return Ok(());
    };
    wait(0);
    until_it_ends(before);
    set_pgfault_handler(|_| env::exit())?;
    let Fork::Parent(after) = fork()? else {
        step!(
            check,
            "a child of fork has memory of its own, with what the family had"
        );
        saw!(check, "a word, and one in a window", seen());
        put(words[2]);
        saw!(check, "the same, after a write", seen());
        return Ok(());
    };
    until_it_ends(after);
    step!(
        check,
        "the family does not see what the child of fork writes"
    );
    saw!(check, "a word, and one in a window", seen());
    put(words[3]);
    now(1);
    wait(2);
    step!(check, "so it does when the child has forked, too");
    saw!(check, "a word, and one in a window", seen());
    until_it_ends(child);
    Ok(())
}
