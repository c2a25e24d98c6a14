//! The address space of an environment: kuseg, 0 to [`ULIM`], seen through the TLB.
//!
//! ```text
//! ULIM     0x8000_0000  ------------------------------------------------
//!                       page tables of this environment, self-mapped, r-
//! UVPT     0x7fc0_0000  ------------------------------------------------
//!                       array of Page, r-
//! UPAGES   0x7f80_0000  ------------------------------------------------
//!                       array of Env, r-
//! UENVS    0x7f40_0000  --- UTOP, UXSTACKTOP ---------------------------
//!                       exception stack, one page
//!          0x7f3f_f000  ------------------------------------------------
//!                       invalid page (a program may map it as PFTEMP)
//!          0x7f3f_e000  --- USTACKTOP ----------------------------------
//!                       normal stack, grows down; heap; program
//! UTEXT    0x0040_0000  ------------------------------------------------
//! UTEMP    0x003f_e000  scratch pages for programs
//!          0x0001_0000  --- DEMAND_FLOOR: below, nothing is mapped on demand
//! ```

/// Bytes in a page and in a physical frame.
pub const PAGE_SIZE: u32 = 4096;
/// Shift from an address to its page number.
pub const PAGE_SHIFT: u32 = 12;
/// Shift from an address to its page-directory index.
pub const PDX_SHIFT: u32 = 22;
/// Entries in a page directory and in a page table.
pub const ENTRIES: usize = 1024;

/// End of kuseg: no user address is at or above it.
pub const ULIM: u32 = 0x8000_0000;
/// The environment's own page tables, read-only, 4 MiB.
pub const UVPT: u32 = 0x7fc0_0000;
/// The page directory, seen through the self-map at [`UVPT`].
pub const VPD: u32 = UVPT + (UVPT >> PAGE_SHIFT) * 4;
/// The array of [`crate::Page`], one per physical frame, read-only.
pub const UPAGES: u32 = 0x7f80_0000;
/// The array of [`crate::Env`], [`crate::NENV`] of them, read-only.
pub const UENVS: u32 = 0x7f40_0000;
/// End of what an environment may map or unmap.
pub const UTOP: u32 = UENVS;
/// Top of the exception stack, which is one page.
pub const UXSTACKTOP: u32 = UTOP;
/// A program's temporary page, between the two stacks; the kernel never maps it on demand.
pub const PFTEMP: u32 = USTACKTOP;
/// Top of the normal stack, which grows down and is mapped on demand.
pub const USTACKTOP: u32 = UTOP - 2 * PAGE_SIZE;
/// Where programs are linked.
pub const UTEXT: u32 = 0x0040_0000;
/// Scratch pages for programs, below the text.
pub const UTEMP: u32 = UTEXT - 2 * PAGE_SIZE;
/// Nothing below is mapped on demand, so a null pointer faults.
pub const DEMAND_FLOOR: u32 = 0x1_0000;

/// Page-directory index of `va`: 0 to 1023.
pub const fn pdx(va: u32) -> u32 {
    va >> PDX_SHIFT
}

/// Index of `va` within its page table: 0 to 1023.
pub const fn ptx(va: u32) -> u32 {
    va >> PAGE_SHIFT & 0x3ff
}

/// Virtual page number of `va`.
pub const fn vpn(va: u32) -> u32 {
    va >> PAGE_SHIFT
}

/// `va` rounded down to its page.
pub const fn page_down(va: u32) -> u32 {
    va & !(PAGE_SIZE - 1)
}

const _: () = {
    assert!(VPD == 0x7fdf_f000);
    assert!(USTACKTOP == 0x7f3f_e000);
    assert!(UTEMP == 0x003f_e000);
};
