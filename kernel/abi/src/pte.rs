//! Page-table entries, in the format of the R3000's EntryLo register on both machines
//! (IDT R30xx manual, "The TLB and memory management"): frame number in bits 31..12, flags below.

use bitflags::bitflags;

use crate::layout::PAGE_SHIFT;

bitflags! {
    /// The low twelve bits of a page-table entry: four hardware bits and three for software.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PteFlags: u32 {
        /// EntryLo N: uncached.
        const UC = 0x800;
        /// EntryLo D ("dirty"): stores are allowed. The MOS texts call it PTE_R.
        const R = 0x400;
        /// EntryLo V: valid.
        const V = 0x200;
        /// EntryLo G: global, the ASID is not compared.
        const G = 0x100;
        /// Software: shared with children across fork.
        const LIBRARY = 0x004;
        /// Software: changed since the file system wrote it.
        const D = 0x002;
        /// Software: copy on write. The entry keeps R; the TLB refill leaves D out of what it loads.
        const COW = 0x001;
    }
}

impl PteFlags {
    /// What a program may ask for: everything but UC and G.
    pub const USER: Self = Self::R
        .union(Self::V)
        .union(Self::LIBRARY)
        .union(Self::D)
        .union(Self::COW);

    /// Whether a store to a page mapped like this reaches its frame: R without COW.
    pub const fn writable(self) -> bool {
        self.contains(Self::R) && !self.contains(Self::COW)
    }
}

/// The entry that maps frame number `ppn` with `flags`.
pub const fn pte(ppn: u32, flags: PteFlags) -> u32 {
    ppn << PAGE_SHIFT | flags.bits()
}

/// The frame number in an entry.
pub const fn ppn(pte: u32) -> u32 {
    pte >> PAGE_SHIFT
}

/// The flags in an entry.
pub const fn flags(pte: u32) -> PteFlags {
    PteFlags::from_bits_truncate(pte & 0xfff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_takes_apart_as_it_was_put_together() {
        let flags_in = PteFlags::V | PteFlags::R | PteFlags::COW;
        let entry = pte(0x1_2345, flags_in);
        assert_eq!(entry, 0x1234_5601);
        assert_eq!((ppn(entry), flags(entry)), (0x1_2345, flags_in));
    }

    #[test]
    fn copy_on_write_is_not_writable() {
        assert!((PteFlags::V | PteFlags::R).writable());
        assert!(!(PteFlags::V | PteFlags::R | PteFlags::COW).writable());
        assert!(!PteFlags::V.writable());
    }
}
