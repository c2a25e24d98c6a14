//! Has the kernel print its own memory.

#![no_std]
#![forbid(unsafe_code)]

use libos::{println, probe};
use mos_abi::Sysno;

fn main() {
    println!(
        "the kernel says {:?}",
        probe::call(Sysno::Puts, [0x8001_000c, 100, 0, 0, 0])
    );
}
