//! Divides by 0, as a program in C does.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Global, println, probe};

static ZERO: Global<u32> = Global::new(0);

fn main() {
    println!("1/0 is {:08x}!", probe::divide(1, ZERO.get()));
}
