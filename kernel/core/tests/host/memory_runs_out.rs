//! Out of memory, forced at every single allocation of everything that allocates.
//!
//! Each case says how many free frames it needs. With fewer it must fail and change nothing, with as
//! many it must succeed.

use mos_abi::Error::NoMem;
use mos_abi::Sysno::{self, *};
use mos_abi::exceptions::Exceptions;
use mos_abi::layout::{UTEXT, UTOP};
use mos_abi::trapframe::reg;

use mos_core::{Kernel, Machine};

use crate::program::{self, DATA, Segment};
use crate::rig::{Back, Rig};
use crate::sim::{DEVICE, Sim};

/// A page whose table is there.
const NEAR: u32 = 0x0050_0000;
/// A page whose table is not.
const FAR: u32 = 0x1000_0000;
const V: u32 = 0x200;
const VR: u32 = 0x600;

/// Copies of `rig` with 0, 1, … `needed` frames free, and whether that is enough.
fn with_few_frames(rig: &Rig, needed: usize) -> impl Iterator<Item = (Rig, bool)> {
    (0..=needed).map(move |free| {
        let mut rig = rig.clone();
        rig.leave_free(free);
        (rig, free == needed)
    })
}

/// The running environment's call needs `needed` frames. That a call which fails changes nothing is
/// checked by the rig, for all calls.
#[track_caller]
fn needs(needed: usize, rig: &Rig, call: Sysno, args: &[u32]) {
    for (mut rig, enough) in with_few_frames(rig, needed) {
        let back = rig.call_any(call as u32, args);
        let failed = back == Back::Value(NoMem.code());
        assert_eq!(
            failed, !enough,
            "{call:?}{args:x?}: {back:?}, needs {needed}"
        );
        rig.give_back();
        rig.settle();
    }
}

#[test]
fn mem_alloc_needs_a_page_and_perhaps_a_table() {
    let mut rig = Rig::new();
    needs(1, &rig, MemAlloc, &[0, NEAR, VR]);
    needs(2, &rig, MemAlloc, &[0, FAR, VR]);
    // What is there already is freed only when its successor is.
    needs(1, &rig, MemAlloc, &[0, DATA, VR]);
    let child = rig.ok(EnvAlloc, &[]);
    needs(2, &rig, MemAlloc, &[child, NEAR, VR]);
}

#[test]
fn mem_map_needs_perhaps_a_table() {
    let mut rig = Rig::new();
    needs(0, &rig, MemMap, &[0, DATA, 0, NEAR, V]);
    needs(0, &rig, MemMap, &[0, DATA, 0, DATA, V]);
    needs(1, &rig, MemMap, &[0, DATA, 0, FAR, V]);
    let child = rig.ok(EnvAlloc, &[]);
    needs(1, &rig, MemMap, &[0, DATA, child, DATA, V]);
    rig.ok(MemAlloc, &[child, DATA, VR]);
    needs(0, &rig, MemMap, &[0, DATA, child, DATA, V]);
}

#[test]
fn a_child_needs_a_directory() {
    needs(1, &Rig::new(), EnvAlloc, &[]);
}

#[test]
fn a_message_needs_a_table_at_most() {
    let mut rig = Rig::new();
    let me = rig.id();
    for (dstva, needed) in [(0, 0), (FAR, 1), (NEAR, 0)] {
        let child = rig.child();
        rig.ok(MemAlloc, &[child, NEAR, VR]);
        rig.switch_to(child);
        rig.blocks(IpcRecv, &[dstva]);
        rig.switch_to(me);
        needs(0, &rig, IpcCanSend, &[child, 1, 0, 0]);
        needs(needed, &rig, IpcCanSend, &[child, 1, DATA, V]);
    }
}

#[test]
fn several_calls_need_what_each_of_them_does_and_stop_where_there_is_no_more() {
    let mut rig = Rig::new();
    let child = rig.ok(EnvAlloc, &[]);
    let calls: [([u32; 5], usize); 4] = [
        ([MemAlloc as u32, 0, NEAR, VR, 0], 1),
        ([MemAlloc as u32, child, NEAR, VR, 0], 2),
        ([MemMap as u32, 0, DATA, child, FAR], 1),
        ([MemCopy as u32, DATA, child, DATA, VR], 1),
    ];
    for (n, (words, _)) in (0..).zip(calls) {
        for (at, word) in (DATA + 0x100 + 32 * n..).step_by(4).zip(words) {
            rig.store(at, word).expect("writable");
        }
        rig.store(DATA + 0x100 + 32 * n + 20, V).expect("writable");
    }
    let all = calls.iter().map(|&(_, needed)| needed).sum();
    for (mut rig, _) in with_few_frames(&rig, all) {
        let mut free = rig.kernel.mem.free_frames();
        let enough = calls.iter().take_while(|&&(_, needed)| {
            let rest = free.checked_sub(needed);
            free = rest.unwrap_or(free);
            rest.is_some()
        });
        let made = enough.count() as i32;
        let id = rig.id();
        let back = rig.call(Batch, &[DATA + 0x100, calls.len() as u32]);
        match made {
            0 => assert_eq!(back, NoMem.code()),
            _ => assert_eq!(back, made),
        }
        if made > 0 && made < calls.len() as i32 {
            assert_eq!(rig.tf(id).regs[reg::V1] as i32, NoMem.code());
        }
        rig.give_back();
        rig.settle();
    }
}

#[test]
fn the_other_calls_need_nothing() {
    let mut rig = Rig::new();
    rig.store(DATA + 8, 0).expect("v0 of the trapframe there");
    let child = rig.ok(EnvAlloc, &[]);
    rig.type_in(b"x");
    let calls: [(Sysno, &[u32]); 18] = [
        (Putchar, &[b'x' as u32]),
        (Getenvid, &[]),
        (Yield, &[]),
        (SetPgfaultHandler, &[0, UTEXT, UTOP]),
        (MemUnmap, &[0, DATA]),
        (SetEnvStatus, &[child, 1]),
        (SetTrapframe, &[child, DATA]),
        (IpcRecv, &[FAR]),
        (Cgetc, &[]),
        (ReadDev, &[DATA, DEVICE.start, 4]),
        (WriteDev, &[DATA, DEVICE.start, 4]),
        (GetTrapframe, &[child, DATA]),
        (NextMapping, &[0, 0]),
        (CgetcNow, &[]),
        (GetHandlers, &[child]),
        (GetTime, &[]),
        (GetCpu, &[0]),
        (EnvDestroy, &[child]),
    ];
    for (call, args) in calls {
        needs(0, &rig, call, args);
    }
}

#[test]
fn memory_on_demand_ends_the_environment_when_there_is_none() {
    for (va, needed) in [(NEAR, 1), (FAR, 2)] {
        for store in [false, true] {
            for (mut rig, enough) in with_few_frames(&Rig::new(), needed) {
                let id = rig.id();
                let done = match store {
                    true => rig.store(va, 1),
                    false => rig.load(va).map(drop),
                };
                assert_eq!(done.is_some(), enough);
                assert_eq!(rig.exists(id), enough);
                assert_eq!(rig.output().contains("out of memory"), !enough);
                rig.give_back();
                rig.settle();
            }
        }
    }
}

#[test]
fn an_exception_that_is_handled_needs_no_memory() {
    let mut rig = Rig::new();
    let stack = UTOP - 0x1000;
    rig.ok(MemAlloc, &[0, stack, VR]);
    let kinds = Exceptions::all().bits();
    needs(0, &rig, SetExceptionHandler, &[0, kinds, UTEXT, UTOP]);
    rig.ok(SetExceptionHandler, &[0, kinds, UTEXT, UTOP]);
    rig.leave_free(0);
    let id = rig.id();
    for va in [NEAR, FAR] {
        assert_eq!(rig.load(va), None, "told before there is a page");
        assert_eq!((rig.exists(id), rig.tf(id).cp0_epc), (true, UTEXT));
    }
    // What it may bring itself is an error that it can see.
    rig.fails(NoMem, MemAlloc, &[0, NEAR, VR]);
    rig.give_back();
    rig.settle();
}

#[test]
fn a_message_that_waits_in_line_needs_no_memory() {
    for (window, needed, pages) in [(NEAR, 0, 1), (FAR, 1, 1), (FAR, 0, 0)] {
        let mut rig = Rig::new();
        let me = rig.id();
        let child = rig.child();
        rig.ok(MemAlloc, &[child, DATA, VR]);
        rig.ok(MemAlloc, &[0, NEAR, VR]);
        rig.ok(MemUnmap, &[0, NEAR]);
        rig.leave_free(needed);
        rig.switch_to(child);
        // A page to its parent, for which there is time.
        rig.tf(child).regs[12] = u32::MAX;
        rig.tf(child).regs[14..16].copy_from_slice(&[DATA, 1 << 12 | V]);
        rig.blocks(Msg, &[me, 0, 0]);
        rig.switch_to(me);
        rig.tf(me).regs[13] = 0;
        rig.tf(me).regs[24..26].copy_from_slice(&[window, 1]);
        rig.ok(Msg, &[0, u32::MAX, 0]);
        let came = rig.tf(me).regs[reg::A1];
        assert_eq!(came >> 12, pages, "at {window:#x} with {needed} frames");
        rig.give_back();
        rig.settle();
    }
}

#[test]
fn a_program_that_does_not_fit_leaves_nothing() {
    let rig = Rig::with_frames(256);
    let far = Segment {
        start: FAR - 4,
        memsz: 0x2004,
        bytes: vec![1; 0x1800],
        flags: program::PF_R | program::PF_W,
    };
    let mut segments = program::small_segments();
    segments.push(far);
    let elf = program::elf(UTEXT, &segments);
    // A directory, three tables and that of the stack, two pages and four, the stack.
    let needed = 1 + 3 + 1 + 2 + 3 + 1;
    for (mut rig, enough) in with_few_frames(&rig, needed) {
        let free = rig.kernel.mem.free_frames();
        let result = rig.kernel.env_create(&program::program(&elf));
        rig.settle();
        if enough {
            result.expect("it fits");
        } else {
            assert_eq!(result, Err(NoMem));
            assert_eq!(
                (rig.kernel.mem.free_frames(), rig.kernel.alive()),
                (free, 0)
            );
        }
    }
}

#[test]
fn a_machine_too_small_for_the_shared_tables_does_not_boot() {
    let first_free = Sim::<6>::new(64).memory_map().first_free.ppn();
    for frames in 0..=3 {
        let mut kernel = Box::new(Kernel::new(
            Sim::<6>::new(first_free + frames),
            crate::sim::slots(),
        ));
        let expected = if frames < 3 { Err(NoMem) } else { Ok(()) };
        assert_eq!(kernel.boot(None), expected, "{frames} frames");
    }
}
