//! The R3000: MIPS I, a TLB of 64 entries.

/// Address-space ids: EntryHi.ASID has 6 bits.
pub const ASIDS: u32 = 64;
/// Where they are in EntryHi.
pub const ASID_SHIFT: u32 = 6;
/// Steps of long work that take less than 20,000 instructions: it needs more for each than the 4Kc.
pub const STEPS: u32 = 320;
/// IM4 timer, IM2 console, KUp, IEp: the Status that `rfe` makes user mode of; and IsC, which the way there sets and clears.
pub const STATUS_USER: u32 = 1 << 16 | 0x140c;

// teacher begin
/// IM6: calls of other CPUs.
pub const STATUS_CALL: u32 = 1 << 14;

// teacher end
/// Whether an exception in kernel mode can be a program's: GXemul's R3000, see `Kernel::strayed`.
pub const LETS_PROGRAMS_STRAY: bool = true;

mod asm {
    unsafe extern "C" {
        pub safe fn gxemul_fail();
        pub safe fn spin(turns: u32);
    }
}

pub use asm::{gxemul_fail, spin};

/// There is no Debug Mode to leave.
pub fn leave_debug_mode(epc: u32) -> u32 {
    epc
}

// teacher begin
/// How many pages an entry of the TLB is for.
pub const TLB_PAGES: u32 = 1;

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
            "mtc0 {page}, $10",    // load delay of old
            "nop",                 // mtc0 takes effect
            "tlbp",
            "nop",                 // tlbp takes effect
            "mfc0 {index}, $0",
            "mtc0 {old}, $10",     // load delay of index
            ".set pop",
            old = out(reg) _,
            page = in(reg) va & !0xfff | asid << ASID_SHIFT,
            index = lateout(reg) index,
            options(nomem, nostack, preserves_flags),
        );
    }
    // Bit 31: there is none.
    index >= 0
}
// teacher end
