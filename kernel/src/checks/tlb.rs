//! Lab 2: one entry leaves the TLB.

use core::arch::global_asm;

use mos_checks::{Check, Wrong, saw, step};
use mos_core::Kernel;

use crate::arch;
use crate::hardware::Hardware;

#[cfg(feature = "malta")]
global_asm!(
    include_str!("../arch/mips32/isa.S"),
    include_str!("../arch/cp0.S"),
    include_str!("../arch/mips32/checks.S"),
    options(raw)
);
#[cfg(feature = "testmips")]
global_asm!(
    include_str!("../arch/cp0.S"),
    include_str!("../arch/r3000/checks.S"),
    options(raw)
);

mod asm {
    unsafe extern "C" {
        pub fn check_tlb_write(index: u32, entry_hi: u32);
        pub safe fn check_tlb_read(index: u32) -> u32;
        pub safe fn check_entryhi() -> u32;
        pub fn check_set_entryhi(entry_hi: u32);
    }
}

/// The first of the entries that the check uses; none of them is wired.
const FIRST: u32 = 8;
const ENTRIES: usize = 6;
/// Addresses from here on are never looked up.
const KSEG0: u32 = 0x8000_0000;

/// EntryHi for the page of `va` under `asid`.
fn entry_hi(va: u32, asid: u32) -> u32 {
    #[cfg(feature = "malta")]
    return va & !0x1fff | asid;
    #[cfg(feature = "testmips")]
    return va & !0xfff | asid << 6;
}

/// The page and the id in an EntryHi; `None` where it is an address that is never looked up.
fn page_and_id(entry_hi: u32) -> Option<(u32, u32)> {
    #[cfg(feature = "malta")]
    let id = entry_hi & 0xff;
    #[cfg(feature = "testmips")]
    let id = entry_hi >> 6 & 0x3f;
    (entry_hi < KSEG0).then_some((entry_hi & !0xfff, id))
}

// lab 3 begin
/// From now on addresses below kseg0 are those of the address space with this id.
pub fn enter(asid: u32) {
    // SAFETY: no page of user space is looked at but by a check, which knows what is there.
    unsafe { asm::check_set_entryhi(entry_hi(0, asid)) };
}
// lab 3 end

/// Drops entries one after the other and looks at all of them each time.
pub fn invalidate(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    let [asid, other, current] = [3, 4, 5].map(|base| base * 8 + check.lots.from(0, 7));
    let va = check.lots.from(0x100, 0x3_0000) << 13;
    // The same page under two ids, neighbours, and pages far away.
    let entries: [(u32, u32); ENTRIES] = [
        (va, asid),
        (va, other),
        (va + 0x2000, asid),
        (va - 0x2000, other),
        (va ^ 0x1000_0000, asid),
        (va ^ 0x2000_0000, other),
    ];
    // SAFETY: no page of user space is looked at before the next environment runs, with an id of its own.
    unsafe { asm::check_set_entryhi(entry_hi(0, current)) };
    for (index, (va, asid)) in (FIRST..).zip(entries) {
        // SAFETY: a page of user space, where the kernel never looks.
        unsafe { asm::check_tlb_write(index, entry_hi(va, asid)) };
    }
    let mut order = entries;
    check.lots.shuffle(&mut order);
    for (va, asid) in order {
        step!(check, "an entry is dropped, and no other");
        saw!(
            check,
            "the page and id that are dropped",
            (va, asid),
            kernel
        );
        let mut seen = [0; ENTRIES];
        // Once for the entry, once more where there is none.
        for _ in 0..2 {
            // Index has the number of what was read last.
            asm::check_tlb_read(FIRST + check.lots.from(0, ENTRIES as u32 - 1));
            arch::tlb_invalidate(va | check.lots.from(1, 0xfff), asid);
            seen = core::array::from_fn(|n| asm::check_tlb_read(FIRST + n as u32));
            saw!(
                check,
                "the pages and ids of six entries then",
                seen.map(page_and_id),
                kernel
            );
        }
        let same = |entry: &u32| seen.iter().filter(|other| *other == entry).count() > 1;
        let alike = seen.iter().filter(|&entry| same(entry)).count();
        saw!(
            check,
            "entries that match an address that another matches too",
            alike,
            kernel
        );
        step!(check, "the id of who runs is as before");
        let now = page_and_id(asm::check_entryhi());
        saw!(check, "page and id in EntryHi", now, kernel);
    }
    arch::tlb_flush();
    Ok(())
}
