//! Writes files on a disk of which a sector cannot be written: whoever waits for that is told so, time and again, all can still be
//! read, and when nobody wants it written any more, everything else gets to the disk.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use libos::fs::{self, OpenOptions};
use libos::io::{Error, Write};
use libos::println;

fn tell(what: &str, result: Result<(), Error>) {
    match result {
        Ok(()) => println!("{what}: done"),
        Err(error) => println!("{what}: {error}"),
    }
}

/// What can be read of the file at `path`.
fn read(path: &str) {
    match fs::read(path) {
        Ok(bytes) => println!("{path}: {} bytes", bytes.len()),
        Err(error) => println!("{path}: {error}"),
    }
}

/// Writes over what is in the file at `path`, where it is.
fn write_over(path: &str) -> Result<(), Error> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&[1; 100])?;
    file.close()
}

fn main() {
    tell("/bad", write_over("/bad"));
    tell("/new", fs::write("/new", &[1; 5000]));
    tell("sync", fs::sync());
    for path in ["/bad", "/new", "/good"] {
        read(path);
    }
    tell("without /bad", fs::remove_file("/bad"));
    tell("sync", fs::sync());
}
