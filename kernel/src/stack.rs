//! The kernel's stack and its guard.
//!
//! kseg0 has no pages that could be left out below a stack, so its lowest words hold a pattern that is
//! checked with every tick of the timer, and when there is nobody to run.

use core::arch::global_asm;
use core::ops::Range;

/// Bytes of the stack. In a kernel for gdb nothing is inlined, and every local has a place of its own.
pub const SIZE: usize = if cfg!(debug_assertions) {
    64 << 10
} else {
    16 << 10
};

global_asm!(include_str!("arch/stack.S"), size = const SIZE);

unsafe extern "C" {
    static mut kernel_stack_guard: [u32; 8];
    static kernel_stack_top: u8;
}

const PATTERN: u32 = 0x4d4f_5321;

/// Addresses of the stack.
pub fn range() -> Range<usize> {
    (&raw const kernel_stack_guard).addr()..top().addr()
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
    let guard: &[u32; 8] = unsafe { &*(&raw const kernel_stack_guard).cast() };
    let intact = guard.iter().fold(0, |wrong, word| wrong | (word ^ PATTERN)) == 0;
    assert!(intact, "the kernel's stack has overflowed");
}
