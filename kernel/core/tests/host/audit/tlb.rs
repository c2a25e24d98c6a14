//! The TLB never disagrees with a table.

use std::collections::BTreeMap;

use mos_abi::layout::PAGE_SHIFT;
use mos_core::Kernel;

use crate::audit::Space;
use crate::sim::Sim;

/// An entry under the ASID of a live environment is what a refill would load now, valid or not. Entries
/// under other ASIDS are no matter, as those are not handed out again before a flush; were one, this
/// would find them then.
pub fn check<const ASIDS: u32>(kernel: &Kernel<Sim<ASIDS>>, spaces: &[Space]) {
    let machine = &kernel.mem.machine;
    let mut owners = BTreeMap::new();
    for space in spaces {
        if let Some(asid) = kernel.live_asid(space.slot) {
            let former = owners.insert(asid.number(), space);
            assert!(former.is_none(), "two environments have {asid:?}");
        }
    }
    for (asid, vpn, entry) in machine.tlb.iter() {
        let Some(owner) = owners.get(&asid) else {
            continue;
        };
        let va = vpn << PAGE_SHIFT;
        let now = machine.refill(owner.space.directory, va);
        assert_eq!(
            entry, now,
            "stale TLB entry of {:?} for {va:#x}",
            owner.slot
        );
    }
}
