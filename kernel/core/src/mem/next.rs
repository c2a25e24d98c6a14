//! The next mapping of an address space.

use mos_abi::layout::{ENTRIES, PAGE_SHIFT, PDX_SHIFT, UTOP, pdx, ptx};

use crate::machine::{Frame, Machine};
use crate::mem::Memory;

impl<M: Machine> Memory<M> {
    /// Address and entry of the first page that is mapped below UTOP, at the page of `va` or above. An entry of 0: an
    /// interrupt has come in, and there is none below this address.
    #[optimize(size)]
    pub(crate) fn next_mapping(&mut self, directory: Frame, va: u32) -> Option<(u32, u32)> {
        let mut va = va;
        loop {
            let (index, table) = self.next_used(directory, pdx(va), pdx(UTOP))?;
            let base = index << PDX_SHIFT;
            let inside = ptx(va.max(base));
            if let Some((page, entry)) =
                self.next_used(Frame::of_pte(table.get()), inside, ENTRIES as u32)
            {
                return Some((base | page << PAGE_SHIFT, entry.get()));
            }
            va = base.wrapping_add(1 << PDX_SHIFT);
            if self.machine.is_interrupted() {
                return Some((va, 0));
            }
        }
    }
}
