//! The checks of lab 5: a disk, and files on it. `tests/checks/lab5.toml` says what each of them tests.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod ata;
mod drive;
mod ide;
mod simple;

use libos::{Error, println};
use mos_user::check::Check;

fn main() -> Result<(), Error> {
    let Some(check) = Check::ordered() else {
        return Ok(());
    };
    match check.name() {
        "disk-told" => ide::told(check),
        "sectors-read" => ide::read(check),
        "sectors-written" => ide::written(check),
        "disk-troubles" => ide::troubles(check),
        "simple-disk" => simple::simple(check),
        name => println!("there is no check {name} in lab 5"),
    }
    Ok(())
}
