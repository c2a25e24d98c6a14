//! Changing an entry of a page table where there is little to it, on a machine that follows the pointers of the TLB refill. What
//! turns out to be more is left to [`pgtable`](super::pgtable), before anything is changed, which knows it all: so here no
//! register need be saved.

use core::mem::offset_of;

use mos_abi::{PteFlags, pte};

use crate::machine::{Frame, Machine};
use crate::mem::Memory;
use crate::mem::groups::mark;
use crate::mem::pgtable::AddressSpace;
use crate::mem::view::View;

impl<M: Machine> Memory<M> {
    /// Where it is how many entries of UPAGES are ready, for assembly.
    pub(crate) const READY: usize = offset_of!(Self, pages_view) + View::READY;

    /// Maps `frame` at `va`. `None`, with nothing changed: there is no page table, or `frame` is mapped as often as it can be.
    #[inline(always)]
    pub(super) fn insert_at_once(
        &mut self,
        space: AddressSpace,
        frame: Frame,
        va: u32,
        flags: PteFlags,
    ) -> Option<()> {
        let place = self.machine.place(space.directory, va)?;
        let page = place.tables.pages.get_mut(frame.index())?;
        let old = *place.entry;
        page.pp_ref = page.pp_ref.checked_add(1)?;
        let entry = pte::pte(frame.ppn(), flags | PteFlags::V);
        *place.entry = entry;
        if old == 0 {
            mark(place.tables.groups, place.table, place.index);
        }
        if self.machine.tlb_may_hold(va, space.asid) {
            self.machine
                .tlb_update(space.directory, va, space.asid, entry);
        }
        if old != 0 && self.page_unref(Frame::of_pte(old)) == 0 {
            self.page_free_apart(Frame::of_pte(old));
        }
        Some(())
    }

    #[cold]
    #[inline(never)]
    fn page_free_apart(&mut self, frame: Frame) {
        self.page_free(frame);
    }
}
