//! false: does nothing, and fail.

#![no_std]
#![forbid(unsafe_code)]

use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{FAILED, Usage, run};

const USAGE: Usage = Usage {
    name: "false",
    operands: "",
    purpose: "do nothing, and fail",
    flags: &[],
    count: (0, ANY),
};

fn main() -> ExitCode {
    run(&USAGE, |_| Ok(FAILED))
}
