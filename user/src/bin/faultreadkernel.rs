//! Reads the kernel's memory.

#![no_std]
#![forbid(unsafe_code)]

use libos::{println, probe};

/// Where the kernel is.
const KERNEL: u32 = 0x8001_0000;

fn main() {
    println!(
        "I read {:08x} from location {KERNEL:#x}!",
        probe::peek(KERNEL)
    );
}
