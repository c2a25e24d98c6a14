//! `mem_map` and `mem_share`: one frame, many mappings, and no right to write that its owner lacks.

use mos_abi::Error::Inval;
use mos_abi::PteFlags;
use mos_abi::Sysno::*;
use mos_abi::layout::PAGE_SIZE;
use mos_core::machine::Pending;

use super::{FREE_PAGE, V, VR, VRC};
use crate::program::DATA;
use crate::rig::Rig;

const HERE: u32 = FREE_PAGE;
const THERE: u32 = 0x0060_0000;
/// V and COW.
const VC: u32 = V | PteFlags::COW.bits();

/// A running environment with a page at `HERE`, mapped with `perm`.
fn with_page(perm: u32) -> Rig {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, THERE, VR]);
    rig.ok(MemMap, &[0, THERE, 0, HERE, perm]);
    rig.ok(MemUnmap, &[0, THERE]);
    rig
}

#[test]
fn both_mappings_show_the_same_frame() {
    let mut rig = with_page(VR);
    rig.ok(MemMap, &[0, HERE, 0, THERE, VR]);
    rig.store(HERE, 17).expect("writable");
    assert_eq!(rig.load(THERE), Some(17));
    rig.ok(MemUnmap, &[0, HERE]);
    assert_eq!(rig.load(THERE), Some(17), "one mapping is left");
}

#[test]
fn offsets_in_the_page_are_dropped_on_both_sides() {
    let mut rig = with_page(VR);
    let id = rig.id();
    rig.ok(MemMap, &[0, HERE + 0x123, 0, THERE + 0xfff, V]);
    assert_eq!(rig.pte(id, HERE) >> 12, rig.pte(id, THERE) >> 12);
}

/// Every pair of permissions: how the source is mapped, what is asked for, and whether it is granted.
#[test]
fn no_mapping_gains_the_right_to_write() {
    let table = [
        (V, V, true),
        (V, VR, false),
        (V, VRC, false),
        (V, VC, true),
        (VR, V, true),
        (VR, VR, true),
        (VR, VRC, true),
        (VR, VC, true),
        (VRC, V, true),
        (VRC, VR, false),
        (VRC, VRC, true),
        (VRC, VC, true),
        (VC, V, true),
        (VC, VR, false),
        (VC, VRC, false),
        (VC, VC, true),
    ];
    for (own, perm, granted) in table {
        for (library, dirty) in [(0, 0), (PteFlags::LIBRARY.bits(), PteFlags::D.bits())] {
            let mut rig = with_page(own | library);
            let expected = if granted { 0 } else { Inval.code() };
            let v0 = rig.call(MemMap, &[0, HERE, 0, THERE, perm | dirty]);
            assert_eq!(v0, expected, "{own:#x} as {perm:#x}");
            // Onto itself: how fork marks its own pages.
            let v0 = rig.call(MemMap, &[0, HERE, 0, HERE, perm | dirty]);
            assert_eq!(v0, expected, "{own:#x} as {perm:#x} in place");
        }
    }
}

#[test]
fn a_mapping_needs_v_and_may_not_have_what_mem_alloc_may_not_either() {
    let mut rig = with_page(VR);
    for perm in [
        0,
        0x400,
        VR | 0x800,
        VR | 0x100,
        VR | 0x80,
        VR | 0x8000_0000,
    ] {
        rig.fails(Inval, MemMap, &[0, HERE, 0, THERE, perm]);
    }
}

#[test]
fn nothing_cannot_be_shared() {
    let mut rig = with_page(VR);
    rig.fails(Inval, MemMap, &[0, THERE, 0, HERE, V]);
    let child = rig.ok(EnvAlloc, &[]);
    rig.fails(Inval, MemMap, &[child, HERE, 0, HERE, V]);
}

/// The order of fork: first the child's mapping, then the parent's own, both copy-on-write. After the
/// second call the parent's next store must fault, even though the TLB had allowed the last one.
#[test]
fn marking_a_page_copy_on_write_takes_effect_at_once() {
    let mut rig = with_page(VR);
    let child = rig.ok(EnvAlloc, &[]);
    rig.store(HERE, 1).expect("writable");
    rig.ok(MemMap, &[0, HERE, child, HERE, VRC]);
    rig.store(HERE, 2).expect("still writable");
    rig.ok(MemMap, &[0, HERE, 0, HERE, VRC]);
    assert_eq!(rig.load(HERE), Some(2));
    assert_eq!(rig.store(HERE, 3), None);
}

#[test]
fn replacing_the_last_mapping_of_a_frame_by_itself_keeps_it() {
    let mut rig = with_page(VR);
    rig.store(HERE, 5).expect("writable");
    rig.ok(MemMap, &[0, HERE, 0, HERE, V]);
    assert_eq!(rig.load(HERE), Some(5));
}

#[test]
fn a_parent_shares_between_itself_and_its_children() {
    let mut rig = with_page(VR);
    let (one, two) = (rig.ok(EnvAlloc, &[]), rig.ok(EnvAlloc, &[]));
    rig.ok(MemMap, &[0, DATA, one, HERE, VR]);
    rig.ok(MemMap, &[one, HERE, two, HERE, V]);
    let me = rig.id();
    assert_eq!(rig.pte(me, DATA) >> 12, rig.pte(two, HERE) >> 12);
    rig.fails(Inval, MemMap, &[two, HERE, one, THERE, VR]);
}

#[test]
fn an_interrupt_stops_it_and_it_goes_on_from_there() {
    let mut rig = with_page(VR);
    let (me, child) = (rig.id(), rig.ok(EnvAlloc, &[]));
    let base = 0x1000_0000;
    let end = base + 200 * PAGE_SIZE;
    let pages = || (base..end).step_by(PAGE_SIZE as usize);
    for va in pages() {
        rig.ok(MemMap, &[0, HERE, 0, va, VR]);
    }
    // What is there already stays as it is.
    rig.ok(MemMap, &[0, HERE, child, base, V]);
    let tick = Pending {
        timer: true,
        console: false,
    };
    rig.machine().pending.push_back(tick);
    let mut stops = vec![base + 5];
    while stops.last() != Some(&(end - 5)) {
        let from = stops[stops.len() - 1];
        let stop = rig.ok(MemShare, &[child, from, end - 5]);
        assert!(stop > from, "it goes on");
        rig.machine().pending.pop_front();
        stops.push(stop);
    }
    assert!(stops.len() > 2, "it was interrupted: {stops:x?}");
    let flags = |rig: &mut Rig, id, va| rig.pte(id, va) & 0xfff;
    assert_eq!(
        (flags(&mut rig, child, base), flags(&mut rig, me, base)),
        (V, VR)
    );
    for va in pages().skip(1) {
        assert_eq!(flags(&mut rig, child, va), VRC, "{va:#x}");
        assert_eq!(flags(&mut rig, me, va), VRC, "{va:#x}");
    }
}
