//! A variable of the whole program.

use core::arch::asm;
use core::cell::{Cell, UnsafeCell};

/// A mutable `static` without `unsafe`.
///
/// ```ignore
/// static COUNT: Global<u32> = Global::new(0);
/// COUNT.with(|n| *n += 1);
/// ```
///
/// An environment has one thread. Only an upcall can come in between, at any store; when it finds
/// the variable in use it panics instead of seeing half a change. A child of `fork` has its own copy.
// teacher begin
/// Environments that share their memory (`sfork`) would have one variable and several threads: there it panics, too, and a
/// [`Word`](crate::Word) does instead.
// teacher end
pub struct Global<T> {
    in_use: Cell<bool>,
    value: UnsafeCell<T>,
}

// SAFETY: there is one thread, and memory that several have is refused. Upcalls interrupt it like signals, and `in_use`, written before and
// after every access, keeps them away from a value that is being accessed.
unsafe impl<T: Send> Sync for Global<T> {}

impl<T> Global<T> {
    /// A variable that starts as `value`.
    pub const fn new(value: T) -> Self {
        Self {
            in_use: Cell::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Runs `f` on the variable.
    ///
    /// # Panics
    ///
    /// When `f`, or an upcall during `f`, uses the same variable.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        // teacher begin
        assert!(
            !crate::family::shares(),
            "a global is used in shared memory"
        );
        // teacher end
        let busy = self.in_use.replace(true);
        assert!(!busy, "a global is used while it is in use");
        // The flag is in memory before the first access to the value and until after the last.
        barrier();
        // SAFETY: `in_use` was false, so there is no other reference to the value.
        let result = f(unsafe { &mut *self.value.get() });
        barrier();
        self.in_use.set(false);
        result
    }

    /// Puts `value` in.
    pub fn set(&self, value: T) {
        self.with(|v| *v = value);
    }

    /// A copy of the variable.
    pub fn get(&self) -> T
    where
        T: Copy,
    {
        self.with(|v| *v)
    }
}

/// Keeps the compiler from moving an access to memory across. (`compiler_fence` would do, but LLVM
/// has no code for it on MIPS I.)
fn barrier() {
    // SAFETY: no instruction at all.
    unsafe { asm!("", options(nostack, preserves_flags)) }
}
