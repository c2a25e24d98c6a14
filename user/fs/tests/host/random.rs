//! File system and model agree, whatever is done, and whatever fails.
//!
//! `MOS_OPS=n` does at least n things instead of 200,000; `MOS_SEED=n` repeats one run.

use crate::both::{Both, Tally};
use crate::op::{Op, op};
use crate::{rig, seeds};
use proptest::collection::vec;

/// How much is done without `MOS_OPS`.
const OPS: u64 = 200_000;

/// Runs lists of operations until there were as many as these histories' share, one in `share`.
fn histories(name: &str, share: u64, run: impl Fn(u64, &[Op], &mut Tally)) -> Tally {
    let lists = vec(op(), 100..400);
    let mut tally = Tally::default();
    if let Some(seed) = seeds::variable("MOS_SEED") {
        seeds::case(name, seed, &lists, |ops| run(seed, ops, &mut tally));
        return tally;
    }
    let ops = seeds::variable("MOS_OPS").unwrap_or(OPS) / share;
    for seed in 0.. {
        if tally.ops >= ops {
            break;
        }
        seeds::case(name, seed, &lists, |ops| run(seed, ops, &mut tally));
    }
    println!("{name}: {tally:?}");
    tally
}

#[test]
fn files_are_what_was_written_on_disks_that_become_full() {
    let tally = histories("full disks", 2, |seed, ops, tally| {
        // Sometimes everything is in the cache, sometimes nothing stays there.
        let (blocks, slots) = [(14, 16), (24, 64), (60, 16), (500, 40)][seed as usize % 4];
        let mut both = Both::new(rig::mount(rig::empty(blocks), slots));
        ops.iter().for_each(|op| both.step(op));
        both.reopen();
        tally.add(both.tally);
    });
    assert!(tally.full > tally.ops / 100, "{tally:?}");
    assert!(tally.done > tally.ops / 4, "{tally:?}");
}

#[test]
fn where_the_disk_cannot_be_read_nothing_else_changes() {
    let tally = histories("failing reads", 4, |seed, ops, tally| {
        let mut both = Both::new(rig::mount(rig::empty(60), 16));
        both.may_fail = true;
        both.make_cooler();
        for (at, op) in ops.iter().enumerate() {
            both.cool();
            // Any of the first reads of an operation is where it fails; at the beginning all is well.
            let left = (seed as u32).wrapping_add(at as u32 / 3) % 5;
            both.fs.disk().reads_left = (at > 30 && at % 3 != 0).then_some(left);
            both.step_without_reopening(op);
            both.fs.disk().reads_left = None;
        }
        both.may_fail = false;
        both.check_and_reopen();
        tally.add(both.tally);
    });
    assert!(tally.failed > tally.ops / 100, "{tally:?}");
}

#[test]
fn what_cannot_be_written_can_be_later() {
    let tally = histories("disks that stop", 4, |seed, ops, tally| {
        let mut both = Both::new(rig::mount(rig::empty(60), 16));
        both.may_fail = true;
        for (at, op) in ops.iter().enumerate() {
            let left = (seed as u32).wrapping_add(at as u32) % 23;
            both.fs.disk().writes_left = (at / 8 % 2 == 1).then_some(left);
            both.step_without_reopening(op);
        }
        both.fs.disk().writes_left = None;
        both.may_fail = false;
        both.check_and_reopen();
        tally.add(both.tally);
    });
    assert!(tally.failed > tally.ops / 100, "{tally:?}");
}
