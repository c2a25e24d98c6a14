//! A variable of one word that several environments may use at once.

use core::cell::UnsafeCell;

/// A `static` of one word: what one environment of a family ([`sfork`](crate::family::sfork)) puts in, the others see.
///
/// A word is loaded or stored whole, and no more is promised: between a [`get`](Self::get) and a [`set`](Self::set) others
/// may have their turn. Who counts together agrees by messages whose turn it is.
pub struct Word(UnsafeCell<u32>);

// SAFETY: the word is accessed by single loads and stores, which are never torn; there is no reference to it.
unsafe impl Sync for Word {}

impl Word {
    /// A variable that starts as `value`.
    pub const fn new(value: u32) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Its value now.
    pub fn get(&self) -> u32 {
        // SAFETY: ours, aligned and initialised; volatile, as others may change it.
        unsafe { self.0.get().read_volatile() }
    }

    /// Puts `value` in.
    pub fn set(&self, value: u32) {
        // SAFETY: as `get`.
        unsafe { self.0.get().write_volatile(value) }
    }

    /// Its address, for a look at how it is mapped.
    pub fn address(&self) -> u32 {
        self.0.get() as u32
    }
}
