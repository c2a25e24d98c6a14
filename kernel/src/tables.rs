//! The kernel's two tables of environments, in memory that nobody clears at boot: each entry is written when it is
//! first used.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};

use mos_abi::layout::PAGE_SIZE;
use mos_abi::{Env, NENV, Trapframe};
use mos_core::env;
use mos_core::machine::Frame;
use mos_core::slot::{Slot, Table};

// teacher begin
#[cfg(feature = "fpu")]
use crate::arch;
// teacher end
use crate::ram::KSEG0;

/// A value on frames of its own that starts as whatever memory holds.
#[repr(C, align(4096))]
struct Uncleared<T>(UnsafeCell<MaybeUninit<T>>);

// SAFETY: there is one CPU, and each static is reached through one value only, as below.
unsafe impl<T> Sync for Uncleared<T> {}

impl<T> Uncleared<T> {
    const fn new() -> Self {
        Self(UnsafeCell::new(MaybeUninit::uninit()))
    }
}

#[unsafe(link_section = ".noinit")]
static SLOTS: Uncleared<Table<env::Env>> = Uncleared::new();

#[unsafe(link_section = ".noinit")]
static VIEW: Uncleared<[Env; NENV]> = Uncleared::new();

// teacher begin
/// The floating-point registers of each environment that has used some and does not own the unit.
#[cfg(feature = "fpu")]
#[unsafe(link_section = ".noinit")]
static FLOATS: Uncleared<Table<arch::Floats>> = Uncleared::new();

// teacher end
/// What the kernel knows of each environment. There is one value of it.
pub struct Slots(());

impl Slots {
    /// # Safety
    ///
    /// Called once.
    pub const unsafe fn take() -> Self {
        Self(())
    }
}

impl Deref for Slots {
    type Target = Table<env::Env>;

    fn deref(&self) -> &Self::Target {
        // SAFETY: any bits are a value; `self` is the only way to the static, and borrowed.
        unsafe { (*SLOTS.0.get()).assume_init_ref() }
    }
}

impl DerefMut for Slots {
    fn deref_mut(&mut self) -> &mut Self::Target {
        // SAFETY: as in `deref`.
        unsafe { (*SLOTS.0.get()).assume_init_mut() }
    }
}

// teacher begin
/// The floating-point registers that are kept.
///
/// # Safety
///
/// There is no other reference to them.
#[cfg(feature = "fpu")]
pub unsafe fn floats<'a>() -> &'a mut Table<arch::Floats> {
    // SAFETY: any bits are a value; the rest is the caller's to see to.
    unsafe { (*FLOATS.0.get()).assume_init_mut() }
}

// teacher end
/// Where the registers of the environment in `slot` are: they come first in what the kernel knows of it.
pub fn trapframe(slot: Slot) -> *mut Trapframe {
    let first = SLOTS.0.get().cast::<env::Env>();
    first.wrapping_add(slot.index()).cast()
}

/// First frame of what programs see of each environment.
pub fn view_frame() -> Frame {
    Frame::new((VIEW.0.get().addr() as u32 - KSEG0) / PAGE_SIZE)
}

// teacher begin
/// Where what programs see of the environment in `slot` is.
pub fn view_pointer(slot: Slot) -> u32 {
    let first = VIEW.0.get().cast::<Env>();
    first.wrapping_add(slot.index()).addr() as u32
}
// teacher end

/// What programs see of each environment.
///
/// # Safety
///
/// There is no other reference to it.
pub unsafe fn view<'a>() -> &'a mut [Env; NENV] {
    // SAFETY: any bits are a value; the rest is the caller's to see to.
    unsafe { (*VIEW.0.get()).assume_init_mut() }
}
