//! Keeps the CPU busy and never ends: somebody else must stop it.

#![no_std]
#![forbid(unsafe_code)]

use libos::env;

fn main() -> ! {
    env::spin()
}
