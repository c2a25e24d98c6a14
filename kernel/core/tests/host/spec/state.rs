//! What an environment is, as its parent is told: registers, mappings, handlers.

use mos_abi::Error::{BadEnv, Inval, NotFound};
use mos_abi::Sysno::{self, *};
use mos_abi::layout::{UENVS, USTACKTOP, UTEXT, UTOP, UXSTACKTOP};
use mos_abi::trapframe::{TF_SIZE, TF_WORDS, reg};
use mos_abi::{NENV, Trapframe};
use mos_core::machine::Pending;

use super::family::family;
use super::{FAR_PAGE, FREE_PAGE, V, VR, VRC};
use crate::program::DATA;
use crate::rig::Rig;

/// Where a trapframe goes.
const FRAME: u32 = DATA + 0x200;

/// The trapframe at `at` of the running environment.
fn frame(rig: &mut Rig, at: u32) -> Trapframe {
    let words: [u32; TF_WORDS] =
        std::array::from_fn(|n| rig.load(at + 4 * n as u32).expect("it is there"));
    Trapframe::from_words(&words)
}

/// Where the next mapping is, and its entry.
fn next(rig: &mut Rig, id: u32, va: u32) -> (u32, u32) {
    let me = rig.id();
    rig.ok(NextMapping, &[id, va]);
    let regs = rig.tf(me).regs;
    (regs[reg::V1], regs[reg::A0])
}

fn handlers(rig: &mut Rig, id: u32) -> [u32; 4] {
    let me = rig.id();
    rig.ok(GetHandlers, &[id]);
    let regs = rig.tf(me).regs;
    [regs[reg::V1], regs[reg::A0], regs[reg::A1], regs[reg::A2]]
}

#[test]
fn only_self_and_children_are_told_of() {
    let (mut rig, family) = family();
    rig.ok(MemAlloc, &[0, FRAME, VR]);
    for call in [GetTrapframe, NextMapping, GetHandlers] {
        for (who, id) in &family.others {
            println!("{who}");
            rig.fails(BadEnv, call, &[*id, FRAME]);
        }
        for id in [0, family.me, family.child] {
            let v0 = rig.call(call, &[id, FRAME]);
            // The child has no memory.
            assert!(v0 == 0 || call == NextMapping && id == family.child);
        }
    }
}

#[test]
fn a_childs_registers_are_those_that_it_goes_on_with() {
    let mut rig = Rig::new();
    let child = rig.ok(EnvAlloc, &[]);
    let tf = rig.tf(child);
    for (n, register) in tf.regs.iter_mut().enumerate() {
        *register = 0x1000 + n as u32;
    }
    (tf.hi, tf.lo, tf.cp0_epc, tf.pc) = (1, 2, UTEXT + 12, 3);
    let expected = Trapframe {
        pc: tf.cp0_epc,
        ..*tf
    };
    rig.ok(GetTrapframe, &[child, FRAME]);
    assert_eq!(frame(&mut rig, FRAME), expected);
    // And back again.
    let tf = rig.tf(child);
    *tf = Trapframe::ZERO;
    rig.store(FRAME + 4 * reg::SP as u32, USTACKTOP - 16);
    rig.ok(SetTrapframe, &[child, FRAME]);
    let tf = *rig.tf(child);
    assert_eq!((tf.hi, tf.lo, tf.cp0_epc), (1, 2, UTEXT + 12));
    assert_eq!(tf.regs[..reg::SP], expected.regs[..reg::SP]);
}

#[test]
fn ones_own_registers_are_those_of_the_call() {
    let mut rig = Rig::new();
    let id = rig.id();
    rig.tf(id).regs[reg::V0] = 77;
    rig.tf(id).hi = 5;
    let pc = rig.pc();
    rig.ok(GetTrapframe, &[0, FRAME]);
    let shown = frame(&mut rig, FRAME);
    assert_eq!((shown.pc, shown.cp0_epc, shown.hi), (pc + 4, pc + 4, 5));
    assert_eq!(shown.regs[reg::V0], 77, "as before the call");
    assert_eq!(shown.regs[reg::A0], GetTrapframe as u32);
}

#[test]
fn a_trapframe_is_written_as_a_whole_or_not_at_all() {
    let mut rig = Rig::new();
    rig.ok(MemMap, &[0, DATA, 0, FREE_PAGE, V]);
    rig.ok(MemAlloc, &[0, DATA + 0x1000, VR]);
    let across = DATA + 0x1000 - 8;
    rig.ok(GetTrapframe, &[0, across]);
    assert_eq!(frame(&mut rig, across).regs[reg::A0], GetTrapframe as u32);
    rig.ok(MemUnmap, &[0, DATA + 0x1000]);
    for at in [
        0,
        1,
        FRAME + 2,
        FREE_PAGE,
        across,
        DATA + 0x1000 - TF_SIZE + 4,
        UTOP,
        UTOP - 4,
        UENVS,
        0x8000_0000,
        u32::MAX - 3,
        u32::MAX,
    ] {
        rig.fails(Inval, GetTrapframe, &[0, at]);
    }
    rig.ok(GetTrapframe, &[0, DATA + 0x1000 - TF_SIZE]);
}

#[test]
fn mappings_are_found_one_after_the_other() {
    let mut rig = Rig::new();
    let child = rig.ok(EnvAlloc, &[]);
    rig.fails(NotFound, NextMapping, &[child, 0]);
    let last = UTOP - 0x1000;
    let pages = [
        (UTEXT, V),
        (UTEXT + 0x1000, VRC),
        (FAR_PAGE + 0x3f_f000, VR),
        (FAR_PAGE + 0x40_0000, VR | 4),
        (last, VR | 2),
    ];
    for (va, perm) in pages {
        rig.ok(MemMap, &[0, DATA, child, va, perm]);
    }
    let mut from = 0;
    for (va, perm) in pages {
        let entry = rig.pte(child, va);
        assert_eq!(entry & 0xfff, perm);
        for at in [from, va & !0xfff, va + 0xfff] {
            assert_eq!(next(&mut rig, child, at), (va, entry));
        }
        from = va + 0x1000;
    }
    for va in [UTOP, UENVS, 0x7fc0_0000, 0x8000_0000, u32::MAX] {
        rig.fails(NotFound, NextMapping, &[child, va]);
    }
    // What is no more is not found, though its table is still there.
    rig.ok(MemUnmap, &[child, last]);
    rig.fails(NotFound, NextMapping, &[child, FAR_PAGE + 0x40_1000]);
}

#[test]
fn an_interrupt_amid_empty_tables_is_taken_soon() {
    let mut rig = Rig::new();
    let me = rig.id();
    let child = rig.ok(EnvAlloc, &[]);
    for n in 1..6 {
        rig.ok(MemMap, &[0, DATA, child, 0x0040_0000 * n, V]);
        rig.ok(MemUnmap, &[child, 0x0040_0000 * n]);
    }
    rig.ok(MemMap, &[0, DATA, child, FAR_PAGE, V]);
    let tick = Pending {
        timer: true,
        console: false,
    };
    rig.machine().pending.push_back(tick);
    assert_eq!(next(&mut rig, child, 0), (0x0080_0000, 0));
    assert_eq!(next(&mut rig, child, 0x0080_0000), (0x00c0_0000, 0));
    rig.machine().pending.clear();
    let entry = rig.pte(child, FAR_PAGE);
    assert_eq!(next(&mut rig, child, 0x00c0_0000), (FAR_PAGE, entry));
    assert!(rig.exists(me));
}

#[test]
fn handlers_are_told_as_they_were_set() {
    let mut rig = Rig::new();
    let child = rig.ok(EnvAlloc, &[]);
    assert_eq!(handlers(&mut rig, child), [0; 4]);
    rig.ok(SetPgfaultHandler, &[child, UTEXT + 8, UXSTACKTOP - 8]);
    assert_eq!(handlers(&mut rig, child), [UTEXT + 8, 0, 0, UXSTACKTOP - 8]);
    rig.ok(
        SetExceptionHandler,
        &[child, 0x3e00, UTEXT + 16, UXSTACKTOP],
    );
    assert_eq!(
        handlers(&mut rig, child),
        [UTEXT + 8, 0x3e00, UTEXT + 16, UXSTACKTOP]
    );
    assert_eq!(handlers(&mut rig, 0), [0; 4]);
    for (kinds, func) in [(0, UTEXT + 16), (0x200, 0)] {
        rig.ok(SetExceptionHandler, &[child, kinds, func, UXSTACKTOP]);
        assert_eq!(handlers(&mut rig, child), [UTEXT + 8, 0, 0, UXSTACKTOP]);
    }
}

#[test]
fn the_next_owner_of_a_slot_has_none_of_them() {
    let mut rig = Rig::new();
    let child = rig.ok(EnvAlloc, &[]);
    rig.ok(SetPgfaultHandler, &[child, UTEXT + 8, UXSTACKTOP]);
    rig.ok(
        SetExceptionHandler,
        &[child, 0x3e00, UTEXT + 16, UXSTACKTOP],
    );
    rig.ok(EnvDestroy, &[child]);
    let heir = loop {
        let heir = rig.ok(EnvAlloc, &[]);
        if heir % NENV as u32 == child % NENV as u32 {
            break heir;
        }
        rig.ok(EnvDestroy, &[heir]);
    };
    assert_eq!(handlers(&mut rig, heir), [0; 4]);
}

#[test]
fn everybody_is_told_the_time() {
    let mut rig = Rig::new();
    rig.kernel.tick = 10_000_000;
    for ticks in 0..3 {
        let me = rig.id();
        rig.ok(GetTime, &[]);
        let regs = rig.tf(me).regs;
        assert_eq!([regs[reg::V1], regs[reg::A0]], [ticks, 10_000_000]);
        rig.tick();
    }
}

/// The numbers of the calls, and who may make them, are those of the manual.
#[test]
fn each_call_has_its_number() {
    let calls = [
        GetTrapframe,
        NextMapping,
        Batch,
        CgetcNow,
        GetHandlers,
        GetCpu,
        GetTime,
    ];
    let numbers = calls.map(|call: Sysno| call as u32);
    assert_eq!(numbers, [9608, 9609, 9610, 9611, 9612, 9613, 9614]);
}
