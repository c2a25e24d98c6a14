//! Children that run on another CPU when something is done to them.

use libos::{EnvStatus, Error, env, view};
use mos_exam::{saw, step};
use mos_user::check::{Check, frames_since};

use crate::family::{self, get, moves, set, stands_still, until_it_ends};

/// How often it is done.
const ROUNDS: u32 = 6;
/// What a child counts.
const COUNT: usize = 1;
/// The word that it has.
const WORD: usize = 2;

/// Tells its word, and counts for ever, without a call.
fn count(word: u32) -> Result<(), Error> {
    set(WORD, word);
    loop {
        set(COUNT, get(COUNT).wrapping_add(1));
    }
}

/// It is ended.
pub fn ended(mut check: Check) -> Result<(), Error> {
    family::begin()?;
    // What a first child leaves, stays.
    until_it_ends(family::child(|| Ok(()))?);
    let free = view::free_frames();
    for _ in 0..ROUNDS {
        set(COUNT, check.lots.any());
        let word = check.lots.any();
        let child = family::child(|| count(word))?;
        step!(check, "a child runs while its parent does");
        let runs = moves(|| get(COUNT));
        saw!(check, "whether it runs, and its word", (runs, get(WORD)));
        step!(
            check,
            "who is ended is off its CPU when the call comes back"
        );
        saw!(check, "ending it", env::destroy(child));
        saw!(
            check,
            "whether it stands still",
            stands_still(|| get(COUNT))
        );
        saw!(check, "whether it is gone", until_it_ends(child));
        saw!(check, "ending it again", env::destroy(child));
    }
    step!(check, "what it had is free");
    saw!(check, "frames that are not free again", frames_since(free));
    Ok(())
}

/// It is stopped, and goes on.
pub fn stopped(mut check: Check) -> Result<(), Error> {
    family::begin()?;
    let word = check.lots.any();
    let child = family::child(|| count(word))?;
    for _ in 0..ROUNDS {
        step!(check, "a child runs while its parent does");
        let runs = moves(|| get(COUNT));
        saw!(check, "whether it runs, and its word", (runs, get(WORD)));
        step!(
            check,
            "who is stopped is off its CPU when the call comes back"
        );
        saw!(
            check,
            "stopping it",
            env::set_status(child, EnvStatus::NotRunnable)
        );
        saw!(
            check,
            "whether it stands still",
            stands_still(|| get(COUNT))
        );
        step!(check, "it goes on where it was");
        let before = get(COUNT);
        saw!(
            check,
            "having it go on",
            env::set_status(child, EnvStatus::Runnable)
        );
        let goes_on = moves(|| get(COUNT));
        saw!(
            check,
            "whether it runs, and counts from where it was",
            (goes_on, get(COUNT).wrapping_sub(before) < 1 << 24)
        );
    }
    saw!(check, "ending it", env::destroy(child));
    Ok(())
}
