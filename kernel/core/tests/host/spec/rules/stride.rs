//! Shares of the time, as even as slices allow.

use mos_abi::Sysno::*;
use mos_core::env::rule::Stride;
use proptest::prelude::*;

use super::{slices, with_priorities};
use crate::seeds;

/// How far apart the turns of one are.
fn stride(priority: u32) -> u64 {
    u64::from(u32::MAX / priority)
}

#[test]
fn three_of_priorities_1_to_3_have_their_turns_as_evenly_as_can_be() {
    let (mut rig, ids) = with_priorities::<Stride>(&[1, 2, 3], 64);
    let seen = slices(&mut rig, &ids, 12);
    assert_eq!(seen[..6], seen[6..], "it repeats itself");
    for window in seen.windows(2) {
        assert!(window[0] == 2 || window[0] != window[1], "{seen:?}");
    }
    let count = |who| seen.iter().filter(|&&other| other == who).count();
    assert_eq!([0, 1, 2].map(count), [2, 4, 6]);
}

/// Nobody is ever more than a stride from what it should have had.
#[test]
fn whatever_the_priorities_nobody_is_a_stride_off_at_any_tick() {
    let lists = prop::collection::vec(1..60_u32, 2..9);
    for seed in 0..40 {
        seeds::case("strides", seed, &lists, |priorities| {
            if priorities.is_empty() {
                return;
            }
            let (mut rig, ids) = with_priorities::<Stride>(priorities, 64);
            let mut had = vec![0_u64; ids.len()];
            for _ in 0..800 {
                let [who] = slices(&mut rig, &ids, 1)[..] else {
                    panic!("one slice")
                };
                had[who] += 1;
                let strides = priorities.iter().map(|&priority| stride(priority));
                let all: Vec<_> = had.iter().zip(strides).map(|(n, s)| (n * s, s)).collect();
                for (a, of_a) in &all {
                    for (b, of_b) in &all {
                        assert!(a.abs_diff(*b) <= *of_a.max(of_b), "{priorities:?}: {had:?}");
                    }
                }
            }
        });
    }
}

#[test]
fn over_a_long_run_shares_are_within_one_percent() {
    for priorities in [&[1, 2, 3][..], &[7, 1], &[10, 20, 33, 37], &[1, 1, 1, 1, 1]] {
        let (mut rig, ids) = with_priorities::<Stride>(priorities, 64);
        let seen = slices(&mut rig, &ids, 10_000);
        let sum: u32 = priorities.iter().sum();
        for (who, &priority) in priorities.iter().enumerate() {
            let had = seen.iter().filter(|&&other| other == who).count() as f64;
            let due = 10_000.0 * f64::from(priority) / f64::from(sum);
            assert!((had / due - 1.0).abs() < 0.01, "{had} slices, due {due}");
        }
    }
}

/// Two that can run all the time, and others that do what they like with their turns: wait and come back, make children that
/// run, end and are made anew, give way, call one another. The two keep their ratio of turns, and have them.
#[test]
fn nobody_gains_by_coming_and_going() {
    let lists = prop::collection::vec(0..8_u32, 400);
    for seed in 0..12 {
        seeds::case("coming and going", seed, &lists, |acts| {
            let (mut rig, ids) = with_priorities::<Stride>(&[1, 4, 2, 2], 256);
            let [steady, quick, a, b] = ids[..] else {
                panic!("four")
            };
            let (mut runs, mut waits) = (0, 0);
            for &act in acts {
                let me = rig.id();
                waits = if rig.view(steady).env_runs == runs {
                    waits + 1
                } else {
                    0
                };
                runs = rig.view(steady).env_runs;
                assert!(waits < 60, "it is left out");
                match act {
                    _ if me == steady || me == quick => rig.tick(),
                    0 => _ = rig.call_any(Yield as u32, &[]),
                    1 => {
                        rig.call_any(Cgetc as u32, &[]);
                        rig.type_in(b"k");
                    }
                    2 if rig.kernel.alive() < 9 => _ = rig.child(),
                    3 if me != a && me != b => {
                        rig.child();
                        rig.call_any(EnvDestroy as u32, &[0]);
                    }
                    4 if me != a && me != b => _ = rig.call_any(EnvDestroy as u32, &[0]),
                    5 if me != a => _ = rig.call_any(IpcCall as u32, &[a, 0, 0]),
                    6 if me == a => _ = rig.call_any(IpcRecv as u32, &[0]),
                    _ => rig.tick(),
                }
            }
            let [one, four] = [steady, quick].map(|id| rig.view(id).env_runs);
            assert!(
                four.abs_diff(4 * one) <= 4,
                "{one} and {four} turns of priorities 1 and 4"
            );
        });
    }
}

/// Whoever ends and is made anew before its next turn would have had all the time.
#[test]
fn a_chain_of_children_has_the_share_of_one() {
    let (mut rig, ids) = with_priorities::<Stride>(&[1, 1], 64);
    let mut turns = 0;
    while turns < 100 {
        if rig.id() == ids[0] {
            rig.tick();
        } else {
            rig.child();
            rig.call_any(EnvDestroy as u32, &[0]);
            turns += 1;
        }
    }
    let had = rig.view(ids[0]).env_runs;
    assert!((99..=101).contains(&had), "{had} turns beside 100");
}

/// Those who call one another use up the turn of one.
#[test]
fn calls_take_no_time_from_others() {
    let (mut rig, ids) = with_priorities::<Stride>(&[1, 1, 2], 64);
    let [a, b, other] = ids[..] else {
        panic!("three")
    };
    rig.switch_to(b);
    rig.blocks(MsgReplyWait, &[0]);
    let mut had = 0;
    for _ in 0..200 {
        match rig.id() {
            id if id == other => had += 1,
            id if id == a => {
                for _ in 0..3 {
                    rig.blocks(MsgCall, &[b]);
                    assert_eq!(rig.id(), b, "it goes on at once");
                    rig.blocks(MsgReplyWait, &[a]);
                    assert_eq!(rig.id(), a, "and back");
                }
                rig.blocks(MsgCall, &[b]);
            }
            _ => rig.blocks(MsgReplyWait, &[a]),
        }
        rig.tick();
    }
    assert!((98..=136).contains(&had), "{had} slices of 200");
}

#[test]
fn who_has_waited_long_has_saved_up_nothing() {
    let (mut rig, ids) = with_priorities::<Stride>(&[1, 1], 64);
    rig.switch_to(ids[1]);
    rig.blocks(Cgetc, &[]);
    slices(&mut rig, &ids, 50);
    rig.type_in(b"k");
    let seen = slices(&mut rig, &ids, 20);
    assert_eq!(seen.iter().sum::<usize>(), 10, "{seen:?}");
    assert!(seen.windows(3).all(|three| three != [1; 3]), "{seen:?}");
}
