//! cat: writes files to standard output.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Flag, Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "cat",
    operands: "[FILE...]",
    purpose: "write files, or what is read, to standard output",
    flags: &[Flag::new('n', "with the numbers of lines")],
    count: (0, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let files = stream::or_stdin(&arguments.operands);
        let mut number = 0;
        Ok(each(&USAGE, &files, |file| {
            if arguments.has('n') {
                let mut output = stream::output();
                return stream::lines(file, |line| {
                    number += 1;
                    stream::write(&mut output, format!("{number:6}\t").as_bytes())?;
                    stream::write(&mut output, line)?;
                    stream::write(&mut output, b"\n")?;
                    Ok(true)
                });
            }
            stream::pieces(file, |piece| {
                stream::write(&mut libos::io::stdout(), piece)?;
                Ok(true)
            })
        }))
    })
}
