//! Memory on demand, and what becomes of bad addresses.

use mos_abi::layout::{DEMAND_FLOOR, PFTEMP, UENVS, ULIM, USTACKTOP, UTOP};

use super::{FAR_PAGE, V, VR};
use crate::program::DATA;
use crate::rig::Rig;
use crate::sim::code;

/// What is printed when the running environment does `harm`, which ends it and nobody else.
fn last_words(harm: impl FnOnce(&mut Rig)) -> String {
    let mut rig = Rig::new();
    let (victim, bystander) = (rig.id(), rig.start(&crate::program::small()));
    harm(&mut rig);
    assert!(!rig.exists(victim), "it goes on");
    rig.switch_to(bystander);
    let line = rig.output();
    let rest = line.strip_prefix(&format!("[{victim:08x}] killed: "));
    rest.unwrap_or_else(|| panic!("{line:?}")).to_string()
}

#[test]
fn a_page_between_the_floor_and_the_stack_top_comes_zeroed_when_it_is_touched() {
    for va in [DEMAND_FLOOR, 0x2_0ffc, FAR_PAGE, 0x6000_0000, USTACKTOP - 4] {
        let mut rig = Rig::new();
        let id = rig.id();
        assert_eq!(rig.load(va), Some(0), "{va:#x}");
        assert_eq!(rig.pte(id, va) & 0xfff, VR);
        let mut rig = Rig::new();
        rig.store(va, 9).expect("on demand");
        assert_eq!(rig.load(va), Some(9), "{va:#x}");
    }
}

#[test]
fn every_other_bad_address_ends_the_environment_with_one_line() {
    let load = "load from an unmapped page";
    let table = [
        (0, load),
        (DEMAND_FLOOR - 4, load),
        (PFTEMP, load),
        (USTACKTOP, load),
        (UTOP - 0x1000, load),
        (UTOP - 4, load),
        (UENVS - 4, load),
        (ULIM, "load from a bad address"),
        (0xffff_fffc, "load from a bad address"),
        (DATA + 1, "load from a bad address"),
        (DATA + 2, "load from a bad address"),
    ];
    for (va, cause) in table {
        let words = last_words(|rig| assert_eq!(rig.load(va), None));
        assert_eq!(words, format!("{cause}, pc 00400000, address {va:08x}\n"));
        let words = last_words(|rig| assert_eq!(rig.store(va, 1), None));
        let cause = cause.replace("load from", "store to");
        assert_eq!(words, format!("{cause}, pc 00400000, address {va:08x}\n"));
    }
}

#[test]
fn a_store_to_a_read_only_page_ends_an_environment_without_a_handler() {
    let words = last_words(|rig| assert_eq!(rig.store(0x40_0000, 1), None));
    assert_eq!(
        words,
        "store to a read-only page, pc 00400000, address 00400000\n"
    );
}

#[test]
fn other_exceptions_end_the_environment_too() {
    let table = [
        (code::BREAK, "break instruction"),
        (code::RESERVED, "reserved instruction"),
        (code::COPROCESSOR, "coprocessor instruction"),
        (code::OVERFLOW, "arithmetic overflow"),
        (13, "trap instruction"),
        (6, "exception 6"),
        (31, "exception 31"),
    ];
    for (code, cause) in table {
        let words = last_words(|rig| rig.trap(code << 2, 0x1234));
        assert_eq!(words, format!("{cause}, pc 00400000\n"), "no address");
    }
}

/// One CPU never gets there, as every change invalidates; with two, another one may have mapped the
/// page since.
#[test]
fn a_fault_for_a_page_that_is_mapped_by_now_is_tried_again() {
    let mut rig = Rig::new();
    let (id, free) = (rig.id(), rig.kernel.mem.free_frames());
    rig.trap(code::TLB_LOAD << 2, DATA);
    assert!(rig.exists(id));
    assert_eq!(rig.kernel.mem.free_frames(), free);
    assert_eq!(rig.pte(id, DATA) & 0xfff, VR);
    assert_eq!(rig.pte(id, 0x40_0000) & 0xfff, V);
}
