//! Reads from where nothing is: address 0.

#![no_std]
#![forbid(unsafe_code)]

use libos::{println, probe};

fn main() {
    println!("I read {:08x} from location 0!", probe::peek(0));
}
