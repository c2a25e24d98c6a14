//! `batch`: several calls in one trap, and arrays of them that are anything but well meant.

use mos_abi::Error::{self, Inval};
use mos_abi::Sysno::{self, *};
use mos_abi::layout::{UTEXT, UTOP, UXSTACKTOP};
use mos_abi::trapframe::reg;
use mos_core::machine::Pending;

use super::{FAR_PAGE, FREE_PAGE, V, VR, VRC};
use crate::program::DATA;
use crate::rig::Rig;

/// Where arrays lie.
const ARRAY: u32 = DATA + 0x100;
/// What stands in a result's place before there is one.
const UNTOUCHED: u32 = 0x5eed_5eed;

/// Stores an array of calls; each has a result in its place already.
fn write_at(rig: &mut Rig, array: u32, calls: &[(Sysno, &[u32])]) {
    let mut at = array;
    for (call, args) in calls {
        let mut words = [*call as u32, 0, 0, 0, 0, 0, UNTOUCHED, 0];
        words[1..=args.len()].copy_from_slice(args);
        for word in words {
            rig.store(at, word).expect("room for an array");
            at += 4;
        }
    }
}

/// The result of call `n`, as it stands in the array.
fn result(rig: &mut Rig, n: u32) -> u32 {
    rig.load(ARRAY + 32 * n + 24).expect("the array is there")
}

/// Makes calls that stand at [`ARRAY`]; how many were made, and the error of the next.
fn make(rig: &mut Rig, calls: &[(Sysno, &[u32])]) -> (i32, i32) {
    write_at(rig, ARRAY, calls);
    made(rig, ARRAY, calls.len() as u32)
}

fn made(rig: &mut Rig, array: u32, count: u32) -> (i32, i32) {
    let id = rig.id();
    rig.tf(id).regs[reg::V1] = UNTOUCHED;
    let v0 = rig.call(Batch, &[array, count]);
    (v0, rig.tf(id).regs[reg::V1] as i32)
}

#[test]
fn each_call_is_made_in_its_order_and_has_its_result() {
    let mut rig = Rig::new();
    let (id, child) = (rig.id(), rig.ok(EnvAlloc, &[]));
    let calls: [(Sysno, &[u32]); 8] = [
        (Getenvid, &[]),
        (MemAlloc, &[0, FREE_PAGE, VR]),
        (MemMap, &[0, FREE_PAGE, child, FAR_PAGE, V]),
        (MemCopy, &[DATA, child, FREE_PAGE, VR]),
        (MemShare, &[child, DATA, DATA + 0x1000]),
        (MemUnmap, &[0, FREE_PAGE]),
        (SetPgfaultHandler, &[child, UTEXT, UXSTACKTOP]),
        (SetExceptionHandler, &[child, 0x200, UTEXT + 4, UXSTACKTOP]),
    ];
    let before = rig.tf(id).regs;
    // It shares the page of the array, which is copy-on-write from then on: the first four have their results.
    assert_eq!(make(&mut rig, &calls), (8, 0));
    let results: Vec<u32> = (0..8).map(|n| result(&mut rig, n)).collect();
    assert_eq!(results[..4], [id, 0, 0, 0]);
    assert_eq!(results[4..], [UNTOUCHED; 4]);
    assert_eq!(rig.pte(id, FREE_PAGE), 0);
    assert_eq!(rig.pte(child, FAR_PAGE) & 0xfff, V);
    assert_eq!(rig.pte(child, FREE_PAGE) & 0xfff, VR);
    assert_eq!(rig.pte(child, DATA) & 0xfff, VRC);
    assert_eq!(rig.view(child).env_pgfault_handler, UTEXT);
    let mut after = rig.tf(id).regs;
    for register in [reg::V0, reg::V1, reg::A0, reg::A1, reg::A2, reg::A3] {
        after[register] = before[register];
    }
    assert_eq!(after, before, "no other register has changed");
}

#[test]
fn it_stops_at_the_first_error_and_says_where() {
    let mut rig = Rig::new();
    let id = rig.id();
    let calls: [(Sysno, &[u32]); 4] = [
        (MemAlloc, &[0, FREE_PAGE, VR]),
        (Getenvid, &[]),
        (MemAlloc, &[0x7ff, FREE_PAGE, VR]),
        (MemUnmap, &[0, FREE_PAGE]),
    ];
    assert_eq!(make(&mut rig, &calls), (2, Error::BadEnv.code()));
    assert_ne!(rig.pte(id, FREE_PAGE), 0, "what comes behind is not made");
    assert_eq!(result(&mut rig, 1), id);
    assert_eq!(result(&mut rig, 2), UNTOUCHED, "v1 tells");
}

/// What has changed nothing leaves v1 alone, too: the rig sees to that.
#[test]
fn the_error_of_the_first_call_is_its_own() {
    let mut rig = Rig::new();
    write_at(&mut rig, ARRAY, &[(MemAlloc, &[0, UTOP, VR])]);
    rig.fails(Inval, Batch, &[ARRAY, 1]);
}

#[test]
fn no_calls_are_made_at_once_wherever_they_are() {
    let mut rig = Rig::new();
    for array in [0, 1, FREE_PAGE, UTOP, u32::MAX] {
        assert_eq!(made(&mut rig, array, 0), (0, 0));
    }
}

#[test]
fn only_calls_that_leave_their_caller_as_it_is_can_be_made() {
    let allowed = [
        Getenvid,
        SetPgfaultHandler,
        MemAlloc,
        MemMap,
        MemUnmap,
        MemShare,
        MemCopy,
        SetExceptionHandler,
    ];
    let mut rig = Rig::new();
    for &call in Sysno::ALL {
        if !allowed.contains(&call) {
            write_at(&mut rig, ARRAY, &[(call, &[0, 0, 0, 0, 0])]);
            rig.fails(Inval, Batch, &[ARRAY, 1]);
        }
    }
    for number in [0, 1, 9526, 9544, 9599, 9615, 0x8000_2530, u32::MAX] {
        rig.store(ARRAY, number).expect("the array is there");
        rig.fails(Inval, Batch, &[ARRAY, 1]);
    }
}

#[test]
fn a_batch_in_a_batch_is_refused_be_it_the_same_one() {
    let mut rig = Rig::new();
    write_at(&mut rig, ARRAY, &[(Getenvid, &[]), (Batch, &[ARRAY, 2])]);
    assert_eq!(made(&mut rig, ARRAY, 2), (1, Inval.code()));
}

#[test]
fn arrays_that_are_nowhere_are_refused() {
    let mut rig = Rig::new();
    for array in [
        0,
        FREE_PAGE,
        ARRAY + 1,
        ARRAY + 2,
        UTOP,
        UTOP - 4,
        0x8000_0000,
        0xffff_fff0,
        u32::MAX - 3,
    ] {
        for count in [1, 2, u32::MAX] {
            rig.fails(Inval, Batch, &[array, count]);
        }
    }
}

#[test]
fn a_count_that_lies_goes_as_far_as_there_are_calls() {
    for count in [3, 0x0800_0000, 0x8000_0000, u32::MAX] {
        let mut rig = Rig::new();
        // The last whole call of the page; behind it there is nothing.
        let array = DATA + 0x1000 - 64;
        write_at(&mut rig, array, &[(Getenvid, &[][..]); 2]);
        assert_eq!(made(&mut rig, array, count), (2, Inval.code()));
    }
}

#[test]
fn an_array_goes_on_across_the_end_of_a_page() {
    for before in [4, 8, 12, 16, 20, 24, 28, 32] {
        let mut rig = Rig::new();
        let id = rig.id();
        rig.ok(MemAlloc, &[0, DATA + 0x1000, VR]);
        let array = DATA + 0x1000 - before;
        let calls: [(Sysno, &[u32]); 2] = [
            (MemMap, &[0, DATA, 0, FREE_PAGE, V]),
            (MemAlloc, &[0, FREE_PAGE + 0x1000, VR]),
        ];
        write_at(&mut rig, array, &calls);
        assert_eq!(made(&mut rig, array, 2), (2, 0));
        assert_eq!(rig.load(array + 24), Some(0));
        assert_eq!(rig.pte(id, FREE_PAGE) & 0xfff, V);
        // Half of it is gone now, and nothing is made of the rest: not even what it has of arguments.
        rig.ok(MemUnmap, &[0, DATA + 0x1000]);
        if before < 24 {
            rig.fails(Inval, Batch, &[array, 1]);
        }
    }
}

#[test]
fn an_array_that_cannot_be_written_is_made_without_results() {
    for perm in [V, VRC] {
        let mut rig = Rig::new();
        write_at(&mut rig, ARRAY, &[(Getenvid, &[]), (Getenvid, &[])]);
        rig.ok(MemMap, &[0, DATA, 0, FREE_PAGE, VR]);
        rig.ok(MemMap, &[0, DATA, 0, DATA, perm]);
        assert_eq!(made(&mut rig, ARRAY, 2), (2, 0));
        assert_eq!(result(&mut rig, 0), UNTOUCHED);
    }
}

#[test]
fn an_array_that_takes_itself_away_ends_there() {
    let mut rig = Rig::new();
    let calls: [(Sysno, &[u32]); 3] = [(Getenvid, &[]), (MemUnmap, &[0, ARRAY]), (Getenvid, &[])];
    assert_eq!(make(&mut rig, &calls), (2, Inval.code()));
}

#[test]
fn an_array_that_puts_another_in_its_place_goes_on_with_that() {
    let mut rig = Rig::new();
    let id = rig.id();
    let other = FREE_PAGE + (ARRAY & 0xfff);
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let calls: [(Sysno, &[u32]); 2] = [(Getenvid, &[]), (MemUnmap, &[0, FAR_PAGE])];
    write_at(&mut rig, other, &calls);
    let calls: [(Sysno, &[u32]); 2] = [(MemMap, &[0, other, 0, ARRAY, VR]), (EnvDestroy, &[0])];
    assert_eq!(make(&mut rig, &calls), (2, 0));
    let words = [0, 1].map(|n| rig.load(other + 32 * n + 24));
    assert_eq!(
        words,
        [Some(0), Some(0)],
        "results are where the array is now"
    );
    assert_eq!(rig.load(other), Some(Getenvid as u32));
    assert!(rig.exists(id));
}

/// Its result overwrites the number of the call that is made next: mem_unmap becomes a call that there is not.
#[test]
fn results_that_fall_on_calls_to_come_count() {
    let mut rig = Rig::new();
    let id = rig.id();
    write_at(&mut rig, ARRAY, &[(MemMap, &[0, DATA, 0, FREE_PAGE, VR])]);
    assert_eq!(made(&mut rig, ARRAY, 1), (1, 0));
    let twin = FREE_PAGE + (ARRAY & 0xfff);
    write_at(&mut rig, ARRAY, &[(Getenvid, &[]), (Getenvid, &[])]);
    assert_eq!(made(&mut rig, twin, 2), (2, 0));
    assert_eq!(result(&mut rig, 0), id, "one frame, two addresses");
}

#[test]
fn arguments_4_and_5_come_from_the_array_and_not_from_the_stack() {
    let mut rig = Rig::new();
    let id = rig.id();
    // Of a program without a stack.
    rig.tf(id).regs[reg::SP] = 1;
    write_at(&mut rig, ARRAY, &[(MemMap, &[0, DATA, 0, FREE_PAGE, V])]);
    assert_eq!(made(&mut rig, ARRAY, 1), (1, 0));
    assert_eq!(rig.tf(id).regs[reg::SP], 1);
    assert_eq!(rig.pte(id, FREE_PAGE) & 0xfff, V);
    write_at(
        &mut rig,
        ARRAY,
        &[(MemMap, &[0, DATA, 0, FREE_PAGE, 0x123])],
    );
    rig.fails(Inval, Batch, &[ARRAY, 1]);
    assert_eq!(rig.tf(id).regs[reg::SP], 1);
}

#[test]
fn an_interrupt_comes_in_between_and_the_rest_is_left() {
    let mut rig = Rig::new();
    let tick = Pending {
        timer: true,
        console: false,
    };
    let calls: [(Sysno, &[u32]); 3] = [(Getenvid, &[]); 3];
    write_at(&mut rig, ARRAY, &calls);
    rig.machine().pending.push_back(tick);
    assert_eq!(made(&mut rig, ARRAY, 3), (1, 0));
    rig.machine().pending.clear();
    assert_eq!(made(&mut rig, ARRAY + 32, 2), (2, 0));
}

#[test]
fn many_calls_keep_no_interrupt_waiting() {
    let mut rig = Rig::new();
    let child = rig.ok(EnvAlloc, &[]);
    let copy = [DATA, child, FREE_PAGE, VR];
    let calls: [(Sysno, &[u32]); 24] = [(MemCopy, &copy); 24];
    // The rig counts how much is done before the kernel looks.
    assert_eq!(make(&mut rig, &calls), (24, 0));
}
