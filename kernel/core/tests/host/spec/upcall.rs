//! TLB Mod faults, reported to the environment's own handler.

use mos_abi::Error::Inval;
use mos_abi::Sysno::*;
use mos_abi::Trapframe;
use mos_abi::layout::{PAGE_SIZE, UTEXT, UTOP, UXSTACKTOP};
use mos_abi::trapframe::{TF_SIZE, TF_WORDS, reg};

use super::{FREE_PAGE, VR, VRC};
use crate::rig::Rig;
use crate::sim::code;

const HANDLER: u32 = UTEXT + 0x20;

/// A running environment with a handler, an exception stack and a copy-on-write page at `FREE_PAGE`.
fn with_handler() -> Rig {
    let mut rig = Rig::new();
    rig.ok(SetPgfaultHandler, &[0, HANDLER, UXSTACKTOP]);
    rig.ok(MemAlloc, &[0, UXSTACKTOP - PAGE_SIZE, VR]);
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    rig.store(FREE_PAGE, 7).expect("writable");
    rig.ok(MemMap, &[0, FREE_PAGE, 0, FREE_PAGE, VRC]);
    rig
}

/// The trapframe at `va`, as the running environment reads it.
fn frame_at(rig: &mut Rig, va: u32) -> Trapframe {
    let words: [u32; TF_WORDS] = std::array::from_fn(|at| {
        let word = rig.load(va + 4 * at as u32);
        word.expect("on the exception stack")
    });
    Trapframe::from_words(&words)
}

/// The environment stores to a page that it may not write, and is killed for its exception stack.
#[track_caller]
fn assert_bad_stack(mut rig: Rig) {
    let id = rig.id();
    assert_eq!(rig.store(FREE_PAGE, 8), None);
    assert!(!rig.exists(id));
    assert!(
        rig.output()
            .contains("store to a read-only page, bad exception stack, pc")
    );
}

#[test]
fn the_handler_goes_on_with_the_trapframe_on_the_exception_stack() {
    let mut rig = with_handler();
    let id = rig.id();
    let tf = rig.tf(id);
    tf.regs = std::array::from_fn(|register| 0x100 + register as u32);
    (tf.regs[reg::SP], tf.hi, tf.lo) = (UXSTACKTOP - 3 * PAGE_SIZE, 11, 12);
    let before = *rig.tf(id);
    assert_eq!(rig.store(FREE_PAGE + 12, 8), None);
    let saved = frame_at(&mut rig, UXSTACKTOP - TF_SIZE);
    let expected = Trapframe {
        cp0_cause: code::TLB_MOD << 2,
        cp0_badvaddr: FREE_PAGE + 12,
        pc: before.cp0_epc,
        ..before
    };
    assert_eq!(saved, expected);
    let mut handling = before;
    handling.regs[reg::SP] = UXSTACKTOP - TF_SIZE;
    let now = *rig.tf(id);
    assert_eq!((now.regs, now.cp0_epc), (handling.regs, HANDLER));
    assert_eq!(
        rig.load(FREE_PAGE + 12),
        Some(0),
        "the store did not happen"
    );
}

#[test]
fn a_fault_in_the_handler_is_saved_below_the_first() {
    let mut rig = with_handler();
    let id = rig.id();
    assert_eq!(rig.store(FREE_PAGE, 8), None);
    rig.tf(id).regs[reg::SP] -= 32;
    assert_eq!(rig.store(FREE_PAGE + 4, 9), None);
    let second = UXSTACKTOP - 2 * TF_SIZE - 32;
    assert_eq!(rig.tf(id).regs[reg::SP], second);
    assert_eq!(frame_at(&mut rig, second).cp0_badvaddr, FREE_PAGE + 4);
    assert_eq!(frame_at(&mut rig, second).cp0_epc, HANDLER);
    assert_eq!(
        frame_at(&mut rig, UXSTACKTOP - TF_SIZE).cp0_badvaddr,
        FREE_PAGE
    );
}

#[test]
fn the_exception_stack_is_one_page_and_no_more() {
    let fit = PAGE_SIZE / TF_SIZE;
    let mut rig = with_handler();
    // The page below is there and writable, and still not a part of it.
    rig.ok(MemAlloc, &[0, UXSTACKTOP - 2 * PAGE_SIZE, VR]);
    for depth in 1..=fit {
        let id = rig.id();
        assert_eq!(rig.store(FREE_PAGE, 8), None);
        assert_eq!(rig.tf(id).regs[reg::SP], UXSTACKTOP - depth * TF_SIZE);
    }
    assert_bad_stack(rig);
}

/// However much a handler takes before it faults again, the stack ends, and does not begin anew.
#[test]
fn a_handler_that_faults_for_ever_is_ended_whatever_its_stack_frame() {
    for size in (0..PAGE_SIZE - TF_SIZE).step_by(84) {
        let mut rig = with_handler();
        rig.audit_every = 1000;
        let id = rig.id();
        for _ in 0..=PAGE_SIZE / TF_SIZE {
            assert_eq!(rig.store(FREE_PAGE, 8), None);
            if !rig.exists(id) {
                break;
            }
            rig.tf(id).regs[reg::SP] -= size;
        }
        assert!(!rig.exists(id), "{size} bytes a turn");
    }
}

#[test]
fn a_stack_pointer_at_either_edge_of_the_page() {
    let base = UXSTACKTOP - PAGE_SIZE;
    let below = base - PAGE_SIZE;
    // Where sp is, and where the frame goes.
    let table = [
        (below - 4, Some(UXSTACKTOP - TF_SIZE)),
        (below, Some(UXSTACKTOP - TF_SIZE)),
        (below + 4, None),
        (below + 0x800, None),
        (base - 4, None),
        (base, None),
        (base + TF_SIZE - 4, None),
        (base + TF_SIZE, Some(base)),
        (UXSTACKTOP - 4, Some(UXSTACKTOP - 4 - TF_SIZE)),
        (UXSTACKTOP, Some(UXSTACKTOP - TF_SIZE)),
        (0, Some(UXSTACKTOP - TF_SIZE)),
        (u32::MAX, Some(UXSTACKTOP - TF_SIZE)),
        (base + 0x801, None),
    ];
    for (sp, frame) in table {
        let mut rig = with_handler();
        let id = rig.id();
        rig.tf(id).regs[reg::SP] = sp;
        match frame {
            None => assert_bad_stack(rig),
            Some(frame) => {
                assert_eq!(rig.store(FREE_PAGE, 8), None);
                assert_eq!(rig.tf(id).regs[reg::SP], frame, "sp {sp:#x}");
                assert_eq!(frame_at(&mut rig, frame).regs[reg::SP], sp);
            }
        }
    }
}

#[test]
fn a_stack_that_is_missing_or_not_writable_ends_the_environment() {
    let xstack = UXSTACKTOP - PAGE_SIZE;
    let mut missing = with_handler();
    missing.ok(MemUnmap, &[0, xstack]);
    assert_bad_stack(missing);
    for perm in [0x200, VRC] {
        let mut rig = with_handler();
        rig.load(xstack).expect("in the TLB");
        rig.ok(MemMap, &[0, xstack, 0, xstack, perm]);
        assert_bad_stack(rig);
    }
    for top in [0, 4, TF_SIZE - 4, TF_SIZE] {
        let mut rig = with_handler();
        rig.ok(SetPgfaultHandler, &[0, HANDLER, top]);
        assert_bad_stack(rig);
    }
}

/// A frame lies in two pages where `xstacktop` is in the middle of one.
const TWO_PAGES: u32 = FREE_PAGE + 2 * PAGE_SIZE;
const TWO_PAGES_TOP: u32 = TWO_PAGES + 80;

#[test]
fn a_frame_in_two_pages_is_written_to_both() {
    let mut rig = with_handler();
    rig.ok(SetPgfaultHandler, &[0, HANDLER, TWO_PAGES_TOP]);
    rig.ok(MemAlloc, &[0, TWO_PAGES - PAGE_SIZE, VR]);
    rig.ok(MemAlloc, &[0, TWO_PAGES, VR]);
    let pc = rig.pc();
    assert_eq!(rig.store(UTEXT, 1), None);
    let saved = frame_at(&mut rig, TWO_PAGES_TOP - TF_SIZE);
    assert_eq!((saved.cp0_badvaddr, saved.pc), (UTEXT, pc));
}

/// Its pages may be somebody else's too.
#[test]
fn a_frame_that_fits_in_one_of_two_pages_is_not_written_at_all() {
    for page in [TWO_PAGES - PAGE_SIZE, TWO_PAGES] {
        let mut rig = with_handler();
        let me = rig.id();
        rig.ok(SetPgfaultHandler, &[0, HANDLER, TWO_PAGES_TOP]);
        rig.ok(MemAlloc, &[0, page, VR]);
        let child = rig.child();
        rig.ok(MemMap, &[0, page, child, page, VR]);
        assert_eq!(rig.store(UTEXT, 1), None);
        assert!(!rig.exists(me));
        rig.switch_to(child);
        for va in (page..page + PAGE_SIZE).step_by(4) {
            assert_eq!(rig.load(va), Some(0), "{va:#x}");
        }
    }
}

#[test]
fn any_store_that_r_forbids_is_reported() {
    for va in [
        UTEXT,
        mos_abi::layout::UENVS,
        mos_abi::layout::UPAGES,
        mos_abi::layout::VPD,
    ] {
        let mut rig = with_handler();
        assert_eq!(rig.store(va, 1), None);
        assert_eq!(rig.pc(), HANDLER);
        assert_eq!(frame_at(&mut rig, UXSTACKTOP - TF_SIZE).cp0_badvaddr, va);
    }
}

#[test]
fn an_unmapped_page_is_not_reported() {
    let mut rig = with_handler();
    rig.store(0x2000_0000, 1).expect("on demand");
    let id = rig.id();
    assert_eq!(rig.store(0, 1), None);
    assert!(!rig.exists(id), "no handler claims it");
}

/// The branch is executed again after the handler, and its delay slot with it.
#[test]
fn a_store_in_a_delay_slot_goes_on_at_its_branch() {
    let mut rig = with_handler();
    let (id, pc) = (rig.id(), rig.pc());
    rig.trap(1 << 31 | code::TLB_MOD << 2, FREE_PAGE);
    assert!(rig.exists(id));
    let saved = frame_at(&mut rig, UXSTACKTOP - TF_SIZE);
    assert_eq!(
        (saved.cp0_epc, saved.pc, saved.cp0_cause >> 31),
        (pc, pc, 1)
    );
}

#[test]
fn handler_and_stack_are_below_utop() {
    let mut rig = Rig::new();
    for (func, top) in [
        (UTOP, UXSTACKTOP),
        (0x8000_0000, UXSTACKTOP),
        (u32::MAX, UXSTACKTOP),
        (HANDLER + 1, UXSTACKTOP),
        (HANDLER + 2, UXSTACKTOP),
        (HANDLER, UTOP + 4),
        (HANDLER, UTOP + 0x1000),
        (HANDLER, u32::MAX - 3),
        (HANDLER, UXSTACKTOP - 2),
        (HANDLER, 1),
    ] {
        rig.fails(Inval, SetPgfaultHandler, &[0, func, top]);
    }
    for (func, top) in [(UTOP - 4, UXSTACKTOP), (HANDLER, 0), (0, 0)] {
        rig.ok(SetPgfaultHandler, &[0, func, top]);
        let id = rig.id();
        let view = rig.view(id);
        assert_eq!((view.env_pgfault_handler, view.env_xstacktop), (func, top));
    }
}

#[test]
fn a_handler_can_be_taken_back() {
    let mut rig = with_handler();
    rig.ok(SetPgfaultHandler, &[0, 0, UXSTACKTOP]);
    let id = rig.id();
    assert_eq!(rig.store(FREE_PAGE, 1), None);
    assert!(!rig.exists(id));
}

#[test]
fn a_parent_sets_its_childs_handler() {
    let mut rig = with_handler();
    let child = rig.child();
    rig.ok(SetPgfaultHandler, &[child, HANDLER, UXSTACKTOP]);
    for va in [FREE_PAGE, UXSTACKTOP - PAGE_SIZE] {
        rig.ok(
            MemMap,
            &[0, va, child, va, if va == FREE_PAGE { VRC } else { VR }],
        );
    }
    rig.switch_to(child);
    assert_eq!(rig.store(FREE_PAGE, 1), None);
    assert_eq!((rig.id(), rig.pc()), (child, HANDLER));
}
