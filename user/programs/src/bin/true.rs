//! true: does nothing, well.

#![no_std]
#![forbid(unsafe_code)]

use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{FINE, Usage, run};

const USAGE: Usage = Usage {
    name: "true",
    operands: "",
    purpose: "do nothing, well",
    flags: &[],
    count: (0, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |_| Ok(FINE))
}
