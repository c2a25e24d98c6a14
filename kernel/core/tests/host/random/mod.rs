//! Random programs: any system call with any arguments, loads, stores, forks and faults, in any order,
//! on a kernel and its model side by side.
//!
//! `MOS_CALLS=n` makes at least n calls instead of 200,000; `MOS_SEED=n` repeats one run.

mod chance;
mod hands;
mod libos;
mod op;
mod tally;
mod world;

use proptest::collection::vec;

use crate::seeds;
use tally::Tally;
use world::World;

/// How many calls are made without `MOS_CALLS`, half of them with few ASIDs and half with many.
const CALLS: u64 = 200_000;

/// Makes at least `calls` calls, in runs with the seeds from `first` on.
fn run<const ASIDS: u32>(name: &str, first: u64) {
    let ops = vec(chance::op(), 200..600);
    let mut tally = Tally::default();
    let case = |seed, tally: &mut Tally| {
        seeds::case(name, seed, &ops, |ops| {
            let mut world = World::<ASIDS>::new(tally);
            ops.iter().for_each(|op| world.step(op));
            world.finish();
        })
    };
    if let Some(seed) = seeds::variable("MOS_SEED") {
        return case(seed, &mut tally);
    }
    let calls = seeds::variable("MOS_CALLS").unwrap_or(CALLS) / 2;
    let start = std::time::Instant::now();
    for seed in first.. {
        case(seed, &mut tally);
        if tally.calls() >= calls {
            println!(
                "{name}, seeds {first} to {seed}, {:?}\n{tally}",
                start.elapsed()
            );
            break;
        }
    }
    tally.assert_useful();
}

#[test]
fn programs_do_what_the_abi_says_with_asids_that_run_out_all_the_time() {
    run::<4>("4 asids", 0);
}

#[test]
fn programs_do_what_the_abi_says_with_the_asids_of_an_r3000() {
    run::<64>("64 asids", 1 << 32);
}
