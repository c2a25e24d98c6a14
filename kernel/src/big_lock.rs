//! The kernel's state, behind the big kernel lock.
//!
//! Taken when a trap comes in and released when it goes out. On one CPU with interrupts off nobody else can
//! want it, so there is nothing to do for that.
// teacher begin
//! Of several CPUs, the one that comes in waits for the others: [`smp`].
// teacher end

use core::cell::UnsafeCell;

use mos_core::Kernel;

use crate::hardware::Hardware;
// teacher begin
use crate::smp;
// teacher end
use crate::tables::Slots;

struct BigLock(UnsafeCell<Kernel<Hardware>>);

// SAFETY: only `with` gets at the value, and its callers do not overlap.
unsafe impl Sync for BigLock {}

static KERNEL: BigLock = BigLock(UnsafeCell::new(Kernel::new(
    Hardware::NEW,
    // SAFETY: this is where it is called.
    unsafe { Slots::take() },
)));

/// Where the kernel's state is, for the entry code to hand it to what handles a system call, under the same
/// conditions as [`with`].
pub fn kernel() -> *mut Kernel<Hardware> {
    KERNEL.0.get()
}

/// Runs `f` on the kernel. Only for the entry points from assembly, which never nest: interrupts are off
/// inside, and a fault in kernel mode does not come back.
pub fn with<R>(f: impl FnOnce(&mut Kernel<Hardware>) -> R) -> R {
    // teacher begin
    // otherwise: // SAFETY: there is one CPU and no nesting, so this is the only reference.
    // otherwise: f(unsafe { &mut *KERNEL.0.get() })
    if smp::are_several() {
        smp::enter(kernel());
    }
    // SAFETY: nobody else is in the kernel, and there is no nesting, so this is the only reference.
    let kernel = unsafe { &mut *KERNEL.0.get() };
    let result = f(kernel);
    // The other CPUs may have been started meanwhile.
    if smp::are_several() {
        smp::leave(kernel, false);
    }
    result
    // teacher end
}
