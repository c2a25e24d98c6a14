//! The invariants of `mos-audit`, and what the page tables say, for the tests to compare with the model.

use mos_audit::{Audited, Books, Entry, Found, Tally};
use mos_core::Kernel;
use mos_core::env::rule::Rule;
use mos_core::machine::{Frame, FrameWords, Machine};
use mos_core::slot::Slot;

use crate::sim::Sim;

/// One environment's address space.
#[derive(Debug)]
pub struct Space {
    /// Whose.
    pub slot: Slot,
    /// The page tables below UTOP: index and frame.
    pub tables: Vec<(u32, Frame)>,
    /// The valid entries below UTOP: address and entry, in order.
    pub pages: Vec<(u32, u32)>,
}

impl<const ASIDS: u32, R: Rule, const STEPS: u32> Audited for Sim<ASIDS, R, STEPS> {
    const TLB_BITS: u32 = u32::MAX;

    fn look(&mut self, frame: Frame) -> &FrameWords {
        self.ram.words(frame)
    }
}

/// Panics when an invariant is broken; returns what the page tables say. `held` are the frames that
/// the test itself has taken with `page_alloc`.
pub fn check<const ASIDS: u32, R: Rule>(
    kernel: &mut Kernel<Sim<ASIDS, R>>,
    held: &[Frame],
) -> Vec<Space> {
    let mut tallies = vec![Tally::NONE; kernel.mem.machine.memory_map().end.index()];
    let tlb: Vec<Entry> = kernel.mem.machine.tlb.iter().collect();
    let books = Books {
        tallies: &mut tallies,
        held,
    };
    let mut spaces: Vec<Space> = Vec::new();
    mos_audit::check(kernel, books, tlb, |found| {
        match (found, spaces.last_mut()) {
            (Found::Space(slot, _), _) => spaces.push(Space {
                slot,
                tables: Vec::new(),
                pages: Vec::new(),
            }),
            (Found::Table(index, frame), Some(space)) => space.tables.push((index, frame)),
            (Found::Page(va, entry), Some(space)) => space.pages.push((va, entry)),
            (_, None) => unreachable!("a space comes first"),
        }
    });
    spaces
}
