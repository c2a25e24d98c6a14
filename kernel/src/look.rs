//! What the auditor and the monitor look at: frames, and what is in the TLB.

use core::arch::global_asm;

use mos_audit::{Audited, Entry};
use mos_core::machine::{Frame, FrameWords, Machine};

use crate::arch;
use crate::hardware::Hardware;

#[cfg(feature = "malta")]
global_asm!(
    include_str!("arch/mips32/isa.S"),
    include_str!("arch/cp0.S"),
    include_str!("arch/mips32/look.S"),
    options(raw)
);
#[cfg(feature = "testmips")]
global_asm!(
    include_str!("arch/cp0.S"),
    include_str!("arch/r3000/look.S"),
    options(raw)
);

unsafe extern "C" {
    /// EntryHi and EntryLo, or EntryLo0 and EntryLo1, of an entry.
    safe fn look_tlb_read(index: u32, entry: &mut [u32; 3]);
}

impl Audited for Hardware {
    /// All but the software's own; and on malta those that a frame's number has, as memory ends below 1 GiB. More would be
    /// in the second half of a page directory, which is no table.
    const TLB_BITS: u32 = if cfg!(feature = "malta") {
        0x3fff_ff00
    } else {
        0xffff_ff00
    };

    fn look(&mut self, frame: Frame) -> &FrameWords {
        self.frame(frame)
    }
}

/// How many entries there are.
const ENTRIES: u32 = if cfg!(feature = "malta") { 16 } else { 64 };

// teacher begin
/// The same of this CPU.
fn entries() -> u32 {
    #[cfg(feature = "malta")]
    if crate::smp::are_several() {
        return arch::MOST_TLB_ENTRIES;
    }
    ENTRIES
}

// teacher end
/// Its entries.
pub fn tlb_entries() -> impl Iterator<Item = Entry> {
    // teacher begin
    // otherwise: (0..ENTRIES).flat_map(|index| {
    (0..entries()).flat_map(|index| {
        // teacher end
        let mut words = [0; 3];
        look_tlb_read(index, &mut words);
        halves(words)
    })
}

/// The R3000 keeps entries as page tables have them.
#[cfg(feature = "testmips")]
fn halves([hi, lo, _]: [u32; 3]) -> [Entry; 1] {
    [Entry {
        asid: hi >> arch::ASID_SHIFT & (arch::ASIDS - 1),
        va: hi & !0xfff,
        pte: lo,
    }]
}

/// The 4Kc keeps a pair of pages, in a form of its own: C (whose highest bit was UC), D, V, G.
#[cfg(feature = "malta")]
fn halves([hi, even, odd]: [u32; 3]) -> [Entry; 2] {
    let va = hi & !0x1fff;
    [(va, even), (va | 0x1000, odd)].map(|(va, lo)| Entry {
        asid: hi >> arch::ASID_SHIFT & (arch::ASIDS - 1),
        va,
        pte: lo >> 6 << 12 | (lo >> 5 & 1) << 11 | (lo & 7) << 8,
    })
}
