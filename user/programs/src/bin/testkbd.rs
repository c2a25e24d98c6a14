//! testkbd: says what is typed, line by line.

#![no_std]
#![forbid(unsafe_code)]

use libos::io::println;
use libos::process::ExitCode;
use mos_programs::{FINE, Usage, run, stream};

const USAGE: Usage = Usage {
    name: "testkbd",
    operands: "",
    purpose: "say what is typed, line by line, until Ctrl-D",
    flags: &[],
    count: (0, 0),
};

fn main() -> ExitCode {
    run(&USAGE, |_| {
        println!("Type a line:");
        stream::lines("-", |line| {
            println!("{}", stream::text(line));
            println!("Type a line:");
            Ok(true)
        })?;
        println!("(end of file received)");
        Ok(FINE)
    })
}
