//! Stores to pages that may not be written, reported to the program that made them.
//!
//! The kernel copies the registers to the exception stack and continues at `__asm_pgfault_handler`
//! (`asm/upcall.S`), which calls [`report`] on that stack.

use core::arch::global_asm;
use core::mem::offset_of;

use mos_abi::layout::{PAGE_SIZE, UXSTACKTOP};
use mos_abi::trapframe::reg;
use mos_abi::{EnvId, Error, PteFlags, Trapframe};

// teacher begin
use crate::family;
// teacher end
use crate::local::Local;
use crate::{fork, syscall};

global_asm!(
    include_str!("asm/upcall.S"),
    handler = sym report,
    TF_SP = const reg::SP * size_of::<u32>(),
    TF_HI = const offset_of!(Trapframe, hi),
    TF_LO = const offset_of!(Trapframe, lo),
    TF_BADVADDR = const offset_of!(Trapframe, cp0_badvaddr),
    TF_EPC = const offset_of!(Trapframe, cp0_epc),
);

unsafe extern "C" {
    /// Entered by the kernel only: expects a trapframe at sp.
    fn __asm_pgfault_handler();
}

/// A store to a page that may not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Fault {
    /// Address stored to (BadVAddr).
    pub va: u32,
    /// Address of the store, or of the branch in whose delay slot it is (EPC).
    pub pc: u32,
}

/// What to do about a store to a read-only page. When it returns, the store is done again.
pub type Handler = fn(Fault);

const HANDLER: Local<Option<Handler>> = Local::new(|kept| &kept.handler);

/// Has `handler` called on every store to a read-only page of this environment, and of its future
/// children. It runs on the exception stack of one page and may fault itself.
///
/// Stores to copy-on-write pages are not reported: [`fork::pgfault`] takes care of them first. Without
/// a handler, a store to a read-only page is a panic.
///
/// [`Error::NoMem`]: no memory for the exception stack.
pub fn set_pgfault_handler(handler: Handler) -> Result<(), Error> {
    // teacher begin
    let _keeper = family::Keeper::new();
    // teacher end
    // exercise 4.13 begin
    install(EnvId::SELF)?;
    HANDLER.set(Some(handler));
    Ok(())
    // exercise 4.13 end
}

/// Gives `id` (self or child) an empty exception stack and points the kernel to our entry.
///
/// Not to be called from a handler: it would replace the stack that the handler runs on.
pub(crate) fn install(id: EnvId) -> Result<(), Error> {
    // exercise 4.13 begin
    let stack = UXSTACKTOP - PAGE_SIZE;
    let perm = PteFlags::V | PteFlags::R;
    let entry = __asm_pgfault_handler as *const () as u32;
    // SAFETY: the exception stack holds nothing but what handlers that are running put there, and the
    // entry expects just what the kernel puts on that stack.
    unsafe {
        syscall::mem_alloc(id.0, stack, perm.bits())?;
        syscall::set_pgfault_handler(id.0, entry, UXSTACKTOP)?;
    }
    Ok(())
    // exercise 4.13 end
}

/// Called by `__asm_pgfault_handler`.
extern "C" fn report(va: u32, pc: u32) {
    // Copy-on-write pages come first, before anything here is stored to that may be on one.
    if fork::pgfault(va) {
        return;
    }
    match HANDLER.get() {
        Some(handler) => handler(Fault { va, pc }),
        None => panic!("store to read-only {va:#010x} at pc {pc:#010x}"),
    }
}
