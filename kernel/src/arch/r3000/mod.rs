//! The R3000: MIPS I, a TLB of 64 entries.

/// Address-space ids: EntryHi.ASID has 6 bits.
pub const ASIDS: u32 = 64;
/// Where they are in EntryHi.
pub const ASID_SHIFT: u32 = 6;

mod asm {
    unsafe extern "C" {
        pub safe fn gxemul_fail() -> !;
    }
}

pub use asm::gxemul_fail;

/// There is no Debug Mode to leave.
pub fn leave_debug_mode() {}
