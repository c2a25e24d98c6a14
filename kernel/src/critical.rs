//! Critical sections for the crates that want them: interrupts off.

use critical_section::{Impl, RawRestoreState};

use crate::arch;

struct InterruptsOff;
critical_section::set_impl!(InterruptsOff);

// SAFETY: with one CPU, nothing else runs while interrupts are off.
unsafe impl Impl for InterruptsOff {
    unsafe fn acquire() -> RawRestoreState {
        arch::interrupts_off()
    }

    unsafe fn release(status: RawRestoreState) {
        arch::interrupts_restore(status);
    }
}
