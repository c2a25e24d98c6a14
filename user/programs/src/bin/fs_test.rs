//! fs_test: what the course's servers try of themselves, as far as a client sees it: blocks are taken and given back, and a file is
//! opened, read, written, cut off and written anew.

#![no_std]
#![forbid(unsafe_code)]

use libos::fs::{self, File, OpenOptions};
use libos::io::{Read, Seek, SeekFrom, Write, println};
use libos::process::ExitCode;
use mos_programs::{FINE, Failure, On, Usage, run};

const USAGE: Usage = Usage {
    name: "fs_test",
    operands: "",
    purpose: "see that blocks are taken and given back, and files opened, read, written, cut off and written anew",
    flags: &[],
    count: (0, 0),
};

const FILE: &str = "/fs_test.tmp";
const OLD: &[u8] = b"This is a message of the day!\n";
const NEW: &[u8] = b"This is a different message of the day!\n";
/// Bytes of a block.
const BLOCK: usize = 4096;

/// `what` is good, or the reason why the test ends.
fn good(holds: bool, what: &str) -> Result<(), Failure> {
    if !holds {
        return Err("it is not good").on(what);
    }
    println!("{what} is good");
    Ok(())
}

/// What `file` begins with, `expected` being all of it.
fn has(file: &mut File, expected: &[u8]) -> Result<bool, Failure> {
    let mut bytes = [0; 64];
    file.seek(SeekFrom::Start(0)).on(FILE)?;
    let count = file.read(&mut bytes).on(FILE)?;
    Ok(bytes.get(..count) == Some(expected))
}

fn test() -> Result<(), Failure> {
    let (_, before) = fs::space()?;
    fs::write(FILE, &[1; BLOCK]).on(FILE)?;
    let (_, after) = fs::space()?;
    good(before.checked_sub(after) == Some(1), "alloc_block")?;
    fs::write(FILE, OLD).on(FILE)?;
    let mut options = OpenOptions::new();
    let mut file = options.read(true).write(true).open(FILE).on(FILE)?;
    good(File::open("/not-found").is_err(), "file_open")?;
    good(has(&mut file, OLD)?, "file_get_block")?;
    fs::sync()?;
    good(has(&mut file, OLD)?, "file_flush")?;
    file.set_len(0).on(FILE)?;
    good(has(&mut file, b"")?, "file_truncate")?;
    file.seek(SeekFrom::Start(0)).on(FILE)?;
    file.write_all(NEW).on(FILE)?;
    good(has(&mut file, NEW)?, "file rewrite")?;
    file.close().on(FILE)?;
    fs::remove_file(FILE).on(FILE)?;
    let (_, last) = fs::space()?;
    good(last == before, "free_block")
}

fn main() -> ExitCode {
    run(&USAGE, |_| test().map(|()| FINE))
}
