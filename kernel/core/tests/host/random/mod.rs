//! Random programs: any system call with any arguments, loads, stores, forks and faults, in any order,
//! on a kernel and its model side by side.
//!
//! `MOS_CALLS=n` makes at least n calls instead of 200,000; `MOS_SEED=n` repeats one run.

mod amid;
mod chance;
mod hands;
mod libos;
mod op;
mod tally;
mod world;

use mos_abi::NENV;
use mos_core::env::rule::{Lottery, Mos, Priority, Stride};
use proptest::collection::vec;

use crate::model::Ruled;
use crate::seeds;
use tally::Tally;
use world::World;

/// How many calls are made without `MOS_CALLS`.
const CALLS: u64 = 200_000;

/// A population of random programs.
struct Population {
    name: &'static str,
    /// Seed of the first run; the others count on from there.
    first_seed: u64,
    /// It makes one in so many of all calls.
    share: u64,
    /// Children that the first program has and never starts.
    children: u32,
    /// Panics where what they did was too little.
    is_useful: fn(&Tally),
}

impl Population {
    /// Runs as many as make their share of the calls.
    fn run<const ASIDS: u32, R: Ruled>(&self) {
        let ops = vec(chance::op(), 200..600);
        let mut tally = Tally::default();
        let case = |seed, tally: &mut Tally| {
            seeds::case(self.name, seed, &ops, |ops| {
                let mut world = World::<ASIDS, R>::new(tally, self.children);
                ops.iter().for_each(|op| world.step(op));
                world.finish();
            })
        };
        if let Some(seed) = seeds::variable("MOS_SEED") {
            return case(seed, &mut tally);
        }
        let calls = seeds::variable("MOS_CALLS").unwrap_or(CALLS) / self.share;
        let start = std::time::Instant::now();
        let mut seeds = self.first_seed..;
        while tally.calls() < calls {
            case(seeds.next().expect("endless"), &mut tally);
        }
        let (name, seeds) = (self.name, self.first_seed..seeds.start);
        println!("{name}, seeds {seeds:?}, {:?}\n{tally}", start.elapsed());
        (self.is_useful)(&tally);
    }
}

#[test]
fn programs_do_what_the_abi_says_with_asids_that_run_out_all_the_time() {
    let few_asids = Population {
        name: "few asids",
        first_seed: 0,
        share: 2,
        children: 0,
        is_useful: Tally::assert_useful,
    };
    few_asids.run::<4, Mos>();
}

#[test]
fn programs_do_what_the_abi_says_with_the_asids_of_an_r3000() {
    let r3000 = Population {
        name: "64 asids",
        first_seed: 1 << 32,
        share: 2,
        children: 0,
        is_useful: Tally::assert_useful,
    };
    r3000.run::<64, Mos>();
}

/// With few slots left, these are used again at once.
#[test]
fn programs_do_what_the_abi_says_when_nearly_all_environments_are_in_use() {
    let crowd = Population {
        name: "crowd",
        first_seed: 2 << 32,
        share: 50,
        children: NENV as u32 - 8,
        is_useful: |tally| assert!(tally.no_free_env > 0, "all slots are never in use\n{tally}"),
    };
    crowd.run::<64, Mos>();
}

/// Under each of the other rules.
fn by_another_rule<R: Ruled>(name: &'static str, first_seed: u64) {
    let ruled = Population {
        name,
        first_seed,
        share: 4,
        children: 0,
        is_useful: Tally::assert_useful,
    };
    ruled.run::<16, R>();
}

#[test]
fn programs_do_what_the_abi_says_where_priorities_are_fixed() {
    by_another_rule::<Priority>("fixed priorities", 3 << 32);
}

#[test]
fn programs_do_what_the_abi_says_by_strides() {
    by_another_rule::<Stride>("strides", 4 << 32);
}

#[test]
fn programs_do_what_the_abi_says_by_lot() {
    by_another_rule::<Lottery>("lots", 5 << 32);
}
