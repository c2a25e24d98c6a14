//! The limits: 1024 environments, few ASIDs, 65535 mappings of a frame, 2^20 ids of a slot.

use mos_abi::Error::{NoFreeEnv, NoMem};
use mos_abi::Sysno::*;
use mos_abi::layout::{PAGE_SIZE, UPAGES};
use mos_abi::trapframe::reg;
use mos_abi::{EnvId, EnvStatus, NENV};
use mos_core::Next;
use mos_core::slot::Slot;

use super::{FREE_PAGE, VR};
use crate::program;
use crate::rig::{AnyRig, Rig};

/// Each of 1024 environments writes its id to the same address, three times round.
fn everyone_sees_only_their_own<const ASIDS: u32>() {
    let mut rig = AnyRig::<ASIDS>::with_frames(64 + 4 * NENV as u32);
    rig.start(&program::small());
    for _ in 1..NENV {
        let child = rig.quick_call(EnvAlloc as u32, [0; 2]);
        rig.quick_call(SetEnvStatus as u32, [child, 1]);
    }
    assert_eq!(
        rig.quick_call(EnvAlloc as u32, [0; 2]) as i32,
        NoFreeEnv.code()
    );
    for round in 0..3 {
        for _ in 0..NENV {
            let id = rig.kernel.cpu().current.map(Slot::index).expect("runs") as u32;
            if round == 0 {
                assert_eq!(user_load(&mut rig, FREE_PAGE), 0, "on demand");
            } else {
                // Without help of the kernel: what it wrote is still there, and is its own.
                assert_eq!(
                    rig.machine().user_load(FREE_PAGE),
                    Ok(id + round),
                    "round {round}"
                );
            }
            user_store(&mut rig, FREE_PAGE, id + round + 1);
            rig.kernel.timer_tick();
            rig.next = rig.kernel.resume();
        }
        rig.settle();
    }
}

/// A load without the checks of the rig.
fn user_load<const ASIDS: u32>(rig: &mut AnyRig<ASIDS>, va: u32) -> u32 {
    loop {
        match rig.machine().user_load(va) {
            Ok(value) => return value,
            Err(exception) => fault(rig, va, exception),
        }
    }
}

/// A store without the checks of the rig.
fn user_store<const ASIDS: u32>(rig: &mut AnyRig<ASIDS>, va: u32, value: u32) {
    while let Err(exception) = rig.machine().user_store(va, value) {
        fault(rig, va, exception);
    }
}

fn fault<const ASIDS: u32>(rig: &mut AnyRig<ASIDS>, va: u32, exception: u32) {
    let slot = rig.slot();
    let tf = rig.kernel.tf(slot);
    (tf.cp0_cause, tf.cp0_badvaddr) = (exception << 2, va);
    rig.kernel.exception();
    rig.next = rig.kernel.resume();
    assert_eq!(rig.next, Next::Run(slot), "{va:#x}");
}

#[test]
fn a_thousand_environments_on_few_asids_each_see_only_their_own_page() {
    everyone_sees_only_their_own::<2>();
    everyone_sees_only_their_own::<6>();
    everyone_sees_only_their_own::<64>();
    everyone_sees_only_their_own::<256>();
}

#[test]
fn there_are_1024_environments() {
    let mut rig = Rig::with_frames(64 + 2 * NENV as u32);
    rig.start(&program::small());
    for _ in 1..NENV {
        rig.quick_call(EnvAlloc as u32, [0; 2]);
    }
    rig.fails(NoFreeEnv, EnvAlloc, &[]);
    let free = rig.kernel.mem.free_frames();
    let started = rig.kernel.env_create(&program::program(&program::small()));
    assert_eq!(started, Err(NoFreeEnv));
    assert_eq!(rig.kernel.mem.free_frames(), free);
}

#[test]
fn a_frame_is_mapped_65535_times_at_most() {
    let mut rig = Rig::with_frames(256);
    let id = rig.start(&program::small());
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let sp = rig.tf(id).regs[reg::SP];
    for at in 1..u32::from(u16::MAX) {
        let dstva = FREE_PAGE + at * PAGE_SIZE;
        user_store(&mut rig, sp + 16, dstva);
        user_store(&mut rig, sp + 20, VR);
        rig.tf(id).regs[reg::A3] = 0;
        assert_eq!(rig.quick_call(MemMap as u32, [0, FREE_PAGE]), 0);
    }
    rig.settle();
    let ppn = rig.pte(id, FREE_PAGE) >> 12;
    assert_eq!(rig.load(UPAGES + ppn * 12 + 8), Some(0xffff));
    // Where there is a table, where there is none, and in place of itself.
    for dstva in [FREE_PAGE - PAGE_SIZE, 0x7000_0000, FREE_PAGE] {
        rig.fails(NoMem, MemMap, &[0, FREE_PAGE, 0, dstva, VR]);
    }
    rig.ok(MemUnmap, &[0, FREE_PAGE + PAGE_SIZE]);
    rig.ok(MemMap, &[0, FREE_PAGE, 0, 0x7000_0000, VR]);
    let free = rig.kernel.mem.free_frames();
    rig.call_any(EnvDestroy as u32, &[0]);
    assert!(
        rig.kernel.mem.free_frames() > free + 60,
        "and all of it comes back"
    );
}

/// With one slot left, it is used over and over, until its ids are used up.
#[test]
fn a_slot_whose_ids_are_used_up_is_retired() {
    let mut rig = Rig::with_frames(64 + 2 * NENV as u32);
    rig.start(&program::small());
    for _ in 2..NENV {
        rig.quick_call(EnvAlloc as u32, [0; 2]);
    }
    let mut last = 0;
    for generation in 0..EnvId::GENERATIONS {
        let id = EnvId(rig.quick_call(EnvAlloc as u32, [0; 2]));
        assert_eq!((id.generation(), id.index()), (generation, NENV - 1));
        assert_eq!(rig.quick_call(EnvDestroy as u32, [id.0, 0]), 0);
        last = id.0;
    }
    rig.fails(NoFreeEnv, EnvAlloc, &[]);
    assert_eq!(rig.kernel.free_slots().count(), 0);
    assert_eq!(rig.view(last).env_status, EnvStatus::Free as u32);
    // Another slot is still good for a new environment.
    let other = rig.view(0x400 | 5).env_id;
    rig.ok(EnvDestroy, &[other]);
    rig.ok(EnvAlloc, &[]);
}

/// The last free slot is used again while the TLB still holds what its last owner had.
#[test]
fn the_next_owner_of_a_slot_sees_nothing_of_the_last() {
    let mut rig = AnyRig::<64>::with_frames(128 + 2 * NENV as u32);
    let root = rig.start(&program::small());
    for _ in 2..NENV {
        rig.quick_call(EnvAlloc as u32, [0; 2]);
    }
    let mut slots = Vec::new();
    for _ in 0..2 {
        let child = rig.child();
        rig.switch_to(child);
        assert_eq!(rig.load(FREE_PAGE), Some(0), "its own, and on demand");
        rig.store(FREE_PAGE, 0x5ec8e7).expect("writable");
        slots.push(EnvId(child).index());
        rig.switch_to(root);
        rig.ok(EnvDestroy, &[child]);
    }
    assert_eq!(slots[0], slots[1]);
}
