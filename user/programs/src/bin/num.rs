//! num: numbers lines.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "num",
    operands: "[FILE...]",
    purpose: "write the lines of files, or of what is read, with their numbers",
    flags: &[],
    count: (0, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let mut number = 0;
        let files = stream::or_stdin(&arguments.operands);
        Ok(each(&USAGE, &files, |file| {
            let mut output = stream::output();
            stream::lines(file, |line| {
                number += 1;
                stream::write(&mut output, format!("{number:5} ").as_bytes())?;
                stream::write(&mut output, line)?;
                stream::write(&mut output, b"\n")?;
                Ok(true)
            })
        }))
    })
}
