//! Several CPUs: programs on each of them, whose traps come in any order.
//!
//! `MOS_CALLS=n` takes at least n traps instead of 200,000 in all; `MOS_SEED=n` repeats one run.

mod act;
mod machine;
mod shares;
mod spec;

use machine::Cpus;

use crate::seeds;

/// How many traps are taken without `MOS_CALLS`.
const TRAPS: u64 = 200_000;
/// How many of them in a run.
const TRAPS_OF_RUN: u64 = 4_000;

/// Runs of random programs on `count` CPUs, which take their share of the traps.
fn random_programs(count: usize, share: u64) {
    let run = |seed| {
        println!("{count} CPUs, MOS_SEED={seed}");
        let mut cpus = Cpus::new(count, seed);
        while cpus.traps < TRAPS_OF_RUN {
            cpus.step();
        }
        cpus
    };
    if let Some(seed) = seeds::variable("MOS_SEED") {
        run(seed);
        return;
    }
    let traps = seeds::variable("MOS_CALLS").unwrap_or(TRAPS) / share;
    let (mut taken, mut taken_off, mut woken, mut handed_over) = (0, 0, 0, 0);
    for seed in (count as u64) << 32.. {
        let cpus = run(seed);
        taken += cpus.traps;
        taken_off += cpus.taken_off;
        woken += cpus.woken;
        handed_over += cpus.handed_over;
        if taken >= traps {
            break;
        }
    }
    println!(
        "{taken} traps, {taken_off} were taken off, {woken} wake-ups, {handed_over} shortcuts"
    );
    if count > 1 {
        assert!(taken_off * 200 > taken, "too few are taken off");
        assert!(woken * 200 > taken, "too few CPUs are woken");
        assert!(handed_over * 1000 > taken, "too few shortcuts");
    }
}

#[test]
fn on_one_cpu_all_is_well_after_each_trap() {
    random_programs(1, 10);
}

#[test]
fn on_two_cpus_all_is_well_after_each_trap() {
    random_programs(2, 4);
}

#[test]
fn on_three_cpus_all_is_well_after_each_trap() {
    random_programs(3, 3);
}

#[test]
fn on_four_cpus_all_is_well_after_each_trap() {
    random_programs(4, 3);
}
