//! Environments that fork, map, unmap, share, send, fault and destroy at random, meant for several CPUs: docs/smp.md.
//!
//! Each round has a seed, which is printed. The first one's is the program's first argument, and how many there are its second.
//! After each round all environments have ended, and as many frames are free as before.

#![no_std]
#![forbid(unsafe_code)]

mod chance;
mod child;
mod page;
mod worker;

use chance::Chance;
use libos::{EnvId, Error, Fork, args, env, fork, println, view, yield_now};

/// Environments that are at it at the same time, each with children of its own. More than there are CPUs.
const WORKERS: usize = 6;
/// Rounds, if nobody says how many.
const ROUNDS: u32 = 1;
/// How often is looked, and way given, until frames of those who have ended are free.
const PATIENCE: u32 = 10_000;

fn main() -> Result<(), Error> {
    let number = |n| args().nth(n).and_then(|text| text.parse().ok());
    let (first, rounds) = (number(1).unwrap_or(1), number(2).unwrap_or(ROUNDS));
    // What a first fork leaves (an exception stack, page tables) stays.
    round(0, 0)?;
    for seed in (first..).take(rounds as usize) {
        println!("smptorture: seed {seed}");
        round(seed, worker::STEPS)?;
    }
    println!("smptorture: all is as before");
    Ok(())
}

/// So many steps of each worker.
fn round(seed: u32, steps: u32) -> Result<(), Error> {
    let before = left();
    let mut chance = Chance::new(seed);
    let mut workers = [EnvId::SELF; WORKERS];
    for (n, worker) in workers.iter_mut().enumerate() {
        let seed = chance.any();
        match fork()? {
            Fork::Child => {
                worker::work(n as u32, Chance::new(seed), steps)?;
                env::exit()
            }
            Fork::Parent(id) => *worker = id,
        }
    }
    workers.iter().for_each(|&worker| env::wait(worker));
    // What is left of those who have ended goes by and by.
    for _ in 0..PATIENCE {
        if left() == before {
            return Ok(());
        }
        yield_now();
    }
    if steps != 0 {
        let after = left();
        println!("smptorture: wrong: {before:?} environments and frames before, {after:?} after");
        return Err(Error::Unspecified);
    }
    Ok(())
}

/// How many environments there are, and how many frames are free.
fn left() -> (usize, u32) {
    (env::all().count(), view::free_frames())
}
