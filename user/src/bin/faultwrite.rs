//! Writes to where nothing is: address 0.

#![no_std]
#![forbid(unsafe_code)]

use libos::probe;

fn main() {
    probe::poke(0, 0);
}
