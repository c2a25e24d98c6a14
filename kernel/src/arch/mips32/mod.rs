//! A MIPS32 CPU with a TLB of the R4000's kind: the 4Kc.

pub mod timer;

#[cfg(debug_assertions)]
core::arch::global_asm!(
    include_str!("../cp0.S"),
    include_str!("read_tlb.S"),
    options(raw)
);

/// Address-space ids: EntryHi.ASID has 8 bits.
pub const ASIDS: u32 = 256;
/// Where they are in EntryHi.
pub const ASID_SHIFT: u32 = 0;
/// Steps of long work that take less than 20,000 instructions.
pub const STEPS: u32 = 375;
/// IM7 timer, IM2 console, UM, EXL, IE: the Status that `eret` makes user mode of.
pub const STATUS_USER: u32 = 0x8413;

// teacher begin
/// IM3: calls of other CPUs.
pub const STATUS_CALL: u32 = 1 << 11;
/// How many entries the TLB has of a CPU that there are several of: the P5600's.
pub const MOST_TLB_ENTRIES: u32 = 64;

// teacher end
/// Whether an exception in kernel mode can be a program's.
pub const LETS_PROGRAMS_STRAY: bool = false;

mod asm {
    unsafe extern "C" {
        pub safe fn leave_debug_mode(epc: u32) -> u32;
        pub safe fn uhi_exit(status: u32);
    }
}

pub use asm::{leave_debug_mode, uhi_exit};

// teacher begin
/// How many pages an entry of the TLB is for.
pub const TLB_PAGES: u32 = 2;

/// Whether the TLB holds an entry for the page of `va` under this id: the head of `tlb_invalidate`, without its call.
#[inline(always)]
pub fn tlb_holds(va: u32, asid: u32) -> bool {
    let index: i32;
    // SAFETY: EntryHi and Index alone are written, and EntryHi is what it was in the end.
    unsafe {
        core::arch::asm!(
            ".set push",
            ".set noreorder",
            ".set noat",
            "mfc0 {old}, $10",
            "mtc0 {page}, $10",
            "ehb",
            "tlbp",
            "ehb",
            "mfc0 {index}, $0",
            "mtc0 {old}, $10",     // takes effect long before it is used
            ".set pop",
            old = out(reg) _,
            page = in(reg) va & !0x1fff | asid,
            index = lateout(reg) index,
            options(nomem, nostack, preserves_flags),
        );
    }
    // Bit 31: there is none.
    index >= 0
}
// teacher end
