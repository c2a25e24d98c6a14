//! The page that the entry code reaches without a free register: `arch/cpu_page.S`.

use core::cell::Cell;

use mos_abi::{EnvId, Trapframe};
use mos_core::Kernel;

use crate::hardware::Hardware;
use crate::syscalls::Entries;

/// Bytes that o32 has a caller leave free for the arguments of a callee.
const ARGUMENT_AREA: usize = 16;

/// One CPU's page. The order of its words is known to assembly.
#[repr(C, align(4096))]
pub struct CpuPage {
    /// Where SAVE_ALL stores and RESTORE_SOME loads.
    trapframe: Cell<*mut Trapframe>,
    /// What the TLB refill walks: the second half of a page directory.
    tables: Cell<*const u32>,
    /// Top of the kernel stack, below an argument area.
    stack: Cell<*const u8>,
    /// k0 of the program, while a vector uses k0. Rust has no business with it.
    _k0: Cell<u32>,
    /// What `getenvid` answers.
    envid: Cell<u32>,
    /// What the handlers of system calls get.
    kernel: Cell<*mut Kernel<Hardware>>,
    /// These handlers.
    entries: Cell<*const Entries>,
}

// SAFETY: there is one CPU, and it writes the page with interrupts off.
unsafe impl Sync for CpuPage {}

/// The page of CPU 0.
pub static CPU_PAGE: CpuPage = CpuPage {
    trapframe: Cell::new(core::ptr::null_mut()),
    tables: Cell::new(core::ptr::null()),
    stack: Cell::new(core::ptr::null()),
    _k0: Cell::new(0),
    envid: Cell::new(0),
    kernel: Cell::new(core::ptr::null_mut()),
    entries: Cell::new(core::ptr::null()),
};

impl CpuPage {
    /// Where traps find their stack, and what they hand to Rust.
    pub fn init(&self, top: *const u8, kernel: *mut Kernel<Hardware>) {
        self.stack.set(top.wrapping_sub(ARGUMENT_AREA));
        self.kernel.set(kernel);
    }

    /// What handles system calls.
    pub fn set_entries(&self, entries: &'static Entries) {
        self.entries.set(entries);
    }

    /// Whose registers the next way back to user mode loads, and the next trap saves.
    pub fn set_trapframe(&self, frame: *mut Trapframe) {
        self.trapframe.set(frame);
    }

    /// What the TLB refill walks.
    pub fn set_tables(&self, tables: *const u32) {
        self.tables.set(tables);
    }

    /// What `getenvid` answers.
    pub fn set_envid(&self, id: EnvId) {
        self.envid.set(id.0);
    }
}
