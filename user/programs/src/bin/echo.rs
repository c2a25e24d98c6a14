//! echo: says what it is told.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{FINE, Usage, run_words, stream};

const USAGE: Usage = Usage {
    name: "echo",
    operands: "[-n] [WORD...]",
    purpose: "write words and the end of a line; -n first: not the end",
    flags: &[],
    count: (0, ANY),
};

fn main() -> ExitCode {
    run_words(&USAGE, |arguments| {
        let (words, end) = match arguments.operands.as_slice() {
            ["-n", words @ ..] => (words, ""),
            words => (words, "\n"),
        };
        let line = format!("{}{end}", words.join(" "));
        stream::write(&mut libos::io::stdout(), line.as_bytes())?;
        Ok(FINE)
    })
}
