//! Fixed priorities, strictly.

use mos_abi::Error::NoMem;
use mos_abi::Sysno::*;
use mos_abi::layout::PAGE_SIZE;
use mos_abi::message::{ANY, FOREVER};
use mos_core::env::rule::Priority;
use mos_core::machine::Pending;
use proptest::prelude::*;

use super::{slices, with_priorities};
use crate::rig::{AnyRig, Back};
use crate::seeds;
use crate::spec::{FAR_PAGE, FREE_PAGE, VR};

type Rig = AnyRig<16, Priority>;

#[test]
fn the_highest_runs_and_equals_in_turn() {
    let (mut rig, ids) = with_priorities::<Priority>(&[2, 1, 2, 2], 64);
    assert_eq!(slices(&mut rig, &ids, 7), [0, 2, 3, 0, 2, 3, 0]);
}

#[test]
fn who_gives_way_does_so_to_equals_alone() {
    let (mut rig, ids) = with_priorities::<Priority>(&[3, 1, 3, 2], 64);
    for _ in 0..3 {
        for who in [0, 2] {
            assert_eq!(rig.id(), ids[who]);
            rig.ok(Yield, &[]);
        }
    }
}

#[test]
fn the_lower_run_while_the_higher_wait_and_no_longer() {
    let (mut rig, ids) = with_priorities::<Priority>(&[1, 3, 2], 64);
    assert_eq!(rig.id(), ids[1]);
    rig.blocks(Cgetc, &[]);
    assert_eq!(slices(&mut rig, &ids, 3), [2, 2, 2]);
    rig.type_in(b"k");
    assert_eq!(rig.id(), ids[1], "a key has come");
    let slot = rig.slot();
    rig.kernel.tf(slot).regs[13] = FOREVER;
    rig.blocks(Msg, &[0, ANY, 0]);
    assert_eq!(rig.id(), ids[2]);
    rig.ok(IpcCanSend, &[ids[1], 5, 0]);
    assert_eq!(rig.id(), ids[1], "a message has");
}

#[test]
fn a_wait_that_ends_by_itself_does_so_in_front_of_the_lower() {
    let (mut rig, ids) = with_priorities::<Priority>(&[1, 2], 64);
    let slot = rig.slot();
    rig.kernel.tf(slot).regs[13] = 3;
    rig.blocks(Msg, &[0, ANY, 0]);
    assert_eq!(slices(&mut rig, &ids, 5), [0, 0, 0, 1, 1]);
}

/// A call hands over the CPU where nobody goes before who is called, and not elsewhere.
#[test]
fn a_call_of_a_lower_one_does_not_take_it_past_others() {
    let (mut rig, ids) = with_priorities::<Priority>(&[1, 3, 2], 64);
    let [low, high, mid] = ids[..] else {
        panic!("three")
    };
    rig.blocks(Cgetc, &[]);
    rig.blocks(Cgetc, &[]);
    assert_eq!(rig.id(), low);
    rig.blocks(MsgReplyWait, &[0]);
    rig.type_in(b"kk");
    assert_eq!(rig.id(), high);
    rig.blocks(MsgCall, &[low]);
    assert_eq!(rig.id(), mid, "it is not the turn of who is called");
    rig.blocks(Cgetc, &[]);
    assert_eq!(rig.id(), low);
    rig.blocks(MsgReplyWait, &[high]);
    assert_eq!(rig.id(), high, "the answer goes where it should");
    rig.blocks(MsgCall, &[low]);
    assert_eq!(rig.id(), low, "nobody goes before it");
    rig.type_in(b"k");
    assert_eq!(rig.id(), mid, "not even in the turn of a higher one");
}

/// Whoever runs is never lower than anybody who could, and each of the highest has its turn.
#[test]
fn whatever_happens_nobody_runs_before_a_higher_one() {
    let act = (0..9_u32, 0..6_usize);
    let lists = prop::collection::vec(act, 300);
    for seed in 0..25 {
        seeds::case("fixed priorities", seed, &lists, |acts| {
            let priorities: Vec<u32> = (0..6).map(|n| 1 + (seed as u32 + n * n) % 4).collect();
            let (mut rig, ids) = with_priorities::<Priority>(&priorities, 256);
            for &(act, who) in acts {
                if !matches!(rig.next, mos_core::Next::Run(_)) {
                    rig.type_in(b"k");
                }
                if !matches!(rig.next, mos_core::Next::Run(_)) {
                    return;
                }
                let to = ids[who];
                match act {
                    0 => _ = rig.call_any(Yield as u32, &[]),
                    1 => _ = rig.call_any(Cgetc as u32, &[]),
                    2 => rig.type_in(b"k"),
                    3 => _ = rig.call_any(IpcCanSend as u32, &[to, 1, 0]),
                    4 => _ = rig.call_any(IpcCall as u32, &[to, 1, 0]),
                    5 => _ = rig.call_any(MsgCall as u32, &[to]),
                    6 => _ = rig.call_any(MsgReplyWait as u32, &[to]),
                    7 => {
                        let slot = rig.slot();
                        rig.kernel.tf(slot).regs[12..14].fill(who as u32);
                        rig.call_any(Msg as u32, &[0, ANY, 0]);
                    }
                    _ => rig.tick(),
                }
                is_strict(&mut rig);
            }
        });
    }
}

/// Who runs is none of the lower ones.
fn is_strict(rig: &mut Rig) {
    let mos_core::Next::Run(_) = rig.next else {
        return;
    };
    let me = rig.id();
    let own = rig.view(me).env_pri;
    let waiting: Vec<_> = rig.kernel.run_queue().collect();
    let envs = &rig.kernel.mem.machine.ram.envs;
    let others = waiting.iter().map(|slot| envs[slot.index()].env_pri);
    assert!(others.max() <= Some(own), "{own} runs before {waiting:?}");
}

/// What a lower one had that has ended is wanted by a higher one, which would wait for it without end.
#[test]
fn who_lacks_memory_has_that_of_the_lower_that_have_ended() {
    let (mut rig, ids) = with_priorities::<Priority>(&[3, 2, 2], 256);
    let high = ids[0];
    rig.blocks(Cgetc, &[]);
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    for page in 0..600 {
        rig.ok(MemMap, &[0, FREE_PAGE, 0, FAR_PAGE + page * PAGE_SIZE, VR]);
    }
    rig.machine().input.extend(b"k");
    // Its turn is what was left of a slice, and one more.
    let (timer, console) = (true, true);
    rig.machine().pending = [Pending { timer, console }; 2].into();
    assert_eq!(rig.call_any(EnvDestroy as u32, &[0]), Back::Gone);
    assert_eq!((rig.id(), rig.kernel.dying().count()), (high, 1));
    let seen = slices(&mut rig, &ids, 3);
    assert_eq!(
        seen, [0; 3],
        "what it had is cleared away in no turn of a higher one"
    );
    rig.leave_free(0);
    rig.call_any(MemAlloc as u32, &[0, FREE_PAGE, VR]);
    assert_eq!(rig.kernel.dying().count(), 0, "it waits, and they do not");
    rig.switch_to(high);
    assert_eq!(rig.syscall(), Back::Value(0), "the same call again");
    rig.leave_free(0);
    rig.fails(NoMem, MemAlloc, &[0, FREE_PAGE + PAGE_SIZE, VR]);
}
