//! `mem_alloc` and `mem_unmap`.

use mos_abi::Error::Inval;
use mos_abi::PteFlags;
use mos_abi::Sysno::*;
use mos_abi::layout::{PFTEMP, UENVS, ULIM, UPAGES, UTOP, UVPT};

use super::{FAR_PAGE, FREE_PAGE, V, VR};
use crate::rig::Rig;

/// Addresses that a program may not map or unmap.
const NOT_BELOW_UTOP: [u32; 9] = [
    UTOP,
    UTOP + 1,
    UENVS + 0x1000,
    UPAGES,
    UVPT,
    UVPT + 0x1000,
    ULIM,
    ULIM + 0x5000,
    u32::MAX,
];

#[test]
fn memory_that_is_allocated_is_zeroed_and_the_callers_own() {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let id = rig.id();
    assert_eq!(rig.pte(id, FREE_PAGE) & 0xfff, VR);
    for offset in (0..4096).step_by(4) {
        assert_eq!(rig.load(FREE_PAGE + offset), Some(0));
    }
    rig.store(FREE_PAGE, 1).expect("it is writable");
    rig.ok(MemUnmap, &[0, FREE_PAGE]);
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    assert_eq!(
        rig.load(FREE_PAGE),
        Some(0),
        "the same frame, and zeroed again"
    );
}

#[test]
fn a_page_can_be_anywhere_below_utop() {
    let mut rig = Rig::new();
    for va in [0, 0x1000, 0xf000, FAR_PAGE, PFTEMP, UTOP - 0x1000] {
        rig.ok(MemAlloc, &[0, va, VR]);
        rig.store(va, va + 1).expect("it is there");
        assert_eq!(rig.load(va), Some(va + 1));
    }
}

#[test]
fn the_offset_of_an_address_in_its_page_is_dropped() {
    let mut rig = Rig::new();
    let id = rig.id();
    rig.ok(MemAlloc, &[0, FREE_PAGE + 0xfff, VR]);
    assert_ne!(rig.pte(id, FREE_PAGE), 0);
    rig.ok(MemUnmap, &[0, FREE_PAGE + 0x7]);
    assert_eq!(rig.pte(id, FREE_PAGE), 0);
    rig.ok(MemAlloc, &[0, UTOP - 1, VR]);
    assert_ne!(rig.pte(id, UTOP - 0x1000), 0);
}

#[test]
fn memory_takes_the_place_of_what_was_there() {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    rig.store(FREE_PAGE, 1).expect("writable");
    let free = rig.kernel.mem.free_frames();
    rig.ok(MemAlloc, &[0, FREE_PAGE, V]);
    assert_eq!(rig.kernel.mem.free_frames(), free, "the old frame is free");
    assert_eq!(rig.load(FREE_PAGE), Some(0), "and forgotten");
    assert_eq!(
        rig.store(FREE_PAGE, 2),
        None,
        "the TLB entry that allowed it is gone"
    );
}

#[test]
fn permissions_are_v_and_what_a_program_may_ask_for() {
    let (r, d, library) = (0x400, PteFlags::D.bits(), PteFlags::LIBRARY.bits());
    let mut rig = Rig::new();
    let id = rig.id();
    for perm in [V, VR, V | d, VR | library, VR | library | d] {
        rig.ok(MemAlloc, &[0, FREE_PAGE, perm]);
        assert_eq!(rig.pte(id, FREE_PAGE) & 0xfff, perm);
    }
    let (uc, g, cow) = (0x800, 0x100, 0x001);
    let wrong = [
        0,
        r,
        r | d,
        VR | cow,
        V | cow,
        VR | uc,
        VR | g,
        VR | 0x008,
        VR | 0x1000,
        u32::MAX,
    ];
    for perm in wrong {
        rig.fails(Inval, MemAlloc, &[0, FREE_PAGE, perm]);
    }
}

#[test]
fn nothing_above_utop_is_a_programs_to_change() {
    let mut rig = Rig::new();
    for va in NOT_BELOW_UTOP {
        rig.fails(Inval, MemAlloc, &[0, va, VR]);
        rig.fails(Inval, MemUnmap, &[0, va]);
        rig.fails(Inval, MemMap, &[0, 0x40_1000, 0, va, V]);
        rig.fails(Inval, MemMap, &[0, va, 0, FREE_PAGE, V]);
    }
}

#[test]
fn unmapping_frees_the_page_and_unmapping_nothing_succeeds() {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    rig.load(FREE_PAGE).expect("mapped");
    let free = rig.kernel.mem.free_frames();
    rig.ok(MemUnmap, &[0, FREE_PAGE]);
    assert_eq!(rig.kernel.mem.free_frames(), free + 1);
    rig.ok(MemUnmap, &[0, FREE_PAGE]);
    rig.ok(MemUnmap, &[0, FAR_PAGE]);
    assert_eq!(rig.kernel.mem.free_frames(), free + 1);
}

#[test]
fn a_parent_maps_and_unmaps_for_its_child() {
    let mut rig = Rig::new();
    let child = rig.ok(EnvAlloc, &[]);
    rig.ok(MemAlloc, &[child, FREE_PAGE, VR]);
    let me = rig.id();
    assert_eq!(rig.pte(me, FREE_PAGE), 0);
    assert_ne!(rig.pte(child, FREE_PAGE), 0);
    rig.ok(MemUnmap, &[child, FREE_PAGE]);
    assert_eq!(rig.pte(child, FREE_PAGE), 0);
}
