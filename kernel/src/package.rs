//! The boot package behind the kernel.

use core::slice;

use mos_abi::package::{Package, Symbol};

use crate::arch;
use crate::board::{self, Board};
use crate::ram::KSEG0;

unsafe extern "C" {
    static _end: u8;
}

/// Where the package starts: the page behind the kernel's bss.
pub fn start() -> u32 {
    (&raw const _end).addr() as u32
}

/// Looks for the package in memory that ends at `memory_end` (an address in kseg0).
#[inline(never)]
pub fn find(memory_end: u32) -> Option<Package<'static>> {
    // exercise 1.7 begin
    let len = memory_end.saturating_sub(start());
    // SAFETY: this is memory behind the kernel, and nothing writes to the package: `Ram` starts
    // after it. `Package::parse` keeps to the length that the package itself gives.
    Package::parse(unsafe { slice::from_raw_parts(&raw const _end, len as usize) })
    // exercise 1.7 end
}

/// The function of the kernel that contains `address`.
#[optimize(size)]
#[inline(never)]
pub fn symbol(address: u32) -> Option<Symbol<'static>> {
    let memory = board::current().memory_size(arch::boot_registers());
    find(KSEG0 + memory)?.symbol(address)
}
