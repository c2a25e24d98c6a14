//! sync: brings everything to the disk.

#![no_std]
#![forbid(unsafe_code)]

use libos::process::ExitCode;
use mos_programs::{FINE, Usage, run};

const USAGE: Usage = Usage {
    name: "sync",
    operands: "",
    purpose: "have all that was written be on the disk",
    flags: &[],
    count: (0, 0),
};

fn main() -> ExitCode {
    run(&USAGE, |_| {
        libos::fs::sync()?;
        Ok(FINE)
    })
}
