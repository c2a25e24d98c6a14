//! Has the kernel print from where nothing is.

#![no_std]
#![forbid(unsafe_code)]

use libos::{println, probe};
use mos_abi::Sysno;

fn main() {
    println!(
        "the kernel says {:?}",
        probe::call(Sysno::Puts, [1, 1, 0, 0, 0])
    );
}
