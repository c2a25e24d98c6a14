//! What a program sees of the kernel's tables, through ordinary loads.

use mos_abi::Sysno::*;
use mos_abi::layout::{PAGE_SIZE, UENVS, ULIM, UPAGES, UTEXT, UVPT, VPD, pdx, vpn};
use mos_abi::{EnvId, PteFlags};

use super::{FAR_PAGE, FREE_PAGE, V, VR};
use crate::program::DATA;
use crate::rig::Rig;

/// Address of `vpt[VPN(va)]`.
fn vpt(va: u32) -> u32 {
    UVPT + vpn(va) * 4
}

/// Address of `vpd[PDX(va)]`.
fn vpd(va: u32) -> u32 {
    VPD + pdx(va) * 4
}

#[test]
fn vpt_and_vpd_show_the_callers_own_entries() {
    let mut rig = Rig::new();
    let id = rig.id();
    let entry = rig.pte(id, UTEXT);
    assert_eq!(rig.load(vpt(UTEXT)), Some(entry));
    assert_eq!(rig.load(vpt(FREE_PAGE)), Some(0));
    let table = rig.load(vpd(UTEXT)).expect("there is a table");
    assert_eq!(table & 0xfff, V, "valid, not writable");
    assert_eq!(rig.load(vpd(FAR_PAGE)), Some(0));
    assert_eq!(
        rig.load(vpd(UVPT)).map(|e| e >> 12),
        rig.load(vpt(VPD)).map(|e| e >> 12)
    );
}

#[test]
fn an_entry_that_changes_shows_at_once() {
    let mut rig = Rig::new();
    rig.load(vpt(FREE_PAGE)).expect("a table");
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let entry = rig.load(vpt(FREE_PAGE)).expect("a table");
    assert_eq!(entry & 0xfff, VR);
    rig.ok(MemMap, &[0, FREE_PAGE, 0, FREE_PAGE, VR | 1]);
    assert_eq!(rig.load(vpt(FREE_PAGE)), Some(entry | PteFlags::COW.bits()));
    rig.ok(MemUnmap, &[0, FREE_PAGE]);
    assert_eq!(rig.load(vpt(FREE_PAGE)), Some(0));
}

#[test]
fn where_there_is_no_table_vpt_shows_zeros() {
    let mut rig = Rig::new();
    let free = rig.kernel.mem.free_frames();
    for page in (UVPT..ULIM).step_by(PAGE_SIZE as usize) {
        let has_table = rig.load(vpd((page - UVPT) << 10)).expect("whole") & V != 0;
        for va in [page, page + PAGE_SIZE - 4] {
            let entry = rig.load(va).expect("all of the window can be read");
            assert!(has_table || entry == 0, "{va:#x}: {entry:#x}");
        }
    }
    assert_eq!(rig.kernel.mem.free_frames(), free, "and takes no memory");
}

/// The TLB may hold the page of `vpt` as invalid or as zeros from an earlier look at it.
#[test]
fn a_table_that_is_new_shows_in_vpt_at_once() {
    let mut looked = Rig::new();
    let mut refilled = looked.clone();
    assert_eq!(looked.load(vpt(FAR_PAGE)), Some(0));
    // The refill alone leaves the invalid entry behind.
    assert!(refilled.machine().user_load(vpt(FAR_PAGE)).is_err());
    for mut rig in [looked, refilled] {
        rig.ok(MemAlloc, &[0, FAR_PAGE, VR]);
        assert_eq!(rig.load(vpt(FAR_PAGE)).map(|e| e & 0xfff), Some(VR));
    }
}

/// Whoever makes the table: the environment itself, its parent, a message, a page on demand.
#[test]
fn a_table_that_comes_from_elsewhere_shows_too() {
    let mut rig = Rig::new();
    let me = rig.id();
    let child = rig.child();
    let entry = |rig: &mut Rig| rig.load(vpt(FAR_PAGE)).map(|e| e & 0xfff);
    for way in 0..4 {
        let mut rig = rig.clone();
        rig.switch_to(child);
        assert_eq!(entry(&mut rig), Some(0));
        match way {
            0 => _ = rig.store(FAR_PAGE, 1),
            1 => {
                rig.blocks(IpcRecv, &[FAR_PAGE]);
                rig.switch_to(me);
                rig.ok(IpcCanSend, &[child, 0, DATA, VR]);
            }
            2 => {
                rig.switch_to(me);
                rig.ok(MemMap, &[0, DATA, child, FAR_PAGE, VR]);
            }
            _ => {
                rig.switch_to(me);
                rig.ok(MemAlloc, &[0, FAR_PAGE, V]);
                rig.ok(MemShare, &[child, FAR_PAGE, FAR_PAGE + PAGE_SIZE]);
            }
        }
        rig.switch_to(child);
        let expected = if way == 3 { V } else { VR };
        assert_eq!(entry(&mut rig), Some(expected), "way {way}");
    }
}

#[test]
fn nobody_sees_anothers_tables() {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let child = rig.child();
    rig.load(vpt(FREE_PAGE)).expect("a table");
    rig.switch_to(child);
    assert_eq!(rig.load(vpd(FREE_PAGE)), Some(0));
    assert_eq!(rig.load(vpt(FREE_PAGE)), Some(0));
}

/// The second half of a directory, which is the kernel's, can be read behind `vpd`: no word of it looks valid, and
/// the pages of `vpt` that it would map, were it a table, show zeros.
#[test]
fn no_page_of_vpt_leads_to_the_kernel() {
    let mut rig = Rig::new();
    for index in 512..1024 {
        let [first, second] = [index - 512, index].map(|index| rig.load(VPD + index * 4));
        let (first, second) = (first.expect("whole"), second.expect("whole"));
        assert_eq!(second & V, 0, "{index}");
        // It names no frame that the first half does not name too, so many frames further on.
        let moved = if first == 0 { 0 } else { index - 512 };
        let named = second + moved * PAGE_SIZE;
        assert_eq!(named & 0x1fff_f000, first & 0xffff_f000, "{index}");
        let page = UVPT + index * PAGE_SIZE;
        for at in (page..page + PAGE_SIZE).step_by(4) {
            assert_eq!(rig.load(at), Some(0), "{at:#x}");
        }
    }
}

#[test]
fn uenvs_shows_ids_and_status() {
    let mut rig = Rig::new();
    let me = rig.id();
    let child = rig.ok(EnvAlloc, &[]);
    let at = |id: u32, word: u32| UENVS + EnvId(id).index() as u32 * 232 + word * 4;
    for (id, parent, status) in [(me, 0, 1), (child, me, 2)] {
        assert_eq!(rig.load(at(id, 41)), Some(id));
        assert_eq!(rig.load(at(id, 42)), Some(parent));
        assert_eq!(rig.load(at(id, 43)), Some(status));
        assert_eq!(rig.load(at(id, 29)), Some(0), "sp is nobody's business");
    }
}

#[test]
fn upages_shows_how_often_a_frame_is_mapped() {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let ppn = rig.load(vpt(FREE_PAGE)).expect("a table") >> 12;
    let count = UPAGES + ppn * 12 + 8;
    assert_eq!(rig.load(count), Some(1));
    rig.ok(MemMap, &[0, FREE_PAGE, 0, FREE_PAGE + PAGE_SIZE, V]);
    assert_eq!(rig.load(count), Some(2));
    rig.ok(MemUnmap, &[0, FREE_PAGE]);
    assert_eq!(rig.load(count), Some(1));
}

#[test]
fn a_store_to_any_of_them_faults() {
    let rig = Rig::new();
    for va in [
        UENVS,
        UENVS + 0x39_ffc,
        UPAGES,
        UPAGES + 8,
        vpt(UTEXT),
        vpd(UTEXT),
        VPD,
        vpt(FAR_PAGE),
        ULIM - 4,
    ] {
        let mut rig = rig.clone();
        let id = rig.id();
        assert_eq!(rig.store(va, 0x600), None, "{va:#x}");
        assert!(!rig.exists(id));
        assert!(
            rig.output().contains("store to a read-only page"),
            "{va:#x}"
        );
    }
}

#[test]
fn behind_the_arrays_there_is_nothing() {
    let rig = Rig::new();
    let envs_end = UENVS + 58 * PAGE_SIZE;
    let pages_end = UPAGES + PAGE_SIZE;
    for va in [envs_end, UPAGES - 4, pages_end, UVPT - 4] {
        let mut rig = rig.clone();
        assert_eq!(rig.load(va), None, "{va:#x}");
    }
}

/// The arrays are shown frame by frame as they fill, and an entry may lie in two frames.
#[test]
fn every_entry_shows_as_soon_as_it_is_in_use() {
    let mut rig = Rig::new();
    for _ in 0..40 {
        let child = rig.ok(EnvAlloc, &[]);
        let entry = UENVS + EnvId(child).index() as u32 * 232;
        assert_eq!(rig.load(entry + 164), Some(child), "env_id");
        assert_eq!(rig.load(entry + 172), Some(2), "env_status");
    }
    for page in 0..100 {
        let va = FREE_PAGE + page * PAGE_SIZE;
        rig.ok(MemAlloc, &[0, va, VR]);
        let ppn = rig.load(vpt(va)).expect("a table") >> 12;
        assert_eq!(rig.load(UPAGES + ppn * 12 + 8), Some(1), "pp_ref of {ppn}");
    }
}
