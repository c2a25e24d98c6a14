//! What the auditor and the monitor look at: frames, and what is in the TLB.

use core::arch::global_asm;

use mos_audit::{Audited, Entry};
// teacher begin
#[cfg(feature = "monitor")]
use mos_core::env::cpus::MOST;
// teacher end
use mos_core::machine::{Frame, FrameWords, Machine};

use crate::arch;
// teacher begin
#[cfg(feature = "monitor")]
use crate::arch::CpuPage;
// teacher end
use crate::hardware::Hardware;
// teacher begin
#[cfg(feature = "monitor")]
use crate::smp::Word;
// teacher end

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
/// The words of the entries that the TLB of each CPU held when it stopped for another one.
#[cfg(feature = "monitor")]
static KEPT: [[[Word; 3]; MOST_ENTRIES]; MOST] =
    [const { [const { [const { Word::new(0) }; 3] }; MOST_ENTRIES] }; MOST];
/// How many a TLB has at most.
#[cfg(feature = "monitor")]
const MOST_ENTRIES: usize = 64;

/// Keeps what this CPU's TLB holds.
#[cfg(feature = "monitor")]
pub fn keep() {
    let kept = &KEPT[CpuPage::number() as usize % MOST];
    for (index, kept) in (0..entries()).zip(kept) {
        let mut words = [0; 3];
        look_tlb_read(index, &mut words);
        kept.iter()
            .zip(words)
            .for_each(|(kept, word)| kept.set(word));
    }
}

/// What CPU `number` has kept.
#[cfg(feature = "monitor")]
pub fn kept(number: usize) -> impl Iterator<Item = Entry> {
    let kept = KEPT[number % MOST].iter().take(entries() as usize);
    kept.flat_map(|words| halves(words.each_ref().map(Word::get)))
}

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
