//! A word that several CPUs read and write.

use core::cell::UnsafeCell;

use embedded_hal::delay::DelayNs;

use crate::arch;
use crate::board::Delay;

const PATIENCE_MS: u32 = 1000;

/// A word, of which every access counts, in the order in which they are written down: for the compiler. The CPU's order is for
/// [`crate::arch::sync`].
#[repr(transparent)]
pub struct Word(UnsafeCell<u32>);

// SAFETY: a load or store of an aligned word is all of a piece.
unsafe impl Sync for Word {}

impl Word {
    /// One with this value.
    pub const fn new(value: u32) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Its value.
    #[inline(always)]
    pub fn get(&self) -> u32 {
        // SAFETY: it is aligned and there.
        unsafe { self.0.get().read_volatile() }
    }

    /// Whether it is `value` within a second: how long a CPU has to do what it is asked for.
    #[optimize(size)]
    #[inline(never)]
    pub fn is_soon(&self, value: u32) -> bool {
        for _ in 0..PATIENCE_MS {
            if self.get() == value {
                return true;
            }
            Delay.delay_ms(1);
        }
        false
    }

    /// Changes it.
    #[inline(always)]
    pub fn set(&self, value: u32) {
        // SAFETY: as for `get`.
        unsafe { self.0.get().write_volatile(value) }
    }
}

impl mos_lock::Word for Word {
    #[inline(always)]
    fn get(&self) -> u32 {
        Self::get(self)
    }

    #[inline(always)]
    fn set(&self, value: u32) {
        Self::set(self, value);
    }

    fn exchange(&self, old: u32, new: u32) -> bool {
        arch::exchange(self.0.get(), old, new)
    }
}
