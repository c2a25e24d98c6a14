//! head: shows how files begin.

#![no_std]
#![forbid(unsafe_code)]

use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Flag, Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "head",
    operands: "[FILE...]",
    purpose: "write the first lines of files, or of what is read",
    flags: &[Flag::with('n', "LINES", "so many; 10, if not given")],
    count: (0, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let most = arguments.number('n', 10)?;
        let files = stream::or_stdin(&arguments.operands);
        Ok(each(&USAGE, &files, |file| {
            let mut left = most;
            let mut output = stream::output();
            if left == 0 {
                return Ok(());
            }
            stream::lines(file, |line| {
                stream::write(&mut output, line)?;
                stream::write(&mut output, b"\n")?;
                left -= 1;
                Ok(left > 0)
            })
        }))
    })
}
