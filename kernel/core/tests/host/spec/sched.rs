//! Who runs, and for how long.

use mos_abi::Sysno::*;
use mos_abi::package::Program;
use mos_core::{Kernel, Next, Outcome};

use crate::program;
use crate::rig::Rig;
use crate::sim::Sim;

/// One environment for each priority, in this order.
fn with_priorities(priorities: &[u32]) -> (Rig, Vec<u32>) {
    let mut rig = Rig::with_frames(512);
    let elf = program::small();
    let mut start = |&priority| {
        rig.start_program(&Program {
            priority,
            ..program::program(&elf)
        })
    };
    let ids = priorities.iter().map(&mut start).collect();
    (rig, ids)
}

/// Who runs in each of the next `count` time slices, as indices of `ids`.
fn slices(rig: &mut Rig, ids: &[u32], count: usize) -> Vec<usize> {
    let mut one = || {
        let id = rig.id();
        rig.tick();
        ids.iter().position(|&other| other == id).expect("known")
    };
    (0..count).map(|_| one()).collect()
}

#[test]
fn an_environment_runs_as_many_slices_as_its_priority() {
    let (mut rig, ids) = with_priorities(&[1, 3, 2]);
    assert_eq!(
        slices(&mut rig, &ids, 12),
        [0, 1, 1, 1, 2, 2, 0, 1, 1, 1, 2, 2]
    );
}

#[test]
fn priority_0_is_a_slice_too() {
    let (mut rig, ids) = with_priorities(&[0, 2]);
    assert_eq!(slices(&mut rig, &ids, 6), [0, 1, 1, 0, 1, 1]);
}

#[test]
fn one_alone_runs_all_the_time() {
    let (mut rig, ids) = with_priorities(&[1]);
    assert_eq!(slices(&mut rig, &ids, 5), [0; 5]);
    rig.ok(Yield, &[]);
    assert_eq!(rig.id(), ids[0]);
}

#[test]
fn yield_gives_every_other_its_turn_first() {
    let (mut rig, ids) = with_priorities(&[5, 5, 5, 5]);
    for round in 0..3 {
        for &id in &ids {
            assert_eq!(rig.id(), id, "round {round}");
            rig.ok(Yield, &[]);
        }
    }
}

#[test]
fn after_a_yield_the_slices_count_anew_on_top_of_what_is_left_of_one() {
    let (mut rig, ids) = with_priorities(&[3, 3]);
    rig.tick();
    rig.ok(Yield, &[]);
    assert_eq!(slices(&mut rig, &ids, 8), [1, 1, 1, 1, 0, 0, 0, 1]);
}

/// Each slice is that of who has the CPU when it begins, whatever the others do before it ends.
#[test]
fn who_gives_way_just_before_each_tick_takes_no_slice_from_another() {
    for (polite, others) in [(1, [1, 1]), (3, [1, 2]), (2, [2, 1])] {
        let (mut rig, ids) = with_priorities(&[polite, others[0], others[1]]);
        let mut had = [0; 3];
        for _ in 0..30 {
            for (had, &id) in had.iter_mut().zip(&ids) {
                *had += u32::from(rig.id() == id);
            }
            if rig.id() == ids[0] {
                rig.ok(Yield, &[]);
            }
            rig.tick();
        }
        // The last round need not be over.
        let rounds = had[0] - 1;
        for (had, pri) in had[1..].iter().zip(others) {
            assert!(
                *had >= pri * rounds,
                "{had} slices in {rounds} rounds, of {polite}, {others:?}"
            );
        }
    }
}

/// A turn that begins while nobody runs does not pay for what has gone by.
#[test]
fn who_was_waited_for_has_the_whole_of_a_slice() {
    let (mut rig, ids) = with_priorities(&[1, 1]);
    rig.blocks(Cgetc, &[]);
    rig.blocks(Cgetc, &[]);
    rig.tick();
    assert_eq!(rig.next, Next::Idle);
    rig.type_in(b"ab");
    assert_eq!(slices(&mut rig, &ids, 5), [0, 0, 1, 0, 1]);
}

#[test]
fn nobody_starves_however_greedy_the_others_are() {
    let (mut rig, ids) = with_priorities(&[9, 1, 9, 1]);
    let seen = slices(&mut rig, &ids, 20 * 5);
    for index in 0..4 {
        let count = seen.iter().filter(|&&who| who == index).count();
        assert_eq!(count, if index % 2 == 0 { 45 } else { 5 });
    }
}

#[test]
fn one_that_is_stopped_does_not_run_and_comes_back_at_the_end() {
    let mut rig = Rig::new();
    let me = rig.id();
    let (one, two) = (rig.child(), rig.child());
    rig.ok(SetEnvStatus, &[one, 2]);
    let ids = [me, one, two];
    assert_eq!(slices(&mut rig, &ids, 4), [0, 2, 0, 2]);
    rig.ok(SetEnvStatus, &[one, 1]);
    assert_eq!(slices(&mut rig, &ids, 6), [0, 2, 1, 0, 2, 1]);
}

#[test]
fn env_runs_counts_how_often_the_cpu_was_given() {
    let (mut rig, ids) = with_priorities(&[2, 1]);
    slices(&mut rig, &ids, 6);
    assert_eq!(
        (rig.view(ids[0]).env_runs, rig.view(ids[1]).env_runs),
        (3, 2)
    );
}

#[test]
fn a_reader_keeps_the_machine_idle_not_dead() {
    let mut rig = Rig::new();
    let receiver = rig.child();
    rig.blocks(Cgetc, &[]);
    rig.switch_to(receiver);
    rig.blocks(IpcRecv, &[0]);
    assert_eq!(rig.next, Next::Idle);
    rig.tick();
    assert_eq!(rig.next, Next::Idle);
}

#[test]
fn a_machine_without_programs_is_done() {
    let rig = Rig::with_frames(256);
    assert_eq!(rig.next, Next::PowerOff(Outcome::Done));
}

#[test]
fn a_stopped_child_that_nobody_starts_is_a_deadlock() {
    let mut rig = Rig::new();
    rig.ok(EnvAlloc, &[]);
    rig.call_any(EnvDestroy as u32, &[0]);
    assert_eq!(rig.next, Next::PowerOff(Outcome::Deadlock));
}

#[test]
fn the_limit_of_the_command_line_ends_the_run() {
    let mut kernel = Box::new(Kernel::new(Sim::<6>::new(256), crate::sim::slots()));
    kernel.boot(Some(3)).expect("room");
    let elf = program::small();
    kernel.env_create(&program::program(&elf)).expect("room");
    for _ in 0..3 {
        assert!(matches!(kernel.resume(), Next::Run(_)));
        kernel.timer_tick();
    }
    assert_eq!(kernel.resume(), Next::PowerOff(Outcome::TimeLimit));
}

#[test]
fn an_exception_when_nobody_runs_is_nobodys() {
    let mut rig = Rig::with_frames(256);
    rig.kernel.exception();
    rig.settle();
    assert_eq!(rig.output(), "");
}
