//! Has four at work, and asks on which CPUs they are until there was somebody on each of four.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, destroy, env, fork, println, yield_now};

/// How many CPUs there must be, and how many are at work, this program among them.
const CPUS: usize = 4;

fn main() -> Result<(), Error> {
    let mut at_work = [env::id(); CPUS];
    for child in &mut at_work[1..] {
        match fork()? {
            Fork::Child => env::spin(),
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
    at_work[1..].iter().try_for_each(|&child| destroy(child))
}
