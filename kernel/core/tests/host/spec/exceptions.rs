//! Exceptions that an environment handles itself.

use mos_abi::Error::{BadEnv, Inval};
use mos_abi::Sysno::*;
use mos_abi::exceptions::Exceptions;
use mos_abi::layout::{PAGE_SIZE, UTEXT, UTOP, UVPT, UXSTACKTOP};
use mos_abi::trapframe::{TF_SIZE, TF_WORDS, reg};
use mos_abi::{NENV, Trapframe};

use super::{FREE_PAGE, VR};
use crate::rig::Rig;
use crate::sim::code;

const HANDLER: u32 = UTEXT + 0x40;
const STACK: u32 = UXSTACKTOP - PAGE_SIZE;

/// A running environment that handles `kinds` itself, on an exception stack.
fn handling(kinds: Exceptions) -> Rig {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, STACK, VR]);
    rig.ok(SetExceptionHandler, &[0, kinds.bits(), HANDLER, UXSTACKTOP]);
    rig
}

/// Whether the running environment is in its handler, with one trapframe on its exception stack that tells of this.
#[track_caller]
fn assert_reported(rig: &mut Rig, code: u32, va: u32) {
    let id = rig.id();
    assert_eq!(rig.tf(id).cp0_epc, HANDLER);
    assert_eq!(rig.tf(id).regs[reg::SP], UXSTACKTOP - TF_SIZE);
    let words: [u32; TF_WORDS] = std::array::from_fn(|at| {
        let word = rig.load(UXSTACKTOP - TF_SIZE + 4 * at as u32);
        word.expect("on the exception stack")
    });
    let saved = Trapframe::from_words(&words);
    assert_eq!((saved.cp0_cause, saved.cp0_badvaddr), (code << 2, va));
    assert_eq!(saved.pc, saved.cp0_epc);
}

#[test]
fn a_page_that_is_missing_is_reported_before_one_comes_on_demand() {
    let mut rig = handling(Exceptions::TLB_LOAD | Exceptions::TLB_STORE);
    assert_eq!(rig.load(FREE_PAGE + 8), None);
    assert_reported(&mut rig, code::TLB_LOAD, FREE_PAGE + 8);
    let mut rig = handling(Exceptions::TLB_STORE);
    let id = rig.id();
    assert_eq!(rig.store(FREE_PAGE, 1), None);
    assert_reported(&mut rig, code::TLB_STORE, FREE_PAGE);
    assert_eq!(rig.pte(id, FREE_PAGE), 0, "nothing was mapped");
}

#[test]
fn what_is_not_among_the_kinds_is_as_if_there_were_no_handler() {
    let mut rig = handling(Exceptions::TLB_STORE);
    assert_eq!(rig.load(FREE_PAGE), Some(0), "a page came on demand");
    let id = rig.id();
    rig.trap(code::BREAK << 2, 0);
    assert!(!rig.exists(id));
}

#[test]
fn the_window_on_page_tables_has_nothing_missing() {
    let mut rig = handling(Exceptions::all());
    assert_eq!(rig.load(UVPT + 0xc_0000), Some(0));
}

#[test]
fn every_other_kind_is_reported() {
    for code in [4, 5, 9, 10, 11, 12, 13, 15] {
        let mut rig = handling(Exceptions::all());
        rig.trap(code << 2, 0x8000_0004);
        assert_reported(&mut rig, code, 0x8000_0004);
    }
}

#[test]
fn a_full_or_missing_exception_stack_ends_it() {
    let mut rig = handling(Exceptions::all());
    let id = rig.id();
    for _ in 0..PAGE_SIZE / TF_SIZE {
        rig.trap(code::BREAK << 2, 0);
        assert!(rig.exists(id));
    }
    rig.trap(code::BREAK << 2, 0);
    assert!(!rig.exists(id));
    assert!(
        rig.output()
            .contains("break instruction, bad exception stack, pc")
    );

    let mut rig = handling(Exceptions::all());
    let id = rig.id();
    rig.ok(MemUnmap, &[0, STACK]);
    rig.trap(code::OVERFLOW << 2, 0);
    assert!(!rig.exists(id));
}

#[test]
fn handlers_are_given_up_and_belong_to_nobody_else() {
    for (kinds, func) in [(0, HANDLER), (Exceptions::all().bits(), 0)] {
        let mut rig = handling(Exceptions::all());
        let id = rig.id();
        rig.ok(SetExceptionHandler, &[0, kinds, func, UXSTACKTOP]);
        rig.trap(code::BREAK << 2, 0);
        assert!(!rig.exists(id));
    }
}

#[test]
fn the_next_owner_of_a_slot_has_no_handler() {
    let mut rig = Rig::new();
    let child = rig.child();
    let arguments = [child, Exceptions::all().bits(), HANDLER, UXSTACKTOP];
    rig.ok(SetExceptionHandler, &arguments);
    rig.ok(EnvDestroy, &[child]);
    let heir = loop {
        let heir = rig.child();
        if heir % NENV as u32 == child % NENV as u32 {
            break heir;
        }
        rig.ok(EnvDestroy, &[heir]);
    };
    rig.ok(MemAlloc, &[heir, STACK, VR]);
    rig.ok(SetPgfaultHandler, &[heir, HANDLER + 4, UXSTACKTOP]);
    rig.ok(SetEnvStatus, &[heir, 1]);
    rig.switch_to(heir);
    rig.trap(code::BREAK << 2, 0);
    assert!(!rig.exists(heir));
}

#[test]
fn handlers_of_stores_and_of_exceptions_share_a_stack_and_nothing_else() {
    let mut rig = handling(Exceptions::all());
    let id = rig.id();
    rig.ok(SetPgfaultHandler, &[0, HANDLER + 4, UXSTACKTOP]);
    rig.trap(code::BREAK << 2, 0);
    assert_reported(&mut rig, code::BREAK, 0);
    assert_eq!(rig.view(id).env_pgfault_handler, HANDLER + 4);
    rig.trap(code::TLB_MOD << 2, FREE_PAGE);
    assert_eq!(rig.tf(id).cp0_epc, HANDLER + 4);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut rig = Rig::new();
    for kinds in [1, 2, 1 << 6, 1 << 8, 1 << 14, u32::MAX] {
        rig.fails(Inval, SetExceptionHandler, &[0, kinds, HANDLER, UXSTACKTOP]);
    }
    let kinds = Exceptions::all().bits();
    for (func, top) in [
        (UTOP, UXSTACKTOP),
        (0x8000_0000, UXSTACKTOP),
        (HANDLER + 2, UXSTACKTOP),
        (HANDLER, UTOP + 4),
        (HANDLER, UXSTACKTOP - 2),
    ] {
        rig.fails(Inval, SetExceptionHandler, &[0, kinds, func, top]);
    }
    rig.fails(
        BadEnv,
        SetExceptionHandler,
        &[0x7ff, kinds, HANDLER, UXSTACKTOP],
    );
}
