//! testarg: says what it was told.

#![no_std]
#![forbid(unsafe_code)]

use libos::io::println;

fn main() {
    println!("args: {}", libos::args().count());
    for (number, argument) in libos::args().enumerate() {
        println!("argv[{number}]: '{argument}'");
    }
}
