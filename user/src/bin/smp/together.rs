//! Programs that run at the same time.

use core::hint::black_box;

use libos::{Error, Window, env, probe, window, yield_now};
use mos_exam::{saw, step};
use mos_user::check::Check;

use crate::family::{self, get, nap, set, spin_until, until_it_ends};

/// CPUs that the machine has.
const CPUS: usize = 4;
/// How often they wait for each other.
const ROUNDS: u32 = 5;
/// Environments that compute, and how often each does.
const WORKERS: usize = 7;
const TURNS: u32 = 12;
/// Where the common page has what each has for all others, in each round.
const WORDS: usize = 2 * CPUS;

/// Each waits in user mode for all others, and nobody loses the CPU meanwhile.
pub fn together(mut check: Check) -> Result<(), Error> {
    step!(check, "as many run at the same time as there are CPUs");
    family::begin()?;
    let words: [u32; CPUS] = core::array::from_fn(|_| check.lots.any());
    let place = |round: u32, of: usize| WORDS + CPUS * round as usize + of;
    let meet = |me: usize| {
        let mut met = 0_u32;
        for round in 1..=ROUNDS {
            set(place(round, me), words[me].rotate_left(round));
            set(me, round);
            if !spin_until(|| (0..CPUS).all(|other| get(other) >= round)) {
                break;
            }
            let told = (0..CPUS).map(|other| get(place(round, other)));
            met = told.fold(met, |met, word| met.rotate_left(1) ^ word);
        }
        set(CPUS + me, met);
    };
    let mut children = [env::id(); CPUS];
    for (me, child) in children.iter_mut().enumerate().skip(1) {
        *child = family::child(|| {
            meet(me);
            Ok(())
        })?;
    }
    meet(0);
    let ended = children[1..].iter().all(|&child| until_it_ends(child));
    saw!(check, "whether all others have ended", ended);
    for me in 0..CPUS {
        saw!(
            check,
            "what all have told one, each time that they met",
            get(CPUS + me)
        );
    }
    Ok(())
}

/// More than there are CPUs, which lose theirs all the time.
pub fn registers(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "each keeps its registers, amid ticks and calls of others"
    );
    family::begin()?;
    let spins = check.lots.from(300, 700);
    let word = check.lots.any();
    let mut children = [env::id(); WORKERS];
    for (me, child) in children.iter_mut().enumerate() {
        *child = family::child(|| {
            Window::new(1).alloc(window::PRIVATE)?;
            for turn in 0..TURNS {
                let kept = probe::registers_survive_spin(spins).is_ok();
                yield_now();
                let refilled = probe::registers_survive_refill(Window::new(1)).is_ok();
                let itself = env::slot_of(env::id()).is(env::id());
                if kept && refilled && itself {
                    set(me, get(me).rotate_left(1) ^ word ^ turn);
                }
            }
            Ok(())
        })?;
    }
    let ended = children.iter().all(|&child| until_it_ends(child));
    saw!(check, "whether all have ended", ended);
    for me in 0..WORKERS {
        saw!(
            check,
            "what one has made of its word, whenever it had what it had before",
            get(me)
        );
    }
    Ok(())
}

/// Loops, more than there are CPUs.
pub fn shares(mut check: Check) -> Result<(), Error> {
    step!(check, "who works by turns has its share, on whatever CPU");
    family::begin()?;
    let due = check.lots.from(14, 18);
    let all = due * WORKERS as u32;
    let word = check.lots.any();
    let mut children = [env::id(); WORKERS];
    for (me, child) in children.iter_mut().enumerate() {
        *child = family::child(|| {
            set(me, word.rotate_left(me as u32));
            let mut work = 0_u32;
            loop {
                work = black_box(work).wrapping_add(1);
            }
        })?;
    }
    let runs = |id| env::slot_of(id).runs();
    let before = children.map(runs);
    let had = || {
        let had = children.iter().zip(&before);
        had.map(|(&child, &before)| runs(child).wrapping_sub(before))
    };
    while had().sum::<u32>() < all {
        nap(2);
    }
    let uneven = had().filter(|&had| had < due / 2 || had > due * 2);
    saw!(
        check,
        "turns that are one's share, and how many had less than half of them, or twice as many",
        (due, uneven.count())
    );
    let told = (0..WORKERS).fold(0, |told, other| told ^ get(other));
    saw!(
        check,
        "what each has told at its first turn, together",
        told
    );
    for child in children {
        env::destroy(child)?;
    }
    let ended = children.iter().all(|&child| until_it_ends(child));
    saw!(check, "whether all have ended", ended);
    Ok(())
}
