//! Stores to pages that may not be written, reported past [`crate::upcall`]: for tests of what the kernel does about them.
//!
//! The registers are not loaded back here: the kernel does that, asked by `set_trapframe`.

use core::arch::global_asm;
use core::mem::offset_of;

use mos_abi::layout::{PAGE_SIZE, UXSTACKTOP};
use mos_abi::{EnvId, Error, PteFlags, Trapframe};

use crate::upcall::{Fault, Handler};
use crate::{Global, env, syscall};

global_asm!(include_str!("../asm/probe_upcall.S"), handler = sym report);

unsafe extern "C" {
    /// Entered by the kernel only: expects a trapframe at sp.
    fn probe_upcall();
}

static HANDLER: Global<Option<Handler>> = Global::new(None);

/// Has `handler` called on every store to a page of this environment that is read-only or copy-on-write. It runs on a
/// new exception stack of one page and may fault itself.
///
/// [`Error::NoMem`]: no memory for the exception stack.
pub fn set_handler(handler: Handler) -> Result<(), Error> {
    HANDLER.set(Some(handler));
    let (stack, perm) = (UXSTACKTOP - PAGE_SIZE, PteFlags::V | PteFlags::R);
    let (me, entry) = (EnvId::SELF.0, probe_upcall as *const () as u32);
    // SAFETY: the exception stack holds nothing but what handlers that are running put there, and the
    // entry expects just what the kernel puts on that stack.
    unsafe {
        syscall::mem_alloc(me, stack, perm.bits())?;
        syscall::set_pgfault_handler(me, entry, UXSTACKTOP)?;
    }
    Ok(())
}

/// Called by `probe_upcall`, with the address of the trapframe.
extern "C" fn report(frame: u32) -> ! {
    let word = |offset: usize| {
        let at = frame.wrapping_add(offset as u32) as *const u32;
        // SAFETY: the kernel has put a trapframe there. Should it have put none, the kernel is broken.
        unsafe { at.read_volatile() }
    };
    let (va, pc) = (
        word(offset_of!(Trapframe, cp0_badvaddr)),
        word(offset_of!(Trapframe, cp0_epc)),
    );
    if let Some(handler) = HANDLER.get() {
        handler(Fault { va, pc });
    }
    // SAFETY: the store is done once more, with all registers as they were, as if nothing had come in between.
    let _ = unsafe { syscall::set_trapframe(EnvId::SELF.0, frame) };
    env::exit()
}
