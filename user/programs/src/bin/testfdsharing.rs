//! testfdsharing: a child of fork reads on where its parent has read, and the parent where the child has.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec;
use libos::fs::File;
use libos::io::{Read, Seek, SeekFrom, println};
use libos::process::ExitCode;
use libos::{Fork, env, fork};
use mos_programs::{FAILED, FINE, Failure, On, Usage, run};

const USAGE: Usage = Usage {
    name: "testfdsharing",
    operands: "",
    purpose: "see whether parent and child share how far a file was read",
    flags: &[],
    count: (0, 0),
};

const FILE: &str = "/motd";

/// Whether what is read from the start of the file on is the same each time.
fn reads_all(file: &mut File, expected: &[u8]) -> Result<bool, Failure> {
    let mut seen = vec![0; expected.len()];
    file.seek(SeekFrom::Start(0)).on(FILE)?;
    let count = file.read(&mut seen).on(FILE)?;
    Ok(seen.get(..count) == Some(expected))
}

fn main() -> ExitCode {
    run(&USAGE, |_| {
        let expected = libos::fs::read(FILE).on(FILE)?;
        let mut file = File::open(FILE).on(FILE)?;
        match fork()? {
            Fork::Child => {
                println!("going to read in child");
                let same = reads_all(&mut file, &expected)?;
                println!(
                    "read in child {}",
                    if same { "succeeded" } else { "failed" }
                );
                Ok(if same { FINE } else { FAILED })
            }
            Fork::Parent(child) => {
                env::wait(child);
                // The child has read it to its end.
                let mut more = [0];
                let at_end = file.read(&mut more).on(FILE)? == 0;
                let same = at_end && reads_all(&mut file, &expected)?;
                println!(
                    "read in parent {}",
                    if same { "succeeded" } else { "failed" }
                );
                Ok(if same { FINE } else { FAILED })
            }
        }
    })
}
