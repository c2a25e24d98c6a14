//! Reads and writes files on a disk of which some sectors cannot be read, or written: who wants those is told so, time and again,
//! and all others have their files.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use libos::fs;
use libos::io::Error;
use libos::println;

/// What came of reading the file at `path`.
fn tell(path: &str) {
    match fs::read(path) {
        Ok(bytes) => println!("{path}: {} bytes", bytes.len()),
        Err(error) => println!("{path}: {error}"),
    }
}

fn write() -> Result<(), Error> {
    fs::write("/new", &[1; 5000])?;
    fs::sync()
}

fn main() {
    for path in ["/bad", "/good", "/bad", "/none"] {
        tell(path);
    }
    match write() {
        Ok(()) => println!("/new is on the disk"),
        Err(error) => println!("/new: {error}"),
    }
    tell("/new");
    tell("/good");
    println!("diskerrors: the end");
}
