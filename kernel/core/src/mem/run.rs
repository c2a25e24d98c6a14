//! Pages of one address space that follow one another, mapped in another one together, as the pages of a message are. The machine
//! maps those about which all is plain; what is not is left to [`pgtable`](super::pgtable).

use mos_abi::layout::{PAGE_SHIFT, PAGE_SIZE};
use mos_abi::{Error, PteFlags};

use crate::machine::{Asid, Frame, Machine, Run};
use crate::mem::Memory;
use crate::mem::pgtable::AddressSpace;

/// What the entry of a page must look like, if others may map it with some flags: see
/// [`Kernel::shareable`](crate::Kernel::shareable).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The bits that count.
    pub mask: u32,
    /// What they are.
    pub value: u32,
}

impl Allowed {
    /// For whoever asks for `flags`.
    pub const fn with(flags: PteFlags) -> Self {
        let needed = PteFlags::V.union(flags.intersection(PteFlags::R));
        let barred = if flags.writable() {
            PteFlags::COW
        } else {
            PteFlags::empty()
        };
        Self {
            mask: needed.union(barred).bits(),
            value: needed.bits(),
        }
    }

    /// Whether `entry` is like that.
    pub const fn has(self, entry: u32) -> bool {
        entry & self.mask == self.value
    }
}

impl<M: Machine> Memory<M> {
    /// Whether the entries of all of `count` pages from `va` on are as they must be. There is one page at least.
    #[inline(always)]
    pub(crate) fn all_are(&mut self, allowed: Allowed, from: Frame, va: u32, count: u32) -> bool {
        if let Some(some) = self.machine.count_allowed(from, va, count, allowed) {
            return some == count;
        }
        let mut pages = (0..count).map(|n| va.wrapping_add(n << PAGE_SHIFT));
        pages.all(|va| allowed.has(self.pte(from, va)))
    }

    /// Maps the first pages of a run, as long as all is plain about each: it may be mapped so, nothing is there yet, and there is a
    /// page table for it. Returns how many.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn map_run(&mut self, run: &Run, asid: Asid) -> u32 {
        let done = self.machine.map_run(run);
        let end = run.to.wrapping_add(done << PAGE_SHIFT);
        let mut va = run.to & !(M::TLB_PAGES.wrapping_mul(PAGE_SIZE).wrapping_sub(1));
        while va < end {
            if self.machine.tlb_may_hold(va, asid) {
                self.machine.tlb_invalidate(va, asid);
            }
            va = va.wrapping_add(M::TLB_PAGES.wrapping_mul(PAGE_SIZE));
        }
        done
    }

    /// Maps the first page of a run, whatever there is to it, and returns 1. `-E_INVAL`: its entry is not as it must be; `-E_NO_MEM`.
    #[inline(always)]
    pub(crate) fn map_first(&mut self, run: &Run, space: AddressSpace) -> Result<u32, Error> {
        let entry = self.pte(run.from, run.va);
        if !run.allowed.has(entry) {
            return Err(Error::Inval);
        }
        let flags = PteFlags::from_bits_retain(run.flags);
        self.page_insert(space, Frame::of_pte(entry), run.to, flags)?;
        Ok(1)
    }
}
