//! Busy loops of the same priority get the CPU equally often, and one that gives way is not forgotten.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, env, fork, println, yield_now};

const LOOPS: usize = 4;
const ROUNDS: u32 = 20;

fn main() -> Result<(), Error> {
    let mut loops = [EnvId::SELF; LOOPS];
    for id in &mut loops {
        match fork()? {
            Fork::Parent(child) => *id = child,
            Fork::Child => env::spin(),
        }
    }
    let runs = || loops.iter().map(|&id| env::slot_of(id).runs());
    // All of them have run; from here on they should keep step.
    while runs().any(|n| n == 0) {
        yield_now();
    }
    let (start, mine) = (
        env::slot_of(loops[0]).runs(),
        env::slot_of(env::id()).runs(),
    );
    let mut apart = 0;
    while env::slot_of(loops[0]).runs() < start + ROUNDS {
        yield_now();
        let least = runs().min().unwrap_or(0);
        apart = apart.max(runs().max().unwrap_or(0) - least);
    }
    let mine = env::slot_of(env::id()).runs() - mine;
    for id in loops {
        env::destroy(id)?;
    }
    println!("fairness: {LOOPS} busy loops kept step: {}", apart <= 1);
    println!(
        "fairness: the one that gives way kept step too: {}",
        mine >= ROUNDS
    );
    Ok(())
}
