//! The TLB never disagrees with a table.

use mos_abi::layout::{ULIM, UVPT, pdx, ptx};
use mos_abi::{PteFlags, pte};
use mos_core::Kernel;
use mos_core::machine::Frame;
use mos_core::slot::Slot;

use crate::{Audited, alive};

/// Ids that a TLB tells apart at most.
const IDS: usize = 256;

/// An entry of the TLB, whichever form the machine keeps it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number of its address-space id.
    pub asid: u32,
    /// The page that it is for.
    pub va: u32,
    /// What it says, in the format of page tables.
    pub pte: u32,
}

/// An entry under the ASID of a live environment is what a refill would load now, valid or not. Entries
/// under other ASIDS are no matter, as those are not handed out again before a flush; were one, this
/// would find them then.
pub fn check<M: Audited>(kernel: &mut Kernel<M>, entries: impl IntoIterator<Item = Entry>) {
    let mut owners: [Option<Slot>; IDS] = [None; IDS];
    for slot in alive(kernel) {
        if let Some(asid) = kernel.live_asid(slot) {
            let former = owners[asid.number() as usize].replace(slot);
            assert!(former.is_none(), "two environments have {asid:?}");
        }
    }
    // Entries for other addresses are the kernel's own, or hold nothing.
    for entry in entries.into_iter().filter(|entry| entry.va < ULIM) {
        let Some(owner) = owners[entry.asid as usize] else {
            continue;
        };
        let va = entry.va;
        let now = refill(kernel, owner, va) & M::TLB_BITS;
        let zeros = pte::pte(kernel.mem.zeros().ppn(), PteFlags::V) & M::TLB_BITS;
        if va >= UVPT && !pte::flags(now).contains(PteFlags::V) && entry.pte == zeros {
            // There is no page table, and the program has looked at it.
            continue;
        }
        assert_eq!(entry.pte, now, "stale TLB entry of {owner:?} for {va:#x}");
    }
}

/// What a refill would load for `va` now.
fn refill<M: Audited>(kernel: &mut Kernel<M>, owner: Slot, va: u32) -> u32 {
    let directory = kernel.space(owner).directory;
    let table = kernel.mem.machine.look(directory)[pdx(va) as usize];
    if table == 0 {
        return 0;
    }
    let entry = kernel.mem.machine.look(Frame::of_pte(table))[ptx(va) as usize];
    if pte::flags(entry).contains(PteFlags::COW) {
        entry & !PteFlags::R.bits()
    } else {
        entry
    }
}
