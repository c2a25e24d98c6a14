//! halt: ends the system.

#![no_std]
#![forbid(unsafe_code)]

use libos::process::ExitCode;
use mos_programs::{Usage, run};
use mos_sh::shell::HALT;

const USAGE: Usage = Usage {
    name: "halt",
    operands: "",
    purpose: "end the shell, and the one that has started that, and so on; with the last one, the system",
    flags: &[],
    count: (0, 0),
};

fn main() -> ExitCode {
    run(&USAGE, |_| {
        libos::fs::sync()?;
        Ok(HALT)
    })
}
