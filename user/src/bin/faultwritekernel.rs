//! Writes to the kernel's memory.

#![no_std]
#![forbid(unsafe_code)]

use libos::probe;

fn main() {
    probe::poke(0x8001_0000, 0);
}
