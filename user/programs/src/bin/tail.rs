//! tail: shows how files end.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Flag, Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "tail",
    operands: "[FILE...]",
    purpose: "write the last lines of files, or of what is read",
    flags: &[Flag::with('n', "LINES", "so many; 10, if not given")],
    count: (0, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let most = arguments.number('n', 10)?;
        let files = stream::or_stdin(&arguments.operands);
        Ok(each(&USAGE, &files, |file| {
            let mut last: VecDeque<Vec<u8>> = VecDeque::new();
            stream::lines(file, |line| {
                last.push_back(line.to_vec());
                if last.len() > most {
                    last.pop_front();
                }
                Ok(true)
            })?;
            let mut output = stream::output();
            last.iter().try_for_each(|line| {
                stream::write(&mut output, line)?;
                stream::write(&mut output, b"\n")
            })
        }))
    })
}
