//! What a program sees of the kernel's tables, through ordinary loads.

use mos_abi::Sysno::*;
use mos_abi::layout::{PAGE_SIZE, UENVS, ULIM, UPAGES, UTEXT, UVPT, VPD, pdx, vpn};
use mos_abi::{EnvId, PteFlags};

use super::{FAR_PAGE, FREE_PAGE, V, VR};
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

/// The TLB may hold the page of `vpt` as invalid from an earlier look at it.
#[test]
fn a_table_that_is_new_shows_in_vpt_at_once() {
    let rig = Rig::new();
    let mut looked = rig.clone();
    let id = looked.id();
    assert_eq!(looked.load(vpt(FAR_PAGE)), None, "no table: it faults");
    assert!(!looked.exists(id));
    // The same with the fault not taken: the refill alone leaves the invalid entry behind.
    let mut rig = rig;
    assert!(rig.machine().user_load(vpt(FAR_PAGE)).is_err());
    rig.ok(MemAlloc, &[0, FAR_PAGE, VR]);
    assert_eq!(rig.load(vpt(FAR_PAGE)).map(|e| e & 0xfff), Some(VR));
}

#[test]
fn nobody_sees_anothers_tables() {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let child = rig.child();
    rig.load(vpt(FREE_PAGE)).expect("a table");
    rig.switch_to(child);
    assert_eq!(rig.load(vpd(FREE_PAGE)), Some(0));
    assert_eq!(rig.load(vpt(FREE_PAGE)), None);
}

/// The second half of a directory, which is the kernel's, lies in the window of `vpt` too: it must look
/// invalid there.
#[test]
fn no_page_of_vpt_leads_to_the_kernel() {
    let rig = Rig::new();
    for page in (UVPT + 512 * PAGE_SIZE..ULIM).step_by(PAGE_SIZE as usize) {
        // The page directory itself is the one page of that half that is there.
        if page == VPD {
            continue;
        }
        let mut rig = rig.clone();
        assert_eq!(rig.load(page), None, "{page:#x}");
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
    ] {
        let mut rig = rig.clone();
        let id = rig.id();
        assert_eq!(rig.store(va, 0x600), None, "{va:#x}");
        assert!(!rig.exists(id));
        assert!(rig.output().contains("store to"), "{va:#x}");
    }
}

#[test]
fn behind_the_arrays_there_is_nothing() {
    let rig = Rig::new();
    let envs_end = UENVS + 58 * PAGE_SIZE;
    let pages_end = UPAGES + PAGE_SIZE;
    for va in [
        envs_end,
        UPAGES - 4,
        pages_end,
        UVPT - 4,
        UVPT + 64 * PAGE_SIZE,
    ] {
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
