//! The kernel's stack and its guard.
//!
//! kseg0 has no pages that could be left out below a stack, so its lowest words hold a pattern that is
//! checked with every tick of the timer, and when there is nobody to run.

use core::arch::global_asm;
use core::ops::Range;
// teacher begin

use crate::arch::CpuPage;
// teacher end

/// Bytes of the stack. In a kernel for gdb nothing is inlined, and every local has a place of its own.
pub const SIZE: usize = if cfg!(debug_assertions) {
    64 << 10
} else {
    16 << 10
};

/// Of the one for last words, which are the monitor's too where it is there.
pub const LAST_WORDS: usize = if cfg!(feature = "monitor") {
    16 << 10
} else {
    SIZE / 4
};

global_asm!(
    include_str!("arch/stack.S"),
    size = const SIZE,
    last_words = const LAST_WORDS,
);

unsafe extern "C" {
    static mut kernel_stack_guard: [u32; 8];
    static kernel_stack_top: u8;
}

const PATTERN: u32 = 0x4d4f_5321;

/// Addresses of the stack.
pub fn range() -> Range<usize> {
    // teacher begin
    // otherwise: (&raw const kernel_stack_guard).addr()..top().addr()
    // This CPU's.
    let top = CpuPage::stack_top().addr();
    top - SIZE..top
    // teacher end
}

/// Where the stack starts.
pub fn top() -> *const u8 {
    &raw const kernel_stack_top
}

/// Draws the guard.
pub fn init() {
    // SAFETY: the guard is part of the stack that nothing uses.
    unsafe { (&raw mut kernel_stack_guard).write([PATTERN; 8]) }
}

/// Panics when the stack has overflowed.
#[inline(never)]
#[optimize(size)]
pub fn check() {
    // SAFETY: as for `init`; nothing writes to it while it is looked at.
    // teacher begin
    // otherwise: let guard: &[u32; 8] = unsafe { &*(&raw const kernel_stack_guard).cast() };
    let guard: &[u32; 8] = unsafe { &*guard() };
    // teacher end
    let intact = guard.iter().fold(0, |wrong, word| wrong | (word ^ PATTERN)) == 0;
    assert!(intact, "the kernel's stack has overflowed");
}
// teacher begin

/// The guard of this CPU's stack.
fn guard() -> *mut [u32; 8] {
    core::ptr::with_exposed_provenance_mut(range().start)
}

/// Draws the guard of another stack than the first one: this CPU's.
pub fn init_own() {
    // SAFETY: as for `init`.
    unsafe { guard().write([PATTERN; 8]) }
}
// teacher end
