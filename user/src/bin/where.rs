//! Has four at work, and asks on which CPUs they are until there was somebody on each of four.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, env, fork, println, yield_now};

/// How many CPUs there must be, and how many are at work, this program among them.
const CPUS: usize = 4;

fn main() -> Result<(), Error> {
    let me = env::id();
    let mut at_work = [me; CPUS];
    for child in &mut at_work[1..] {
        match fork()? {
            // Who is ended by somebody else leaves a CPU without work, if only for a moment.
            Fork::Child => return work_until_ended(me),
            Fork::Parent(id) => *child = id,
        }
    }
    let mut seen = 0_u32;
    while seen != (1 << CPUS) - 1 {
        let cpus = at_work.iter().filter_map(|&id| env::slot_of(id).cpu());
        seen |= cpus.fold(0, |seen, cpu| seen | 1 << cpu);
        yield_now();
    }
    println!("where: on each of {CPUS} CPUs");
    Ok(())
}

/// Keeps the CPU busy while `parent` is there.
fn work_until_ended(parent: EnvId) -> Result<(), Error> {
    while env::slot_of(parent).is(parent) {
        core::hint::spin_loop();
    }
    Ok(())
}
