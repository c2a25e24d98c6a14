//! What the kernel lets every program read: its own page tables at UVPT, frames at UPAGES.
//!
//! Reads are plain volatile loads; the kernel changes these words at any system call.

use mos_abi::layout::{PAGE_SIZE, PDX_SHIFT, UENVS, UPAGES, USTACKTOP, UVPT, VPD, pdx, vpn};
use mos_abi::{Page, PteFlags, pte};

/// Bytes that one page-directory entry maps.
const DIRECTORY_SPAN: u32 = 1 << PDX_SHIFT;

/// Loads the word at `va`, somewhere in the read-only area above UTOP.
pub(crate) fn word(va: u32) -> u32 {
    debug_assert!(va >= UENVS && va.is_multiple_of(4));
    // SAFETY: above UTOP lie the kernel's views and no Rust object; a load there gives a word or, where
    // nothing is mapped, ends this environment.
    unsafe { (va as *const u32).read_volatile() }
}

/// The page-directory entry of `va` (the ABI's `vpd[PDX(va)]`).
pub fn vpd(va: u32) -> u32 {
    word(VPD + pdx(va) * 4)
}

/// The page-table entry of `va` (the ABI's `vpt[VPN(va)]`): 0 where there is no table, which a look at the directory tells
/// sooner. See [`page_flags`].
pub fn vpt(va: u32) -> u32 {
    word(UVPT + vpn(va) * 4)
}

/// Whether there is a page table for `va`.
pub fn has_table(va: u32) -> bool {
    pte::flags(vpd(va)).contains(PteFlags::V)
}

/// The stretches below USTACKTOP for which there is a page table: start and end. One look at the
/// directory spares 1024 at a table, most of the address space being empty.
pub fn tables() -> impl Iterator<Item = (u32, u32)> {
    let bases = (0..=pdx(USTACKTOP - 1)).map(|table| table * DIRECTORY_SPAN);
    let used = bases.filter(|&base| has_table(base));
    used.map(|base| (base, USTACKTOP.min(base + DIRECTORY_SPAN)))
}

/// The flags of the page at `va`, if one is mapped.
pub fn page_flags(va: u32) -> Option<PteFlags> {
    if !has_table(va) {
        return None;
    }
    let flags = pte::flags(vpt(va));
    flags.contains(PteFlags::V).then_some(flags)
}

/// How many mappings and tables name frame number `ppn` (`pages[ppn].pp_ref`).
pub fn pp_ref(ppn: u32) -> u16 {
    let at = UPAGES + ppn * size_of::<Page>() as u32;
    word(at + core::mem::offset_of!(Page, pp_ref) as u32) as u16
}

/// How many frames are free now.
///
/// The array at UPAGES has one entry a frame and ends with the last page mapped there; what is left of
/// that page counts as free, so compare two results rather than trust one.
pub fn free_frames() -> u32 {
    let pages = (UPAGES..UVPT).step_by(PAGE_SIZE as usize);
    let bytes = pages.take_while(|&va| page_flags(va).is_some()).count() as u32 * PAGE_SIZE;
    let frames = 0..bytes / size_of::<Page>() as u32;
    frames.filter(|&ppn| pp_ref(ppn) == 0).count() as u32
}
