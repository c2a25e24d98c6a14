//! fstest: the course's test of a file server by its client: opens, reads, writes over and removes a file.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec::Vec;
use libos::fs::{self, File, OpenOptions};
use libos::io::{Read, Write, println};
use libos::process::ExitCode;
use mos_programs::{FINE, Failure, On, Usage, run};

const USAGE: Usage = Usage {
    name: "fstest",
    operands: "",
    purpose: "open, read, write over and remove a copy of /newmotd",
    flags: &[],
    count: (0, 0),
};

const FROM: &str = "/newmotd";
const FILE: &str = "/fstest.tmp";
const NEW: &[u8] = b"This is a different message of the day!\n";

/// That something is as it should be, or what it is that is not.
fn must(holds: bool, what: &str) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(Failure::new(what))
    }
}

fn rest(file: &mut File) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    let mut piece = [0; 512];
    loop {
        match file.read(&mut piece).on(FILE)? {
            0 => return Ok(all),
            count => all.extend_from_slice(&piece[..count]),
        }
    }
}

fn test() -> Result<(), Failure> {
    let expected = fs::read(FROM).on(FROM)?;
    fs::write(FILE, &expected).on(FILE)?;
    must(File::open("/not-found").is_err(), "/not-found is there")?;
    let mut file = File::open(FILE).on(FILE)?;
    println!("open is good");
    must(rest(&mut file)? == expected, "read gives something else")?;
    println!("read is good");
    drop(file);
    let mut options = OpenOptions::new();
    let mut file = options.read(true).write(true).open(FILE).on(FILE)?;
    println!("open again: OK");
    must(
        rest(&mut file)? == expected,
        "read gives something else now",
    )?;
    println!("read again: OK");
    file.set_len(0).on(FILE)?;
    drop(file);
    let mut file = options.open(FILE).on(FILE)?;
    file.write_all(NEW).on(FILE)?;
    file.close().on(FILE)?;
    must(fs::read(FILE).on(FILE)? == NEW, "it was not rewritten")?;
    println!("file rewrite is good");
    fs::remove_file(FILE).on(FILE)?;
    must(File::open(FILE).is_err(), "it was removed and is there")?;
    println!("file remove: OK");
    Ok(())
}

fn main() -> ExitCode {
    run(&USAGE, |_| test().map(|()| FINE))
}
