//! What has ended and is cleared away piece by piece: in whose turns, and who waits for it.

use mos_abi::Error::NoMem;
use mos_abi::Sysno::*;
use mos_abi::layout::PAGE_SIZE;
use mos_abi::package::Program;
use mos_abi::trapframe::reg;
use mos_core::machine::Pending;
use mos_core::{Next, Outcome};
use proptest::prelude::*;

use super::{FREE_PAGE, VR};
use crate::program::{self, DATA};
use crate::rig::{Back, Rig};
use crate::seeds;
use crate::sim::code;

/// Where the many pages of a large environment are.
const BASE: u32 = 0x1000_0000;
/// How many: enough for some fifteen pieces.
const PAGES: u32 = 1800;

const TICK: Pending = Pending {
    timer: true,
    console: false,
};

/// Environments of these priorities, the first of which runs.
fn with_priorities(priorities: &[u32]) -> (Rig, Vec<u32>) {
    let mut rig = Rig::with_frames(512);
    rig.audit_every = 128;
    let elf = program::small();
    let start = |&priority| {
        rig.start_program(&Program {
            priority,
            ..program::program(&elf)
        })
    };
    let ids = priorities.iter().map(start).collect();
    (rig, ids)
}

/// The running environment maps much in `id`.
fn enlarge(rig: &mut Rig, id: u32) {
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let slot = rig.slot();
    let sp = rig.kernel.tf(slot).regs[reg::SP];
    for va in (BASE..).step_by(PAGE_SIZE as usize).take(PAGES as usize) {
        rig.store(sp + 16, va).expect("writable");
        rig.store(sp + 20, VR).expect("writable");
        rig.kernel.tf(slot).regs[reg::A3] = id;
        assert_eq!(rig.quick_call(MemMap as u32, [0, FREE_PAGE]), 0);
    }
    rig.settle();
}

/// A child of the running environment, with much memory.
fn large_child(rig: &mut Rig) -> u32 {
    let child = rig.ok(EnvAlloc, &[]);
    enlarge(rig, child);
    child
}

/// So many times the clock ticks while the kernel clears away.
fn ticks(rig: &mut Rig, count: u32) {
    rig.machine().pending = (0..count).map(|_| TICK).collect();
}

#[test]
fn a_child_is_cleared_away_in_its_parents_time_slices() {
    for [polite, parent] in [[9, 1], [1, 3], [5, 2], [2, 2]] {
        let (mut rig, ids) = with_priorities(&[polite, parent]);
        rig.switch_to(ids[1]);
        let child = large_child(&mut rig);
        ticks(&mut rig, parent);
        rig.blocks(EnvDestroy, &[child]);
        for _ in 0..2 {
            assert_eq!(rig.id(), ids[0], "the turn is over");
            assert!(rig.machine().pending.is_empty(), "and not before");
            // The first one ends what the yield leaves of a slice.
            ticks(&mut rig, 1 + parent);
            rig.ok(Yield, &[]);
        }
        assert_eq!(rig.id(), ids[0]);
        ticks(&mut rig, parent - 1);
        rig.ok(Yield, &[]);
        assert_eq!(rig.id(), ids[1], "nothing is left of the child");
        rig.tick();
        assert_eq!(rig.id(), ids[1], "one slice was left of the turn");
        rig.tick();
        assert_eq!(rig.id(), ids[0]);
    }
}

#[test]
fn what_nobody_waits_for_is_cleared_away_in_turns_of_one_slice() {
    let (mut rig, ids) = with_priorities(&[9, 3]);
    rig.switch_to(ids[1]);
    enlarge(&mut rig, 0);
    ticks(&mut rig, 3);
    assert_eq!(rig.call_any(EnvDestroy as u32, &[0]), Back::Gone);
    for _ in 0..2 {
        assert_eq!(rig.kernel.dying().count(), 1, "the turn is over");
        assert!(rig.machine().pending.is_empty(), "and not before");
        assert_eq!(rig.id(), ids[0]);
        ticks(&mut rig, 2);
        rig.ok(Yield, &[]);
    }
}

/// Whoever runs has no more slices than its priority says, however others end, and whenever ticks come.
#[test]
fn who_goes_on_has_slices_of_its_own() {
    let pending = prop_oneof![2 => Just(Pending::default()), 1 => Just(TICK)];
    let step = (0..4_u32, prop::collection::vec(pending, 0..12));
    let lists = prop::collection::vec(step, 40);
    for seed in 0..20 {
        seeds::case("endings", seed, &lists, |list| {
            let priorities = [1 + seed as u32 % 5, 1, 7];
            let (mut rig, ids) = with_priorities(&priorities);
            let mut children: Vec<(u32, u32)> = Vec::new();
            for &parent in &ids {
                rig.switch_to(parent);
                children.push((parent, large_child(&mut rig)));
            }
            for (act, pending) in list {
                rig.machine().pending = pending.iter().copied().collect();
                let me = rig.id();
                let child = children.iter().position(|&(parent, _)| parent == me);
                match (act, child) {
                    (0, Some(at)) => {
                        let (_, child) = children.swap_remove(at);
                        rig.call_any(EnvDestroy as u32, &[child]);
                    }
                    (1, _) => rig.tick(),
                    _ => _ = rig.call_any(Yield as u32, &[]),
                }
                let (id, slices) = (rig.id(), rig.kernel.cpu().slices);
                let own = rig.view(id).env_pri;
                assert!(slices <= own, "{slices} of {own}");
            }
        });
    }
}

/// Its wait is over, but nothing can undo what it has done.
#[test]
fn one_that_waits_for_an_end_is_stopped_and_started_like_any_other() {
    for status in [1, 2] {
        let (mut rig, ids) = with_priorities(&[1, 1]);
        let parent = rig.child();
        rig.tf(parent).regs[reg::SP] = DATA + PAGE_SIZE / 2;
        rig.ok(MemMap, &[0, DATA, parent, DATA, VR]);
        rig.switch_to(parent);
        let child = large_child(&mut rig);
        ticks(&mut rig, 1);
        rig.tf(parent).regs[reg::V0] = 77;
        rig.blocks(EnvDestroy, &[child]);
        while rig.id() != ids[0] {
            ticks(&mut rig, 1);
            rig.tick();
        }
        rig.ok(SetEnvStatus, &[parent, status]);
        assert_eq!(rig.view(parent).env_status, status);
        for _ in 0..20 {
            rig.tick();
            assert!(status == 1 || rig.id() != parent, "it is stopped");
        }
        assert_eq!(rig.kernel.dying().count(), 0);
        rig.switch_to(ids[0]);
        rig.ok(SetEnvStatus, &[parent, 1]);
        rig.switch_to(parent);
        assert_eq!(rig.tf(parent).regs[reg::V0], 0, "the child has ended");
        assert!(!rig.exists(child));
    }
}

/// Makes the running environment's call for a page, which there is none for. Returns whether it is to be made again.
fn lacks(rig: &mut Rig) -> bool {
    rig.leave_free(0);
    let slot = rig.slot();
    let tf = rig.kernel.tf(slot);
    let pc = tf.cp0_epc;
    [reg::A0, reg::A1, reg::A2, reg::A3]
        .into_iter()
        .zip([MemAlloc as u32, 0, FREE_PAGE, VR])
        .for_each(|(register, value)| tf.regs[register] = value);
    rig.trap(code::SYSCALL << 2, 0);
    let tf = rig.kernel.tf(slot);
    let again = tf.cp0_epc == pc;
    assert!(again || tf.regs[reg::V0] as i32 == NoMem.code());
    again
}

/// Ends the running environment `id`, which has so much that something is left of it then.
fn end(rig: &mut Rig, id: u32) {
    rig.switch_to(id);
    // The turn may have one slice more.
    ticks(rig, 2);
    assert_eq!(rig.call_any(EnvDestroy as u32, &[0]), Back::Gone);
    rig.machine().pending.clear();
    assert_eq!(rig.kernel.dying().count(), 1);
}

/// One environment that runs and, behind it, some with much memory.
fn one_among_large() -> (Rig, Vec<u32>) {
    let (mut rig, ids) = with_priorities(&[1; 9]);
    for &id in &ids[1..] {
        rig.switch_to(id);
        enlarge(&mut rig, 0);
    }
    (rig, ids)
}

/// It waits for those that had ended when it tried first, and not for all that have ended meanwhile; the next time it waits
/// for these.
#[test]
fn who_lacks_memory_is_told_so_however_many_go_on_ending() {
    let (mut rig, ids) = one_among_large();
    end(&mut rig, ids[1]);
    for &id in &ids[2..] {
        rig.switch_to(ids[0]);
        assert!(lacks(&mut rig), "there is hope");
        // Of the one before nothing is left now, but of this one.
        end(&mut rig, id);
        rig.switch_to(ids[0]);
        assert!(!lacks(&mut rig), "it has waited for what it could hope for");
    }
}

#[test]
fn who_lacks_a_page_on_demand_is_ended_however_many_go_on_ending() {
    let (mut rig, ids) = one_among_large();
    for (again, &id) in [true, false].into_iter().zip(&ids[1..]) {
        end(&mut rig, id);
        rig.switch_to(ids[0]);
        rig.leave_free(0);
        assert_eq!(rig.store(FREE_PAGE, 1), None);
        assert_eq!(rig.exists(ids[0]), again);
    }
    assert!(rig.output().contains("out of memory"));
}

/// Several calls in one end where the memory does, and the rest is made again like any call.
#[test]
fn a_batch_that_lacks_memory_is_not_told_so_either() {
    let (mut rig, ids) = one_among_large();
    rig.switch_to(ids[0]);
    let calls = [Getenvid as u32, 0, 0, 0, 0, 0, 0, 0];
    let lacks = [MemAlloc as u32, 0, FREE_PAGE, VR];
    let words = calls.into_iter().chain(lacks);
    for (at, word) in (DATA..).step_by(4).zip(words) {
        rig.store(at, word).expect("writable");
    }
    end(&mut rig, ids[1]);
    rig.switch_to(ids[0]);
    rig.leave_free(0);
    assert_eq!(rig.call_any(Batch as u32, &[DATA, 2]), Back::Value(1));
    let regs = &mut rig.tf(ids[0]).regs;
    assert_eq!(regs[reg::V1], 0, "the rest is still to be made");
    (regs[reg::A0], regs[reg::A1], regs[reg::A2]) = (Batch as u32, DATA + 32, 1);
    let pc = rig.pc();
    rig.trap(code::SYSCALL << 2, 0);
    assert_eq!(rig.tf(ids[0]).cp0_epc, pc, "it is made again");
}

/// A machine with three environments, which is switched off with the first tick.
fn with_one_tick() -> (Rig, [u32; 3]) {
    let mut rig = Rig::with_limit(512, Some(1));
    // Whoever is left then stands nowhere any more.
    rig.audit_every = u32::MAX;
    let elf = program::small();
    let ids = [(); 3].map(|()| rig.start(&elf));
    (rig, ids)
}

#[test]
fn the_limit_ends_the_run_amid_the_end_of_an_environment() {
    let (mut rig, [me, ..]) = with_one_tick();
    enlarge(&mut rig, me);
    ticks(&mut rig, 1);
    rig.trap(9 << 2, 0);
    assert!(rig.machine().pending.is_empty());
    assert_eq!(rig.next, Next::PowerOff(Outcome::TimeLimit));
}

#[test]
fn the_limit_ends_the_run_amid_those_who_are_told_of_an_end() {
    let (mut rig, [_, others @ ..]) = with_one_tick();
    let child = rig.ok(EnvAlloc, &[]);
    rig.call_any(Yield as u32, &[]);
    for other in others {
        assert_eq!(rig.id(), other);
        rig.blocks(MsgCall, &[child]);
    }
    ticks(&mut rig, 1);
    rig.call_any(EnvDestroy as u32, &[child]);
    for other in others {
        assert_eq!(rig.view(other).env_status, 1);
    }
    assert!(rig.machine().pending.is_empty());
    assert_eq!(rig.next, Next::PowerOff(Outcome::TimeLimit));
}
