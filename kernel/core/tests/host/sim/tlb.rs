//! The TLB, and the refill as the assembly does it.

use std::collections::BTreeMap;

use mos_abi::layout::{PAGE_SHIFT, pdx, ptx, vpn};
use mos_abi::{PteFlags, pte};
use mos_audit::Entry;
use mos_core::machine::Frame;
use mos_core::mem::pgtable::KUSEG_ENTRIES;

use super::Ram;

/// Where the kernel sees physical memory, unmapped and cached.
pub const KSEG0: u32 = 0x8000_0000;

/// EntryLo by ASID and virtual page number. Nothing leaves unless the kernel says so.
#[derive(Clone, Debug, Default)]
pub struct Tlb {
    entries: BTreeMap<(u32, u32), u32>,
}

impl Tlb {
    /// EntryLo for `va` under `asid`, if it is there.
    pub fn lookup(&self, va: u32, asid: u32) -> Option<u32> {
        self.entries.get(&(asid, vpn(va))).copied()
    }

    /// Loads an entry.
    pub fn load(&mut self, va: u32, asid: u32, entry_lo: u32) {
        assert!(
            !pte::flags(entry_lo).contains(PteFlags::G),
            "a global entry for {va:#x}: every environment would see it"
        );
        self.entries.insert((asid, vpn(va)), entry_lo);
    }

    /// Drops one entry.
    pub fn invalidate(&mut self, va: u32, asid: u32) {
        self.entries.remove(&(asid, vpn(va)));
    }

    /// Drops every entry.
    pub fn flush(&mut self) {
        self.entries.clear();
    }

    /// The entries.
    pub fn iter(&self) -> impl Iterator<Item = Entry> {
        self.entries.iter().map(|(&(asid, vpn), &pte)| Entry {
            asid,
            va: vpn << PAGE_SHIFT,
            pte,
        })
    }
}

/// EntryLo for `va`, a kuseg address: the pointer in the second half of the directory, the entry VPN * 4 bytes
/// from where it points to, D cleared where that is copy-on-write. No test on the way, as in the assembly.
pub fn refill(ram: &Ram, directory: Frame, va: u32) -> u32 {
    match table(ram, directory, va) {
        Some(table) => read_only(ram.words(table)[ptx(va) as usize]),
        // The machines load nothing here; an invalid entry is as good, and stays to be found.
        None => 0,
    }
}

/// The page table that the refill finds.
pub fn table(ram: &Ram, directory: Frame, va: u32) -> Option<Frame> {
    let pointer = ram.words(directory)[(pdx(va) + KUSEG_ENTRIES) as usize];
    if pointer == 0 {
        return None;
    }
    let at = pointer + vpn(va) * 4;
    assert_eq!(
        at & 0xe000_0fff,
        KSEG0 | (ptx(va) * 4),
        "pointer to the table of {va:#x}"
    );
    Some(Frame::of_pte(at - KSEG0))
}

/// EntryLo of an entry: without D where that is copy-on-write.
pub fn read_only(entry: u32) -> u32 {
    if pte::flags(entry).contains(PteFlags::COW) {
        entry & !PteFlags::R.bits()
    } else {
        entry
    }
}
