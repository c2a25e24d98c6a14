//! cat: writes files to standard output.

#![no_std]
#![forbid(unsafe_code)]

use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "cat",
    operands: "[FILE...]",
    purpose: "write files, or what is read, to standard output",
    flags: &[],
    count: (0, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let files = stream::or_stdin(&arguments.operands);
        Ok(each(&USAGE, &files, |file| {
            stream::pieces(file, |piece| {
                stream::write(&mut libos::io::stdout(), piece)?;
                Ok(true)
            })
        }))
    })
}
